"""What stands in a pack, section by section: its page, PDF, workbook and CSV are all written from this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from app.board.queries.packs import figures_of
from app.board.queries.shape import Column, Contents, Section
from app.board.queries.trails import Trail, trails
from app.board.queries.whole import Line, Whole, whole
from app.core import clock
from app.core.db import db
from app.core.filters import day, day_and_time
from app.figures import queries as figures
from app.figures.models import TargetKind
from app.figures.queries import Part, Restated

_KINDS = {
    TargetKind.COVERAGE: "of the people in post on the day who fit the rule, those who hold a completion "
    "that is current. Who left is out of both numbers, so that it can fall though nobody unlearned anything.",
    TargetKind.COHORT: "of the members of a list on the day, those who completed all that is required of "
    "them. A target’s deadline includes its day.",
    TargetKind.PEOPLE_TRAINED: "distinct people who completed under the programme, whether or not they have "
    "since left. It has no denominator.",
    TargetKind.DELIVERABLE: "sessions that the contract counts and that were held.",
    TargetKind.REACH: "people whom training was offered to, who were invited, booked or came.",
    TargetKind.SCORE: "the mean of the answers to one question, of those who replied.",
}
_WORDS = (
    "As at: what had happened by the end of the day. As known: what had been recorded by then.",
    "Required: the fewest people that reach the minimum, computed exactly. Rounded percentages are never "
    "compared; a percentage shows a decimal where the whole number would mislead.",
    "Restated: the figure of an earlier day, by what is known now. What was published is never changed.",
    "Likely: as some who are booked don’t come. Best case: everybody who is booked comes. Ceiling: "
    "likely, if every free place is taken as well.",
    "Provisional: marks are outstanding that could change the colour. Check data: more than 10% of the "
    "people counted have records in doubt.",
    "Joined and left: came into, and went out of, those counted. Completed: while counted on both days.",
)


def contents(*, meeting: str, as_at: date, known_at: datetime, is_draft: bool = False) -> Contents:
    """A pack as at a day, as known: every section in its order, but for those with nothing to say.

    It is for a board: small groups are hidden, whoever looks.
    """
    told = whole(as_at=as_at, known_at=known_at)
    found = trails(told)
    sections = [section(told) for section in SECTIONS]
    sections.insert(-1, _weeks(found))
    return Contents(
        trails=found,
        is_draft=is_draft,
        meeting=meeting,
        as_at=as_at,
        known_at=known_at,
        told=told,
        sections=[one for one in sections if one.rows or one.notes],
    )


# --- Targets -------------------------------------------------------------------------------------------


def _where_targets_stand(told: Whole) -> Section:
    """Each target's headline: 41 of 110 (37%), what is required by when, the colour and why."""
    columns = (
        Column("Target"),
        Column("Programme"),
        Column("Code", is_printed=False),
        Column("Kind", is_printed=False),
        Column("Figure"),
        Column("Complete", is_number=True, is_printed=False),
        Column("Denominator", is_number=True, is_printed=False),
        Column("Shown", is_printed=False),
        Column("Required", is_number=True),
        Column("Deadline"),
        Column("Standing"),
        Column("Why"),
        Column("The academy’s own colour", is_printed=any(line.figure.override for line in told.lines)),
        Column("Since the last published", is_printed=False),
        Column("Second lines", is_printed=False),
    )
    rows = [_stands(line) for line in told.lines]
    lines = [
        f"{line.figure.title}: {' '.join(line.figure.notes)}" for line in told.lines if line.figure.notes
    ]
    notes = lines or ([] if rows else ["There are no targets yet, so there are no figures."])
    return Section("Where each target stands", columns, rows, notes)


def _stands(line: Line) -> tuple[object, ...]:
    figure = line.figure
    colour, reason = figures.colour_of(figure)
    return (
        figure.title,
        figure.programme,
        figure.code,
        figure.kind.label,
        figure.quoted,
        None if figure.kind is TargetKind.SCORE else figure.numerator,
        figure.denominator,
        figure.shown,
        None if figure.has_no_one else figure.required or figure.minimum_score,
        figure.deadline,
        colour.label if figure.has_colour else figure.standing.label,
        reason if figure.has_colour else "",
        line.override_in_words,
        line.direction.words if line.direction else "",
        " ".join(figure.notes),
    )


def _weeks(found: Sequence[Trail]) -> Section:
    """Every point of the charts."""
    columns = (
        Column("Target"),
        Column("As at"),
        *(Column(title, is_number=True) for title in ("Complete", "Of", "Required")),
        Column("Shown"),
    )
    rows = [
        (one.line.figure.title, point.on, point.complete, point.in_scope, point.required, point.shown)
        for one in found
        for point in one.points
    ]
    return Section("Completions by week", columns, rows, is_printed=False)


