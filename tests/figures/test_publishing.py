"""Figures as published: frozen, and restated beside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.db import db, supersede
from app.core.errors import RuleBroken
from app.core.filters import day
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Colour, PublishedFigure, PublishedPerson, TargetKind
from app.learning.models import Mark
from app.merging import rules as merging
from app.programmes import rules as programmes
from app.programmes.models import Equivalence
from tests import factories
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages
from tests.statements import statements

AUGUST = date(2021, 8, 31)
DEADLINE = date(2022, 3, 31)
LATE = datetime(2022, 4, 6, 9, tzinfo=UTC)


def published(
    *targets: Any, as_at: date = DEADLINE, now: datetime | None = None, occasion: str = "Project board"
) -> list[PublishedFigure]:
    made = rules.publish(targets=targets, as_at=as_at, occasion=occasion, by=ACADEMY, now=now or clock.now())
    db.session.commit()
    return made


def counts(figure: PublishedFigure) -> tuple[int, int | None, int | None, str]:
    return figure.numerator, figure.denominator, figure.required, figure.shown


def late_register() -> scenes.Scene:
    """85 of 110 are complete; 4 more came on 29 March, and their register is still to be marked."""
    scene = scenes.cohort(members=110)
    for person in scene.people[:85]:
        scenes.complete(person, scene.course, date(2022, 3, 1))
    run = factories.run(scene.course, days=[date(2022, 3, 28), date(2022, 3, 29)])
    for person in scene.people[85:89]:
        scenes.attend(person, run, days=1)
    return scene


def mark_second_day(scene: scenes.Scene) -> None:
    first = db.session.scalars(select(Mark)).first()
    assert first is not None
    run = first.session.run
    for person in scene.people[85:89]:
        session = run.sessions[1]
        factories._save(
            Mark(
                person_id=person.id,
                session_id=session.id,
                version_id=run.version_id,
                component=2,
                status=first.status,
                counts=True,
                held_on=session.held_on,
                recorded_at=LATE,
                entered_at=LATE,
                recorded_by="Tests",
            )
        )


# --- What is kept --------------------------------------------------------------------------------------


def test_am15_a_snapshot_keeps_the_counts_the_rule_and_whom_it_counted() -> None:
    scene = scenes.coverage(trained=3, untrained=2, percent="80")
    figure = published(scene.target, as_at=AUGUST)[0]
    assert counts(figure) == (3, 5, 4, "60%")
    assert (figure.title, figure.occasion, figure.published_by) == (
        "Two-day training",
        "Project board",
        "Academy",
    )
    assert figure.rule_words == (
        "Practitioners in post who have completed Signs of Safety 2-day; at least 80% (4)"
    )
    assert figure.scope_words == "Employees in post whose role group is Social Worker"
    assert (figure.rule_number, figure.known_at) == (1, figure.published_at)
    assert (figure.colour, figure.colour_reason) == (
        Colour.RED,
        "At most 3 are likely even if every place is filled: 1 short.",
    )
    kept = db.session.execute(select(PublishedPerson.person_id, PublishedPerson.is_complete)).tuples().all()
    assert dict(kept) == {one.id: number < 3 for number, one in enumerate(scene.people)}


def test_4_4_what_changes_later_changes_nothing_published() -> None:
    """A changed rule is the second version; what was published by the first stays as it reads."""
    scene = scenes.coverage(trained=3, untrained=2, percent="80")
    first = published(scene.target, as_at=AUGUST)[0]
    rules.change_target(
        target=scene.target,
        title="Other",
        course=scene.course,
        minimum_percent=Decimal(50),
        minimum_count=None,
        deadline=None,
        by=ACADEMY,
        now=clock.now(),
        reason="Agreed with the board",
    )
    scenes.complete(scene.people[4], scene.course, recorded_at=clock.now())
    second = published(scene.target, as_at=AUGUST, occasion="The next board")[0]
    db.session.expire_all()
    assert counts(first) == (3, 5, 4, "60%")
    assert (first.title, first.rule_number) == ("Two-day training", 1)
    assert counts(second) == (4, 5, 3, "80%")
    assert (second.title, second.rule_number, second.colour) == ("Other", 2, Colour.MET)
    again = queries.restated(first)
    assert not again.is_same
    assert again.reasons[0] == (
        "The rule changed after publication: what the target asks. "
        "The restated figure is by the rule as known now."
    )
    today = day(clock.today())
    assert again.reasons[1] == (
        f"Changed on {today}: minimum percentage from 80% to 50%. Why: Agreed with the board."
    )


def test_bm04_a_board_reads_why_a_rule_changed_and_no_name(pages: Pages) -> None:
    """What is typed names nobody; a reason that was typed before that was looked at is left out."""
    scene = scenes.coverage(trained=8, untrained=2, percent="80")
    figure = published(scene.target, as_at=AUGUST, now=clock.now() - timedelta(minutes=1))[0]
    terms = {"target": scene.target, "title": "Other", "course": scene.course, "by": ACADEMY}
    named = f"Agreed with {scene.people[0].first_name} {scene.people[0].last_name}"
    with pytest.raises(RuleBroken, match="The board reads this, and it names"):
        rules.change_target(minimum_percent=Decimal(50), reason=named, now=clock.now(), **terms)
    rules.change_target(minimum_percent=Decimal(50), reason="Agreed with DfE.", now=clock.now(), **terms)
    db.session.commit()
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    changed = f"Changed on {day(clock.today())}: minimum percentage from 80% to 50%."
    assert f"{changed} Why: Agreed with DfE." in pages.get(f"/published/{figure.id}").text
    rule = queries.target_rules([scene.target.id])[scene.target.id]
    rule.reason = named
    db.session.commit()
    page = pages.get(f"/published/{figure.id}").text
    assert changed in page
    assert f"{changed} Why:" not in page
    assert scene.people[0].last_name not in page


def test_people_trained_are_kept_too_and_no_one_in_scope_says_so() -> None:
    course = factories.course(title="Core skills")
    run = factories.run(course, days=[date(2022, 2, 1), date(2022, 2, 2)])
    trained = rules.add_target(
        code="trained",
        title="Trained",
        kind=TargetKind.PEOPLE_TRAINED,
        programme=course.programme,
        course=course,
        minimum_count=2,
        by=ACADEMY,
        now=factories.LONG_AGO,
    )
    empty = scenes.cohort(members=0)
    person = factories.staff(last_day=date(2022, 2, 28))
    scenes.attend(person, run)
    flow, nobody = published(trained, empty.target)
    assert counts(flow) == (1, None, 2, "1")
    assert counts(nobody) == (0, 0, None, "no one in scope")
    assert [one.person_id for one in flow.people] == [person.id]
    assert nobody.people == []
    assert nobody.colour_reason == "No one is in scope."
    assert queries.restated(flow).in_words == "31 March 2022 published 1; the same as known now."


@pytest.mark.parametrize(
    ("as_at", "occasion", "sentence"),
    [
        (date(2999, 1, 1), "Board", "Figures can be published as at today or a day in the past"),
        (AUGUST, "  ", "Say what the figures are published for"),
        (AUGUST, "x" * 201, "Occasion must be 200 characters or fewer"),
    ],
)
def test_am15_what_cannot_be_published_is_refused(as_at: date, occasion: str, sentence: str) -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    with pytest.raises(RuleBroken, match=sentence):
        rules.publish(targets=[scene.target], as_at=as_at, occasion=occasion, by=ACADEMY, now=clock.now())


def test_nothing_to_publish_is_refused() -> None:
    with pytest.raises(RuleBroken, match="No target is asked for on that day"):
        rules.publish(targets=[], as_at=AUGUST, occasion="Board", by=ACADEMY, now=clock.now())


def test_am15_a_form_that_is_sent_twice_publishes_once() -> None:
    scene = scenes.coverage(trained=3, untrained=2)
    published(scene.target, as_at=AUGUST)
    with pytest.raises(RuleBroken, match="as at 31 August 2021 were published for “project BOARD” already"):
        published(scene.target, as_at=AUGUST, occasion="project  BOARD")
    assert len(published(scene.target, as_at=DEADLINE)) == 1


def test_am15_nothing_is_published_of_a_day_before_any_programme() -> None:
    scene = scenes.coverage(trained=3, untrained=2)
    factories.dated(scene.target.programme, starts_on=date(2021, 4, 1))
    with pytest.raises(RuleBroken, match="No programme had begun: the first starts on 1 April 2021"):
        published(scene.target, as_at=date(1921, 8, 31))


def test_am15_nothing_is_published_of_a_day_before_anything_that_is_recorded() -> None:
    """Where a programme says no first day, its first post, session, completion or statement tells."""
    scene = scenes.coverage(trained=1, untrained=1)
    scenes.complete(scene.people[1], scene.course, date(1998, 5, 1))
    first = queries.first_day_recorded()
    assert first is not None
    sentence = (
        f"Nothing is known of 31 August 1950: the first day of which anything is recorded is {day(first)}"
    )
    with pytest.raises(RuleBroken, match=sentence):
        published(scene.target, as_at=date(1950, 8, 31))
    with pytest.raises(RuleBroken, match="Nothing is known of"):
        published(scene.target, as_at=first - timedelta(days=1))
    assert len(published(scene.target, as_at=first)) == 1


def test_am15_the_first_day_recorded_is_that_of_what_stands() -> None:
    assert queries.first_day_recorded() is None
    factories.run(days=[date(2021, 5, 3), date(2021, 5, 4)])
    assert queries.first_day_recorded() == date(2021, 5, 3)
    factories.staff(first_day=date(2015, 1, 5))
    assert queries.first_day_recorded() == date(2015, 1, 5)


def statements_to_publish(target: Any, occasion: str) -> int:
    db.session.commit()
    with statements() as asked:
        published(target, as_at=AUGUST, occasion=occasion)
    return len(asked)


def test_publishing_costs_the_same_however_many_people() -> None:
    scene = scenes.coverage(trained=1, untrained=1)
    few = statements_to_publish(scene.target, "With few")
    for person in [factories.staff() for _ in range(30)]:
        scenes.complete(person, scene.course)
    assert statements_to_publish(scene.target, "With many") == few


# --- Frozen --------------------------------------------------------------------------------------------

FROZEN: list[tuple[str, Any]] = [
    ("a count", update(PublishedFigure).values(numerator=0)),
    ("the rule", update(PublishedFigure).values(rule_words="Another")),
    ("a figure", delete(PublishedFigure)),
    ("who is complete", update(PublishedPerson).values(is_complete=True)),
    ("who was counted", update(PublishedPerson).values(person_id=4)),
    ("who, and as what", update(PublishedPerson).values(person_id=None, is_complete=True)),
    ("a person", delete(PublishedPerson)),
    ("by hand", text("UPDATE published_figure SET shown = '100%'")),
]


@pytest.mark.parametrize(("_what", "statement"), FROZEN, ids=[row[0] for row in FROZEN])
def test_am15_the_database_refuses_every_change(_what: str, statement: Any) -> None:
    scene = scenes.coverage(trained=1, untrained=1)
    published(scene.target, as_at=AUGUST)
    with pytest.raises(IntegrityError, match="What was published is not changed"):
        db.session.execute(statement)
    db.session.rollback()
    assert counts(db.session.scalars(select(PublishedFigure)).one())[:2] == (1, 2)


def test_4_4_identifiers_are_dropped_and_the_counts_stay() -> None:
    scene = scenes.coverage(trained=1, untrained=1)
    figure = published(scene.target, as_at=AUGUST)[0]
    db.session.execute(update(PublishedPerson).values(person_id=None))
    db.session.commit()
    assert db.session.scalar(select(func.count()).where(PublishedPerson.person_id.is_(None))) == 2
    assert counts(figure)[:2] == (1, 2)
    assert queries.restated(figure).is_same


def test_u07_a_merge_leaves_what_was_published() -> None:
    """Two records with a day each: published as none of two complete, restated as one of one."""
    scene = scenes.coverage(trained=0, untrained=0)
    joy, other = factories.staff(first_day=date(2019, 1, 1)), factories.staff(employee_number=None)
    run = factories.run(scene.course, days=[date(2021, 3, 1), date(2021, 3, 2)])
    scenes.attend(joy, run, days=1)
    second = factories.run(scene.course, days=[date(2021, 3, 8), date(2021, 3, 9)])
    mark = Mark(
        person_id=other.id,
        session_id=second.sessions[1].id,
        version_id=second.version_id,
        component=2,
        status="attended",
        counts=True,
        held_on=date(2021, 3, 9),
        recorded_at=factories.LONG_AGO,
        entered_at=factories.LONG_AGO,
        recorded_by="Tests",
    )
    factories._save(mark)
    figure = published(scene.target, as_at=AUGUST)[0]
    merging.merge(
        survivor=joy,
        merged=other,
        by=factories.actor(Role.ACADEMY_MANAGER),
        now=clock.now() + timedelta(seconds=1),
    )
    db.session.commit()
    assert counts(figure)[:2] == (0, 2)
    assert sorted(one.person_id for one in figure.people) == sorted([joy.id, other.id])
    restated = queries.restated(figure)
    assert restated.in_words == "31 August 2021 published 0 of 2 (0%); now restated 1 of 1 (100%)."
    assert restated.reasons[-1] == "1 person is no longer in scope, as recorded after publication."


# --- Published and restated ----------------------------------------------------------------------------


def test_bm04_u10_published_85_of_110_is_now_restated_89_of_110(travel_to: Callable[..., None]) -> None:
    scene = late_register()
    travel_to("2022-04-01 17:00")
    figure = published(scene.target)[0]
    mark_second_day(scene)
    travel_to("2022-04-07")
    restated = queries.restated(figure)
    assert restated.in_words == "31 March 2022 published 85 of 110 (77%); now restated 89 of 110 (81%)."
    assert restated.reasons == [
        "4 completions recorded after publication: attendance on 29 March, recorded 6 April."
    ]
    assert restated.now.standing.label == "Met"


def stands_in(scene: scenes.Scene) -> None:
    """The untrained have completed a longer course, which stands in from now on."""
    longer = factories.course(title="Signs of Safety 5-day")
    for person in scene.people[3:]:
        scenes.complete(person, longer)
    programmes.let_stand_in(
        course=scene.course, satisfied_by=longer, by=ACADEMY, now=clock.now(), reason="Five days cover two"
    )


def counts_days_of_the_old_version(scene: scenes.Scene) -> None:
    programmes.add_version(
        course=scene.course, components=["Morning", "Afternoon"], counts={1: 1}, by=ACADEMY, now=clock.now(),
        reason="The same exercise",
    )  # fmt: skip


def holds_for_months(scene: scenes.Scene) -> None:
    programmes.change_settings(
        course=scene.course, by=ACADEMY, now=clock.now(), reason="Refreshed", validity_months=5
    )


def narrows_its_population(scene: scenes.Scene) -> None:
    assert scene.population is not None
    rules.change_population(
        population=scene.population,
        name=scene.population.name,
        entries=rules.Entries(role_groups=[factories.role_group("Team Manager")]),
        by=ACADEMY,
        now=clock.now(),
        reason="Managers only",
    )


def counts_another_course(scene: scenes.Scene) -> None:
    rules.change_target(
        target=scene.target,
        title=scene.target.title,
        course=factories.course(title="Core skills", programme=scene.course.programme),
        minimum_percent=None,
        minimum_count=None,
        deadline=None,
        by=ACADEMY,
        now=clock.now(),
        reason="Agreed with the board",
    )


NOW = "by the rule and the records as known now"


@pytest.mark.parametrize(
    ("change", "what", "counted", "why", "moved"),
    [
        (
            stands_in,
            "which courses stand in for its courses",
            "completed Signs of Safety 2-day or Signs of Safety 5-day, which stands in for it",
            [
                "Signs of Safety 5-day stands in for Signs of Safety 2-day. Why: Five days cover two.",
                f"2 more completions {NOW}.",
            ],
            f"Up from 3 to 5 since 31 August: 2 more {NOW}.",
        ),
        (
            counts_days_of_the_old_version,
            "which days of one version of a course count for another",
            "completed Signs of Safety 2-day",
            [
                "for Signs of Safety 2-day, which days of one version count for another. "
                "Why: The same exercise.",
            ],
            "The same as on 31 August.",
        ),
        (
            holds_for_months,
            "the settings of its courses",
            "completed Signs of Safety 2-day in the last 5 months",
            [
                "for Signs of Safety 2-day, validity from for ever to 5 months. Why: Refreshed.",
                f"3 fewer completions {NOW}.",
            ],
            f"Down from 3 to 0 since 31 August: 3 fewer {NOW}.",
        ),
        (
            narrows_its_population,
            "who is in its population",
            "completed Signs of Safety 2-day",
            [
                "from “Employees in post whose role group is Social Worker” to “Everybody in post whose role "
                "group is Team Manager”. Why: Managers only.",
                f"5 people are no longer in scope, {NOW} (3 of them complete).",
            ],
            f"Completions down from 3 to 0 since 31 August: 3 fewer {NOW}; people counted down from 5 to 0: "
            f"5 fewer {NOW}.",
        ),
        (
            counts_another_course,
            "which course it counts",
            "completed Core skills",
            [
                "course from Signs of Safety 2-day to Core skills. Why: Agreed with the board.",
                f"3 fewer completions {NOW}.",
            ],
            f"Down from 3 to 0 since 31 August: 3 fewer {NOW}.",
        ),
    ],
)
def test_bm04_a_changed_rule_is_not_told_as_late_records(
    change: Callable[[scenes.Scene], None], what: str, counted: str, why: list[str], moved: str
) -> None:
    """Nobody's attendance was recorded late or corrected: others are counted, or counted as complete."""
    scene = scenes.coverage(trained=3, untrained=2)
    figure = published(scene.target, as_at=AUGUST, now=clock.now() - timedelta(minutes=1))[0]
    change(scene)
    restated = queries.restated(figure)
    says = f"The rule changed after publication: {what}. The restated figure is by the rule as known now."
    changed_on = f"Changed on {day(clock.today())}: "
    assert [one.removeprefix(changed_on) for one in restated.reasons] == [says, *why]
    assert restated.now.measure_words.endswith(counted)
    assert queries.moved_since(restated, restated.now, restated.known).words == moved
    by_hand = queries.movement(scene.target, before=(AUGUST, figure.known_at), after=(AUGUST, None))
    assert by_hand.in_words == moved
    assert [one.removeprefix(changed_on) for one in by_hand.changes] == [one for one in why if "Why: " in one]


