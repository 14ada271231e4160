"""A register of 500: shown beside a bare page of the same rows, saved beside the bare insert of its marks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import delete, func, select

from app.accounts.models import User
from app.attendance.forms import CHOICES
from app.bookings.models import Booking, BookingState, Seat
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission, Role
from app.core.web import requires
from app.learning.models import Mark, Submission
from app.people.models import Person
from app.sessions.models import TrainingSession
from tests import factories
from tests.bench.results import Bound, Result, alternate, timed
from tests.bench.stage import EMPTY_PAGE, Place, Stage

PEOPLE = 500
BARE_PAGE = "/bench/register"
_ROWS = """
  SELECT person.id, first_name, last_name, preferred_name, status, minutes, recorded_by FROM person
  JOIN booking ON booking.person_id = person.id JOIN seat ON seat.booking_id = booking.id
  LEFT JOIN mark ON mark.person_id = person.id AND mark.session_id = seat.session_id
    AND mark.superseded_at IS NULL
  WHERE seat.session_id = {session_id} AND seat.released_at IS NULL AND booking.state = 'confirmed'
  ORDER BY last_name, first_name, person.id"""
_BARE = """<!doctype html><title>Register</title><form method="post">
{% if rows[0][-1] %}<p class="govuk-body">On the register, {{ rows[0][-1] }}.</p>{% endif %}
{% for id, first, last, preferred, status, minutes, by in rows %}
<fieldset class="govuk-fieldset takeup-register__row">
<legend class="govuk-fieldset__legend">{{ preferred or first }} {{ last }}</legend>
<div class="govuk-radios govuk-radios--small">
{% for value, text in choices %}
<div class="govuk-radios__item"><input class="govuk-radios__input" id="mark-{{ id }}-{{ loop.index }}"
name="mark-{{ id }}" type="radio" value="{{ value }}"
{% if value == (status or "not_recorded") %} checked{% endif %}>
<label class="govuk-label govuk-radios__label" for="mark-{{ id }}-{{ loop.index }}">{{ text }}</label></div>
{% endfor %}
</div><input type="hidden" name="shown-{{ id }}" value="{{ status or "not_recorded" }}">
<div class="takeup-register__minutes"><label class="govuk-label" for="minutes-{{ id }}">Minutes there</label>
<input class="govuk-input" id="minutes-{{ id }}" name="minutes-{{ id }}" type="text"
value="{{ minutes or "" }}"></div>
<div class="takeup-register__minutes"><label class="govuk-label" for="late-{{ id }}">Minutes late</label>
<input class="govuk-input" id="late-{{ id }}" name="late-{{ id }}" type="text" value=""></div>
</fieldset>{% endfor %}</form>"""
_COLUMNS = (
    "person_id", "session_id", "version_id", "component", "status", "counts", "held_on",
    "recorded_at", "recorded_by", "entered_at",
)  # fmt: skip


def measure(stage: Stage) -> Iterator[Result]:
    for engine in stage.engines:
        place = stage.empty(engine)
        with place.app.app_context():
            session_id = _session()
            user = factories.user(Role.ACADEMY_MANAGER)
            db.session.commit()
            db.session.refresh(user)
            db.session.expunge(user)
        place.app.add_url_rule(BARE_PAGE, "bench.register", _bare_page(place, session_id))
        yield _shown(stage, place, user, session_id, "to be marked")
        yield _saved(stage, place, user, session_id)
        yield _shown(stage, place, user, session_id, "that is marked")
        stage.drop(place)


def _session() -> int:
    """Yesterday's session, in which everybody has a place and nobody a mark."""
    day = clock.today() - timedelta(days=1)
    run = factories.run(factories.course(components=1), days=[day], capacity=PEOPLE)
    session = run.sessions[0]
    for number in range(1, PEOPLE + 1):
        person = factories.person()
        booking = Booking(
            reference=f"B{number:07d}", run_id=run.id, person_id=person.id, state=BookingState.CONFIRMED,
            queued_at=factories.LONG_AGO, confirmed_at=factories.LONG_AGO, created_at=factories.LONG_AGO,
        )  # fmt: skip
        db.session.add(booking)
        db.session.flush()
        db.session.add(
            Seat(booking_id=booking.id, session_id=session.id, number=number, taken_at=factories.LONG_AGO)
        )
    db.session.flush()
    return session.id


