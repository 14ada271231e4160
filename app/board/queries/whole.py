"""All that a board is told as at a day: its page, its file and its packs are written from this alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from app.board.models import Pack
from app.board.queries.packs import pack_before, told_to_board
from app.board.queries.past import Past, past_of
from app.core import clock
from app.core.db import db
from app.core.filters import day, plural
from app.figures import queries as figures
from app.figures.models import Colour, PublishedFigure, StatedFigure, Target, TargetEnd
from app.figures.queries import (
    AsPublished,
    Attended,
    CoverageLost,
    Direction,
    Figure,
    Hiding,
    Part,
    Plan,
    Turnover,
)
from app.people.queries import Named
from app.programmes import queries as programmes
from app.programmes.models import Programme, ProgrammeDates

MONTHS = 12


@dataclass(frozen=True)
class Line:
    """One target with the rules in force for it: its figure, the academy's own colour beside the computed
    one, and what it is compared with: its figure of the last pack or, before there is one, what was last
    published.

    `counted` is the figure whole, for whoever publishes it. `to_book` are the people who are neither complete
    nor booked, by service: only while somebody must still be booked. `lost` is what a coverage lost to
    leavers. `moved` are the steps from what was published to the figure, only where what was published is
    another number as known now; `stood` is how it stood then, only where its colour was another.
    """

    target: Target
    figure: Figure
    counted: Figure
    plan: Plan | None = None
    published: PublishedFigure | None = None
    moved: str = ""
    stood: AsPublished | None = None
    milestones: str = ""
    to_book: Sequence[Part] = ()
    lost: CoverageLost | None = None

    @property
    def direction(self) -> Direction | None:
        return figures.direction(self.published, self.figure, self.moved) if self.published else None

    @property
    def to_settle(self) -> str:
        """What can be put right before it is published: "9 marks not recorded yet. Check data: ..."."""
        figure = self.figure
        missing = f"{figure.outstanding_words}." if figure.outstanding_words else ""
        doubt = figure.verdict.doubt if figure.verdict else ""
        return " ".join(filter(None, [missing, doubt]))

    @property
    def override_in_words(self) -> str:
        """ "Amber until 14 March 2022: two more runs are agreed with the provider." """
        one = self.figure.override
        return f"{one.colour.label} until {day(one.last_day)}: {one.reason}" if one else ""

    @property
    def why_in_words(self) -> str:
        """Why it stands so, the academy's own reason first; nothing where its standing says it."""
        computed = figures.colour_of(self.figure)[1] if self.figure.has_colour else ""
        return figures.why_in_words(self.figure.override, computed)

    @property
    def to_book_in_words(self) -> str:
        """ "Assessment 12; Safeguarding 9; fewer than 5: Fostering; not shown: Adoption"."""
        return parts_in_words(self.to_book, attrgetter("to_book"))

    @property
    def forecast_in_words(self) -> str:
        """ "68 (62%) likely, 71 at best, 80 likely if every free place is filled".

        Beside green and amber, whose reason says how many are likely, only "62% likely, 71 at best".
        """
        forecast = self.figure.forecast
        assert forecast is not None
        percent = self.figure.percent_of(forecast.likely) if self.figure.denominator else ""
        best = f"{forecast.best:,} at best"
        if figures.colour_of(self.figure)[0] in (Colour.GREEN, Colour.AMBER):
            return f"{percent} likely, {best}" if percent else best
        likely = f"{forecast.likely:,}" + (f" ({percent})" if percent else "")
        return f"{likely} likely, {best}, {forecast.ceiling:,} likely if every free place is filled"


@dataclass(frozen=True)
class Rates:
    """The attendance of each programme in a stated period, and why places were not used."""

    first: date
    last: date
    programmes: Sequence[Attended]
    reasons: Sequence[Part]

    @property
    def reasons_in_words(self) -> str:
        """ "Sickness 12; Workload 8; fewer than 5: Annual leave, Bereavement"."""
        return parts_in_words(self.reasons)


@dataclass(frozen=True, kw_only=True)
class Told:
    """Every target that is asked for as at a day, as known, with its past; how any target ends, by its id;
    and the pack before. `everybody` whom a reason might name, where they are known already."""

    as_at: date
    known_at: datetime | None
    lines: Sequence[Line]
    past: Past
    ends: Mapping[int, TargetEnd]
    last_pack: Pack | None
    sees_names: bool = False
    everybody: Sequence[Named] | None = None


