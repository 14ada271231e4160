"""A list of data quality as a file."""

from __future__ import annotations

from collections.abc import Iterable

from app.core.mail import link
from app.core.sheets import csv_text

FINDING_COLUMNS = ("what", "detail", "address")


def findings_csv(findings: Iterable[tuple[str, str, str]]) -> str:
    """A line for each: who or what it is about, what is the matter, and where to put it right."""
    return csv_text(FINDING_COLUMNS, ((what, detail, link(path)) for what, detail, path in findings))
