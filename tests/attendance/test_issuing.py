"""Certificates: issued once, a working day after marking, and withdrawn when they no longer stand."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select

from app.attendance import jobs, queries, rules
from app.attendance.models import Certificate, DeclaredTraining, Reflection
from app.audit.models import AuditEntry
from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db, record
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus
from app.merging import rules as merging
from app.outbox.models import SECRET_STANDS_HERE, Message, MessageState
from app.people.models import Person
from app.programmes.models import ComponentMapping
from app.reminders.rules import is_still_right
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import evening, mark, past
from tests.messages import messages

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
TUESDAY, WEDNESDAY = date(2022, 3, 15), date(2022, 3, 16)
LATER = clock.london_time(date(2022, 3, 21), time(12))


def at(day: date, hour: int = 17) -> datetime:
    return clock.london_time(day, time(hour))


def run_of_two_days(**values: Any) -> Run:
    course = factories.course(components=2, title="Signs of Safety 2-day")
    return factories.run(course, days=[TUESDAY, WEDNESDAY], **values)


def certificates(person: Person) -> list[Certificate]:
    return list(
        db.session.scalars(
            select(Certificate).where(Certificate.person_id == person.id).order_by(Certificate.id)
        )
    )


def send(message: Message, now: datetime) -> None:
    """Have it sent, as if the relay had taken it."""
    message.state, message.sent_at, message.secret = MessageState.SENT, now, None
    db.session.flush()


def run_job(now: datetime) -> int:
    db.session.commit()
    tally = jobs.certificates(now)
    assert tally.failed == 0
    return tally.done


# --- When one is issued ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marked_on", "due_on"),
    [
        (date(2022, 3, 16), date(2022, 3, 17)),  # Wednesday: Thursday
        (date(2022, 3, 18), date(2022, 3, 21)),  # Friday: Monday
        (date(2022, 3, 19), date(2022, 3, 21)),  # Saturday: Monday
        (date(2022, 4, 14), date(2022, 4, 19)),  # the Thursday before Easter: Tuesday after
    ],
)
def test_u13_a_certificate_is_withheld_for_a_working_day(marked_on: date, due_on: date) -> None:
    run, person = run_of_two_days(), factories.staff()
    mark(run, 1, person)
    mark(run, 2, person, at=evening(marked_on))
    assert run_job(at(due_on, 16)) == 0
    assert certificates(person) == []
    assert run_job(at(due_on)) == 1
    (certificate,) = certificates(person)
    assert (certificate.completed_on, certificate.issued_at, certificate.stands) == (
        WEDNESDAY,
        at(due_on),
        True,
    )
    assert run_job(at(due_on, 18)) == 0


def test_u13_a_day_that_is_marked_late_withholds_it_too() -> None:
    run, person = run_of_two_days(), factories.staff()
    mark(run, 2, person)
    mark(run, 1, person, at=evening(date(2022, 3, 23)))
    assert run_job(at(date(2022, 3, 24), 16)) == 0
    assert run_job(at(date(2022, 3, 24))) == 1


def test_u13_whoever_asks_the_rule_too_early_gets_no_certificate() -> None:
    run, person = run_of_two_days(), factories.staff()
    for component in (1, 2):
        mark(run, component, person)
    course_ids = {run.version.course_id}
    assert rules.settle_certificates(person=person, course_ids=course_ids, now=at(date(2022, 3, 17), 16)) == 0
    assert rules.settle_certificates(person=person, course_ids=course_ids, now=at(date(2022, 3, 17))) == 1
    assert rules.settle_certificates(person=person, course_ids=course_ids, now=at(date(2022, 3, 17), 18)) == 0


def test_u13_a_wrong_register_that_was_undone_in_time_leaves_no_certificate() -> None:
    run, person = run_of_two_days(), factories.staff()
    mark(run, 1, person)
    mark(run, 2, person)
    mark(run, 2, person, status=MarkStatus.NOT_RECORDED, at=at(date(2022, 3, 17), 9))
    assert run_job(LATER) == 0
    assert certificates(person) == []
    assert messages("certificate_issued") == []


def test_st10_what_a_certificate_says_is_frozen() -> None:
    trainer = factories.trainer(name="Tamsin Rowe")
    first = run_of_two_days(code="SOS2-03", trainer_id=trainer.id)
    second = factories.run(first.version.course, code="SOS2-04", days=[date(2022, 3, 22), date(2022, 3, 23)])
    person = factories.staff()
    mark(first, 1, person)
    mark(first, 2, person, status=MarkStatus.ABSENT_APOLOGIES)
    mark(second, 2, person, status=MarkStatus.PARTIAL, minutes=400)
    assert run_job(at(date(2022, 3, 25))) == 1
    (certificate,) = certificates(person)
    assert [(day["title"], day["date"], day["minutes"], day["trainer"]) for day in certificate.days] == [
        ("Day 1", "2022-03-15", 420, "Tamsin Rowe"),
        ("Day 2", "2022-03-23", 400, None),
    ]
    assert (certificate.runs, certificate.minutes, certificate.trainers) == (
        "SOS2-03 + SOS2-04",
        820,
        ["Tamsin Rowe"],
    )
    trainer.name = "Somebody Else"
    assert run_job(at(date(2022, 3, 28))) == 0
    assert certificates(person)[0].trainers == ["Tamsin Rowe"]


def test_4_3_prior_learning_and_what_is_from_before_the_registers_get_no_certificate() -> None:
    run, person = run_of_two_days(), factories.staff()
    past(person, run.version, date(2021, 5, 1))
    assert run_job(LATER) == 0
    mark(run, 1, person)
    mark(run, 2, person)
    assert run_job(LATER) == 1
    assert certificates(person)[0].completed_on == WEDNESDAY


def test_history_that_is_brought_in_is_certified_and_told_to_nobody() -> None:
    run, person = run_of_two_days(), factories.staff()
    for session in run.sessions:
        rules.record_marks(
            session=session,
            marks={person.id: rules.NewMark(MarkStatus.ATTENDED)},
            by=COMMAND_LINE,
            now=at(date(2026, 3, 2)),
            recorded_at=at(date(2022, 3, 17)),
        )
    assert run_job(at(date(2026, 3, 3))) == 1
    assert len(certificates(person)) == 1
    mark(run, 2, person, status=MarkStatus.ABSENT_NO_NOTICE, at=at(date(2026, 3, 4)))
    assert run_job(at(date(2026, 3, 4))) == 1
    mark(run, 2, person, at=at(date(2026, 3, 5)))
    assert run_job(at(date(2026, 3, 5), 18)) == 1
    (certificate,) = certificates(person)
    assert certificate.stands
    assert db.session.scalars(select(Message.kind)).all() == []


def test_u22_a_day_of_another_version_that_counts_for_a_new_one_is_certified() -> None:
    old = run_of_two_days()
    course = old.version.course
    new = factories.version(course, components=2, number=2)
    run = factories.run(course, days=[date(2022, 3, 22), date(2022, 3, 23)])
    person = factories.staff()
    mark(old, 1, person)
    mark(run, 2, person)
    assert queries.days_that_closed(person.id, course.id, date(2022, 3, 23)) == []
    mapping = ComponentMapping(
        from_component_id=old.version.components[0].id, to_component_id=new.components[0].id
    )
    record(mapping, by="Tests", now=factories.LONG_AGO)
    db.session.flush()
    days = queries.days_that_closed(person.id, course.id, date(2022, 3, 23))
    assert [day.held_on for day in days] == [TUESDAY, date(2022, 3, 23)]


# --- Who is told -----------------------------------------------------------------------------------------


def test_ma09_without_an_account_the_link_is_of_their_own_and_with_one_it_is_the_page() -> None:
    run = run_of_two_days()
    without, with_one = factories.partner(), factories.staff()
    nobody = factories.person(email=None)
    factories.user(Role.PRACTITIONER, of=with_one, password="kept elsewhere")
    for component in (1, 2):
        mark(run, component, without, with_one, nobody)
    assert run_job(LATER) == 3
    told = {message.to_address: message for message in messages("certificate_issued")}
    assert set(told) == {without.email, with_one.email}
    (certificate,) = certificates(without)
    mine = told[without.email]
    assert f"/my-certificate/{SECRET_STANDS_HERE}" in mine.text
    assert rules.certificate_of(mine.secret).id == certificate.id
    assert told[with_one.email].secret is None
    assert f"/certificate/{certificates(with_one)[0].id}" in told[with_one.email].text
    assert certificate.code in mine.text


# --- Withdrawn and issued anew ----------------------------------------------------------------------------


def test_am12_a_correction_withdraws_and_tells_once_and_what_is_put_right_stands_again() -> None:
    """A slip of the finger on Tuesday at 10:00, put right at 12:00, and made and put right once more: it is
    one certificate with one code, and the person hears of each."""
    run, person = run_of_two_days(), factories.staff()
    for component in (1, 2):
        mark(run, component, person)
    run_job(at(date(2022, 3, 17)))
    send(messages("certificate_issued")[0], at(date(2022, 3, 17)))
    corrected = at(date(2022, 3, 22), 10)
    mark(run, 2, person, status=MarkStatus.ABSENT_NO_NOTICE, at=corrected)
    assert run_job(corrected) == 1
    (first,) = certificates(person)
    assert (first.withdrawn_at, first.withdrawn_why) == (corrected, rules.certificates.NO_LONGER_COMPLETE)
    assert run_job(at(date(2022, 3, 22), 11)) == 0
    (told,) = messages("certificate_withdrawn")
    assert first.code in told.text
    mark(run, 2, person, at=at(date(2022, 3, 22), 12))
    for hour in (13, 14):
        assert run_job(at(date(2022, 3, 22), hour)) == (hour == 13)
    (again,) = certificates(person)
    assert (again.code, again.stands, again.withdrawn_why) == (first.code, True, None)
    (news,) = messages("certificate_restored")
    assert again.code in news.text
    assert not is_still_right(told, now=corrected)
    assert not is_still_right(news, now=corrected), "nobody has heard that it was withdrawn"
    send(told, corrected)
    assert is_still_right(news, now=corrected)
    mark(run, 2, person, status=MarkStatus.ABSENT_NO_NOTICE, at=at(date(2022, 3, 23), 9))
    assert run_job(at(date(2022, 3, 23), 9)) == 1
    assert is_still_right(told, now=corrected)
    assert not is_still_right(news, now=corrected)
    mark(run, 2, person, at=at(date(2022, 3, 23), 10))
    assert run_job(at(date(2022, 3, 23), 10)) == 1
    assert [len(messages(f"certificate_{one}")) for one in ("issued", "withdrawn", "restored")] == [1, 2, 2]
    last = messages("certificate_restored")[1]
    assert is_still_right(last, now=corrected), "the last that was heard is that it was withdrawn"
    send(news, corrected)
    assert not is_still_right(last, now=corrected), "the last that was heard is that it stands"
    verbs = select(AuditEntry.verb).where(AuditEntry.verb.startswith("certificate:")).order_by(AuditEntry.id)
    assert [verb.split(":")[1] for verb in db.session.scalars(verbs)] == [
        "issued",
        *("withdrawn", "restored") * 2,
    ]


def corrected_when_its_news_is(state: MessageState) -> tuple[Run, Message]:
    """A register that was corrected after a certificate was issued, of which this became of the e-mail."""
    run, person = run_of_two_days(), factories.staff()
    for component in (1, 2):
        mark(run, component, person)
    run_job(at(date(2022, 3, 17)))
    (issued,) = messages("certificate_issued")
    issued.state = state
    mark(run, 2, person, status=MarkStatus.ABSENT_NO_NOTICE, at=at(date(2022, 3, 22), 10))
    assert run_job(at(date(2022, 3, 22), 10)) == 1
    assert not certificates(person)[0].stands
    db.session.refresh(issued)
    return run, issued


@pytest.mark.parametrize("state", [MessageState.QUEUED, MessageState.SUPPRESSED])
def test_am12_who_never_heard_of_a_certificate_is_not_told_that_it_was_withdrawn(state: MessageState) -> None:
    """What still waits is taken back; once it stands again, they hear that it was issued."""
    run, issued = corrected_when_its_news_is(state)
    assert issued.state is MessageState.WITHDRAWN
    assert messages("certificate_withdrawn") == []
    mark(run, 2, db.session.scalars(select(Person)).one(), at=at(date(2022, 3, 22), 12))
    assert run_job(at(date(2022, 3, 22), 12)) == 1
    assert messages("certificate_restored") == []
    assert is_still_right(messages("certificate_issued")[1], now=at(date(2022, 3, 22), 12))


@pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.BOUNCED])
def test_am12_who_may_have_read_of_a_certificate_elsewhere_is_told_that_it_was_withdrawn(
    state: MessageState,
) -> None:
    """Its e-mail came back, and it stood on their own page all the time."""
    _run, issued = corrected_when_its_news_is(state)
    assert issued.state is state
    assert [one.to_address for one in messages("certificate_withdrawn")] == [issued.to_address]


def test_am12_what_is_put_right_otherwise_is_another_certificate_with_its_code() -> None:
    run, person = run_of_two_days(), factories.staff()
    for component in (1, 2):
        mark(run, component, person)
    run_job(at(date(2022, 3, 17)))
    mark(run, 2, person, status=MarkStatus.ABSENT_NO_NOTICE, at=at(date(2022, 3, 22), 10))
    run_job(at(date(2022, 3, 22), 10))
    part = {"status": MarkStatus.PARTIAL, "minutes": rules.minutes_of(run.sessions[1]) - 30}
    mark(run, 2, person, at=at(date(2022, 3, 22), 12), **part)
    assert run_job(at(date(2022, 3, 22), 18)) == 0
    assert run_job(at(date(2022, 3, 23))) == 1
    first, second = certificates(person)
    assert (first.stands, second.stands) == (False, True)
    assert second.code != first.code


def test_am12_the_academy_is_asked_to_tell_somebody_without_an_address() -> None:
    academy = factories.user(Role.ACADEMY_MANAGER)
    run, person = run_of_two_days(), factories.person(email=None, first_name="Wally", last_name="Kin")
    for component in (1, 2):
        mark(run, component, person)
    run_job(LATER)
    mark(run, 2, person, status=MarkStatus.ABSENT_NO_NOTICE, at=at(date(2022, 3, 22)))
    run_job(at(date(2022, 3, 22)))
    (told,) = messages("certificate_withdrawn")
    assert (told.to_address, told.subject) == (
        academy.email,
        "Please tell Wally Kin: certificate withdrawn",
    )
    assert certificates(person)[0].code in told.text
    mark(run, 2, person, at=at(date(2022, 3, 22), 18))
    run_job(at(date(2022, 3, 22), 18))
    (news,) = messages("certificate_restored")
    assert (news.to_address, news.subject) == (
        academy.email,
        "Please tell Wally Kin: certificate stands again",
    )


def test_a_correction_that_changes_no_day_leaves_the_certificate() -> None:
    run, person = run_of_two_days(), factories.staff()
    for component in (1, 2):
        mark(run, component, person)
    run_job(LATER)
    mark(run, 2, person, status=MarkStatus.ATTENDED_LATE, at=at(date(2022, 3, 22)))
    assert run_job(at(date(2022, 3, 28))) == 0
    assert certificates(person)[0].stands


def test_am12_a_correction_of_the_minutes_is_another_certificate_with_its_hours() -> None:
    run, person = run_of_two_days(), factories.staff()
    for component in (1, 2):
        mark(run, component, person)
    run_job(LATER)
    whole = rules.minutes_of(run.sessions[1])
    part = {"status": MarkStatus.PARTIAL, "minutes": whole - 30}
    mark(run, 2, person, at=at(date(2022, 3, 22)), **part)
    run_job(at(date(2022, 3, 28)))
    first, second = certificates(person)
    assert first.withdrawn_why == rules.certificates.OTHER_DAYS
    assert [day["minutes"] for day in second.days] == [whole, whole - 30]


def test_the_same_date_by_other_days_is_another_certificate() -> None:
    run, person = run_of_two_days(), factories.staff()
    other = factories.run(run.version.course, days=[date(2022, 3, 1), date(2022, 3, 2)])
    mark(other, 1, person)
    for component in (1, 2):
        mark(run, component, person)
    run_job(LATER)
    mark(run, 1, person, status=MarkStatus.ABSENT_APOLOGIES, at=at(date(2022, 3, 22)))
    assert run_job(at(date(2022, 3, 22), 18)) == 2
    first, second = certificates(person)
    assert first.withdrawn_why == rules.certificates.OTHER_DAYS
    assert [day["date"] for day in second.days] == ["2022-03-01", "2022-03-16"]


def test_news_of_a_certificate_that_was_withdrawn_meanwhile_is_not_sent() -> None:
    run, person = run_of_two_days(), factories.staff()
    for component in (1, 2):
        mark(run, component, person)
    run_job(LATER)
    (message,) = messages("certificate_issued")
    assert is_still_right(message, now=LATER)
    rules.withdraw(certificate=certificates(person)[0], why="A test", by=ACADEMY, now=LATER)
    assert not is_still_right(message, now=LATER)


# --- Two records of one person ----------------------------------------------------------------------------


def test_u07_a_merge_completes_and_its_undoing_withdraws() -> None:
    run = run_of_two_days()
    joy, walk_in = factories.staff(), factories.person()
    mark(run, 1, joy)
    mark(run, 2, walk_in)
    merge = merging.merge(survivor=joy, merged=walk_in, by=ACADEMY, now=LATER)
    assert run_job(at(date(2022, 3, 22))) == 1
    send(messages("certificate_issued")[0], at(date(2022, 3, 22)))
    merging.undo(merge=merge, by=ACADEMY, now=at(date(2022, 3, 23)))
    assert run_job(at(date(2022, 3, 23))) == 1
    assert not certificates(joy)[0].stands
    assert len(messages("certificate_withdrawn")) == 1
    assert run_job(at(date(2022, 3, 28))) == 0


def test_u07_of_two_certificates_the_earlier_stands_and_what_was_written_follows() -> None:
    first = run_of_two_days()
    course = first.version.course
    second = factories.run(course, days=[date(2022, 3, 22), date(2022, 3, 23)])
    joy, other = factories.staff(), factories.staff()
    for component in (1, 2):
        mark(second, component, joy)
        mark(first, component, other)
    for person in (joy, other):
        db.session.add(Reflection(person_id=person.id, course_id=course.id, learnt="Much", written_at=LATER))
    db.session.add(
        DeclaredTraining(
            person_id=other.id,
            course_id=course.id,
            completed_on=TUESDAY,
            provider="Elsewhere",
            evidence="A paper",
            declared_at=LATER,
            declared_by="Other",
        )
    )
    now = at(date(2022, 3, 25))
    assert run_job(now) == 2
    merge = merging.merge(survivor=joy, merged=other, by=ACADEMY, now=now)
    assert run_job(at(date(2022, 3, 28))) == 0
    kept = {certificate.completed_on: certificate.stands for certificate in certificates(joy)}
    assert kept == {WEDNESDAY: True, date(2022, 3, 23): False}
    assert messages("certificate_withdrawn") == []
    assert len(list(db.session.scalars(select(Reflection).where(Reflection.person_id == joy.id)))) == 2
    assert db.session.scalars(select(DeclaredTraining)).one().person_id == joy.id
    merging.undo(merge=merge, by=ACADEMY, now=at(date(2022, 3, 28)))
    assert run_job(at(date(2022, 3, 31))) == 1
    assert [certificate.stands for certificate in certificates(joy)] == [True]
    assert messages("certificate_restored") == [], "she was not told that it was withdrawn"
    assert [certificate.stands for certificate in certificates(other)] == [True]
    assert db.session.scalars(select(Reflection).where(Reflection.person_id == other.id)).one()


# --- Codes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["7K2M-9QXD-41TV", "7k2m9qxd41tv", " 7k2m 9qxd 4ltv ", "7K2M–9QXD–4ITV"])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert rules.read_code(typed) == "7K2M-9QXD-41TV"


@pytest.mark.parametrize("typed", ["", "7K2M-9QXD", "7K2M-9QXD-41TVX", "7K2M-9QXD-41U!", "%" * 12, "é" * 12])
def test_what_can_be_no_code_is_refused(typed: str) -> None:
    with pytest.raises(RuleBroken, match="12 letters and digits"):
        rules.read_code(typed)


def test_codes_are_12_signs_in_groups_and_all_differ() -> None:
    codes = {rules.new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(rules.read_code(code) == code for code in codes)


def test_marks_are_entered_when_they_are_recorded() -> None:
    """What the waiting rests on: `entered_at` is when the register was pressed, not what was said of it."""
    run, person = run_of_two_days(), factories.staff()
    mark(run, 1, person, at=at(date(2022, 3, 20)))
    assert db.session.scalars(select(Mark)).one().entered_at == at(date(2022, 3, 20))
