"""A setting that is missing or wrong is one sentence that names it; a right one means what it says."""

from __future__ import annotations

import os
import runpy
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.config import Settings, SettingsError, kept_secret, load_settings
from tests.databases import SECRET

NOBODY = 65534

NO_ADDRESS = "must be an address such as https://training.council.example, without a path, ? or #."
NO_MAIL = "must be one e-mail address such as academy@council.example."

Load = Callable[..., Settings]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """Read the settings of a council's service, with others of its own."""

    def read(**others: str) -> Settings:
        service = {
            "INSTANCE_DIR": str(tmp_path / "instance"),
            "DATABASE_URL": "sqlite:///takeup.sqlite",
            "SECRET_KEY": SECRET,
            "PUBLIC_URL": "https://training.council.example",
        }
        for name, value in (service | others).items():
            monkeypatch.setenv(name, value)
        return load_settings()

    return read


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://localhost/takeup", "must begin with sqlite:/// or postgresql+psycopg://."),
        ("DATABASE_URL", "sqlite:///", "must name a file, such as sqlite:////srv/takeup/takeup.sqlite."),
        (
            "DATABASE_URL",
            "sqlite:///:memory:",
            "must name a file, such as sqlite:////srv/takeup/takeup.sqlite.",
        ),
        (
            "DATABASE_URL",
            "sqlite:///../takeup.sqlite",
            "must name a file inside INSTANCE_DIR, or a whole path such as "
            "sqlite:////srv/takeup/takeup.sqlite.",
        ),
        (
            "DATABASE_URL",
            "postgresql+psycopg://me:secret@localhost:abc/takeup",
            "must be an address such as postgresql+psycopg://user:password@host:5432/takeup.",
        ),
        ("PORT", "eighty", "must be a whole number from 1 to 65535."),
        ("PORT", "0", "must be a whole number from 1 to 65535."),
        ("WEB_WORKERS", "65", "must be a whole number from 1 to 64."),
        ("MAIL_KEPT_DAYS", "7", "must be a whole number from 30 to 3650."),
        ("SECURE_COOKIES", "perhaps", "must be 1 or 0."),
        ("DEMO", "perhaps", "must be 1 or 0."),
        ("SMTP_STARTTLS", "perhaps", "must be 1 or 0."),
        ("LOG_LEVEL", "loud", "must be DEBUG, INFO, WARNING or ERROR."),
        ("MAIL_TRANSPORT", "pigeon", "must be files or smtp."),
        ("COUNCIL_COLOUR", "teal", "must be a colour such as #1d5a6c."),
        ("COUNCIL_NAME", "Ambleford\nCouncil", "must be a name on one line."),
        ("COUNCIL_NAME", " ", "must be a name on one line."),
        (
            "COUNCIL_COLOUR",
            "#ffee00",
            "must be darker: white text on #ffee00 has a contrast of 1.20, not 4.5.",
        ),
        (
            "COUNCIL_COLOUR",
            "#777777",
            "must be darker: white text on #777777 has a contrast of 4.48, not 4.5.",
        ),
        *(("PUBLIC_URL", value, NO_ADDRESS) for value in (
            "training.council.example", "https://", "https://council.example?a=1", "https://council.example/#top",
            "https://council.example:99999", "https://council.example:port", "ftp://council.example",
            "https://council.example/training",
        )),
        *((name, value, NO_MAIL) for name in ("MAIL_FROM", "MAIL_REDIRECT_TO", "SUPPORT_EMAIL") for value in (
            "academy", "a,b@council.example", "a@b@council.example", "The academy <a@council.example>",
            "a@council.example, b@council.example",
        )),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_one_sentence_that_names_it(
    load: Load, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(**{name: value})
    assert str(refused.value) == f"{name} {sentence}"


def test_what_only_just_fits_is_taken(load: Load) -> None:
    taken = load(
        PORT="65535", COUNCIL_COLOUR="#767676", PUBLIC_URL="https://council.example:8443/",
        SUPPORT_EMAIL="o'neil+help@training.council.local",
    )  # fmt: skip
    assert (taken.port, taken.council_colour) == (65535, "#767676")
    assert taken.address == "https://council.example:8443"
    assert taken.support_email == "o'neil+help@training.council.local"


@pytest.mark.parametrize("name", ["logo.png", "logo.svg"])
def test_a_logo_that_is_no_picture_is_one_sentence(load: Load, tmp_path: Path, name: str) -> None:
    logo = tmp_path / name
    logo.write_text("Ambleford Council", encoding="ascii")
    with pytest.raises(SettingsError) as refused:
        load(COUNCIL_LOGO=str(logo))
    assert str(refused.value) == (f"COUNCIL_LOGO names {logo}, which does not hold a picture of its kind.")
    logo.write_bytes(
        b"\x89PNG\r\n\x1a\n" if name == "logo.png" else b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    )
    assert load(COUNCIL_LOGO=str(logo)).council_logo == logo


def test_a_restart_of_a_service_lets_what_is_under_way_finish(load: Load) -> None:
    """Two seconds, as the starter gives its own, would cut an import off in the middle."""
    load()
    assert runpy.run_module("app.cli.webserver")["graceful_timeout"] == 30


def test_a_relative_sqlite_file_is_inside_the_instance(load: Load, tmp_path: Path) -> None:
    """Whoever backs up INSTANCE_DIR has the data, whichever folder the command was started in."""
    home = tmp_path / "instance"
    assert load(DATABASE_URL="sqlite:///takeup.sqlite").database == f"sqlite:///{home}/takeup.sqlite"
    assert home.stat().st_mode & 0o077 == 0, "others read the e-mails in it"
    assert load(DATABASE_URL="sqlite:///data/own.sqlite").database == f"sqlite:///{home}/data/own.sqlite"
    assert (home / "data").is_dir()
    elsewhere = f"sqlite:///{tmp_path}/elsewhere/takeup.sqlite"
    assert load(DATABASE_URL=elsewhere).database == elsewhere
    assert not (tmp_path / "elsewhere").exists()


@contextmanager
def _as_somebody_else() -> Iterator[None]:
    """Without the rights of root, whom no folder's mode stops."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("others", [{}, {"DEMO": "1", "SECRET_KEY": ""}], ids=["service", "demonstration"])
def test_a_folder_that_cannot_be_written_in_is_one_sentence(load: Load, others: dict[str, str]) -> None:
    with TemporaryDirectory() as folder:  # tmp_path itself is shut to everybody else
        Path(folder).chmod(0o755)
        home = Path(folder) / "instance"
        home.mkdir(mode=0o555)
        with _as_somebody_else(), pytest.raises(SettingsError) as refused:
            load(INSTANCE_DIR=str(home), **others)
    assert str(refused.value) == f"INSTANCE_DIR {home} can’t be written in (Permission denied)."


def test_several_that_begin_at_once_keep_one_secret(tmp_path: Path) -> None:
    """Also where one has made the file and written nothing yet."""
    path = tmp_path / "instance" / "secret-key"
    path.parent.mkdir()
    path.touch(mode=0o600)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(kept_secret, [path] * 40))
    assert len(found) == 1
    assert len(found.pop()) >= 32
    assert path.stat().st_mode & 0o777 == 0o600
