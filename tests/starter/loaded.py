"""All that a Takeup imports, for the process from which tests fork theirs: reading it takes two seconds each.

What is run as a program, or reads the settings when it is imported, is not among it: `app.cli.starter`,
`app.cli.webserver`, `wsgi`.
"""

from __future__ import annotations

import gc
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from app import create_app
from tests.databases import settings_for

for _name in ("apscheduler.schedulers.blocking", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread"):
    import_module(_name)
with TemporaryDirectory() as _folder:
    create_app(settings_for(f"sqlite:///{_folder}/none.sqlite", Path(_folder)))  # it imports every room
gc.freeze()