def test_bm04_what_a_cohort_requires_is_told_as_it_was_and_is_and_why(pages: Pages) -> None:
    """One course, then two, then the other alone. No reason is kept of what is only required no more."""
    scene = scenes.cohort(members=6)
    scenes.complete(scene.people[0], scene.course)
    now, other = clock.now(), factories.course(title="Core skills")
    (figure,) = published(scene.target, now=now - timedelta(minutes=3))
    for minutes, courses, reason in (
        (2, [scene.course, other], "Both are needed"),
        (1, [other], "One is enough"),
    ):
        rules.change_cohort(
            cohort=scene.cohort, name=scene.cohort.name, requirements={"untrained": courses}, reason=reason,
            by=ACADEMY, now=now - timedelta(minutes=minutes),
        )  # fmt: skip
    db.session.commit()
    changed = (
        f"Changed on {day(clock.today())}: what its cohort requires from “untrained: Signs of Safety 2-day"
    )
    both = "untrained: Signs of Safety 2-day and Core skills"
    told = [
        f"{changed}” to “{both}”. Why: Both are needed.",
        f"{changed} and Core skills” to “untrained: Core skills”.",
    ]
    assert queries.restated(figure).reasons[1:3] == told
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    known = urlencode({"from": "2022-03-31", "from_known": figure.known_at.isoformat()})
    for page in (f"/published/{figure.id}", f"/targets/new-and-upskill/movement?{known}"):
        words = pages.get(page).text
        assert all(one in words for one in told), page


