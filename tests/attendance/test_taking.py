"""Taking in a file of attendance: what it would mark, and what it never does. (TR-04)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select

from app.attendance import jobs, rules
from app.attendance.models import AttendanceFile, FileKind
from app.attendance.rules import Choices, How, NewMark
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.core.tally import Tally
from app.learning.models import MarkStatus, MarkWay, Submission
from app.sessions.models import TrainingSession
from tests import factories
from tests.attendance.marking import mark
from tests.attendance.reports import (
    ABSENT,
    ADDRESSED,
    NAMED,
    SAMPLE,
    academy,
    given,
    known,
    known_as,
    look,
    names,
    numbers,
    session_of_the_sample,
    somebody,
    take,
    teams,
    trainer_of,
)


@pytest.fixture(autouse=True)
def session(travel_to: Callable[..., None]) -> TrainingSession:
    """The session of the sample's report, the next morning."""
    travel_to("2022-03-16 10:00")
    return session_of_the_sample()


# --- The sample ----------------------------------------------------------------------------------------


def test_tr04_18_rows_14_by_email_2_proposed_1_unknown_and_2_stay_not_recorded(
    session: TrainingSession,
) -> None:
    reading = look(session)
    assert len(reading.matches) == 18
    assert names(reading, How.ORGANISER) == ["Trainer One"]
    assert names(reading, How.BY_EMAIL) == list(ADDRESSED)
    assert names(reading, How.PROPOSED) == list(NAMED)
    assert names(reading, How.UNKNOWN) == ["Guest"]
    assert {person.name for person in reading.silent} == set(ABSENT)
    assert known() == {}


def test_tr04_what_is_confirmed_is_marked_and_nobody_is_absent(session: TrainingSession) -> None:
    """Of 420 minutes at 80%: 150 and 320 do not count; 408 is all of it but for the grace."""
    file = take(session, confirmed=frozenset(numbers(look(session), How.PROPOSED)))
    marks = known()
    assert set(marks) == {*ADDRESSED, *NAMED}
    assert marks["Brandon Wells"] == ("attended", None, True)
    assert marks["Neil Owen"] == ("partial", 150, False)
    assert marks["Allan Thomas"] == ("partial", 320, False)
    assert marks["Aaron Harris"] == ("partial", 400, True)
    submission = db.session.scalars(select(Submission)).one()
    assert (submission.way, file.submission, file.taken_at) == (
        MarkWay.TEAMS_REPORT,
        submission,
        clock.now(),
    )


def test_tr04_proposals_nobody_confirmed_are_left_out(session: TrainingSession) -> None:
    take(session)
    assert set(known()) == set(ADDRESSED)


def test_tr04_an_unknown_is_whom_somebody_chooses(session: TrainingSession) -> None:
    (guest,) = numbers(look(session), How.UNKNOWN)
    chosen = next(person for person in look(session).silent if person.name == "Kit Crane")
    take(session, chosen={guest: chosen.id})
    assert known()["Kit Crane"] == ("partial", 372, True)


def test_tr04_an_unknown_is_whom_the_academy_types_and_a_trainer_types_only_their_own(
    session: TrainingSession,
) -> None:
    somebody("Pat Quinn", employee_number="000777")
    (guest,) = numbers(look(session), How.UNKNOWN)
    trainer = trainer_of(session)
    with pytest.raises(RuleBroken, match="nobody with the address or number 000777") as refused:
        take(session, by=trainer, typed={guest: "000777"})
    assert refused.value.field == f"other-{guest}"
    take(session, by=trainer, typed={guest: "kit.crane@council.example"})
    take(session, typed={guest: "000777"}, replaces=True)
    assert {"Kit Crane", "Pat Quinn"} <= set(known())


def test_nobody_is_two_people_of_one_file(session: TrainingSession) -> None:
    (guest,) = numbers(look(session), How.UNKNOWN)
    with pytest.raises(RuleBroken, match="Brandon Wells is chosen twice") as refused:
        take(session, typed={guest: "brandon.wells@council.example"})
    assert refused.value.field == f"person-{guest}"
    with pytest.raises(RuleBroken, match="not on the list any more"):
        take(session, chosen={guest: 999_999})


