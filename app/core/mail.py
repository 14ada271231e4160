"""E-mail: rendering a message outside any request, and handing it over to whatever carries it."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol

from flask import current_app

from app.config import MailTransport, Settings
from app.core import clock

_NO_SUCH_ADDRESS = {550, 551, 553}
_BEFORE_AT = re.compile(r"[^\s<>@]+@")
SMTP_TIMEOUT_SECONDS = 20
ABOUT_FILES = "A file for each day is attached: open each of them to bring your calendar up to date."
_EVENT, _END = "BEGIN:VEVENT\r\n", "END:VCALENDAR\r\n"


@dataclass(frozen=True)
class Email:
    """What a room says: a subject, the templates `templates/<template>.txt` and `.html`, and their context.

    `calendar` is an iCalendar object as text, when the message changes somebody's diary; `new_dates` is one
    more, for what takes the place of entries that `calendar` takes back.
    """

    subject: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    calendar: str | None = None
    new_dates: str | None = None


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str
    calendar: str | None
    new_dates: str | None


def render(email: Email) -> Rendered:
    """The e-mail's words. Needs an application context, not a request."""
    config, templates = current_app.config, current_app.jinja_env  # not render_template: no page's frame here
    has_files = bool(email.new_dates) or len(entries_of(email.calendar)) > 1
    context = {
        **email.context,
        "council": config["COUNCIL"],
        "support": config["SUPPORT"],
        "link": link,
        "about_files": ABOUT_FILES if has_files else None,
    }
    text = templates.get_template(f"{email.template}.txt").render(context)
    return Rendered(
        subject=" ".join(email.subject.split()),
        text=f"{text.rstrip()}\n\n{ABOUT_FILES}\n" if has_files else text,
        html=templates.get_template(f"{email.template}.html").render(context),
        calendar=email.calendar,
        new_dates=email.new_dates,
    )


def link(path: str) -> str:
    """The full address of a path: link("/runs/42") begins with PUBLIC_URL."""
    return f"{current_app.config['ADDRESS']}{path}"


# --- Handing over --------------------------------------------------------------------------------------


class SendFailed(Exception):
    """The message could not be handed over. `is_bounce` when that is because nobody has this address: trying
    again can't help, and others may still be written to. `is_of_carrier` when the relay, or the folder, would
    take nobody's."""

    def __init__(self, problem: str, *, is_bounce: bool = False, is_of_carrier: bool = False) -> None:
        super().__init__(problem)
        self.is_bounce, self.is_of_carrier = is_bounce, is_of_carrier


class Transport(Protocol):
    """A way to send. `send` raises SendFailed when it could not."""

    def send(self, message: EmailMessage) -> None: ...


