"""The sections of a pack that tell of sessions and of the people: held, attended, left."""

from __future__ import annotations

from app.board.queries.shape import Column, Section
from app.board.queries.whole import Whole
from app.core.filters import day
from app.figures import queries as figures


def sessions_delivered(told: Whole) -> Section:
    """The sessions that contracts count: 11 of 17 delivered, 6 left."""
    columns = (
        Column("Target"),
        *(Column(title, is_number=True) for title in ("Contracted", "Delivered", "Left", "Scheduled")),
        *(Column(title, is_number=True) for title in ("Of these unconfirmed", "Not marked", "Not scheduled")),
        Column("In words", is_printed=False),
    )
    rows = [
        (
            line.figure.title,
            one.contracted,
            one.delivered,
            one.left,
            one.confirmed + one.unconfirmed,
            one.unconfirmed,
            one.not_marked,
            one.not_scheduled_told,
            one.in_words,
        )
        for line in told.lines
        if (one := line.figure.deliveries)
    ]
    return Section("Sessions delivered", columns, rows)


def attendance(told: Whole) -> Section:
    """The four named rates of each programme, never a percentage without both numbers (4.9)."""
    rates = told.rates
    found = [(one.title, one.attendance, one.attendance.rates) for one in rates.programmes]
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
    notes += [f"{title}: {note.words}" for title, one, _shown in found for note in one.notes]
    return Section("Attendance", columns, rows, notes if rows else [])


def reasons(told: Whole) -> Section:
    rows = [(one.name, one.hiding.label or one.of) for one in told.rates.reasons]
    notes = ["Absences, and confirmed places that were given up with a reason."] if rows else []
    return Section("Why places were not used", (Column("Reason"), Column("Places")), rows, notes)


def turnover(told: Whole) -> Section:
    """Who left in the 12 months, by role group, and how much of each coverage left with them (4.13)."""
    columns = (
        Column("Role group"),
        Column("Left", is_number=True),
        Column("In post", is_number=True),
        Column("Turnover"),
    )
    everybody = [told.turnover_in_all] if told.turnover_in_all else []
    rows = [(one.role, one.left, one.in_post, one.shown) for one in (*told.turnover, *everybody)]
    notes = [figures.turnover_note(told.as_at)]
    notes += [f"{line.figure.title}: {line.lost.words}." for line in told.lines if line.lost]
    return Section("Turnover", columns, rows, notes if rows else [])