def test_bm02_a_course_that_stands_in_no_more_is_told_without_a_reason() -> None:
    """It was given, and is kept in the history alone: the decision that is taken back has the one for it."""
    scene = scenes.coverage(trained=3, untrained=2)
    stands_in(scene)
    decision, now = db.session.scalars(select(Equivalence)).one(), clock.now()
    programmes.no_longer_stands_in(equivalence=decision, reason="Too long ago", by=ACADEMY, now=now)
    moved = queries.movement(
        scene.target, before=(AUGUST, decision.recorded_at), after=(AUGUST, now + timedelta(minutes=1))
    )
    assert [one.partition(": ")[2] for one in moved.changes] == [
        "Signs of Safety 5-day stands in for Signs of Safety 2-day no more."
    ]


def test_bm02_what_changed_after_the_later_instant_is_not_told() -> None:
    scene = scenes.coverage(trained=8, untrained=2, percent="80")
    now = clock.now()
    for minutes, percent in ((3, 70), (1, 60)):
        rules.change_target(
            target=scene.target, title="Same", course=scene.course, minimum_percent=Decimal(percent),
            reason="Agreed", by=ACADEMY, now=now - timedelta(minutes=minutes),
        )  # fmt: skip
    before, after = now - timedelta(minutes=4), now - timedelta(minutes=2)
    moved = queries.movement(scene.target, before=(AUGUST, before), after=(AUGUST, after))
    assert [one.partition(": ")[2] for one in moved.changes] == [
        "minimum percentage from 80% to 70%. Why: Agreed."
    ]


