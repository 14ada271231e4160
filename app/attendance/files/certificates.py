"""The certificate as a tagged PDF (PDF/UA-1), which can be read aloud as well as printed. (ST-10)"""

from __future__ import annotations

import base64
import re
import unicodedata

from flask import current_app

from app.attendance.models import Certificate
from app.attendance.queries import certificate_valid_until
from app.core.mail import link
from app.core.pdf import pdf_of

_MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


def certificate_pdf(certificate: Certificate) -> bytes:
    """The certificate as a file.

    It fetches nothing: the logo comes with the page. Raises RuleBroken when PDFs can’t be made here.
    """
    config = current_app.config
    page = current_app.jinja_env.get_template("attendance/certificate_pdf.html").render(
        certificate=certificate,
        valid_until=certificate_valid_until(certificate),
        council=config["COUNCIL"],
        logo=_logo(),
        check_address=link("/certificates"),
    )
    return pdf_of(page)


def certificate_name(certificate: Certificate) -> str:
    """The file's name: "certificate-joy-okafor-signs-of-safety-2-day-2022-03-16.pdf"."""
    whose, course = _plain(certificate.person.name), _plain(certificate.course.title)
    return f"certificate-{whose}-{course}-{certificate.completed_on}.pdf"


def _plain(words: str) -> str:
    """Words as every file system takes them: small letters without accents, joined by hyphens."""
    letters = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters.replace("'", "")).strip("-")[:60].strip("-") or "training"


def _logo() -> str | None:
    """The council's logo as an address that holds the picture itself."""
    logo = current_app.config["SETTINGS"].council_logo
    if logo is None or not logo.is_file():
        return None
    picture = base64.b64encode(logo.read_bytes()).decode("ascii")
    return f"data:{_MEDIA_TYPES[logo.suffix]};base64,{picture}"