def transport() -> Transport:
    """The way to send that the settings choose."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.mail_transport is MailTransport.SMTP:
        return SmtpRelay(settings)
    return MailFolder(settings.instance_dir / "mail")


def compose(
    *,
    message_id: str,
    to_name: str,
    to_address: str,
    subject: str,
    text: str,
    html: str,
    calendar: str | None,
    new_dates: str | None = None,
) -> EmailMessage:
    """A message ready to be sent; `message_id` is the same at every try, so that a second copy can be told.

    Raises SendFailed, as a bounce, when the address can't be one.
    """
    settings: Settings = current_app.config["SETTINGS"]
    message = EmailMessage()
    address = _checked_address(to_address, settings.mail_redirect_to)
    message["To"] = Address(" ".join(to_name.split()), address.username, address.domain)
    message["From"] = Address(f"{settings.council_name} academy", addr_spec=settings.mail_from)
    if settings.support_email:  # the sender’s mailbox is often one that nobody reads
        message["Reply-To"] = settings.support_email
    message["Subject"] = subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{message_id}@{settings.mail_from.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    _add_entries(message, calendar, new_dates)
    return message


def _add_entries(message: EmailMessage, calendar: str | None, new_dates: str | None) -> None:
    """One entry is an invitation, or its withdrawal, which programs act on by themselves. Of several in one
    part Outlook heeds only the first (MS-STANOICAL 2.2.175), so each is a file of its own, to be opened: with
    the same UID and METHOD:REQUEST or CANCEL a later one changes it, or takes it out. (U-05, U-19)"""
    entries = entries_of(calendar)
    if len(entries) == 1:
        message.add_alternative(entries[0], subtype="calendar", params={"method": _method_of(entries[0])})
        entries = []
    for number, entry in enumerate([*entries, *entries_of(new_dates)], start=1):
        method = _method_of(entry)
        name = f"cancelled-{number}.ics" if method == "CANCEL" else f"date-{number}.ics"
        message.add_attachment(entry, subtype="calendar", filename=name, params={"method": method})


def entries_of(calendar: str | None) -> list[str]:
    """Each event of an iCalendar object as an object of its own."""
    head, *events = (calendar or "").split(_EVENT)
    return [f"{head}{_EVENT}{event.removesuffix(_END)}{_END}" for event in events]


def _method_of(entry: str) -> str:
    return "CANCEL" if "METHOD:CANCEL" in entry else "REQUEST"


def _checked_address(to_address: str, redirect_to: str | None) -> Address:
    """Where a message goes, by its address alone: no name that was typed beside it makes it a wrong one."""
    try:
        if to_address.count("@") != 1:
            raise ValueError("it needs one @")
        return Address(addr_spec=redirect_to or to_address)
    except (ValueError, IndexError, HeaderParseError):
        raise SendFailed("The address can’t be one.", is_bounce=True) from None


class MailFolder:
    """Keeps each message as an .eml file, for a demonstration or a rehearsal; nothing leaves the machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{name}.eml").write_bytes(message.as_bytes())
        except OSError as error:
            where = f"{self.folder}, in INSTANCE_DIR,"
            why = f"The folder {where} can’t be written in: {error.strerror}."
            raise SendFailed(why, is_of_carrier=True) from error


class SmtpRelay:
    """Hands each message to the council's mail relay."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, message: EmailMessage) -> None:
        settings = self.settings
        try:
            with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SMTP_TIMEOUT_SECONDS) as relay:
                if settings.smtp_starttls:
                    relay.starttls(context=ssl.create_default_context())
                if settings.smtp_username:
                    relay.login(settings.smtp_username, settings.smtp_password)
                relay.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            ((code, words),) = error.recipients.values()
            raise SendFailed(
                f"The relay refused the address: {_answer(code, words)}.",
                is_bounce=_says_no_such_address(code, words),
            ) from error
        except smtplib.SMTPDataError as error:
            raise SendFailed(f"The relay refused the e-mail: {_trouble(error)}.") from error
        except (smtplib.SMTPException, OSError) as error:
            where = f"{settings.smtp_host} (SMTP_HOST), port {settings.smtp_port} (SMTP_PORT)"
            why = f"The relay {where} could not be used: {_trouble(error)}."
            raise SendFailed(why, is_of_carrier=True) from error


def _trouble(error: smtplib.SMTPException | OSError) -> str:
    """What a relay, or the way to it, answered, in words: "Connection refused", "it answered 530 …"."""
    if isinstance(error, TimeoutError):
        return f"no answer within {SMTP_TIMEOUT_SECONDS} seconds"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return (error.strerror or str(error) or "it said nothing").rstrip(".")


def _answer(code: int, answer: bytes | str) -> str:
    """What a relay answered, with no more of anybody's address than the outbox shows of it (3.0): "it
    answered 550 5.1.1 <…@council.example> User unknown"."""
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"it answered {code} {_BEFORE_AT.sub('…@', ' '.join(words.split()))}".rstrip(" .")


def _says_no_such_address(code: int, words: bytes) -> bool:
    """Whether a relay refuses an address because it is none (5.1.1), not by a policy of its own: 5.7.1 or,
    where it gives no such number, "relay not permitted".

    A relay that is set up wrongly refuses everybody: that says nothing about anybody's address.
    """
    is_policy = b"5.7." in words or (b"relay" in words.lower() and b"5.1." not in words)
    return code in _NO_SUCH_ADDRESS and not is_policy
