"""What tests of accounts share: accounts with a password, and a network that has not failed yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.accounts.models import User
from app.accounts.rules import hash_of
from app.core.permissions import Role
from tests import factories

PASSWORD = "correct gravel teapot"


@pytest.fixture(autouse=True)
def _forget_failures(app: Flask) -> Iterator[None]:
    """The limit for each network lives in the process: no test inherits another’s failures."""
    yield
    for limiter in app.extensions["limiter"]:
        limiter.reset()


@pytest.fixture
def account() -> Callable[..., User]:
    """Makes an account that signs in with PASSWORD: account(Role.TRAINER, email="tess@council.example")."""
    kept = hash_of(PASSWORD)

    def make(*roles: Role, **values: object) -> User:
        return factories.user(*(roles or (Role.PRACTITIONER,)), password=kept, **values)

    return make
