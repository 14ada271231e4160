"""Several people who do one thing at the same moment, each with a connection of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask

from app.core.db import db
from app.core.errors import RuleBroken

AT_ONCE = 6


def at_once(app: Flask, action: Callable[[int], Any]) -> list[str]:
    """What each of some people is told who do `action` at the same time: "done", or why not."""
    ready = Barrier(AT_ONCE)

    def one(number: int) -> str:
        with app.app_context():
            ready.wait(timeout=20)
            try:
                action(number)
                db.session.commit()
            except RuleBroken as refused:
                db.session.rollback()
                return refused.field or "refused"
            return "done"

    db.session.commit()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(one, range(AT_ONCE)))
    db.session.expire_all()
    return sorted(told)
