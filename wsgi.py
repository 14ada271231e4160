"""The door for web servers and the `flask` command."""

import sys

from app import create_app
from app.cli.answers import stop
from app.config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    stop(str(error), as_json="--json" in sys.argv)  # before any command has read its options
