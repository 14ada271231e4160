"""Names as they are compared, whichever way somebody writes them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column, validates
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_BARRED = str.maketrans("ŁłØøĐđ", "LlOoDd")  # letters of which Unicode does not take the stroke apart
_NEAR = 0.75  # of 1: of eight letters, two may differ


def folded(name: str) -> str:
    """Names that differ only in case, spaces or the shape of the apostrophe are one."""
    return " ".join(name.replace("’", "'").split()).casefold()


def unaccented(name: str) -> str:
    """A name as a plain keyboard writes it: "Łukasz Ó Dálaigh" is "Lukasz O Dalaigh"."""
    letters = unicodedata.normalize("NFD", name).translate(_BARRED)
    return "".join(one for one in letters if not unicodedata.combining(one))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name of which this one may be a slip, if there is one; of addresses, what is before the @
    decides.

    Example: "Town Hal" is near to "Town Hall", and "Library" is not.
    """
    found = {_before_at(one): one for one in known}
    near = get_close_matches(_before_at(name), found, n=1, cutoff=_NEAR)
    return found[near[0]] if near else None


def _before_at(name: str) -> str:
    return folded(name).partition("@")[0]


class Folded(FunctionElement[str]):
    """The same asked of the database, for names that no key keeps: `Folded(Team.name) == Folded(name)`.

    SQLite asks `folded` itself: by lower() alone, é is no small É there. PostgreSQL has its own small
    letters, so both sides are folded by it; the names that it keeps have single spaces already.
    """

    inherit_cache = True
    type = String()

    def __init__(self, name: Any):
        super().__init__(" ".join(name.split()) if isinstance(name, str) else name)


@compiles(Folded)
def _folded(element: Folded, compiler: SQLCompiler, **options: Any) -> str:
    return f"lower(replace({compiler.process(element.clauses, **options)}, '’', ''''))"


@compiles(Folded, "sqlite")
def _folded_on_sqlite(element: Folded, compiler: SQLCompiler, **options: Any) -> str:
    return f"folded({compiler.process(element.clauses, **options)})"


class NamedOnce:
    """What has a name that nothing else of its kind has, however it is written: as `folded_name` it is
    compared."""

    name: Mapped[str] = mapped_column(String(200))
    folded_name: Mapped[str] = mapped_column(Text, unique=True)

    @validates("name")
    def _fold(self, _column: str, name: str) -> str:
        self.folded_name = folded(name)
        return name