def test_am15_a_snapshot_says_by_which_version_of_each_part_it_was_published() -> None:
    scene = scenes.coverage(trained=3, untrained=2)
    now = clock.now()
    (first,) = published(scene.target, as_at=AUGUST, now=now - timedelta(minutes=1))
    narrows_its_population(scene)
    (second,) = published(scene.target, as_at=AUGUST, now=clock.now(), occasion="The next board")
    (of_cohort,) = published(scenes.cohort(members=1).target)
    assert [queries.restated(one).version for one in (first, second, of_cohort)] == [
        "1, its population’s 1",
        "1, its population’s 2",
        "1, its cohort’s requirements’ 1",
    ]


def test_bm04_what_was_recorded_late_is_said_beside_a_changed_rule() -> None:
    scene = scenes.coverage(trained=1, untrained=2)
    figure = published(scene.target, as_at=AUGUST, now=clock.now() - timedelta(minutes=1))[0]
    scenes.complete(scene.people[1], scene.course, date(2021, 3, 2), recorded_at=clock.now())
    programmes.change_settings(
        course=scene.course, by=ACADEMY, now=clock.now(), reason="Asked by the board", is_in_order=True
    )
    told = queries.restated(figure).reasons[-1]
    assert told.startswith(f"1 more completion {NOW}: training entered by hand of 2 March, recorded ")


