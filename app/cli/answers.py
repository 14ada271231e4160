"""What a command answers when it can’t do what it was asked."""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

import click


def stop(sentence: str, *, as_json: bool, code: int = 1, **known: Any) -> NoReturn:
    """End with one sentence on standard error; with --json also as JSON, beside what else is known."""
    if as_json:
        click.echo(json.dumps({**known, "error": sentence}, ensure_ascii=False))
    click.echo(sentence, err=True)
    sys.exit(code)
