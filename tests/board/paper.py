"""What a pack's files say, read as a person's programs read them."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any
from xml.etree import ElementTree

from pypdf import PdfReader
from werkzeug.test import TestResponse

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def pdf_words(content: bytes) -> str:
    """The words of a PDF, white space folded."""
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def pdf_texts(content: bytes) -> list[list[str]]:
    """The texts of each page of a PDF from the top of the page down, and those of a line from its left."""
    found = []
    for page in PdfReader(io.BytesIO(content)).pages:
        at: list[tuple[int, float, str]] = []

        def note(text: str, cm: Any, tm: Any, *_: Any, at: list[tuple[int, float, str]] = at) -> None:
            if text.strip():
                across = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
                at.append((-round(tm[4] * cm[1] + tm[5] * cm[3] + cm[5]), across, text.strip()))

        page.extract_text(visitor_text=note)
        found.append([text for _down, _across, text in sorted(at)])
    return found


def furthest(content: bytes) -> list[float]:
    """How far across its page, as a share, the last text of each page of a PDF begins."""
    found = []
    for page in PdfReader(io.BytesIO(content)).pages:
        at: list[float] = []
        page.extract_text(
            visitor_text=lambda text, cm, tm, *_, at=at: at.append(
                tm[4] * cm[0] + tm[5] * cm[2] + cm[4] if text.strip() else 0
            )
        )
        found.append(max(at, default=0) / float(page.mediabox.width))
    return found


def csv_rows(content: bytes) -> list[list[str]]:
    """The lines of a CSV file."""
    return list(csv.reader(io.StringIO(content.decode().removeprefix("\ufeff"))))


def sheets(content: bytes) -> dict[str, list[list[str]]]:
    """The cells of a workbook's sheets, as text, by the sheets' names."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        texts = _shared_texts(book)
        names = [str(one.get("name")) for one in _read(book, "xl/workbook.xml").iter(f"{_SHEET}sheet")]
        return {
            name: _rows(_read(book, f"xl/worksheets/sheet{number}.xml"), texts)
            for number, name in enumerate(names, 1)
        }


def numbers(content: bytes, name: str) -> list[float]:
    """The cells of one of a workbook's sheets that are numbers, and no texts."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = [str(one.get("name")) for one in _read(book, "xl/workbook.xml").iter(f"{_SHEET}sheet")]
        sheet = _read(book, f"xl/worksheets/sheet{names.index(name) + 1}.xml")
        cells = [one for one in sheet.iter(f"{_SHEET}c") if one.get("t") is None]
        return [float(one.findtext(f"{_SHEET}v", "")) for one in cells]


def everything(answer: TestResponse) -> str:
    """All that an answer says: a PDF's words and metadata, every part of a workbook, a page's source."""
    if answer.mimetype == "application/pdf":
        reader = PdfReader(io.BytesIO(answer.data))
        return f"{pdf_words(answer.data)} {reader.metadata} {_metadata(reader)}"
    if answer.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return " ".join(book.read(name).decode() for name in book.namelist())
    return answer.get_data(as_text=True)


def formulas(content: bytes) -> int:
    """How many cells of a workbook are formulas."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        return sum(len(list(_read(book, name).iter(f"{_SHEET}f"))) for name in parts)


def _metadata(reader: PdfReader) -> str:
    root: Any = reader.trailer["/Root"]
    return str(root["/Metadata"].get_data().decode())


def _read(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    return ElementTree.fromstring(book.read(name))


def _shared_texts(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    return ["".join(one.itertext()) for one in _read(book, "xl/sharedStrings.xml").iter(f"{_SHEET}si")]


def _rows(sheet: ElementTree.Element, texts: list[str]) -> list[list[str]]:
    rows = []
    for row in sheet.iter(f"{_SHEET}row"):
        cells = []
        for cell in row.iter(f"{_SHEET}c"):
            value = cell.findtext(f"{_SHEET}v", "")
            cells.append(texts[int(value)] if cell.get("t") == "s" else value)
        rows.append(cells)
    return rows