@dataclass(frozen=True, kw_only=True)
class Whole(Told):
    """The same with the attendance, the turnover and the dates of the programmes. The past of the targets is
    whole for a pack alone."""

    rates: Rates
    turnover: Sequence[Turnover]
    dates: Mapping[int, ProgrammeDates]

    @property
    def programmes(self) -> list[tuple[str, str, list[Line]]]:
        """By programme: its title, the days to its deadline in words, and its targets."""
        return self._by_programme(are_on=True)

    @property
    def others(self) -> list[tuple[str, str, list[Line]]]:
        """The same of programmes that have not begun, or ended more than 12 months ago and ask for nothing
        more: a board hears of them in brief."""
        return self._by_programme(are_on=False)

    def _by_programme(self, *, are_on: bool) -> list[tuple[str, str, list[Line]]]:
        return [
            (programme.title, deadline_in_words(self.dates[programme.id].deadline, self.as_at), list(lines))
            for programme, lines in groupby(self.lines, lambda line: line.target.programme)
            if self._is_on(programme) is are_on
        ]

    def _is_on(self, programme: Programme) -> bool:
        own = [line.figure for line in self.lines if line.target.programme is programme]
        return figures.is_on(self.dates[programme.id], own, self.as_at)

    @property
    def turnover_in_words(self) -> str:
        """By role group, those of which anybody left: "Social Worker 12%, Team Manager 8% (n = 12)"; nothing
        where few left in all."""
        if self.turnover_in_all is None or self.turnover_in_all.is_hidden:
            return ""
        return ", ".join(one.in_brief for one in self.turnover if one.leavers)

    @property
    def turnover_in_all(self) -> Turnover | None:
        return figures.turnover_in_all(self.turnover) if self.turnover else None


def whole(
    *,
    as_at: date,
    known_at: datetime | None = None,
    sees_names: bool = False,
    is_for_pack: bool = False,
    everybody: Sequence[Named] | None = None,
) -> Whole:
    """What a board is told as at the end of a day; of a day to come, today's figures and the forecast for it.

    However many people and targets there are, it is the same number of statements. Small groups are hidden
    from those who may not see names. For a pack the whole past of the targets is read as well.
    """
    until = min(as_at, clock.today())
    left = figures.leavers(as_at=until, known_at=known_at)
    turnover = figures.turnover(as_at=until, known_at=known_at, left=left)
    last_pack = _pack_before(until, known_at)
    asked = _Asked(as_at, until, known_at, sees_names, last_pack if is_for_pack else None, is_for_pack)
    targets, ends = _targets(as_at, known_at)
    told, past = _told(asked, targets, left)
    return Whole(
        as_at=until,
        known_at=known_at,
        sees_names=sees_names,
        lines=told,
        rates=_rates(until, known_at, sees_names=sees_names),
        turnover=turnover
        if sees_names
        else figures.with_small_together(turnover, [line.figure for line in told]),
        last_pack=last_pack,
        dates=programmes.dates_of([line.target.programme for line in told], known_at),
        past=past,
        ends=ends,
        everybody=everybody,
    )


def targets_alone(as_at: date, known_at: datetime | None = None, *, sees_names: bool = False) -> Told:
    """The targets with their figures, colours and the pack before, for whoever asks what moved since it."""
    targets, ends = _targets(as_at, known_at)
    plans = figures.plans_for(targets, known_at)
    found = figures.figures(targets, as_at=as_at, known_at=known_at, plans=plans)
    last = _pack_before(as_at, known_at)
    published = last.figures if last else []
    past = past_of(plans, found, published, as_at=as_at, known_at=known_at, follows_all=True)
    told = figures.as_seen(found, sees_names=sees_names)
    made = [
        Line(plan.target, one, counted, plan) for plan, one, counted in zip(plans, told, found, strict=True)
    ]
    return Told(
        as_at=as_at,
        known_at=known_at,
        lines=made,
        past=past,
        ends=ends,
        last_pack=last,
        sees_names=sees_names,
    )


def _targets(as_at: date, known_at: datetime | None) -> tuple[list[Target], dict[int, TargetEnd]]:
    """The targets that are asked for on a day, and how any target ends."""
    found = db.session.execute(figures.targets_with_ends(known_at)).tuples().all()
    asked_for = [target for target, end in found if end is None or not end.is_over(as_at)]
    return asked_for, {target.id: end for target, end in found if end is not None}


def _pack_before(as_at: date, known_at: datetime | None) -> Pack | None:
    return db.session.scalars(pack_before(as_at, known_at or clock.now())).unique().first()


def lines(*, as_at: date, known_at: datetime | None = None, sees_names: bool = False) -> list[Line]:
    """Each target by its programme, and nothing besides."""
    asked = _Asked(as_at, min(as_at, clock.today()), known_at, sees_names)
    return _told(asked, _targets(as_at, known_at)[0], None)[0]


@dataclass(frozen=True)
class _Asked:
    """For which day, and up to which day of the past; as known when, by whom; and for which pack."""

    as_at: date
    until: date
    known_at: datetime | None
    sees_names: bool
    last_pack: Pack | None = None
    is_for_pack: bool = False


