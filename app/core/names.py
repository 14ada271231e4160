"""Names as they are compared, whichever way somebody writes them."""

from __future__ import annotations


def folded(name: str) -> str:
    """Names that differ only in case, spaces or the shape of the apostrophe are one."""
    return " ".join(name.replace("’", "'").split()).casefold()