# --- Minutes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "new"),
    [
        ("@ 08:00:00|@ 18:00:00|10h", NewMark(MarkStatus.ATTENDED)),
        ("@ 09:30:00|@ 16:30:00|7h", NewMark(MarkStatus.ATTENDED)),
        ("@ 09:45:00|@ 16:30:00|6h 45m", NewMark(MarkStatus.ATTENDED)),
        ("@ 10:10:00|@ 16:30:00|6h 20m", NewMark(MarkStatus.ATTENDED_LATE, 380)),
        ("@ 09:30:00|@ 12:00:00|2h 30m", NewMark(MarkStatus.PARTIAL, 150)),
        ("@ 08:30:00|@ 10:00:00|1h 30m", NewMark(MarkStatus.PARTIAL, 30)),
        ("@ 08:30:00|@ 09:00:00|30m", None),
        ("@ 17:30:00|@ 18:00:00|30m", None),
    ],
)
def test_tr03_minutes_are_those_within_the_session(
    session: TrainingSession, times: str, new: NewMark | None
) -> None:
    other = "Kit Crane|@ 09:30:00|@ 16:30:00|7h|kit.crane@council.example"
    reading = look(session, teams(other, f"Sam Oduya|{times}|sam.oduya@council.example"))
    assert reading.matches[1].new == new


@pytest.mark.parametrize(
    ("joins", "minutes", "new"),
    [
        (("08:00 09:30", "11:00 16:30"), "7h 0m", NewMark(MarkStatus.PARTIAL, 330)),
        (("08:30 09:20", "10:10 16:30"), "7h 10m", NewMark(MarkStatus.ATTENDED_LATE, 380)),
        (("09:30 12:00", "13:30 16:30", "16:40 18:00"), "6h 50m", NewMark(MarkStatus.PARTIAL, 330)),
        (("09:20 12:00", "12:05 16:40"), "7h 15m", NewMark(MarkStatus.ATTENDED)),
    ],
)
def test_tr03_time_in_the_meeting_before_and_after_the_session_makes_up_for_no_absence(
    session: TrainingSession, joins: tuple[str, ...], minutes: str, new: NewMark
) -> None:
    """From 08:00 to 09:30 and from 11:00 is 7 hours in the meeting, and 5 and a half of its session."""
    begins, ends = joins[0][:5], joins[-1][-5:]
    whole = f"Sam Oduya\t15/03/2022 {begins}\t15/03/2022 {ends}\t{minutes}\tsam.oduya@council.example"
    each = [
        f"Sam Oduya\t15/03/2022 {one[:5]}\t15/03/2022 {one[-5:]}\tsam.oduya@council.example" for one in joins
    ]
    blocks = [
        "2. Participants", "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail", whole, "",
        "3. In-Meeting Activities", "Name\tJoin Time\tLeave Time\tEmail", *each,
    ]  # fmt: skip
    assert look(session, "\n".join(blocks).encode("utf-16")).matches[0].new == new


def test_a_report_by_the_clock_of_another_country_gives_its_minutes_alone(session: TrainingSession) -> None:
    lines = teams("Sam Oduya|@ 03:30:00|@ 09:15:00|5h 45m|sam.oduya@council.example")
    assert look(session, lines).matches[0].new == NewMark(MarkStatus.PARTIAL, 345)


def test_4_1_minutes_that_are_not_known_are_not_absent_and_want_a_yes(session: TrainingSession) -> None:
    content = teams("Sam Oduya|||| sam.oduya@council.example".replace("| s", "|s"), "Kit Crane||||")
    (sam, kit) = look(session, content).matches
    assert (sam.how, sam.needs_a_yes, sam.new) == (How.BY_EMAIL, True, NewMark(MarkStatus.ATTENDED))
    assert kit.needs_a_yes
    take(session, content)
    assert known() == {}
    take(session, content, confirmed=frozenset({0}))
    assert known() == {"Sam Oduya": ("attended", None, True)}


# --- What is there already -----------------------------------------------------------------------------


def test_am12_a_trainer_s_mark_stays_unless_it_is_replaced(session: TrainingSession) -> None:
    brandon, neil = known_as("Brandon"), known_as("Neil")
    mark(session.run, 1, brandon, status=MarkStatus.ABSENT_APOLOGIES)
    mark(session.run, 1, neil, status=MarkStatus.PARTIAL, minutes=150)
    assert [match.person for match in look(session).contradicted] == [brandon]
    take(session)
    assert known()["Brandon Wells"][0] == "absent_apologies"
    take(session, replaces=True)
    assert known()["Brandon Wells"] == ("attended", None, True)
    assert known()["Neil Owen"] == ("partial", 150, False)