def test_bm04_a_correction_is_a_reason_too() -> None:
    scene = scenes.coverage(trained=0, untrained=1)
    person = factories.staff()
    run = factories.run(scene.course, days=[date(2021, 3, 1), date(2021, 3, 2)])
    scenes.attend(person, run)
    figure = published(scene.target, as_at=AUGUST)[0]
    mark = db.session.scalars(select(Mark)).first()
    assert mark is not None
    supersede(mark, by="Academy", now=clock.now())
    leaver = scene.people[0]
    spell = leaver.spells[0]
    supersede(spell, by="HR", now=clock.now())
    factories.spell(leaver, last_day=date(2021, 8, 1), recorded_at=spell.superseded_at)
    scenes.complete(factories.staff(recorded_at=clock.now()), scene.course)
    restated = queries.restated(figure)
    assert restated.in_words == "31 August 2021 published 1 of 2 (50%); the same as known now."
    assert restated.reasons == [
        "1 completion no longer stands: corrected after publication.",
        "1 more person is in scope, as recorded after publication (1 of them complete).",
        "1 person is no longer in scope, as recorded after publication.",
    ]


# --- The pages -----------------------------------------------------------------------------------------


def test_am15_publish_a_snapshot_as_at_31_august(pages: Pages) -> None:
    """With the rule, for everybody who reads figures; only the academy publishes, and sees names."""
    scene = scenes.coverage(trained=6, untrained=2, percent="80")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER, name="Ann Academy"))
    page = pages.get("/published")
    assert "Nothing has been published yet." in page.text
    page = pages.get(page.links()["Publish a snapshot"])
    page = pages.submit(page, {"as_at-day": "31", "as_at-month": "8", "as_at-year": "2021", "occasion": ""})
    assert page.errors == ["Say what the figures are published for"]
    page = pages.submit(pages.submit(page, {"occasion": "Project board, 14 September 2021"}))
    assert "1 figure published as at 31 August 2021." in page.text
    assert "Project board, 14 September 2021" in page.text
    assert "by Ann Academy" in page.text
    assert "6 of 8 (75%)" in page.text
    assert "at least 80% (7)" in page.text

    page = pages.get(page.links()["Two-day training"])
    assert "31 August 2021 published 6 of 8 (75%); the same as known now." in page.text
    assert "Employees in post whose role group is Social Worker" in page.text
    assert scene.people[0].name in page.text

    for role in (Role.BOARD_MEMBER, Role.CONTRACT_MANAGER):
        pages.sign_in(factories.user(role))
        page = pages.get("/published")
        assert "6 of 8 (75%)" in page.text
        assert "Ann Academy" not in page.html
        page = pages.get(page.links()["Two-day training"])
        assert not {person.name for person in scene.people} & set(page.links())
        pages.get("/published/new", status=403)


