"""From the bytes of a file to its lines: encoding, separator, heading. Refuses what is not such a file."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from app.core.errors import RuleBroken
from app.core.letters import UNPRINTABLE, visible

MAX_MB = 10
MAX_BYTES = MAX_MB * 1024 * 1024
MAX_LINES = 50_000
MAX_VALUE = 2_000
_FIRST_LINES = 20  # among which the names of the columns are looked for, below a title
_SEPARATORS = (",", ";", "\t")
_BREAK = re.compile(r"\r\n|\r|\n")
_BEYOND_ASCII = re.compile("[^\x00-\x7f\ufffd]")
_WESTERN = re.compile("[\u00a0-\u017f\u0218-\u021b\u1e00-\u1eff\u2010-\u2044\u20ac]")
_EMPTY = "The file is empty."
_SPREADSHEET = "This is a spreadsheet, not a CSV file. Open it and save it as “CSV UTF-8”."
_NOT_TEXT = "This is not a text file. Save it as “CSV UTF-8” and try again."
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
_SIGNATURES = {
    **dict.fromkeys((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"), _SPREADSHEET),
    **dict.fromkeys((b"%PDF", *_PICTURES), _NOT_TEXT),
}

csv.field_size_limit(MAX_BYTES)  # of the whole process: what is too long is told by `_fault`


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file under its number: the values that are not empty, by column.

    With a `fault`, "more values than the first line has columns", nothing is sure of any of them.
    """

    number: int
    values: dict[str, str]
    fault: str = ""


@dataclass(frozen=True)
class Table:
    """A file's lines; `present` are the known columns that it has, `unknown` the others."""

    lines: list[Line]
    present: frozenset[str]
    unknown: list[str]


def read_table(
    content: bytes, *, known: Collection[str], required: Collection[str], any_of: Sequence[str] = ()
) -> Table:
    """The lines of a CSV file, which has all the columns that are `required` and one or more of `any_of`.

    Raises RuleBroken with one sentence when it is no such file: too big, not text, no heading, a column
    that is needed and missing, or cut off in the middle of a line.
    """
    text = decode(content)
    heading, separator = _heading(text, known)
    _check_is_there(heading, required, any_of, text)
    unknown = _check_heading(heading, known)
    lines = list(_lines(text, heading, separator, frozenset(known)))
    if not lines:
        raise RuleBroken("The file has a heading and no lines under it.", "file")
    return Table(lines=lines, present=frozenset(heading) & frozenset(known), unknown=unknown)


def decode(content: bytes, *, encodings: Sequence[str] = ("utf-8-sig", "cp1252")) -> str:
    """The text of a file in the first of these encodings that fits.

    UTF-8 with or without its mark, or else Windows-1252, as Excel writes when it is not asked. What nobody
    sees of it is left out.
    """
    _check_bytes(content, may_have_nul=encodings[0].startswith("utf-16"))
    text = visible(_text(content, encodings))
    if not text.strip():
        raise RuleBroken(_EMPTY, "file")
    strange = UNPRINTABLE.search(text)
    if strange:
        number = _line_at(text, strange.start())
        raise RuleBroken(f"Line {number} has a character that can’t be printed. Remove it.", "file")
    return text


def _text(content: bytes, encodings: Sequence[str]) -> str:
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding == "utf-8-sig" and _is_utf_8_elsewhere(content):
                good = error.object[: error.start].decode("latin-1")
                raise RuleBroken(
                    f"Line {_line_at(good, len(good))} has a letter in another encoding than the rest, or "
                    "the file was cut off there. Save it again as CSV UTF-8.",
                    "file",
                ) from None
    raise RuleBroken(_NOT_TEXT, "file")


def _is_utf_8_elsewhere(content: bytes) -> bool:
    """Whether a file with a byte that is none of UTF-8 is UTF-8 all the same: it begins with the mark, or has
    a western letter such as é, which would be “Ã©” in Windows-1252, or has more letters of UTF-8 than wrong
    bytes. What Windows-1252 has by chance is neither: the “É’” of “ANDRÉ’S” would be one letter of UTF-8."""
    if content.startswith(codecs.BOM_UTF8):
        return True
    text = content.decode("utf-8", errors="replace")
    return bool(_WESTERN.search(text)) or len(_BEYOND_ASCII.findall(text)) > text.count("\ufffd")