def test_am12_whom_somebody_chooses_is_not_overwritten_unsaid(session: TrainingSession) -> None:
    kit = known_as("Kit")
    mark(session.run, 1, kit)
    (guest,) = numbers(look(session), How.UNKNOWN)
    with pytest.raises(RuleBroken, match="Kit Crane is marked “Attended” already"):
        take(session, chosen={guest: kit.id})


def test_u13_a_file_is_taken_once_and_the_same_file_again_changes_nothing(session: TrainingSession) -> None:
    file = take(session)
    with pytest.raises(RuleBroken, match="taken in already"):
        rules.take_file(file=file, choices=Choices(), by=academy(), now=clock.now())
    again = take(session)
    assert again.submission_id is None
    assert db.session.scalar(select(func.count(Submission.id))) == 1


def test_am12_a_locked_register_wants_a_reason(
    session: TrainingSession, travel_to: Callable[..., None]
) -> None:
    travel_to("2022-04-20 10:00")
    with pytest.raises(RuleBroken, match=r"was locked after 29 March 2022. Give a reason") as refused:
        take(session)
    assert refused.value.field == "reason"


# --- Refusals and forgetting ---------------------------------------------------------------------------


def test_a_report_of_another_session_is_refused_and_nothing_kept(session: TrainingSession) -> None:
    other = session.run.sessions[1]
    later = clock.london_time(date(2022, 3, 23), time(9))
    with pytest.raises(RuleBroken, match="report of another day: it has 3/15/22, and"):
        rules.upload_file(session=other, filename="f", content=SAMPLE, by=academy(), now=later)
    with pytest.raises(RuleBroken, match="Its register opens on that day"):
        given(other)
    with pytest.raises(NotAllowed):
        given(session, by=factories.actor(Role.TRAINER))
    assert db.session.scalar(select(func.count(AttendanceFile.id))) == 0


def test_a_plain_list_takes_the_same_way(session: TrainingSession) -> None:
    content = b"email,name,minutes,status\nsam.oduya@council.example,,380,attended late\n,Kit Crane,420,\n"
    file = take(session, content, confirmed=frozenset({1}))
    assert file.kind is FileKind.PLAIN
    assert known() == {"Sam Oduya": ("attended_late", 380, True), "Kit Crane": ("attended", None, True)}
    assert db.session.scalars(select(Submission.way)).one() is MarkWay.FILE
    with pytest.raises(RuleBroken, match="Line 2: 421 minutes, and the session lasts 420"):
        given(session, b"name,minutes\nKit Crane,421\n")


def test_4_1_minutes_beside_attended_in_a_plain_list_are_measured_as_any_are(
    session: TrainingSession,
) -> None:
    """Of 420 minutes, 1 and 100 do not count; who is late for 100 was there in part, too."""
    content = (
        b"email,name,minutes,status\nsam.oduya@council.example,,100,attended\n,Kit Crane,420,attended\n"
        b",Neil Owen,1,attended\n,Liam Perry,100,attended late\n,Anna Harvey,0,absent apologies\n"
    )
    take(session, content, confirmed=frozenset(range(5)))
    assert known() == {
        "Sam Oduya": ("partial", 100, False),
        "Kit Crane": ("attended", None, True),
        "Neil Owen": ("partial", 1, False),
        "Liam Perry": ("partial", 100, False),
        "Anna Harvey": ("absent_apologies", None, False),
    }


def test_tr04_what_stood_in_a_file_is_forgotten_after_90_days(session: TrainingSession) -> None:
    taken, looked_at = take(session), given(session)
    taken_id, looked_at_id = taken.id, looked_at.id
    db.session.commit()
    assert jobs.files(clock.now() + timedelta(days=90)) == Tally()
    assert jobs.files(clock.now() + timedelta(days=90, seconds=1)) == Tally(done=2)
    kept = db.session.get_one(AttendanceFile, taken_id)
    assert (kept.content, kept.filename) == (None, "report.csv")
    assert db.session.get(AttendanceFile, looked_at_id) is None
    assert jobs.files(clock.now() + timedelta(days=99)) == Tally()


def test_a_file_that_was_only_looked_at_is_thrown_away(session: TrainingSession) -> None:
    rules.discard_file(file=given(session), by=academy())
    assert db.session.scalar(select(func.count(AttendanceFile.id))) == 0
    with pytest.raises(RuleBroken, match="can be undone on the register"):
        rules.discard_file(file=take(session), by=academy())