def test_am15_what_would_be_kept_is_seen_before_the_press(pages: Pages) -> None:
    """The figure, its rule and how many people are kept with it; the press keeps just that."""
    scene = scenes.coverage(trained=6, untrained=2, percent="80")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    typed = {"as_at-day": "31", "as_at-month": "8", "as_at-year": "2021", "occasion": "Project board"}
    asked = pages.get("/published/new?as_at=2021-08-31")
    assert [asked.value(f"as_at-{part}") for part in ("day", "month", "year")] == ["31", "8", "2021"]
    seen = pages.submit(asked, typed)
    assert seen.h1 == "Not published: Project board"
    [row] = [" ".join(one.get_text(" ").split()) for one in seen.soup.select("tbody tr")]
    assert row.startswith("Two-day training Practitioners in post who have completed Signs of Safety 2-day; ")
    assert "6 of 8 (75%) practitioners in post 8 ▲ Red" in row
    assert not db.session.scalars(select(PublishedFigure)).all()
    changed = pages.get(seen.links()["Change the day or the occasion"])
    assert changed.value("occasion") == "Project board"
    done = pages.submit(seen)
    assert "1 figure published as at 31 August 2021." in done.text
    (kept,) = db.session.scalars(select(PublishedFigure)).all()
    assert counts(kept)[:2] == (6, 8)
    assert kept.rule_words in row
    assert len(queries.people_of([kept])[kept.id]) == 8
    again = pages.submit(asked, typed)
    assert "The figures as at 31 August 2021 were published for “Project board” already" in again.errors[0]
    assert scene.target.title in row


