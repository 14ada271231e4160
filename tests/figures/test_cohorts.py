"""Who is on a cohort's list: named when they can't be, and counted alike on every page."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db, supersede
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import StatedSize
from tests import factories
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages


@pytest.fixture
def manager(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def typed_day(name: str, on: date) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(on, part)) for part in ("day", "month", "year")}


def test_am06_who_is_on_the_list_already_is_told_from_when(manager: Pages) -> None:
    scene = scenes.cohort(members=0)
    early, late = (scenes.join(scene, 1, on=on)[0] for on in (date(2022, 3, 1), date(2027, 6, 1)))
    page = manager.get(f"/cohorts/{scene.cohort.code}/add")
    typed = {"people": late.employee_number, "cause": "untrained", **typed_day("joined_on", date(2022, 2, 1))}
    page = manager.submit(page, typed)
    assert "0 people added. 1 was on the list already, from 1 June 2027." in page.text
    page = manager.get(f"/cohorts/{scene.cohort.code}/add")
    both = f"{early.employee_number}\n{late.employee_number}"
    page = manager.submit(page, typed | {"people": both})
    assert "2 were on the list already, 1 from 1 March 2022 and 1 from 1 June 2027." in page.text


def test_am06_a_cohort_leads_to_the_targets_that_count_it(manager: Pages) -> None:
    scene = scenes.cohort(members=1)
    page = manager.get(f"/cohorts/{scene.cohort.code}")
    assert page.links()[scene.target.title] == f"/targets/{scene.target.code}"


def test_am06_4_6_who_had_left_by_the_day_is_named_and_not_added(manager: Pages) -> None:
    """Left in 2021 and joined in 2022: they would be counted nowhere. Partners are not affected."""
    code = scenes.cohort(members=0).cohort.code
    gone = factories.staff(last_day=date(2021, 3, 31), employee_number="000001")
    here, partner = factories.staff(last_day=date(2022, 2, 7)), factories.partner()
    page = manager.get(f"/cohorts/{code}/add")
    typed = ["000001", "99999", here.employee_number, partner.email]
    joined_on = typed_day("joined_on", date(2022, 2, 7))
    page = manager.submit(page, {"people": "\n".join(typed), "cause": "untrained", **joined_on})
    assert page.errors == [
        "1 line matches nobody. Put it right here, or add the person first",
        f"1 person is not in post on 7 February 2022: {gone.name} (last day 31 March 2021). Choose a day on "
        "which they are, record their new post first, or leave them out.",
    ]
    assert "2 people added." in page.text
    assert page.value("people").split() == ["000001", "99999"]
    page = manager.submit(page, {"people": "000001", **typed_day("joined_on", date(2021, 3, 31))})
    assert "1 person added." in page.text


def test_am06_u12_the_list_its_count_and_the_figure_agree_on_who_left_the_council(
    manager: Pages,
) -> None:
    """Of 3 who were listed HR says afterwards that one had left the year before, and one has left since."""
    scene = scenes.cohort(members=3)
    code = scene.cohort.code
    for who, last_day in zip(scene.people, (date(2021, 3, 31), date(2022, 2, 7)), strict=False):
        supersede(who.spells[0], by="HR", now=factories.LONG_AGO + timedelta(days=1))
        factories.spell(who, last_day=last_day, recorded_at=who.spells[0].superseded_at)
    assert "1 person" in manager.get(f"/cohorts/{code}").text
    assert "3 people" in manager.get(f"/cohorts/{code}?show=everybody").text
    assert manager.get("/cohorts").text.endswith("untrained: Signs of Safety 2-day 1"), "members today"
    words = "1 now (2 at 26 January 2022: −1 left)."
    assert words in manager.get(f"/targets/{code}").text
    moved = queries.movement(scene.target, before=(scenes.LISTED_ON, None), after=(clock.today(), None))
    assert moved.in_words == "People counted down from 2 to 1 since 26 January 2022: 1 left."


def test_am06_nobody_whom_a_rule_finds_joins_after_their_last_day() -> None:
    """In post today, and gone on the day on which they would join."""
    today = clock.today()
    scene, population = scenes.cohort(members=0), scenes.practitioners()
    leaver = factories.staff(last_day=today + timedelta(days=7))
    assert scene.cohort is not None

    def add(joined_on: date) -> int:
        return len(
            rules.add_candidates(
                cohort=scene.cohort,
                population=population,
                joined_on=joined_on,
                cause="untrained",
                by=scenes.ACADEMY,
                now=clock.now(),
                on=today,
            )
        )

    with pytest.raises(RuleBroken, match=f"1 person is not in post on .*: {leaver.name}") as refused:
        add(today + timedelta(days=8))
    assert refused.value.field == "joined_on"
    assert add(today + timedelta(days=7)) == 1


# --- What a document says of how many there are --------------------------------------------------------


def test_i16_the_stated_number_is_read_as_it_was_known(manager: Pages) -> None:
    """110 since the list was made, about 118 from 1 March at noon, and nothing any more from the 8th."""
    scene = scenes.cohort(members=6, stated_members=110)
    assert scene.cohort is not None
    for day, number in ((1, 118), (8, None)):
        rules.change_cohort(
            cohort=scene.cohort, name=scene.cohort.name, requirements={"untrained": [scene.course]},
            stated_members=number, is_stated_approximately=number is not None, by=ACADEMY,
            now=clock.london_time(date(2022, 3, day), time(12)),
        )  # fmt: skip
    db.session.commit()
    said = {
        "2022-02-28": "The record states 110; 6 are on the list",
        "2022-03-01": "The record states approximately 118; 6 are on the list",
        "2022-03-08": "",
    }
    for on, words in said.items():
        page = manager.get(f"/targets/new-and-upskill?as_at=2022-02-01&known_at={on}").text
        assert (words in page) if words else "The record states" not in page, on
    assert "The record states" not in manager.get("/targets/new-and-upskill?as_at=2022-02-01").text
    assert scene.cohort.stated_members is None
    sizes = db.session.scalars(select(StatedSize).order_by(StatedSize.recorded_at)).all()
    assert [(one.members, one.superseded_at is None) for one in sizes] == [(110, False), (118, False)]
