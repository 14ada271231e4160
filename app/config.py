"""Every setting, read once from the environment: the only place that knows their names."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

# Plain letters alone: a relay need not take others, and what it does not take comes back.
_E_MAIL = re.compile(r"(?:(?![@\s,;:<>()\[\]\\\"])[!-~])+@(?:[\w-]+\.)+[\w-]+", re.ASCII)
_PNG = b"\x89PNG\r\n\x1a\n"
_CONTRAST_WITH_WHITE = 4.5  # what WCAG 2.2 AA asks of text


class SettingsError(Exception):
    """A setting is missing or wrong; the message is the one sentence that the operator reads."""


class MailTransport(StrEnum):
    FILES = "files"
    SMTP = "smtp"


def _database_url(value: str) -> str:
    if not value:
        return value
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    try:
        address = make_url(value)
    except (ArgumentError, ValueError):
        wanted = "must be an address such as postgresql+psycopg://user:password@host:5432/takeup"
        raise ValueError(wanted) from None
    if address.drivername == "sqlite":
        _check_file(address.database or "")
    return value


def _check_file(name: str) -> None:
    """SQLite's own words for a database in memory are no file, and each process would have its own."""
    if not name or name.startswith((":", "file:")):
        raise ValueError("must name a file, such as sqlite:////srv/takeup/takeup.sqlite")
    if not Path(name).is_absolute() and ".." in Path(name).parts:
        raise ValueError(
            "must name a file inside INSTANCE_DIR, or a whole path such as sqlite:////srv/takeup/takeup.sqlite"
        )


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError("must be a colour such as #1d5a6c")
    contrast = 1.05 / (_luminance(value) + 0.05)
    if contrast < _CONTRAST_WITH_WHITE:
        raise ValueError(f"must be darker: white text on {value} has a contrast of {contrast:.2f}, not 4.5")
    return value


