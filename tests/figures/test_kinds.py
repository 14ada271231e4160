"""Sessions delivered, reach and scores: three further kinds of measure, never merged (4.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from app.bookings.models import BookingMove, BookingState, Invitation, ToldOfRun
from app.core import clock
from app.core.db import db, record, supersede
from app.core.errors import RuleBroken
from app.figures import queries, rules
from app.figures.models import Colour, ReachStep, Standing, Target, TargetKind
from app.figures.queries.colours import Verdict
from app.figures.queries.deliverables import DeliveryState
from app.learning.models import MarkStatus
from app.people.models import EmploymentType, Person
from app.programmes.models import Course
from app.sessions.models import DateProposal, ProposalState, Run, RunState, SessionDate
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY

FEBRUARY = date(2022, 2, 28)
DEADLINE = date(2022, 3, 31)


def target(kind: TargetKind, course: Course, **asked: Any) -> Target:
    return rules.add_target(
        code=kind.value.replace("_", "-"),
        title=kind.label,
        kind=kind,
        programme=course.programme,
        by=ACADEMY,
        now=LONG_AGO,
        **asked,
    )


# --- Sessions delivered --------------------------------------------------------------------------------


def deliverable(course: Course, runs: list[Run], contracted: int = 17) -> Target:
    made = target(
        TargetKind.DELIVERABLE,
        course,
        minimum_count=contracted,
        unit="practice-led training sessions",
        deadline=DEADLINE,
    )
    if runs:
        tick(made, [session.id for run in runs for session in run.sessions])
    return made


def tick(of: Target, ids: list[int], offered: list[int] | None = None, reason: str | None = None) -> None:
    rules.tick_sessions(
        target=of, offered=offered or ids, ticked=ids, by=ACADEMY, now=LONG_AGO, reason=reason
    )


def workshops(days: list[date], *, course: Course | None = None, trained: bool = True) -> list[Run]:
    course = course or factories.course(components=1)
    trainer = factories.trainer().id if trained else None
    return [factories.run(course, days=[one], trainer_id=trainer) for one in days]


def seventeen() -> tuple[Target, list[Run]]:
    """11 held with somebody there, 4 to come by the deadline, and 2 that nobody has scheduled."""
    course = factories.course(components=1)
    runs = workshops([date(2022, 2, number) for number in range(1, 12)], course=course)
    person = factories.staff()
    for run in runs:
        scenes.attend(person, run)
    ahead = workshops([date(2022, 3, number) for number in range(1, 5)], course=course)
    return deliverable(course, runs + ahead), runs + ahead


def test_bm04_a_register_marked_late_is_why_sessions_are_restated() -> None:
    made, runs = seventeen()
    [published] = rules.publish(
        targets=[made], as_at=date(2022, 3, 1), occasion="Project board", by=ACADEMY, now=clock.now()
    )
    assert queries.restated(published).reasons == []
    scenes.attend(factories.staff(), runs[11], recorded_at=clock.now())
    found = queries.restated(published)
    assert found.in_words == "1 March 2022 published 11 of 17; now restated 12 of 17."
    assert found.reasons == ["1 more session, as recorded after publication."]


def test_t09_sessions_delivered_of_those_contracted() -> None:
    made, _runs = seventeen()
    figure = queries.figure(made, as_at=FEBRUARY)
    assert (figure.numerator, figure.denominator, figure.required, figure.met) == (11, None, 17, False)
    assert figure.shown == "11 of 17"
    assert figure.sentence.startswith(
        "11 of 17 practice-led training sessions delivered by 28 February 2022. Practice-led training "
        "sessions that are ticked to count"
    )
    assert figure.short_by == 6
    assert "17 contracted by 31 March 2022" in figure.rule_words


def test_tr10_how_many_are_scheduled_and_how_many_are_left() -> None:
    made, runs = seventeen()
    at = queries.deliveries_of([made], as_at=FEBRUARY)[made.id]
    assert at.in_words == "11 of 17 sessions delivered, 4 scheduled, 2 not scheduled, 31 days left"
    assert at.left == 6
    assert replace(at, not_marked=1).not_scheduled_words == "1 or 2 not scheduled"
    assert replace(at, not_marked=4).not_scheduled_words == "0 to 2 not scheduled"
    assert replace(at, confirmed=6).not_scheduled_words == ""
    propose(runs[11])
    runs[12].sessions[0].trainer_id = None
    at = queries.deliveries_of([made], as_at=FEBRUARY)[made.id]
    assert (at.confirmed, at.unconfirmed, at.not_scheduled) == (2, 2, 2)


def test_4_12_sessions_that_are_all_delivered_say_when_the_last_was() -> None:
    course = factories.course(components=1)
    runs = workshops([date(2022, 2, number) for number in (1, 8, 15)], course=course)
    for run in runs:
        scenes.attend(factories.staff(), run)
    made = deliverable(course, runs, contracted=2)
    reasons = [queries.colour_of(queries.figure(made, as_at=on))[1] for on in (date(2022, 3, 30), DEADLINE)]
    assert reasons == ["3 delivered, 2 contracted.", "Met on 8 February 2022."]


def test_i15_sessions_that_were_held_while_none_is_ticked_are_told_beside_the_figure() -> None:
    """What its register says was not held is none, nor is what is to come; once one is ticked, somebody has
    thought of it."""
    course = factories.course(components=1)
    days = [date(2022, 2, 1), date(2022, 2, 8), date(2022, 2, 15), date(2022, 3, 1)]
    runs = workshops(days, course=course)
    scenes.attend(factories.staff(), runs[0])
    scenes.attend(factories.staff(), runs[2])
    mark = db.session.query(scenes.Mark).filter_by(session_id=runs[2].sessions[0].id).one()
    mark.status, mark.counts = MarkStatus.NOT_HELD, False
    made = deliverable(course, [])
    held = {
        date(2022, 1, 31): [],
        date(2022, 2, 7): ["1 session was held, and is not ticked to count."],
        FEBRUARY: ["2 sessions were held, and none is ticked to count."],
    }
    assert {on: queries.figure(made, as_at=on).notes for on in held} == held
    tick(made, [runs[3].sessions[0].id])
    assert queries.figure(made, as_at=FEBRUARY).notes == []


def propose(run: Run) -> None:
    session = run.sessions[0]
    proposal = DateProposal(
        session_id=session.id,
        held_on=date(2022, 3, 20),
        starts_at=clock.london_time(date(2022, 3, 20), time(9)),
        ends_at=clock.london_time(date(2022, 3, 20), time(16)),
        reason="Another date",
        state=ProposalState.PROPOSED,
        proposed_at=LONG_AGO,
        proposed_by="Trainer",
        proposed_by_user_id=factories.user().id,
    )
    db.session.add(proposal)
    db.session.flush()


def states(of: Target, as_at: date) -> list[DeliveryState]:
    rows = db.session.execute(queries.programme_sessions(of))
    return [queries.session_on_day(row, as_at).state for row in rows]


def test_4_2_a_session_that_was_not_held_or_not_marked_is_not_delivered() -> None:
    course = factories.course(components=1)
    runs = workshops([date(2022, 2, number) for number in range(1, 5)], course=course)
    made = deliverable(course, runs)
    person = factories.staff()
    for run in runs[:3]:
        scenes.attend(person, run)
    for run, status in ((runs[1], MarkStatus.NOT_HELD), (runs[2], MarkStatus.ABSENT_NO_NOTICE)):
        mark = run.sessions[0]
        row = db.session.query(scenes.Mark).filter_by(session_id=mark.id).one()
        row.status, row.counts = status, False
    db.session.flush()
    assert states(made, FEBRUARY) == [
        DeliveryState.DELIVERED,
        DeliveryState.NOBODY,
        DeliveryState.NOBODY,
        DeliveryState.NOT_MARKED,
    ]
    assert queries.figure(made, as_at=FEBRUARY).numerator == 1


def test_u05_a_cancelled_run_is_no_delivery_but_what_was_held_before_stays() -> None:
    course = factories.course(components=2)
    run = factories.run(course, days=[date(2022, 2, 1), date(2022, 2, 15)])
    made = deliverable(course, [run])
    scenes.attend(factories.staff(), run)
    assert queries.figure(made, as_at=FEBRUARY).numerator == 2
    run.state, run.cancelled_at = RunState.CANCELLED, clock.end_of_day(date(2022, 2, 7))
    db.session.flush()
    assert queries.figure(made, as_at=FEBRUARY).numerator == 1
    run.cancelled_at = None
    db.session.flush()
    assert queries.figure(made, as_at=FEBRUARY).numerator == 0
    assert states(made, FEBRUARY) == [DeliveryState.CANCELLED] * 2


def test_u05_a_run_that_was_entered_by_mistake_waits_for_no_register() -> None:
    """Cancelled when all of it was over, which is only done to a slip of the date."""
    course = factories.course(components=2)
    run = factories.run(course, days=[date(2022, 2, 1), date(2022, 2, 15)])
    made = deliverable(course, [run])
    assert states(made, FEBRUARY) == [DeliveryState.NOT_MARKED] * 2
    run.state, run.cancelled_at = RunState.CANCELLED, clock.end_of_day(date(2022, 2, 7))
    db.session.flush()
    assert states(made, FEBRUARY) == [DeliveryState.NOT_MARKED, DeliveryState.CANCELLED]
    run.cancelled_at = clock.end_of_day(date(2022, 2, 16))
    db.session.flush()
    assert states(made, FEBRUARY) == [DeliveryState.CANCELLED] * 2


def test_4_4_a_delivery_by_the_date_and_the_marks_that_were_known() -> None:
    course = factories.course(components=1)
    (run,) = workshops([date(2022, 2, 10)], course=course)
    made = deliverable(course, [run])
    scenes.attend(factories.staff(), run, recorded_at=clock.end_of_day(date(2022, 3, 6)))
    early, late = clock.end_of_day(date(2022, 3, 5)), clock.end_of_day(date(2022, 3, 7))
    assert queries.figure(made, as_at=FEBRUARY, known_at=early).numerator == 0
    assert queries.figure(made, as_at=FEBRUARY, known_at=late).numerator == 1
    dated = run.sessions[0].dated
    supersede(dated, by="Tests", now=late)
    moved = SessionDate(
        session_id=dated.session_id,
        held_on=date(2022, 3, 2),
        starts_at=clock.london_time(date(2022, 3, 2), time(9)),
        ends_at=clock.london_time(date(2022, 3, 2), time(16)),
    )
    record(moved, by="Tests", now=late)
    db.session.flush()
    assert queries.figure(made, as_at=FEBRUARY).numerator == 0


def test_i15_a_tick_is_taken_away_only_with_a_reason() -> None:
    made, runs = seventeen()
    ids = [run.sessions[0].id for run in runs]
    with pytest.raises(RuleBroken, match="Say why sessions no longer count"):
        tick(made, ids[1:], offered=ids)
    tick(made, ids[1:], offered=ids, reason="It was a briefing")
    assert queries.figure(made, as_at=FEBRUARY).numerator == 10
    with pytest.raises(RuleBroken, match="Only sessions of the programme’s runs can be ticked"):
        tick(made, [factories.run().sessions[0].id])


def test_a_session_that_a_page_did_not_offer_keeps_its_tick() -> None:
    made, runs = seventeen()
    tick(made, [], offered=[])
    assert queries.figure(made, as_at=FEBRUARY).numerator == 11
    assert len(runs) == 15


# --- Reach ---------------------------------------------------------------------------------------------


@pytest.fixture
def reached() -> tuple[Course, list[Person]]:
    """One was told, one invited twice, one waits, one had a place, gave it up and came, one only came."""
    course = factories.course(components=2)
    run = factories.run(course, days=[date(2022, 2, 10), date(2022, 2, 17)])
    people = [
        factories.staff(),
        factories.partner(),
        factories.partner(factories.organisation("Clinic", "Health")),
        factories.staff(),
        factories.panel_member(),
    ]
    db.session.add(ToldOfRun(person_id=people[0].id, run_id=run.id, told_at=LONG_AGO))
    for batch in ("one", "two"):
        invitation = Invitation(
            batch=batch,
            person_id=people[1].id,
            course_id=course.id,
            invited_at=LONG_AGO,
            invited_by="Academy",
        )
        db.session.add(invitation)
    factories.booking(run, people[2], confirmed_at=None)
    booking = factories.booking(run, people[3])
    for state in (BookingState.CONFIRMED, BookingState.CANCELLED, BookingState.CONFIRMED):
        db.session.add(BookingMove(booking_id=booking.id, to_state=state, at=LONG_AGO, by_name="Academy"))
    scenes.attend(people[3], run)
    scenes.attend(people[4], run)
    return course, people


@pytest.mark.parametrize(
    ("step", "number", "words"),
    [
        (ReachStep.OFFERED, 4, "4 people offered training by 28 February 2022"),
        (ReachStep.INVITED, 1, "1 person invited by 28 February 2022"),
        (ReachStep.BOOKED, 1, "1 person with a place by 28 February 2022"),
        (ReachStep.ATTENDED, 2, "2 people who attended by 28 February 2022"),
    ],
)
def test_t08_each_step_of_reach_is_counted_by_itself(
    reached: tuple[Course, list[Person]], step: ReachStep, number: int, words: str
) -> None:
    made = target(TargetKind.REACH, reached[0], reach_step=step, minimum_count=3)
    figure = queries.figure(made, as_at=FEBRUARY)
    assert (figure.numerator, figure.denominator, figure.met) == (number, None, number >= 3)
    assert figure.sentence.startswith(words)


def test_t08_reach_by_sector(reached: tuple[Course, list[Person]]) -> None:
    made = target(TargetKind.REACH, reached[0], reach_step=ReachStep.OFFERED)
    found = {
        row.sector: row.numbers for row in queries.beside_target(made, as_at=FEBRUARY, sees_names=True).reach
    }
    assert list(found) == ["The council", "Education", "Health", "Foster panel members", "All"]
    assert found == {
        "The council": (2, 0, 1, 1),
        "Education": (1, 1, 0, 0),
        "Health": (1, 0, 0, 0),
        "Foster panel members": (0, 0, 0, 1),
        "All": (4, 1, 1, 2),
    }


def test_reach_of_a_population_and_as_known(reached: tuple[Course, list[Person]]) -> None:
    partners = rules.add_population(
        code="partners",
        name="Partners",
        entries=rules.Entries(employment_types=[EmploymentType.PARTNER]),
        by=ACADEMY,
        now=LONG_AGO,
    )
    made = target(TargetKind.REACH, reached[0], reach_step=ReachStep.OFFERED, population=partners)
    assert queries.figure(made, as_at=FEBRUARY).numerator == 2
    before = clock.end_of_day(date(2017, 12, 31))
    assert queries.figure(made, as_at=FEBRUARY, known_at=before).numerator == 0
    assert queries.figure(made, as_at=date(2017, 12, 31)).numerator == 0


# --- Scores --------------------------------------------------------------------------------------------


def confidence(minimum: str | None = None) -> Target:
    asked = {"minimum_score": Decimal(minimum)} if minimum else {}
    return target(TargetKind.SCORE, factories.course(), **asked)


def state(of: Target, as_at: date, **stated: Any) -> Any:
    stated.setdefault("source", "Survey")
    return rules.state_figure(target=of, as_at=as_at, by=ACADEMY, now=clock.now(), **stated)


def test_am16_a_later_wave_is_compared_with_the_stated_baseline() -> None:
    made = confidence("7.5")
    state(made, date(2021, 6, 30), score=Decimal(6), is_day_assumed=True)
    state(made, date(2022, 2, 1), score=Decimal("7.4"), replies=84)
    figure = queries.figure(made, as_at=FEBRUARY)
    assert (figure.shown, figure.met, figure.standing) == ("7.4", False, Standing.NOT_YET)
    assert figure.sentence.startswith("7.4 of 10, as stated by 28 February 2022.")
    assert "6.0 → 7.4 (+1.4): 84 replies; how many replied to the baseline is not" in figure.notes[0]
    assert "not the same people" in figure.notes[0]
    first = queries.figure(made, as_at=date(2021, 7, 1))
    assert first.shown == "6.0"
    assert first.notes == ["The first score, as stated: 6.0, replies not recorded."]


def test_a_score_that_nobody_has_stated_is_no_zero() -> None:
    figure = queries.figure(confidence("7"), as_at=FEBRUARY)
    assert (figure.shown, figure.met, figure.standing) == ("no score", None, Standing.NO_SCORE)


@pytest.mark.parametrize(("minimum", "is_met"), [("7.4", True), ("7.5", False)])
def test_4_10_a_score_is_met_by_what_was_typed(minimum: str, is_met: bool) -> None:
    made = confidence(minimum)
    state(made, date(2022, 2, 1), score=Decimal("7.4"), replies=84)
    assert queries.figure(made, as_at=FEBRUARY).met is is_met


def test_4_12_a_score_of_few_replies_is_neither_met_nor_missed() -> None:
    """In the CSV and at the command line as by its colour, also where no colour is asked for."""
    made = confidence("7")
    state(made, date(2022, 2, 1), score=Decimal(8), replies=3)
    (counted,) = queries.figures([made], as_at=FEBRUARY, has_outlook=False)
    assert (counted.met, counted.standing) == (None, Standing.FEW_REPLIES)
    assert queries.figure(made, as_at=FEBRUARY).verdict == Verdict(Colour.NO_DATA, "Fewer than 5 replies.")


def test_am15_a_score_is_published_and_restated_when_its_document_is_corrected() -> None:
    made = confidence("7.5")
    state(made, date(2021, 6, 30), score=Decimal(6))
    (before,) = publish(made, date(2021, 8, 31))
    wave = state(made, date(2022, 2, 1), score=Decimal("7.4"), replies=84)
    (published,) = publish(made, FEBRUARY)
    assert (published.score, published.shown) == (Decimal("7.4"), "7.4")
    assert (
        queries.direction(before, queries.figure(made, as_at=FEBRUARY)).words == "up 1.4 since 31 August 2021"
    )
    assert queries.restated(published).in_words == "28 February 2022 published 7.4; the same as known now."
    rules.correct_stated(
        target=made,
        figure=wave,
        as_at=date(2022, 2, 1),
        source="Survey",
        score=Decimal("7.2"),
        replies=84,
        reason="Misread",
        by=ACADEMY,
        now=clock.now(),
    )
    restated = queries.restated(published)
    assert restated.in_words == "28 February 2022 published 7.4; now restated 7.2."
    assert restated.reasons == ["A score was entered, corrected or taken back after publication."]


def publish(of: Target, as_at: date) -> list[Any]:
    return rules.publish(targets=[of], as_at=as_at, occasion="Board", by=ACADEMY, now=clock.now())