def test_bm04_published_and_restated_stand_on_the_targets_page(
    pages: Pages, travel_to: Callable[..., None]
) -> None:
    scene = late_register()
    travel_to("2022-04-01 17:00")
    published(scene.target)
    mark_second_day(scene)
    travel_to("2022-04-07")
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/targets/new-and-upskill")
    page = pages.get(page.links()["Published"])
    assert "31 March 2022 published 85 of 110 (77%); now restated 89 of 110 (81%)." in page.text
    assert "4 completions recorded after publication: attendance on 29 March, recorded 6 April." in page.text
    page = pages.get(page.links()["Why it moved since"])
    assert "Up from 85 to 89 since 31 March: 4 recorded late." in page.text


def test_am15_the_latest_of_a_target_is_the_one_of_the_latest_day(pages: Pages) -> None:
    """That of an older day, published since, is not; of two of one day it is the last."""
    scene = scenes.coverage(trained=5, untrained=1)
    late, later = date(2022, 2, 28), clock.now() - timedelta(days=1)
    published(scene.target, as_at=late, now=later - timedelta(days=1))
    published(scene.target, as_at=late, now=later, occasion="Put right")
    published(scene.target, as_at=AUGUST, occasion="For an inspection")
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/targets/two-day/published")
    assert "The latest, as at 28 February 2022, and as known now" in page.text
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]
    assert [
        next(one for one in ("Put right", "Project board", "inspection") if one in row) for row in rows
    ] == [
        "Put right",
        "Project board",
        "inspection",
    ]


def test_u10_the_command_says_the_same_as_was_published(
    run_command: Any, travel_to: Callable[..., None]
) -> None:
    """`flask figures` as known when it was published, and as known now."""
    scene = late_register()
    travel_to("2022-04-01 17:00")
    published(scene.target)
    mark_second_day(scene)
    travel_to("2022-04-07")
    about = ("figures", "--target", "new-and-upskill", "--as-at", "2022-03-31")
    assert "77%  85 of 110" in run_command(*about, "--known-at", "2022-04-01").output
    assert "81%  89 of 110" in run_command(*about).output


def test_nothing_can_be_published_of_an_empty_academy(pages: Pages) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "No targets yet, so there is nothing to publish." in pages.get("/published/new").text
    page = pages.post(
        "/published/new", {"as_at-day": "1", "as_at-month": "1", "as_at-year": "2022", "occasion": "A"}
    )
    assert "No target is asked for on that day" in page.text
    scene = scenes.cohort(members=0)
    assert (
        "Nothing has been published of this target"
        in pages.get(f"/targets/{scene.target.code}/published").text
    )