def _luminance(colour: str) -> float:
    """How light a colour such as #1d5a6c is, from 0 to 1, as WCAG 2.2 reckons it."""
    red, green, blue = (_light(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _light(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _name(value: str) -> str:
    """What stands in the heading of every page, and in the line that says whom an e-mail is from."""
    if not value.strip() or not value.isprintable():
        raise ValueError("must be a name on one line")
    return value.strip()


def _url(value: str) -> str:
    if value and not _is_web_address(value):
        wanted = "must be an address such as https://training.council.example, without a path, ? or #"
        raise ValueError(wanted)
    return value.rstrip("/")


def _is_web_address(text: str) -> bool:
    """Whether our paths can be written behind it: it has none itself, and a port that there can be.

    Takeup answers at the root of its host: pages' links would lead out of a path that it were given.
    """
    try:
        parts = urlsplit(text)
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_plain = not re.search(r"[\s?#]", text)
    is_whole = bool(parts.hostname) and parts.path in {"", "/"}
    return parts.scheme in {"http", "https"} and is_whole and is_port and is_plain


def is_e_mail_address(text: str) -> bool:
    """Whether a text is one e-mail address, for settings, forms, files and commands alike."""
    return _E_MAIL.fullmatch(text) is not None


def _e_mail(value: str) -> str:
    if value and not is_e_mail_address(value):
        raise ValueError("must be one e-mail address such as academy@council.example")
    return value


def _blank_is_none(value: object) -> object:
    return None if value == "" else value


EmailAddress = Annotated[str, AfterValidator(_e_mail)]
OptionalPath = Annotated[Path | None, BeforeValidator(_blank_is_none)]


class Settings(BaseSettings):
    """What an installation may choose. Each field is an environment variable of the same name in capitals.

    A council's service sets DATABASE_URL, SECRET_KEY and PUBLIC_URL; without DATABASE_URL it is a
    demonstration on an SQLite file of its own.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True, extra="ignore")

    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        "", description="Where the data lives. Unset: an SQLite file in INSTANCE_DIR, with the demonstration."
    )
    secret_key: str = Field(
        "",
        description="Signs sessions and links; 32 characters or more. Made and kept for the demonstration.",
    )
    instance_dir: Path = Field(Path("instance"), description="Where this installation keeps its files.")
    host: str = Field("127.0.0.1", description="The address that the web server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="The port that the web server listens on.")
    public_url: Annotated[str, AfterValidator(_url)] = Field(
        "", description="The address that people use, without a path; links in e-mails begin with it."
    )
    web_workers: int = Field(2, ge=1, le=64, description="Web server processes.")
    web_threads: int = Field(2, ge=1, le=64, description="Threads in each: more than two slow each other.")
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="How many proxies in front may be believed about addresses."
    )
    secure_cookies: bool | None = Field(
        None, description="Send cookies over HTTPS only. Unset: on when PUBLIC_URL begins with https."
    )
    council_name: Annotated[str, AfterValidator(_name)] = Field(
        "Takeup Demonstration Council", description="Shown on every page and e-mail."
    )
    council_colour: Annotated[str, AfterValidator(_colour)] = Field(
        "#1d5a6c", description="The colour of the header; must contrast with white text."
    )
    council_logo: OptionalPath = Field(None, description="An SVG or PNG file shown beside the name.")
    support_email: EmailAddress = Field(
        "academy@council.example", description="Whom to ask for help, and where answers to e-mails go."
    )
    support_phone: str = Field("", description="A telephone number for help, if there is one.")
    mail_transport: MailTransport = Field(
        MailTransport.FILES, description="`files` keeps e-mails as .eml in INSTANCE_DIR/mail; `smtp` sends."
    )
    mail_from: EmailAddress = Field("academy@council.example", description="The sender of every e-mail.")
    mail_redirect_to: EmailAddress = Field(
        "", description="For a rehearsal: every e-mail goes to this one address instead."
    )
    mail_kept_days: int = Field(
        365,
        ge=30,
        le=3650,
        description="After so many days the words of an e-mail that was sent are deleted.",
    )
    smtp_host: str = Field("", description="The mail relay, when MAIL_TRANSPORT is smtp.")
    smtp_port: int = Field(25, ge=1, le=65535, description="The mail relay's port.")
    smtp_username: str = Field("", description="Only when the relay asks for one.")
    smtp_password: str = Field(
        "", description="Only when the relay asks for one. Not encrypted without SMTP_STARTTLS."
    )
    smtp_starttls: bool = Field(
        False, description="Encrypt the connection to the relay, whose certificate must be trusted."
    )
    demo: bool | None = Field(
        None, description="Fill in the demonstration academy. Unset: only when DATABASE_URL is unset."
    )
    demo_password: str = Field(
        "", description="The demonstration accounts' password. Unset: made at random, kept in INSTANCE_DIR."
    )
    clock_offset_file: OptionalPath = Field(
        None,
        description="A file with a number of seconds by which the clock is moved; demonstrations only.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much to log.")

    @property
    def is_demonstration(self) -> bool:
        """The demonstration is filled in only when nobody named a database, or by DEMO=1."""
        return self.demo if self.demo is not None else not self.database_url

    @property
    def left_to_name(self) -> list[str]:
        """What a real service has yet to set, not to stand under the demonstration's name and address."""
        return self._left("council_name", "support_email")

    @property
    def left_to_send(self) -> list[str]:
        """What has yet to be set, or taken away, before e-mails leave the machine, from the council's own
        address and to everybody's own."""
        if self.is_demonstration:
            return []
        kept = [] if self.mail_transport is MailTransport.SMTP else ["MAIL_TRANSPORT"]
        redirected = ["MAIL_REDIRECT_TO"] if self.mail_redirect_to else []
        return [*redirected, *kept, *self._left("mail_from")]

    def _left(self, *names: str) -> list[str]:
        """Which of these a service leaves to their defaults; a demonstration is complete without."""
        return (
            []
            if self.is_demonstration
            else [one.upper() for one in names if one not in self.model_fields_set]
        )

    @property
    def database(self) -> str:
        """The database's address; the embedded one is `takeup.sqlite` in INSTANCE_DIR.

        A relative path of SQLite's is inside INSTANCE_DIR too, so that whoever keeps that folder has it all.
        """
        if not self.is_sqlite:
            return self.database_url
        address = make_url(self.database_url or "sqlite:///takeup.sqlite")
        file = self.instance_dir.resolve() / str(address.database)
        return address.set(database=str(file)).render_as_string(hide_password=False)

    @property
    def is_sqlite(self) -> bool:
        return not self.database_url or self.database_url.startswith("sqlite")

    @property
    def folders(self) -> list[Path]:
        """The folders that are this installation's own: INSTANCE_DIR, and where in it its SQLite file is."""
        home = self.instance_dir.resolve()
        own = [Path(str(make_url(self.database).database)).parent] if self.is_sqlite else []
        return [home, *(folder for folder in own if folder != home and folder.is_relative_to(home))]

    @property
    def address(self) -> str:
        """Where people reach the service; links in e-mails begin with it."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def has_secure_cookies(self) -> bool:
        if self.secure_cookies is not None:
            return self.secure_cookies
        return self.public_url.startswith("https://")

    @model_validator(mode="after")
    def _check_together(self) -> Settings:
        if not self.is_demonstration:
            self._check_service()
        if self.council_logo:
            self._check_logo(self.council_logo)
        if self.mail_transport is MailTransport.SMTP and not self.smtp_host:
            raise ValueError("SMTP_HOST must be set when MAIL_TRANSPORT is smtp")
        if self.demo_password and len(self.demo_password) < 12:
            raise ValueError("DEMO_PASSWORD must have 12 characters or more")
        return self

    def _check_service(self) -> None:
        """What a council's service must have, and what only a demonstration may."""
        if len(self.secret_key) < 32:
            raise ValueError("SECRET_KEY must be set to 32 characters or more")
        if not self.public_url:
            raise ValueError("PUBLIC_URL must be set to the address that people use")
        if self.clock_offset_file:
            raise ValueError("CLOCK_OFFSET_FILE moves the clock and is refused outside a demonstration")
        if self.demo_password:
            raise ValueError("DEMO_PASSWORD is refused outside a demonstration")

    @staticmethod
    def _check_logo(logo: Path) -> None:
        if logo.suffix not in {".svg", ".png"}:
            raise ValueError("COUNCIL_LOGO must be an .svg or .png file")
        if not logo.is_file():
            raise ValueError(f"COUNCIL_LOGO names {logo}, which is not a file")
        try:
            content = logo.read_bytes()
        except OSError as error:
            raise ValueError(f"COUNCIL_LOGO {logo} can’t be read ({error.strerror})") from None
        if not (content.startswith(_PNG) if logo.suffix == ".png" else b"<svg" in content):
            raise ValueError(f"COUNCIL_LOGO names {logo}, which does not hold a picture of its kind")


def load_settings() -> Settings:
    """Read the environment, and see that there is a folder to keep things in.

    Raises SettingsError with one sentence that names the setting, for example
    "SECRET_KEY must be set to 32 characters or more."
    """
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError(f"{_what_is_wrong(error.errors()[0])}.") from None
    for folder in settings.folders:
        _make_folder(folder)
    if settings.is_demonstration and not settings.secret_key:
        key = kept_secret(settings.instance_dir / "secret-key")
        settings = settings.model_copy(update={"secret_key": key})
    return settings


def _what_is_wrong(error: ErrorDetails) -> str:
    """What a wrong setting must be, in our own words; what is wrong with several names them itself."""
    if not error["loc"]:
        return str(error["ctx"]["error"])
    field = str(error["loc"][0])
    return f"{field.upper()} {_reason(error, Settings.model_fields[field])}"


def _reason(error: ErrorDetails, field: FieldInfo) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["type"] in {"enum", "literal_error"}:
        return f"must be {error['ctx']['expected']}".replace("'", "")
    if field.annotation is int:
        at_least, at_most = field.metadata
        return f"must be a whole number from {at_least.ge} to {at_most.le}"
    return "must be 1 or 0"


def _make_folder(folder: Path) -> None:
    """Make a folder that is not there, and write in it once, before the first e-mail fails to be kept."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # e-mails are kept in it
    except OSError as error:
        raise SettingsError(f"INSTANCE_DIR {folder} can’t be made ({error.strerror}).") from None
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SettingsError(f"INSTANCE_DIR {folder} can’t be written in ({error.strerror}).") from None


def kept_secret(path: Path, length: int = 32) -> str:
    """A random secret that only this user can read, made on first use and kept in `path`.

    Of two processes that begin at once the first to have the file makes it, and both keep that.
    """
    if path.exists() and (kept := path.read_text(encoding="ascii").strip()):
        return kept
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        kept = file.read().strip()
        if not kept:
            kept = secrets.token_urlsafe(length)
            file.write(kept)
    return kept
