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


class Answering(click.Command):
    """A command that answers with JSON, where that is asked for, also when it was called wrongly."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        as_json = "--json" in args
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if as_json:
                stop(error.format_message(), as_json=True, code=error.exit_code)
            raise


class AnsweringGroup(click.Group):
    command_class = Answering