def _told(
    asked: _Asked, targets: Sequence[Target], left: Sequence[figures.Leaver] | None
) -> tuple[list[Line], Past]:
    """Each target with its figure, and their past; `left` are the leavers, for whoever has asked for them."""
    until, known_at = asked.until, asked.known_at
    plans = figures.plans_for(targets, known_at)
    stated = figures.stated_figures([one.id for one in targets], known_at) if asked.is_for_pack else None
    counted = figures.figures(
        targets, as_at=asked.as_at, known_at=known_at, has_groups=True, plans=plans, of_documents=stated
    )
    found = figures.as_seen(counted, sees_names=asked.sees_names)
    published = figures.published_before(
        [one.id for one in targets], as_at=until, known_at=known_at, preferring=told_to_board()
    )
    past = _past(asked, plans, counted, published, stated)
    if not asked.sees_names:
        published = {target: one for target, one in published.items() if one.id not in past.few}
    stood = _as_published(published, asked)
    lost = figures.coverage_lost(
        dict(zip(targets, found, strict=True)),
        of=plans,
        as_at=until,
        known_at=known_at,
        left=left,
        people_periods=past.people_periods if asked.is_for_pack else None,
    )
    made = [
        Line(
            target=plan.target,
            figure=figure,
            counted=whole_figure,
            plan=plan,
            published=published.get(plan.target.id),
            moved=_moved(published.get(plan.target.id), plan, figure, past),
            stood=_stood(stood.get(plan.target.id), figure),
            milestones=_milestones(plan, figure, past, asked),
            lost=lost.get(plan.target.id),
        )
        for plan, figure, whole_figure in zip(plans, found, counted, strict=True)
    ]
    return [_with_services(one, asked) for one in made], past


def _past(
    asked: _Asked,
    plans: Sequence[Plan],
    found: Sequence[Figure],
    published: Mapping[int, PublishedFigure],
    stated: Mapping[int, Sequence[StatedFigure]] | None,
) -> Past:
    """The past of the lines, with the nearest milestones; of a pack also beside the pack before, with all
    milestones and with what documents state."""
    of_pack = asked.last_pack.figures if asked.last_pack else []
    compared = {one.id: one for one in (*published.values(), *of_pack)}
    ids = [plan.target.id for plan in plans]
    milestones = figures.milestones_of(ids, asked.known_at)
    near = {target_id: figures.nearest(ones, asked.until) for target_id, ones in milestones.items()}
    return past_of(
        plans,
        found,
        list(compared.values()),
        as_at=asked.until,
        known_at=asked.known_at,
        milestones=milestones if asked.is_for_pack else near,
        stated=stated,
        follows_all=asked.is_for_pack,
    )


def _with_services(line: Line, asked: _Asked) -> Line:
    """The line with whom to book, by service, while somebody must be booked."""
    if not line.figure.must_book:
        return line
    return replace(line, to_book=figures.breakdown(line.figure, sees_names=asked.sees_names).to_book)


def _moved(published: PublishedFigure | None, plan: Plan, figure: Figure, past: Past) -> str:
    """The steps since a figure was published, if it is another number as known now; none of them of few."""
    if published is None:
        return ""
    restated = past.restated(published, plan)
    if not restated.is_another_count:
        return ""
    [told] = figures.as_seen([restated], sees_names=not figure.hides_few)
    return past.moved_since(told, plan, figure).words


def _as_published(published: Mapping[int, PublishedFigure], asked: _Asked) -> dict[int, AsPublished]:
    """The same figures, by the target's id, as whoever asks may see them."""
    found = figures.as_published(list(published.values()), sees_names=asked.sees_names)
    return {one.row.target_id: one for one in found}


def _stood(then: AsPublished | None, figure: Figure) -> AsPublished | None:
    return then if then and figures.stood_otherwise(then, figure) else None


def _milestones(plan: Plan, figure: Figure, past: Past, asked: _Asked) -> str:
    if figure.is_after_deadline:
        return ""
    found = past.milestones_on(plan.target, asked.until, sees_names=asked.sees_names)
    return figures.milestones_in_brief(found)


def _rates(last: date, known_at: datetime | None, *, sees_names: bool) -> Rates:
    first = clock.months_before(last, MONTHS) + timedelta(days=1)
    by_programme = figures.rates_told(first, last, known_at=known_at, sees_names=sees_names)
    reasons = figures.absence_reasons(first, last, known_at=known_at) if by_programme else []
    return Rates(first, last, by_programme, reasons if sees_names else figures.with_few_together(reasons))


def parts_in_words(parts: Sequence[Part], number_of: Callable[[Part], int] = attrgetter("of")) -> str:
    """Groups with one of their numbers, and last those whose numbers are hidden."""
    said = [f"{one.name} {number_of(one):,}" for one in parts if not one.is_hidden]
    for hiding in Hiding:
        names = [one.name for one in parts if one.is_hidden and one.hiding is hiding]
        said += [f"{hiding.label}: {', '.join(names)}"] if names else []
    return "; ".join(said)


def deadline_in_words(deadline: date | None, on: date) -> str:
    """ "34 days to the grant deadline of 31 March 2022"; nothing of a programme without one."""
    if deadline is None:
        return ""
    left = (deadline - on).days
    if left < 0:
        return f"The grant deadline of {day(deadline)} is over"
    if left == 0:
        return f"The grant deadline is this day, {day(deadline)}"
    return f"{plural(left, 'day')} to the grant deadline of {day(deadline)}"
