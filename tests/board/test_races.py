"""Several presses at once that issue one pack: one does. (BM-08)"""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.board import rules
from app.board.models import Pack
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.figures import rules as figures
from app.figures.models import PublishedFigure
from tests.board.academy import DEADLINE, prepared
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.races import AT_ONCE, at_once


def ready(meeting: str = "Project board") -> rules.ReadyPack:
    """A pack that was made before anything of it was kept, as each of several presses makes it."""
    return prepared(meeting=meeting)


def kept() -> tuple[int | None, int | None]:
    return tuple(
        db.session.scalar(select(func.count()).select_from(model)) for model in (Pack, PublishedFigure)
    )


def test_bm08_of_several_presses_at_once_one_issues_the_pack(app: Flask) -> None:
    """Also where there is no target, and so no figure that could be published once only."""
    made = [ready(), ready("project  BOARD")]
    told = at_once(app, lambda number: rules.issue(made[number % 2], by=ACADEMY))
    assert told == ["done"] + ["meeting"] * (AT_ONCE - 1)
    assert kept() == (1, 0)


@pytest.mark.parametrize("targets", [0, 1])
def test_bm08_of_two_packs_that_were_made_side_by_side_one_is_issued(targets: int) -> None:
    if targets:
        scenes.coverage(trained=1, untrained=1)
    first, second = ready(), ready("PROJECT board")
    rules.issue(first, by=ACADEMY)
    db.session.commit()
    with pytest.raises(RuleBroken, match=r"was issued on .* say so in the name") as refused:
        rules.issue(second, by=ACADEMY)
    assert refused.value.field == "meeting"
    assert kept() == (1, targets)


def test_bm08_figures_that_were_published_meanwhile_for_the_meeting_are_said() -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    made = ready()
    occasion = "Project board, 5 April 2022"
    figures.publish(targets=[target], as_at=DEADLINE, occasion=occasion, by=ACADEMY, now=clock.now())
    with pytest.raises(RuleBroken, match="were published for this meeting on") as refused:
        rules.issue(made, by=ACADEMY)
    assert refused.value.field == "meeting"