def _forecast(told: Whole) -> Section:
    """What is expected at each deadline that is still to come, and what is missing."""
    columns = (
        Column("Target"),
        Column("For"),
        *(Column(title, is_number=True) for title in ("Required", "Likely", "Best case", "Ceiling")),
        *(Column(title, is_number=True) for title in ("People to book", "Free places", "More places needed")),
        Column("More runs", is_number=True),
        Column("Last useful start"),
    )
    rows, notes = [], []
    for line in told.lines:
        figure, forecast = line.figure, line.figure.forecast
        if not line.is_open or forecast is None:
            continue
        rows.append(
            (
                figure.title,
                figure.forecast_for,
                forecast.required,
                forecast.likely,
                forecast.best,
                forecast.ceiling,
                forecast.to_book,
                forecast.free,
                forecast.place_shortfall,
                forecast.extra_runs,
                figure.last_start,
            )
        )
        absence = f" {forecast.absence_words}." if forecast.absence_words else ""
        notes.append(f"{figure.title}: {forecast.to_book_in_words}{absence}")
    return Section("Forecast", columns, rows, notes)


def _to_book(told: Whole) -> Section:
    columns = (Column("Target"), Column("Service"), Column("Not booked"))
    rows = [
        (line.figure.title, part.name, part.hiding.label or part.of)
        for line in told.lines
        for part in line.to_book
    ]
    notes = ["Who is neither complete nor booked, of targets for which more people must be booked."]
    return Section("People to book by service", columns, rows, notes if rows else [])


def _breakdown(told: Whole) -> Section:
    """Each target's people by service and, where there are several, by sector."""
    columns = (
        Column("Target"),
        Column("By"),
        Column("Group"),
        Column("Complete"),
        Column("Of"),
        Column("Share"),
    )
    rows: list[Sequence[object]] = []
    for line in told.lines:
        sectors = figures.by_sector(line.figure)
        for by, parts in (
            ("Service", figures.by_service(line.figure)),
            ("Sector", sectors if len(sectors) > 1 else []),
        ):
            rows += [(line.figure.title, by, *_numbers(part)) for part in figures.suppress(parts)]
    notes = [
        "Groups of fewer than 5 people are not shown, nor others by which their numbers could be worked out."
    ]
    return Section("By service and sector", columns, rows, notes if rows else [])


def _numbers(part: Part) -> tuple[object, ...]:
    if part.is_hidden:
        return part.name, "not shown", part.hiding.label, "not shown"
    return part.name, part.complete, part.of, part.percent


def _sessions(told: Whole) -> Section:
    """The sessions that contracts count: 11 of 17 delivered, 6 left."""
    columns = (
        Column("Target"),
        *(Column(title, is_number=True) for title in ("Contracted", "Delivered", "Left", "Scheduled")),
        *(Column(title, is_number=True) for title in ("Of these unconfirmed", "Not marked", "Not scheduled")),
        Column("In words", is_printed=False),
    )
    targets = [line.target for line in told.lines]
    found = figures.deliveries_of(targets, as_at=told.as_at, known_at=told.known_at)
    rows = [
        (
            line.figure.title,
            one.contracted,
            one.delivered,
            one.left,
            one.confirmed + one.unconfirmed,
            one.unconfirmed,
            one.not_marked,
            one.not_scheduled,
            one.in_words,
        )
        for line in told.lines
        if (one := found.get(line.target.id))
    ]
    return Section("Sessions delivered", columns, rows)


def _scores(told: Whole) -> Section:
    columns = (Column("Target"), Column("First"), Column("Latest"), Column("Change"), Column("In words"))
    rows = [
        (
            line.figure.title,
            f"{score.first.mean:.1f}",
            f"{score.last.mean:.1f}",
            "" if score.change is None else f"{score.change:+.1f}".replace("-", "−"),
            score.in_words(),
        )
        for line in told.lines
        if (score := line.figure.score)
    ]
    return Section("Scores", columns, rows)


def _milestones(told: Whole) -> Section:
    """The benchmarks on the way to each target, met or not at their own dates."""
    columns = (
        Column("Target"),
        Column("By the end of"),
        Column("Asked"),
        Column("The figure then"),
        Column("Met?"),
        Column("Milestone"),
    )
    of_targets = figures.milestones_of([line.target.id for line in told.lines], told.known_at)
    rows: list[Sequence[object]] = []
    for line in told.lines:
        set_for = of_targets.get(line.target.id, [])
        days = {one.due_on for one in set_for if one.due_on <= told.as_at}
        then = figures.figures_on(line.target, days, known_at=told.known_at)
        for one in figures.milestones_on(set_for, then, told.as_at):
            quoted = one.figure.quoted if one.figure else ""
            about = one.milestone
            rows.append((line.figure.title, about.due_on, one.asked, quoted, one.label, about.title))
    return Section("Milestones", columns, rows)


