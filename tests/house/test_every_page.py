"""Somebody of each role follows every kind of link of the demonstration academy.

Each page must be well made, cost little and write nothing (tests/pages.py looks), and no link may lead to
a page that is missing, or forbidden to the one who was shown it.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.exceptions import HTTPException

from app.accounts.models import RoleGrant, User
from app.bookings.models import Booking, BookingState
from app.core.db import db, live
from app.core.permissions import Role
from app.figures.models import ReachStep, Target, TargetEnd
from app.learning.models import PartlyHeld
from app.people.models import Absence, Spell
from app.programmes.models import CourseVersion, Equivalence
from app.sessions.queries import run_coded
from tests.pages import Pages, check_cost, check_page

pytestmark = pytest.mark.once

PAGES_OF_A_KIND = 2  # besides those at which a walk starts
START = "the start"

# Pages to which no link leads: they are opened from an e-mail, by a machine, or on the way through a form.
NOT_LINKED = {
    "static": "files",
    "jobs.healthz": "for whoever watches the service",
    "information.brand_css": "a style sheet",
    "information.brand_logo": "a picture",
    "attendance.absence_by_link": "from the e-mail about an absence",
    "bookings.answer": "from the e-mail to whoever approves a place",
    "security.accept": "from the e-mail of an invitation",
    "security.reset": "from the e-mail of a reset",
    "security.link_sent": "after the form that asks for a reset",
    "sessions.confirm_roles": "after the form that changes roles",
    "accounts.check_invite_many": "after the form that chooses whom to invite",
    "attendance.map_version": "after the form that says what a new version consists of",
    "sessions.check_copies": "after the form that copies a run",
    "sessions.new_sessions": "after the first form of a new run",
    "bookings.offer": "from the e-mail of an offer",
    "bookings.invitation": "from the e-mail of an invitation",
    "bookings.reconfirm_by_link": "from the e-mail of a change of dates",
    "registration.which": "after the form that registers",
    "registration.check": "after the form that registers",
    "registration.sent": "after the form that registers",
    "registration.confirm": "from the e-mail to who registered",
    "registration.confirm_claim": "from the e-mail to who claimed",
    "registration.waiting": "after an address was confirmed",
    "bookings.my_place": "from an e-mail to somebody without an account",
    "bookings.my_place_calendar": "from an e-mail to somebody without an account",
    "bookings.cancel_my_place": "from an e-mail to somebody without an account",
    "bookings.change_my_need": "from an e-mail to somebody without an account",
    "bookings.send_colleague": "from an e-mail to somebody without an account",
    "attendance.register_by_link": "from the e-mail to a trainer without an account",
    "attendance.check_in_screen_by_link": "from the register that such a link opens",
    "attendance.code_on_the_wall": "shown by a browser in which the code was put up",
    "attendance.type_code": "typed from the screen in the room",
    "attendance.open_code": "from the QR code on that screen",
    "attendance.check_in": "after a code was opened",
    "attendance.checked_in": "after somebody has checked in",
    "certificates.by_link": "from an e-mail to somebody without an account",
    "certificates.file_by_link": "from an e-mail to somebody without an account",
    "certificates.filled_in": "an address with a code, as somebody may have written it down",
    "people.new": "after the form that asks what kind of person",
    "board.draft_pack": "after the form that prepares a pack",
    "figures.draft_snapshot": "after the form that publishes a snapshot",
    "board.draft_file": "from a pack’s draft",
    "exchange.problems": "after the form that takes a file in which lines are wrong",
    "figures.new_target": "after the form that asks what kind of target",
}

_seen: Counter[str] = Counter()


class Walk:
    """One person's way through the service, from the first page by every kind of link."""

    def __init__(self, app: Flask, pages: Pages) -> None:
        self.pages = pages
        self.problems: list[str] = []
        self.opened: Counter[str] = Counter()
        self._map = app.url_map.bind("localhost")
        self._known: set[str] = set()

    def go(self, *starts: str) -> None:
        waiting = [(start, START) for start in starts]
        while waiting:
            path, shown_on = waiting.pop(0)
            if path in self._known or not self._is_wanted(path, shown_on):
                continue
            self._known.add(path)
            waiting += [(link, path) for link in self._open(path, shown_on)]

    def _is_wanted(self, path: str, shown_on: str) -> bool:
        try:
            endpoint, _values = self._map.match(urlsplit(path).path, method="GET")
        except HTTPException:
            self.problems.append(f"{shown_on} links to {path}, which is no page")
            self._known.add(path)
            return False
        is_start = shown_on == START
        if endpoint == "static" or (self.opened[endpoint] >= PAGES_OF_A_KIND and not is_start):
            return False
        self.opened[endpoint] += not is_start
        return True

    def _open(self, path: str, shown_on: str) -> list[str]:
        """Open one page, note what is wrong with it, and return where it leads."""
        page = self.pages._fetch("get", path)
        if page.status != 200:
            self.problems.append(f"{shown_on} links to {path}, which answers {page.status}")
            return []
        if page.writes:
            self.problems.append(f"{path} writes: {page.writes[0]}")
        if page.response.mimetype != "text/html":
            return []
        try:
            check_page(page)
            check_cost(page)
        except AssertionError as error:
            self.problems.append(str(error).splitlines()[0])
        return [link for link in map(_inside, page.links().values()) if link]