# --- Shown ---------------------------------------------------------------------------------------------


def _shown(stage: Stage, place: Place, user: User, session_id: int, which: str) -> Result:
    browser = place.browser(user)
    path = f"/sessions/{session_id}/register"

    def page() -> None:
        answer = browser.get(path)
        assert answer.status_code == 200
        assert answer.data.count(b"<fieldset") == PEOPLE

    def bare() -> None:
        assert browser.get(BARE_PAGE).data.count(b"<fieldset") == PEOPLE

    def empty() -> None:
        assert browser.get(EMPTY_PAGE).status_code == 200

    took = alternate(timed(page), timed(bare), timed(empty), rounds=stage.rounds)
    with place.statements() as sent:
        page()
    detail = {"bare page": took[1], "empty layout": took[2], "statements": len(sent)}
    return Result(
        f"register of {PEOPLE} {which}, shown",
        place.engine,
        "s",
        took[0],
        took[1] + took[2],
        Bound(1.5, is_of_ratio=True),
        detail,
    )


def _bare_page(place: Place, session_id: int) -> Callable[[], Any]:
    choices = [(status.value, label) for status, label in CHOICES.items()]

    page = place.app.jinja_env.from_string(_BARE)

    @requires(Permission.USE_ACCOUNT)
    def bare() -> str:
        with place.raw() as cursor:
            rows = cursor.execute(_ROWS.format(session_id=session_id)).fetchall()
        return page.render(rows=rows, choices=choices)

    return bare


# --- Saved ---------------------------------------------------------------------------------------------


def _saved(stage: Stage, place: Place, user: User, session_id: int) -> Result:
    browser, token = place.browser(user), place.cookie(user)[1]
    path = f"/sessions/{session_id}/register"
    with place.app.app_context():
        ids = list(db.session.scalars(select(Person.id)))
    form = {f"mark-{one}": "attended" for one in ids} | {f"shown-{one}": "not_recorded" for one in ids}
    form |= {f"minutes-{one}": "" for one in ids} | {f"late-{one}": "" for one in ids}
    body = urlencode(form | {"csrf_token": token}).encode()

    def save() -> float:
        began = time.perf_counter()
        answer = browser.post(path, data=body, content_type="application/x-www-form-urlencoded")
        took = time.perf_counter() - began
        assert answer.status_code == 302, answer.data[:2000]
        assert _forget(place, session_id) == PEOPLE
        return took

    def bare() -> float:
        took = _insert(place, session_id, ids)
        assert _forget(place, session_id) == PEOPLE
        return took

    save()
    took = alternate(save, bare, rounds=max(stage.rounds, 5))
    with place.statements() as sent:
        browser.post(path, data=body, content_type="application/x-www-form-urlencoded")
    return Result(
        f"register of {PEOPLE} saved in one request",
        place.engine,
        "s",
        took[0],
        took[1],
        Bound(30, is_of_ratio=True),
        {"statements": len(sent)},
    )


def _insert(place: Place, session_id: int, person_ids: list[int]) -> float:
    """The same marks by the driver alone, in a transaction of their own."""
    with place.app.app_context():
        session = db.session.get_one(TrainingSession, session_id)
        known = (session.id, session.run.version_id, 1, "attended", True, session.held_on.isoformat())
    now = clock.now().isoformat()
    mark = "?" if place.engine == "sqlite" else "%s"
    names, marks = ", ".join(_COLUMNS), ", ".join([mark] * len(_COLUMNS))
    rows = [(one, *known, now, "Bench", now) for one in person_ids]
    with place.raw() as cursor:
        began = time.perf_counter()
        cursor.execute("BEGIN") if place.engine == "sqlite" else None
        cursor.executemany(f"INSERT INTO mark ({names}) VALUES ({marks})", rows)
        cursor.execute("COMMIT")
        return time.perf_counter() - began


def _forget(place: Place, session_id: int) -> int:
    """Take the marks of the session away again; how many there were."""
    with place.app.app_context():
        count = db.session.scalar(select(func.count()).where(Mark.session_id == session_id)) or 0
        db.session.execute(delete(Mark).where(Mark.session_id == session_id))
        db.session.execute(delete(Submission).where(Submission.session_id == session_id))
        db.session.commit()
    return count