def _line_at(text: str, at: int) -> int:
    """The number of the line as an editor counts them, whichever break the file has."""
    return len(_BREAK.findall(text, 0, at)) + 1


def _check_bytes(content: bytes, *, may_have_nul: bool) -> None:
    if not content.strip():
        raise RuleBroken(_EMPTY, "file")
    if len(content) > MAX_BYTES:
        raise RuleBroken(f"The file is larger than {MAX_MB} MB. Split it, if it is the right one.", "file")
    for signature, sentence in _SIGNATURES.items():
        if content.startswith(signature):
            raise RuleBroken(sentence, "file")
    if b"\0" in content and not may_have_nul:
        raise RuleBroken(_NOT_TEXT, "file")


def _heading(text: str, known: Collection[str]) -> tuple[list[str], str]:
    """The first line's column names and the separator under which most of them are known."""
    first = _BREAK.split(text.lstrip("\r\n"), maxsplit=1)[0]
    if len(first) > MAX_VALUE:
        raise RuleBroken("The first line is too long to be the names of columns.", "file")
    return _names(first, known)


def _names(line: str, known: Collection[str]) -> tuple[list[str], str]:
    readings = []
    for separator in _SEPARATORS:
        names = [_column_name(name) for name in next(csv.reader([line], delimiter=separator), [])]
        readings.append((sum(name in known for name in names), names, separator))
    _, names, separator = max(readings, key=lambda reading: reading[0])
    return names, separator


def _column_name(name: str) -> str:
    """ "Employee Number " is employee_number."""
    return re.sub(r"[\s_]+", "_", name.strip().lower())


def _check_is_there(heading: list[str], required: Collection[str], any_of: Sequence[str], text: str) -> None:
    """Nothing that is needed is missing; where a line below names it, what is above is in the way."""
    missing = [name for name in required if name not in heading]
    if any_of and set(heading).isdisjoint(any_of):
        missing.append(f"{any_of[0]} (or {', '.join(any_of[1:])})")
    if not missing:
        return
    columns = f"column {missing[0]} is" if len(missing) == 1 else f"columns {', '.join(missing)} are"
    lines = enumerate(_BREAK.split(text)[:_FIRST_LINES], 1)
    below = next((n for n, line in lines if {*required}.issubset(_names(line, required)[0])), 1)
    above = f": remove what is above line {below}" if below > 1 else ""
    raise RuleBroken(f"The {columns} missing. The first line must name the columns{above}.", "file")


def _check_heading(heading: list[str], known: Collection[str]) -> list[str]:
    doubled = sorted({name for name in heading if name in known and heading.count(name) > 1})
    if doubled:
        raise RuleBroken(f"The column {doubled[0]} is there twice. Remove one of them.", "file")
    return [name for name in heading if name and name not in known]


def _lines(text: str, heading: list[str], separator: str, known: frozenset[str]) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    count, began, is_heading = 0, 0, True
    last, is_cut_off = _line_at(text, len(text)), not text.endswith(("\n", "\r"))
    places = [(place, name) for place, name in enumerate(heading) if name in known]
    try:
        for values in reader:
            number, began = began + 1, reader.line_num
            if not any(value.strip() for value in values):
                continue
            if is_heading:
                is_heading = False
                continue
            count += 1
            if count > MAX_LINES:
                raise RuleBroken(f"The file has more than {MAX_LINES:,} lines. Split it.", "file")
            if len(values) < len(heading) and is_cut_off and began >= last:
                raise RuleBroken(f"The file stops in the middle of line {number}. Export it again.", "file")
            yield Line(number, _values(values, places), _fault(values, heading))
    except csv.Error:
        raise RuleBroken(
            f"Line {began + 1} or one below has a quotation mark that is not closed. Was the file cut?",
            "file",
        ) from None


def _fault(values: list[str], heading: list[str]) -> str:
    """A line may leave out empty values at its end, as Excel does; it may not have values too many. What is
    wrong with one line is told beside what is wrong with others."""
    if any(value.strip() for value in values[len(heading) :]):
        return "more values than the first line has columns"
    return f"a value longer than {MAX_VALUE:,} characters" if max(map(len, values)) > MAX_VALUE else ""


def _values(values: list[str], places: list[tuple[int, str]]) -> dict[str, str]:
    """The known columns' values with white space folded; what is empty is left out."""
    there = len(values)
    return {
        name: value for place, name in places if place < there and (value := " ".join(values[place].split()))
    }