def _inside(href: str) -> str | None:
    """The path that a link leads to, when it stays on this service and leaves this page."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or not parts.path.startswith("/"):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@cache
def _walk(app: Flask, role: Role | None) -> Walk:
    pages = Pages(app)
    starts = ["/" if role else "/sign-in"]
    with app.app_context():
        if role is not None:
            statement = select(User).join(RoleGrant).where(RoleGrant.role == role).order_by(User.id)
            pages.sign_in(db.session.scalars(statement).first())
        if role is Role.ACADEMY_MANAGER:
            starts += [*_people_with_a_story(), *_courses_with_a_story(), *_targets_with_a_story()]
            starts += [_register_with_a_story(), *_desk_with_a_story()]
        walk = Walk(app, pages)
        walk.go(*starts)
        db.session.remove()
    return walk


def _people_with_a_story() -> list[str]:
    """Somebody who was away for long, and somebody who left: their pages offer more than others'."""
    away = select(func.min(Absence.person_id)).where(live(Absence))
    stays = select(Spell.person_id).where(live(Spell), Spell.last_day.is_(None))
    left = select(func.min(Spell.person_id)).where(live(Spell), Spell.person_id.not_in(stays))
    return [f"/people/{db.session.scalar(one)}" for one in (away, left)]


def _courses_with_a_story() -> list[str]:
    """Of the courses, the one that another completes, which can be taken back, and one that has changed."""
    completed = select(func.min(Equivalence.course_id)).where(live(Equivalence))
    changed = select(func.min(CourseVersion.course_id)).where(CourseVersion.number > 1)
    return [
        f"/courses/{db.session.scalar(completed)}/stand-ins",
        f"/courses/{db.session.scalar(changed)}/versions",
    ]


def _targets_with_a_story() -> list[str]:
    """The target that counts who attended, whose places lead further; and one that ended, to be put back."""
    attended = select(func.min(Target.id)).where(Target.reach_step == ReachStep.ATTENDED)
    ended = select(func.min(TargetEnd.target_id)).where(live(TargetEnd))
    codes = [select(Target.code).where(Target.id == one.scalar_subquery()) for one in (attended, ended)]
    return [f"/targets/{db.session.scalar(code)}" for code in codes]


def _register_with_a_story() -> str:
    """The register of a day that was broken off, of which nothing is decided yet."""
    return f"/sessions/{db.session.scalar(select(func.min(PartlyHeld.session_id)))}/register"


def _desk_with_a_story() -> list[str]:
    """A run with fewer people than it needs, and a place that was offered and not yet answered."""
    few = run_coded("TRAUMA-2DAY-06")
    offered = select(func.min(Booking.id)).where(Booking.state == BookingState.OFFERED)
    assert few is not None
    return [f"/runs/{few.id}/places", f"/bookings/{db.session.scalar(offered)}"]


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role.value if role else "visitor")
def test_every_page_that_is_linked_is_well_made(demonstration: Flask, role: Role | None) -> None:
    walk = _walk(demonstration, role)
    assert not walk.problems, "\n".join(walk.problems)


def test_every_page_is_linked_for_somebody(demonstration: Flask) -> None:
    opened = set().union(*(_walk(demonstration, role).opened for role in [None, *Role]))
    every = {rule.endpoint for rule in demonstration.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert sorted(every - opened - set(NOT_LINKED)) == []
    assert sorted(set(NOT_LINKED) & opened) == []