# --- Sessions and people -------------------------------------------------------------------------------


def _attendance(told: Whole) -> Section:
    """The four named rates of each programme, never a percentage without both numbers (4.9)."""
    rates = told.rates
    found = [(title, one, one.rates) for title, one in rates.programmes]
    names = [rate.name for rate in found[0][2]] if found else []
    columns = (
        Column("Programme"),
        Column("Sessions", is_number=True),
        *(Column(name) for name in names),
    )
    rows = [
        (title, one.sessions, *(f"{rate.shown}: {rate.words}" for rate in shown))
        for title, one, shown in found
    ]
    notes = [f"Sessions held from {day(rates.first)} to {day(rates.last)}."]
    notes += [f"{title}: {note}" for title, one, _shown in found for note in one.notes]
    return Section("Attendance", columns, rows, notes if rows else [])


def _reasons(told: Whole) -> Section:
    rows = [(one.name, one.hiding.label or one.of) for one in told.rates.reasons]
    notes = ["Absences, and confirmed places that were given up with a reason."] if rows else []
    return Section("Why places were not used", (Column("Reason"), Column("Places")), rows, notes)


def _turnover(told: Whole) -> Section:
    """Who left in the 12 months, by role group, and how much of each coverage left with them (4.13)."""
    columns = (
        Column("Role group"),
        Column("Left", is_number=True),
        Column("In post", is_number=True),
        Column("Turnover"),
    )
    everybody = [told.turnover_in_all] if told.turnover_in_all else []
    rows = [(one.role, one.leavers, one.in_post, one.shown) for one in (*told.turnover, *everybody)]
    notes = [f"Employees who left in the 12 months to {day(told.as_at)}, over those in post on it."]
    notes += [f"{line.figure.title}: {line.lost.words}." for line in told.lines if line.lost]
    return Section("Turnover", columns, rows, notes if rows else [])


# --- What moved ----------------------------------------------------------------------------------------


def what_moved(told: Whole) -> Section:
    """Since the pack before: what it said, what that is as known now and why, and what happened since."""
    columns = (
        Column("Target"),
        Column("In the last pack"),
        Column("The same, as known now"),
        Column("Why restated"),
        Column("Now"),
        Column("What moved"),
    )
    title = "What moved since the last pack"
    last = told.last_pack
    if last is None:
        return Section(title, columns, [], ["This is the first pack."])
    before = list(db.session.scalars(figures_of(last)))
    restated = figures.all_restated(before, known_at=told.known_at)
    then = {one.published.target_id: one for one in restated}
    plans = [line.plan for line in told.lines if line.plan is not None]
    people = figures.done_on(plans, as_at=told.as_at, known_at=told.known_at)
    rows = [
        (line.figure.title, *_moved(then[line.target.id], line, people.get(line.target.id, {})))
        if line.target.id in then
        else (line.figure.title, "Not in it", "", "", line.figure.quoted, "")
        for line in told.lines
    ]
    note = (
        f"The last pack: {last.meeting}, {day(last.meets_on)}; figures as at {day(last.as_at)}, as known at "
    )
    return Section(title, columns, rows, [f"{note}{day_and_time(last.known_at)}."])


def _moved(then: Restated, line: Line, people: Mapping[int, bool]) -> tuple[str, str, str, str, str]:
    published, figure, words = then.published, line.figure, ""
    if figures.counts_people(line.target) and published.as_at <= figure.as_at:
        words = figures.moved_since(then, figure, people).in_words
    before = figures.count_in_words(published.numerator, published.denominator, published.shown)
    return before, then.now.quoted, " ".join(then.reasons), figure.quoted, words


# --- Definitions ---------------------------------------------------------------------------------------


def _definitions(told: Whole) -> Section:
    """What is counted, of whom and by which rule; and what the words mean."""
    columns = (
        Column("Target"),
        Column("What is counted, and what is asked"),
        Column("Who is counted"),
        Column("Version of the rule", is_number=True),
    )
    ids = {line.target.id for line in told.lines}
    numbers = figures.rule_numbers(ids, told.known_at or clock.now())
    rows = [
        (
            line.figure.title,
            line.figure.rule_words,
            line.figure.scope_words,
            numbers.get(line.target.id, 1),
        )
        for line in told.lines
    ]
    kinds = dict.fromkeys(line.figure.kind for line in told.lines)
    return Section(
        "Definitions", columns, rows, [*(f"{kind.label}: {_KINDS[kind]}" for kind in kinds), *_WORDS]
    )


SECTIONS: tuple[Callable[[Whole], Section], ...] = (
    _where_targets_stand,
    _forecast,
    _to_book,
    what_moved,
    _breakdown,
    _sessions,
    _scores,
    _milestones,
    _attendance,
    _reasons,
    _turnover,
    _definitions,
)
