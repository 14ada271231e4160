"""The columns of each kind of file, as the page describes them."""

from __future__ import annotations

from dataclasses import dataclass

from app.exchange.models import ImportKind


@dataclass(frozen=True)
class Column:
    """A column as the page describes it."""

    name: str
    meaning: str
    example: str
    is_required: bool = False


COLUMNS: dict[ImportKind, tuple[Column, ...]] = {
    ImportKind.PEOPLE: (
        Column("employee_number", "Leading zeros are kept.", "010008", is_required=True),
        Column("first_name", "", "Sam", is_required=True),
        Column("last_name", "", "Oduya", is_required=True),
        Column("preferred_name", "The first name they go by. Empty leaves it as it is.", "Sammy"),
        Column("work_email", "Empty leaves it as it is.", "sam.oduya@council.example"),
        Column("job_title", "", "Social Worker", is_required=True),
        Column("role_group", "The group of jobs that targets and audiences name.", "Social Worker"),
        Column("team", "A new name makes a new team.", "Child in Need"),
        Column("service", "The service that the team belongs to.", "Early Help"),
        Column("line_manager_employee_number", "Somebody in this file, or already here.", "010001"),
        Column(
            "employment_type",
            "employee, agency or contracted. Of somebody new empty is employee, else it leaves it as it is.",
            "employee",
        ),
        Column("start_date", "The first day of this employment.", "2019-04-24", is_required=True),
        Column("end_date", "The last day in post, if it is known.", "31/03/2022"),
        Column("fte", "The share of full time, up to 1.", "0.8"),
        Column("long_term_absence_from", "The first day away.", "2021-05-10"),
        Column("long_term_absence_to", "The last day away, if it is known.", "2022-02-28"),
        Column("career_stage", "", "ASYE"),
        Column("swe_number", "Social Work England registration. Empty leaves it as it is.", "SW17747"),
    ),
    ImportKind.COMPLETIONS: (
        Column("employee_number", "This or the e-mail address.", "010205"),
        Column("email", "This or the employee number.", "lee.clarke@school.example"),
        Column("course_code", "The code of a course that is set up here.", "SOS-2DAY", is_required=True),
        Column("completion_date", "The day the course was completed.", "2021-04-24", is_required=True),
        Column("date_precision", "exact or on_or_before; of a new one empty is exact.", "on_or_before"),
        Column("source", "Of a new one empty is the name of the file.", "Academy spreadsheet"),
        Column(
            "note", "Empty leaves it as it is, as in every column of one that is here.", "Certificate seen"
        ),
    ),
    ImportKind.PARTNERS: (
        Column("first_name", "", "Lee", is_required=True),
        Column("last_name", "", "Clarke", is_required=True),
        Column("email", "Who they are, when the file comes again.", "lee.clarke@school.example"),
        Column("organisation", "A new name makes a new organisation.", "Castle Homes", is_required=True),
        Column("sector", "Health, Education, Police, Housing or Other.", "Housing", is_required=True),
        Column("role", "What they do there.", "Housing officer"),
    ),
    ImportKind.COHORT: (
        Column("employee_number", "This or the e-mail address.", "010022"),
        Column("email", "This or the employee number.", "lee.clarke@school.example"),
        Column(
            "reason", "Why they joined; it decides which course they need.", "untrained", is_required=True
        ),
        Column("joined_on", "The day they joined the cohort.", "2022-01-26", is_required=True),
    ),
    ImportKind.RUNS: (
        Column("run_code", "Who has been given it keeps it.", "SOS2-07", is_required=True),
        Column("course_code", "The code of a course that is set up here.", "SOS-2DAY", is_required=True),
        Column("component", "The number of the day: a line for each.", "1", is_required=True),
        Column("date", "The day it is held.", "2022-01-11", is_required=True),
        Column("start_time", "In London.", "09:30", is_required=True),
        Column("end_time", "In London.", "16:30", is_required=True),
        Column("mode", "virtual, in_person or hybrid.", "virtual", is_required=True),
        Column("venue", "A new name makes a new venue.", "Plough Lane, Room 1"),
        Column("capacity", "How many places it has.", "16", is_required=True),
        Column("trainer_email", "A new address makes a new trainer.", "trainer@provider.example"),
    ),
    ImportKind.ATTENDANCE: (
        Column("run_code", "A run that is here.", "SOS2-07", is_required=True),
        Column("component", "The number of the day.", "1", is_required=True),
        Column("employee_number", "This or the e-mail address.", "010022"),
        Column("email", "This or the employee number.", "lee.clarke@school.example"),
        Column(
            "status",
            "attended, attended_late, partial, absent_apologies, absent_no_notice, not_recorded or not_held.",
            "attended_late",
            is_required=True,
        ),
        Column(
            "minutes",
            "Of those of the session; needed for partial, possible for attended_late, else empty.",
            "390",
        ),
        Column(
            "recorded_at",
            "When it became known, in London; empty is now. Figures as known before it leave it out.",
            "2022-01-11T17:05:00",
        ),
    ),
}
