"""The sections of a pack that tell of each target: where it stands, and where it is going."""

from __future__ import annotations

from collections.abc import Sequence

from app.board.queries.shape import Column, Section
from app.board.queries.weekly_lines import WeeklyLine
from app.board.queries.whole import Line, Whole
from app.figures import queries as figures
from app.figures.queries import Figure, Forecast, Part


def where_targets_stand(told: Whole) -> Section:
    """Each target's headline: 41 of 110 (37%), what is required by when, the colour and why. Those of a
    programme are printed together."""
    columns = (
        Column("Target"),
        Column("Programme", is_printed=False),
        Column("Code", is_printed=False),
        Column("Kind", is_printed=False),
        Column("Figure", is_short=True),
        Column("Complete", is_number=True, is_printed=False),
        Column("Denominator", is_number=True, is_printed=False),
        Column("Shown", is_printed=False),
        Column("Required", is_number=True),
        Column("Deadline", is_short=True),
        Column("Standing", is_standing=True),
        Column("Why"),
        Column("The academy’s own colour", is_printed=False),
        Column("Direction", is_printed=False),
        Column("Second lines", is_printed=False),
    )
    rows = [_stands(line) for line in told.lines]
    second = [(line.figure.title, _second_lines(line.figure)) for line in told.lines]
    lines = [f"{title}: {words}" for title, words in second if words]
    notes = lines or ([] if rows else ["No target is asked for on this day, so there are no figures."])
    found = [line.figure for line in told.lines]
    programmes = [figure.programme for figure in found]
    return Section("Where each target stands", columns, rows, notes, figures=found, groups=programmes)


def _stands(line: Line) -> tuple[object, ...]:
    figure = line.figure
    return (
        figure.title,
        figure.programme,
        figure.code,
        figure.kind.label,
        figure.quoted,
        *figure.counts,
        figure.shown,
        figure.asked,
        figure.deadline,
        figure.standing_words,
        line.why_in_words,
        line.override_in_words,
        line.direction.words if line.direction else "",
        _second_lines(figure),
    )


def _second_lines(figure: Figure) -> str:
    """What the headline holds besides, and how many marks or registers are missing."""
    missing = [f"{figure.outstanding_words}."] if figure.outstanding_words else []
    return " ".join([*figure.notes, *missing])


def forecast_of_each(told: Whole) -> Section:
    """What is expected at each deadline that is still to come, and what is missing."""
    columns = (
        Column("Target"),
        Column("For", is_short=True),
        *(Column(title, is_number=True) for title in ("Required", "Likely", "Best case")),
        Column("Likely if every free place is filled", is_number=True),
        *(Column(title, is_number=True) for title in ("People to book", "Free places", "More places needed")),
        Column("More runs", is_number=True),
        Column("Last useful start", is_short=True),
    )
    found = [(one.figure, one.figure.forecast) for one in told.lines if one.figure.is_open]
    forecasts = [(figure, forecast) for figure, forecast in found if forecast is not None]
    rows = [
        (
            figure.title,
            figure.forecast_for,
            forecast.required,
            forecast.likely,
            forecast.best,
            forecast.ceiling,
            *to_be_done(forecast),
            figure.last_start,
        )
        for figure, forecast in forecasts
    ]
    return Section("Forecast", columns, rows, _below_forecasts(forecasts))


def _below_forecasts(forecasts: Sequence[tuple[Figure, Forecast]]) -> list[str]:
    """Whom to book for each target, and how many of those booked are expected not to come: once for all of
    them where it is the same."""
    expected = [forecast.absence_words for _, forecast in forecasts]
    is_shared = len(expected) > 1 and len(set(expected)) == 1 and expected[0] != ""
    notes = []
    for figure, forecast in forecasts:
        absence = f" {forecast.absence_words}." if forecast.absence_words and not is_shared else ""
        notes.append(f"{figure.title}: {forecast.to_book_in_words}{absence}")
    return [*notes, f"Each target: {expected[0]}."] if is_shared else notes


def to_be_done(forecast: Forecast) -> tuple[object, ...]:
    """People to book, free places, places and runs missing; no run helps where too few people are left."""
    people, places, runs = forecast.to_be_done
    return forecast.impossible_words if people is None else people, forecast.free, places, runs


def to_book(told: Whole) -> Section:
    columns = (Column("Target"), Column("Service"), Column("Not booked"))
    rows = [
        (line.figure.title, part.name, part.hiding.label or part.to_book)
        for line in told.lines
        for part in line.to_book
    ]
    notes = ["Who is neither complete nor booked, of targets for which more people must be booked."]
    return Section("People to book by service", columns, rows, notes if rows else [])


def breakdown(told: Whole) -> Section:
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
        found = figures.breakdown(line.figure, sees_names=False)
        sectors = found.sectors if len(found.sectors) > 1 else []
        for by, parts in (("Service", found.services), ("Sector", sectors)):
            rows += [(line.figure.title, by, *_numbers(part)) for part in parts]
    notes = [figures.GROUPS_NOT_SHOWN] if rows else []
    return Section("By service and sector", columns, rows, notes)


def _numbers(part: Part) -> tuple[object, ...]:
    if part.is_hidden:
        return part.name, "not shown", part.hiding.label, "not shown"
    return part.name, part.complete, part.of, part.percent


def scores(told: Whole) -> Section:
    columns = (
        Column("Target"),
        Column("First", is_number=True),
        Column("Latest", is_number=True),
        Column("Change", is_number=True, is_change=True),
        Column("In words"),
    )
    rows = [
        (line.figure.title, score.first.mean, score.last.mean, score.change, score.in_words())
        for line in told.lines
        if (score := line.figure.score)
    ]
    return Section("Scores", columns, rows)


def stated(told: Whole) -> Section:
    """What documents state of each target, beside what is computed for the same day (U-25)."""
    columns = tuple(map(Column, ("Target", "Day", "Stated", "Computed", "Difference", "Document")))
    rows: list[Sequence[object]] = []
    for line in told.lines:
        then, plan = told.past.figures.get(line.target.id, {}), line.plan
        asked = plan.rule.minimum_percent if plan else None
        for one in told.past.stated.get(line.target.id, []):
            computed = then.get(one.as_at) if one.score is None else None
            both = figures.Comparison(one, computed, asked).for_the_board()
            found = both.shown, both.computed_words or "", both.difference_words
            rows.append((line.figure.title, both.day_words, *found, one.source))
    return Section("Stated in documents", columns, rows, [figures.KEPT_AS_STATED] if rows else [])


def milestones(told: Whole) -> Section:
    """The benchmarks on the way to each target, met or not at their own dates."""
    columns = (
        Column("Target"),
        Column("By the end of", is_short=True),
        Column("Asked"),
        Column("The figure then", is_short=True),
        Column("Met?"),
        Column("Milestone"),
    )
    rows: list[Sequence[object]] = []
    for line in told.lines:
        for one in told.past.milestones_on(line.target, told.as_at, sees_names=told.sees_names):
            about = one.milestone
            rows.append((line.figure.title, about.due_on, one.asked, one.quoted, one.label, about.title))
    return Section("Milestones", columns, rows)


def weeks(found: Sequence[WeeklyLine]) -> Section:
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
