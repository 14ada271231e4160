"""Pages as tagged PDFs (PDF/UA-1), which can be read aloud as well as printed."""

from __future__ import annotations

from app.core.errors import RuleBroken
from app.core.logs import get_logger
from app.core.press import PangoMissing, Press, PressFailed

log = get_logger(__name__)
press = Press()

_NOT_NOW = "The PDF could not be made just now. Try again, or print the page itself."
_NO_PANGO = (
    "A PDF can’t be made on this server, because the package Pango is missing: whoever runs the service can "
    "install it. The page itself can be printed."
)


def begin() -> None:
    """Get ready to make a PDF, where one is sure to be asked for in a moment: what makes it is loaded while
    its page is written."""
    press.begin()


def pdf_of(page: str) -> bytes:
    """A page as a file. It fetches nothing: pictures come within the page.

    Raises RuleBroken when PDFs can’t be made here.
    """
    try:
        return press.pdf(page)
    except PressFailed as failed:
        log.error("pdf_not_made", problem=str(failed))
        raise RuleBroken(_NO_PANGO if isinstance(failed, PangoMissing) else _NOT_NOW) from failed
