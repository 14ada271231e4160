"""What migrations read from the rows that they find, so that old rows say what new ones say by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from app import create_app
from app.attendance import rules as attendance
from app.attendance.models import Certificate
from app.attendance.rules import NewMark
from app.audit.models import AuditEntry
from app.board.models import Pack
from app.bookings.models import Booking, BookingMove, FormerHolder, ReleaseCause
from app.bookings.rules import cancel, reconfirm
from app.bookings.rules.states import release
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.figures import rules as figures
from app.figures.models import Population, PublishedFigure, StatedFigure, StatedSize, TargetKind, TargetRule
from app.learning.models import Mark, MarkStatus
from app.merging import rules as merging
from app.outbox.models import Message
from app.people import rules as people
from app.people.models import EmploymentType, Organisation, Person
from app.people.queries import teams_of
from app.programmes.models import Programme
from tests import factories
from tests.databases import settings_for
from tests.factories import LONG_AGO
from tests.figures import scenes

pytestmark = pytest.mark.usefixtures("_migrated")


@pytest.fixture
def _migrated(new_database: Callable[[], str], tmp_path: Path) -> Iterator[None]:
    """An application on a database of its own, of which migrations may be taken back."""
    app = create_app(settings_for(new_database(), tmp_path))
    with app.app_context():
        yield
        db.engine.dispose()


def test_u07_earlier_merges_tell_whose_a_booking_was() -> None:
    """What the migration reads from merges that were made before it is what a merge notes by itself now."""
    by, now = factories.actor(Role.ACADEMY_MANAGER), clock.now()
    survivor, merged, other = (factories.staff() for _ in range(3))
    run = factories.run(factories.course())
    for person in (merged, other):
        factories.booking(run, person)
    merging.undo(merge=merging.merge(survivor=survivor, merged=merged, by=by, now=now), by=by, now=now)
    merging.merge(survivor=survivor, merged=other, by=by, now=now + timedelta(hours=1))
    db.session.commit()
    noted = _former_holders()
    assert [person_id for _, person_id, _ in noted] == [merged.id, survivor.id, other.id]
    db.session.remove()
    flask_migrate.downgrade(revision="0014")
    flask_migrate.upgrade()
    assert _former_holders() == noted


def test_u05_the_audit_tells_who_had_said_that_they_still_come() -> None:
    """What the migration reads of the audit is what the booking notes by itself now: the last time of two."""
    by, now = factories.actor(Role.ACADEMY_MANAGER), clock.now()
    run = factories.run(factories.course(), days=[now.date() + timedelta(days=day) for day in (40, 41)])
    still_comes, silent = (factories.booking(run, factories.staff()) for _ in range(2))
    for at in (now, now + timedelta(hours=1)):
        still_comes.reconfirm_by = silent.reconfirm_by = at + timedelta(days=5)
        assert reconfirm(booking=still_comes, by=by, now=at)
    db.session.commit()
    noted = _reconfirmed()
    assert noted == [(still_comes.id, now + timedelta(hours=1)), (silent.id, None)]
    db.session.remove()
    flask_migrate.downgrade(revision="0016")
    flask_migrate.upgrade()
    assert _reconfirmed() == noted


def test_u06_the_words_tell_why_bookings_had_been_released() -> None:
    """What the migration reads of the reasons is the cause that a release notes by itself now."""
    by, now = factories.actor(Role.ACADEMY_MANAGER), clock.now()
    run = factories.run(factories.course(), days=[now.date() + timedelta(days=day) for day in (40, 41)])
    for cause in ReleaseCause:
        release(factories.booking(run, factories.staff()), cause, by=by, now=now)
    given_up = factories.booking(run, factories.staff())
    cancel(booking=given_up, by=by, now=now, reason=ReleaseCause.LEFT.label)
    db.session.commit()
    noted = _released_for()
    assert [cause for _, cause in noted if cause] == list(ReleaseCause)
    db.session.remove()
    flask_migrate.downgrade(revision="0018")
    flask_migrate.upgrade()
    assert _released_for() == noted


def test_am15_the_rules_of_each_target_are_numbered_as_they_were_recorded() -> None:
    """What the migration counts is the number that a rule is given by itself now."""
    now = clock.now()
    scene, other = scenes.coverage(trained=0, untrained=0), scenes.cohort(members=0)
    asked = ((scene.target, scene.course), (other.target, None))
    for days, (target, course) in ((day, each) for day in (1, 2) for each in asked):
        figures.change_target(
            target=target,
            title=target.title,
            course=course,
            minimum_percent=Decimal(60 + days),
            reason="The board asked for it",
            by=scenes.ACADEMY,
            now=now + timedelta(days=days),
        )
    db.session.commit()
    noted = _numbers()
    assert [number for _, number in noted] == [1, 1, 2, 2, 3, 3]
    db.session.remove()
    flask_migrate.downgrade(revision="0019")
    flask_migrate.upgrade()
    assert _numbers() == noted


def test_4_4_teams_and_organisations_keep_where_they_belong() -> None:
    """Before, what was so today was all that was kept; and it is read as though it had been so always."""
    team, other = factories.team("North", "Early Help"), factories.team("North", "Duty")
    school = factories.organisation("Castle Homes", "Education")
    now = clock.now()
    people.edit_team(team=team, name="North", service=factories.service("Youth"), by=scenes.ACADEMY, now=now)
    db.session.commit()

    def belong() -> list[tuple[str, str]]:
        db.session.expire_all()
        return [(one.name, one.service.name) for one in (team, other)] + [(school.name, school.sector.name)]

    before = belong()
    assert before == [("North", "Youth"), ("North", "Duty"), ("Castle Homes", "Education")]
    db.session.rollback()
    flask_migrate.downgrade(revision="0024")
    flask_migrate.upgrade()
    assert belong() == before
    long_ago = now - timedelta(days=9000)
    of = teams_of([team.service.id], date(2020, 1, 1), long_ago)
    assert db.session.scalars(of).all() == [team.id]


def test_i16_what_was_stated_of_a_cohort_is_stated_since_it_was_made() -> None:
    """Of one with a number, approximately, and one without; taken back, what is stated now stays."""
    by, made_at = scenes.ACADEMY, clock.now() - timedelta(days=9)
    about = {"requirements": {"untrained": [factories.course()]}, "by": by, "now": made_at}
    figures.add_cohort(code="first", name="A", stated_members=110, is_stated_approximately=True, **about)
    figures.add_cohort(code="second", name="B", **about)
    db.session.commit()
    flask_migrate.downgrade(revision="0029")
    was = text("SELECT stated_members, is_stated_approximately FROM cohort ORDER BY id")
    assert [tuple(row) for row in db.session.execute(was)] == [(110, True), (None, False)]
    db.session.rollback()
    flask_migrate.upgrade()
    (size,) = db.session.scalars(select(StatedSize))
    assert (size.members, size.is_approximate, size.superseded_at) == (110, True, None)
    assert size.recorded_at == made_at


def test_4_2_names_that_were_taken_twice_are_told_apart_and_the_audit_says_so() -> None:
    """Of three populations of one name the later are called by their codes besides; who upgrades reads it."""
    entries = figures.Entries(employment_types=[EmploymentType.EMPLOYEE])
    by, now = scenes.ACADEMY, clock.now()
    for code in ("staff", "staff-2", "staff-3"):
        figures.add_population(code=code, name=code, entries=entries, by=by, now=now)
    for code in ("SOS", "SOS-2"):
        factories.programme(code=code, title=code)
    db.session.commit()
    flask_migrate.downgrade(revision="0020")
    for code, name in (("staff", "All staff"), ("staff-2", "ALL  staff"), ("staff-3", "All staff (staff-2)")):
        of_code = text("UPDATE population SET name = :name WHERE code = :code")
        db.session.execute(of_code, {"name": name, "code": code})
    db.session.execute(text("UPDATE programme SET title = :title"), {"title": "z" * 200})
    db.session.commit()
    flask_migrate.upgrade()
    named = db.session.execute(select(Population.name, Population.folded_name).order_by(Population.id))
    assert named.all() == [
        ("All staff", "all staff"),
        ("ALL  staff (staff-2)", "all staff (staff-2)"),
        ("All staff (staff-2) (staff-3)", "all staff (staff-2) (staff-3)"),
    ]
    kept = db.session.scalars(select(Programme.title).order_by(Programme.id)).all()
    assert kept == ["z" * 200, "z" * 192 + " (SOS-2)"]
    renamed = select(AuditEntry).where(AuditEntry.actor_name == "Takeup").order_by(AuditEntry.id)
    first, _, last = db.session.scalars(renamed)
    assert (first.verb, first.thing_label) == ("population:changed", "ALL  staff (staff-2)")
    assert first.changes == {"Name": ["ALL  staff", "ALL  staff (staff-2)"]}
    assert first.reason == "There was another population of this name: each has one of its own now"
    assert (last.verb, last.thing_label) == ("programme:changed", "z" * 192 + " (SOS-2)")


def test_lists_that_named_something_twice_are_told_apart_and_the_audit_says_so() -> None:
    """Of organisations of one name the later bear a number that no other has; who upgrades reads it."""
    for name in ("A", "B", "C", "D"):
        factories.organisation(name)
    db.session.commit()
    flask_migrate.downgrade(revision="0027")
    names = {"A": "St Mary's", "B": "ST MARY’S", "C": "St Mary’s (2)", "D": "Élan"}
    for before, after in names.items():
        of_name = text("UPDATE organisation SET name = :after WHERE name = :before")
        db.session.execute(of_name, {"before": before, "after": after})
    db.session.commit()
    flask_migrate.upgrade()
    named = select(Organisation.name, Organisation.folded_name).order_by(Organisation.id)
    assert db.session.execute(named).all() == [
        ("St Mary's", "st mary's"),
        ("ST MARY’S (3)", "st mary's (3)"),
        ("St Mary’s (2)", "st mary's (2)"),
        ("Élan", "élan"),
    ]
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.actor_name == "Takeup")).one()
    assert (entry.verb, entry.thing_label) == ("organisation:edited", "ST MARY’S (3)")
    assert entry.changes == {"Name": ["ST MARY’S", "ST MARY’S (3)"]}


def test_am15_what_was_told_twice_stays_as_it_was_told_and_is_told_no_third_time() -> None:
    """Nothing of it may be changed, nor taken away: what only the database compares tells the two apart."""
    target, by, now = scenes.coverage(trained=1, untrained=1).target, scenes.ACADEMY, clock.now()
    day = now.date()
    figures.publish(targets=[target], as_at=day, occasion="Board", by=by, now=now)
    db.session.add(
        Pack(meeting="Board", meets_on=day, as_at=day, known_at=now, issued_at=now, issued_by="Academy")
    )
    db.session.commit()
    flask_migrate.downgrade(revision="0020")
    for table in ("published_figure", "pack"):
        _once_more(table)
    told = [_told(table) for table in ("published_figure", "pack")]
    flask_migrate.upgrade()
    assert [_told(table) for table in ("published_figure", "pack")] == told
    keys = select(PublishedFigure.folded_occasion), select(Pack.folded_meeting)
    assert [sorted(db.session.scalars(key)) for key in keys] == [["board", "board (2)"]] * 2
    with pytest.raises(RuleBroken, match="were published for “BOARD” already"):
        figures.publish(targets=[target], as_at=day, occasion="BOARD", by=by, now=now)
    for statement in (update(PublishedFigure).values(numerator=0), delete(Pack)):
        with pytest.raises(IntegrityError, match="What was published is not changed"):
            db.session.execute(statement)
        db.session.rollback()


def test_bm05_how_many_replied_to_a_published_score_is_what_was_stated_then() -> None:
    """What the migration reads of what documents state is what a published figure keeps by itself now: the
    latest wave of its day, whatever it was corrected to since."""
    by, now = scenes.ACADEMY, clock.now()
    then = now - timedelta(hours=1)
    programme, days = factories.course().programme, [now.date() - timedelta(days=one) for one in (60, 30)]
    scores = [
        figures.add_target(
            code=one, title=one, kind=TargetKind.SCORE, programme=programme, by=by, now=LONG_AGO
        )
        for one in ("confidence", "unease")
    ]
    for on, replies in zip(days, (40, 3), strict=True):
        for target, number in zip(scores, (replies, None), strict=True):
            figures.state_figure(target=target, as_at=on, **_wave(number), by=by, now=then)
    for on in days:
        figures.publish(targets=scores, as_at=on, occasion="Board", by=by, now=then)
    stated = db.session.scalars(select(StatedFigure).where(StatedFigure.replies == 3)).one()
    corrected = {"target": scores[0], "figure": stated, "as_at": stated.as_at, **_wave(50)}
    figures.correct_stated(**corrected, reason="More replied by post", by=by, now=now)
    scene = scenes.coverage(trained=1, untrained=1)
    figures.publish(targets=[scene.target], as_at=now.date(), occasion="Board", by=by, now=now)
    db.session.commit()
    noted = _replies()
    assert noted == [40, None, 3, None, None]
    db.session.remove()
    flask_migrate.downgrade(revision="0032")
    flask_migrate.upgrade()
    assert _replies() == noted
    with pytest.raises(IntegrityError, match="What was published is not changed"):
        db.session.execute(update(PublishedFigure).values(replies=None))


def _wave(replies: int | None) -> dict[str, Any]:
    return {"score": Decimal("8.7"), "replies": replies, "source": "Survey"}


def _replies() -> list[int | None]:
    return list(db.session.scalars(select(PublishedFigure.replies).order_by(PublishedFigure.id)))


def test_sa05_what_a_relay_that_took_nobodys_e_mail_had_left_is_told_from_what_was_refused() -> None:
    now = clock.now()
    problems = {
        "a": "The relay a.example (SMTP_HOST), port 25 (SMTP_PORT) could not be used: Connection refused.",
        "b": "The folder /srv/mail, in INSTANCE_DIR, can’t be written in: File exists.",
        "c": "The relay refused the address: it answered 450 4.2.0 Greylisted.",
        "d": None,
    }
    words = {"kind": "few", "to_address": "a@council.example", "to_name": "A", "subject": "S", "text": "T"}
    for key, problem in problems.items():
        db.session.add(Message(key=key, problem=problem, html="", created_at=now, next_try_at=now, **words))
    db.session.commit()
    db.session.remove()
    flask_migrate.downgrade(revision="0033")
    flask_migrate.upgrade()
    failed = db.session.scalars(select(Message.carrier_failed).order_by(Message.key)).all()
    assert failed == [True, True, False, False]


def _once_more(table: str) -> None:
    """Each row of a table again, as a second press at the same moment made it."""
    names = ", ".join(name for name in _columns(table) if name != "id")
    db.session.execute(text(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}"))
    db.session.commit()


def _told(table: str) -> list[Any]:
    """All that a table had before, but for what is compared."""
    names = ", ".join(name for name in _columns(table) if not name.startswith(("folded_", "replies")))
    rows = db.session.execute(text(f"SELECT {names} FROM {table} ORDER BY id")).all()
    db.session.rollback()
    return list(rows)


def _columns(table: str) -> list[str]:
    found = list(db.session.execute(text(f"SELECT * FROM {table} WHERE false")).keys())
    db.session.rollback()
    return found


def test_u23_who_had_all_the_minutes_of_a_session_broken_off_was_there_to_its_end() -> None:
    """What the migration reads from marks is what a mark keeps by itself now; of two certificates of one
    course that stand, the first stands on when it is taken back."""
    by, now = factories.actor(Role.ACADEMY_MANAGER), clock.london_time(date(2022, 3, 15), time(17))
    session = factories.run(factories.course(components=1), days=[date(2022, 3, 15)]).sessions[0]
    ann, ben = factories.staff(), factories.staff()
    marks = {ann.id: NewMark(MarkStatus.ATTENDED), ben.id: NewMark(MarkStatus.PARTIAL, 200)}
    attendance.record_marks(session=session, marks=marks, by=by, now=now)
    attendance.note_partly_held(session=session, minutes=300, reason="Alarm", by=by, now=now)
    for day in (29, 15):
        db.session.add(_certificate(ann, session.run.version.course_id, date(2022, 3, day)))
    db.session.commit()
    noted = _said()
    assert noted == [(ann.id, MarkStatus.ATTENDED, 300), (ben.id, None, 200)]
    db.session.remove()
    flask_migrate.downgrade(revision="0022")
    flask_migrate.upgrade()
    assert _said() == noted
    standing = select(Certificate.completed_on).where(Certificate.withdrawn_at.is_(None))
    assert db.session.scalars(standing).all() == [date(2022, 3, 15)]


def _certificate(person: Person, course_id: int, on: date) -> Certificate:
    code = attendance.certificates.new_code()
    return Certificate(
        code=code, person_id=person.id, course_id=course_id, completed_on=on, days=[], issued_at=clock.now()
    )


def _said() -> list[tuple[int, MarkStatus | None, int | None]]:
    rows = select(Mark.person_id, Mark.said_status, Mark.minutes).where(Mark.superseded_at.is_(None))
    return list(db.session.execute(rows.order_by(Mark.person_id)).tuples())


def _numbers() -> list[tuple[int, int]]:
    rows = select(TargetRule.id, TargetRule.number).order_by(TargetRule.id)
    return list(db.session.execute(rows).tuples())


def _released_for() -> list[tuple[int, ReleaseCause | None]]:
    rows = select(BookingMove.id, BookingMove.released_for).order_by(BookingMove.id)
    return list(db.session.execute(rows).tuples())


def _reconfirmed() -> list[tuple[int, datetime | None]]:
    rows = select(Booking.id, Booking.reconfirmed_at).order_by(Booking.id)
    return list(db.session.execute(rows).tuples())


def _former_holders() -> list[tuple[int, int, datetime]]:
    rows = select(FormerHolder.booking_id, FormerHolder.person_id, FormerHolder.until)
    return list(db.session.execute(rows.order_by(FormerHolder.id)).tuples())
