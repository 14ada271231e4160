"""A setting that is missing or wrong is one sentence that names it; a right one means what it says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.config import Settings, SettingsError, load_settings
from tests.databases import SECRET

NOBODY = 65534

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
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(
    load: Load, name: str, value: str, sentence: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        load(**{name: value})
    assert str(refused.value) == f"{name} {sentence}"


def test_a_relative_sqlite_file_is_inside_the_instance(load: Load, tmp_path: Path) -> None:
    """Whoever backs up INSTANCE_DIR has the data, whichever folder the command was started in."""
    home = tmp_path / "instance"
    assert load(DATABASE_URL="sqlite:///takeup.sqlite").database == f"sqlite:///{home}/takeup.sqlite"
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
def test_a_folder_that_cannot_be_written_in_is_one_sentence(
    load: Load, tmp_path: Path, others: dict[str, str]
) -> None:
    home = tmp_path / "instance"
    home.mkdir(mode=0o500)
    with _as_somebody_else(), pytest.raises(SettingsError) as refused:
        load(**others)
    assert str(refused.value).startswith(f"INSTANCE_DIR {home} can’t be ")
    assert str(refused.value).count(".") == 1
