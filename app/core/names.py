"""Names as they are compared, whichever way somebody writes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import reduce
from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, Text, and_, func, literal, literal_column, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column, validates
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

_MOST_WORDS = 5
_MOST_LETTERS = 100
_BARRED, _UNBARRED = "ŁłØøĐđ", "LlOoDd"  # letters of which Unicode does not take the stroke apart
_NEAR = 0.75  # of 1: of eight letters, two may differ


def folded(name: str) -> str:
    """Names that differ only in case, spaces or the shape of the apostrophe are one."""
    return " ".join(name.replace("’", "'").split()).casefold()


def unaccented(name: str) -> str:
    """A name as a plain keyboard writes it: "Łukasz Ó Dálaigh" is "Lukasz O Dalaigh"."""
    letters = unicodedata.normalize("NFD", name).translate(str.maketrans(_BARRED, _UNBARRED))
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


class Unaccented(FunctionElement[str]):
    """`unaccented`, asked of the database: only of names with letters beyond ASCII is anything taken away."""

    inherit_cache = True
    type = String()


@compiles(Unaccented)
def _unaccented(element: Unaccented, compiler: SQLCompiler, **options: Any) -> str:
    name = compiler.process(element.clauses, **options)
    apart = f"regexp_replace(normalize({name}, NFD), '[\\u0300-\\u036f]', '', 'g')"
    plain = f"translate({apart}, '{_BARRED}', '{_UNBARRED}')"
    return f"CASE WHEN octet_length({name}) > char_length({name}) THEN {plain} ELSE {name} END"


@compiles(Unaccented, "sqlite")
def _unaccented_on_sqlite(element: Unaccented, compiler: SQLCompiler, **options: Any) -> str:
    name = compiler.process(element.clauses, **options)
    return f"CASE WHEN length(CAST({name} AS BLOB)) > length({name}) THEN unaccented({name}) ELSE {name} END"


class Holds(FunctionElement[bool]):
    """Whether a column holds a word in any case, in each engine's own way: it is far quicker than lower()."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: Any, word: str):
        super().__init__(column, literal(f"%{word}%"))


@compiles(Holds)
def _holds(element: Holds, compiler: SQLCompiler, **options: Any) -> str:
    column, pattern = element.clauses
    return f"{compiler.process(column, **options)} ILIKE {compiler.process(pattern, **options)} ESCAPE '!'"


@compiles(Holds, "sqlite")
def _holds_on_sqlite(element: Holds, compiler: SQLCompiler, **options: Any) -> str:
    return _holds(element, compiler, **options).replace(" ILIKE ", " LIKE ")


def is_found(search: str | None, *looked_in: Any) -> ColumnElement[bool]:
    """Whether each word of a search is in one of these columns, in any case: `is_found("zoe", User.name)`.

    A straight and a curly apostrophe are the same, and a letter with an accent or without: "O'Brien" finds
    "O’Brien", and "zoe" finds "Zoë". The columns are looked through as one text, which is quicker.
    """
    space: Any = literal_column("' '")
    texts: list[Any] = [func.coalesce(column, literal_column("''")) for column in looked_in]
    text = reduce(lambda one, other: one + space + other, texts)
    return and_(true(), *(Holds(Unaccented(text), word) for word in _patterns(search)))


def _patterns(search: str | None) -> list[str]:
    """The words of a search as LIKE patterns, without accents.

    An apostrophe or another letter beyond ASCII is any one character: to SQLite, ж is no small Ж.
    """
    typed = unaccented((search or "")[:_MOST_LETTERS])
    printable = "".join(letter if letter.isprintable() else " " for letter in typed)
    words = printable.replace(",", " ").split()[:_MOST_WORDS]
    escaped = (re.sub(r"([!%_])", r"!\1", word) for word in words)
    return [re.sub(r"['`]|[^\x00-\x7f]", "_", word) for word in escaped]


class NamedOnce:
    """What has a name that nothing else of its kind has, however it is written: as `folded_name` it is
    compared."""

    name: Mapped[str] = mapped_column(String(200))
    folded_name: Mapped[str] = mapped_column(Text, unique=True)

    @validates("name")
    def _fold(self, _column: str, name: str) -> str:
        self.folded_name = folded(name)
        return name
