"""Reading a council's files: what is understood, and what is refused in words."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.errors import RuleBroken
from app.exchange.files import MAX_LINES, read_sheet
from app.exchange.models import ImportKind
from tests.exchange.samples import DATA, hr, staff

PEOPLE, COHORT, COMPLETIONS = ImportKind.PEOPLE, ImportKind.COHORT, ImportKind.COMPLETIONS
HEADING = "employee_number,first_name,last_name,job_title,start_date\n"
LINE = "000101,Zoë,O’Hara,Social Worker,2019-01-07\n"


def people(text: str, encoding: str = "utf-8") -> list:
    return read_sheet(PEOPLE, text.encode(encoding)).rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_utf8_with_or_without_its_mark_and_windows_1252_are_read(encoding: str) -> None:
    (row,) = people(HEADING + LINE, encoding)
    assert (row.first_name, row.last_name) == ("Zoë", "O’Hara")


WRONG = "Line 4 has a letter in another encoding than the rest, or the file was cut off there."


@pytest.mark.parametrize(
    "content",
    [
        (HEADING + LINE + LINE).encode() + LINE.encode("cp1252"),
        (HEADING + LINE + LINE).replace("\n", "\r").encode() + LINE.encode("cp1252"),
        (HEADING + LINE + LINE).encode("utf-8-sig") + LINE.encode("cp1252"),
        (HEADING + LINE + LINE + LINE).encode()[: len((HEADING + LINE + LINE + "000101,Zoë").encode()) - 1],
        "\ufeff".encode() + (HEADING + "\n\n").encode() + LINE.encode("cp1252"),
        (HEADING + LINE.replace("ë", "ж").replace("’", "и") * 2).encode() + b"000103,\xebA,B,C,2019-01-07\n",
    ],
    ids=["one line", "cr", "with the mark", "cut", "the mark alone", "cyrillic"],
)
def test_a_wrong_byte_of_utf_8_is_named_and_garbles_nothing(content: bytes) -> None:
    with pytest.raises(RuleBroken) as refused:
        read_sheet(PEOPLE, content)
    assert refused.value.message == f"{WRONG} Save it again as CSV UTF-8."


@pytest.mark.parametrize("name", ["O’Hara", "ANDRÉ’S", "Ö”", "Zoë “Zo” Müller – née Ñandú", "£5 café’”"])
def test_windows_1252_is_read_as_such_also_where_it_looks_like_utf_8_by_chance(name: str) -> None:
    (row,) = people((HEADING + LINE).replace("O’Hara", name), "cp1252")
    assert (row.first_name, row.last_name) == ("Zoë", name)


def test_what_nobody_sees_comes_in_no_more_by_file_than_by_a_form() -> None:
    text = (HEADING + LINE).replace("first", "\u200bfirst").replace("Zoë", "Z\u200bo\u2060ë\ufeff")
    (row,) = people(text + "\u200b,,,,\n", "utf-8-sig")
    assert row.first_name == "Zoë"


@pytest.mark.parametrize(
    "text",
    [
        (HEADING + LINE).replace("\n", "\r\n"),
        (HEADING + LINE).replace("\n", "\r"),
        (HEADING + LINE).replace(",", ";"),
        (HEADING + LINE).replace(",", "\t"),
        (HEADING + LINE).rstrip("\n"),
        "Employee Number , FIRST_NAME,Last name,Job Title,Start Date\n" + LINE,
        HEADING + "\n,,,,\n" + LINE + ",,,,\n",
        HEADING + '"000101","Zoë","O’Hara","Social\nWorker","2019-01-07"\n',
        HEADING + " 000101 ,Zoë ,\u00a0O’Hara,Social  Worker, 07/01/2019\n",
    ],
    ids=[
        "crlf",
        "cr",
        "semicolons",
        "tabs",
        "no-last-newline",
        "headings",
        "blank-lines",
        "quoted",
        "spaces",
    ],
)
def test_what_spreadsheets_write_is_understood(text: str) -> None:
    (row,) = people(text)
    assert row.employee_number == "000101"
    assert row.last_name == "O’Hara"
    assert row.job_title == "Social Worker"
    assert row.start_date == date(2019, 1, 7)


def test_leading_zeros_are_kept_and_unknown_columns_are_listed() -> None:
    sheet = read_sheet(
        PEOPLE, b"payroll," + HEADING.strip().encode() + b",Cost centre\n7,000101,A,B,C,2019-01-07,9\n"
    )
    assert sheet.rows[0].employee_number == "000101"
    assert sheet.unknown == ["payroll", "cost_centre"]
    assert sheet.has("first_name")
    assert not sheet.has("team")


def test_a_line_that_leaves_out_its_last_empty_values_is_read() -> None:
    text = "employee_number,first_name,last_name,job_title,start_date,end_date,fte\n000101,A,B,C,2019-01-07\n"
    assert people(text)[0].end_date is None


def test_lines_are_numbered_as_an_editor_numbers_them() -> None:
    text = HEADING + '000101,"A\nB",C,D,2019-01-07\n\n000102,A,B,C,soon\n'
    (problem,) = read_sheet(PEOPLE, text.encode()).problems
    assert problem.line == 5


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b" \r\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"x" * 200_000, "The first line is too long"),
        (HEADING.encode(), "a heading and no lines"),
        (b"PK\x03\x04" + b"\0" * 50, "a spreadsheet, not a CSV file"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 50, "a spreadsheet, not a CSV file"),
        (b"%PDF-1.7", "not a text file"),
        ((HEADING + LINE).encode("utf-16"), "not a text file"),
        ((HEADING + LINE).encode("cp1252") + b"\x81\x8d", "not a text file"),
        ((HEADING + LINE.replace("Social", "So\x07cial")).encode(), "Line 2 has a character"),
        ((HEADING + LINE + "0\x07\n").replace("\n", "\r").encode(), "Line 3 has a character"),
        ((HEADING + LINE.replace("Zoë", "\u202eëoZ")).encode(), "Line 2 has a character"),
        ((HEADING + LINE.replace("Zoë", "\u2066Zoë")).encode(), "Line 2 has a character"),
        (b"first_name,last_name\nA,B\n", "columns employee_number, job_title, start_date are missing"),
        (b"employee_number,first_name,last_name,job_title\n1,2,3,4\n", "column start_date is missing"),
        (b"000101,Ann,Archer,Social Worker,2019-01-07\n", "The first line must name the columns."),
        (b"first_name," + HEADING.encode() + b"A," + LINE.encode(), "The column first_name is there twice"),
        ((HEADING + LINE + "000102,A,B\n" + "000103,A").encode(), "stops in the middle of line 4"),
        ((HEADING + LINE + '000102,"A,B,C,2019-01-07\n').encode(), "a quotation mark that is not closed"),
        ((HEADING + '000102,"' + "A" * 200_000).encode(), "a quotation mark that is not closed"),
        ((HEADING + LINE.replace("Zoë", "Z\u2028oë") + "000103,A").encode(), "stops in the middle of line 3"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
        ((HEADING + LINE * (MAX_LINES + 1)).encode(), "more than 50,000 lines"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_in_one_sentence(content: bytes, words: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        read_sheet(PEOPLE, content)
    assert words in refused.value.message
    assert refused.value.field == "file"


@pytest.mark.parametrize("above", ["sep=,\n", "People in post,,\n\n"])
def test_a_heading_below_other_lines_is_found_and_what_to_remove_is_said(above: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        people(above + HEADING + LINE)
    line = above.count("\n") + 1
    assert refused.value.message.endswith(
        f"The first line must name the columns: remove what is above line {line}."
    )


def test_a_file_that_names_nobody_is_refused_once_and_not_line_by_line() -> None:
    with pytest.raises(RuleBroken) as refused:
        read_sheet(COHORT, b"Payroll number,reason,joined_on\n010022,untrained,2022-01-26\n")
    assert refused.value.message == (
        "The column employee_number (or email) is missing. The first line must name the columns."
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2022-03-31", date(2022, 3, 31)),
        ("31/03/2022", date(2022, 3, 31)),
        ("3/4/2022", date(2022, 4, 3)),
        ("03/04/2022", date(2022, 4, 3)),
        ("29/02/2024", date(2024, 2, 29)),
        ("2022-03-31T00:00:00", date(2022, 3, 31)),
        ("2022-03-31 00:00:00.000", date(2022, 3, 31)),
        ("31/03/2022 00:00", date(2022, 3, 31)),
        ("31/03/2022 0:00:00", date(2022, 3, 31)),
    ],
)
def test_dates_are_read_the_british_way_and_never_in_us_order(written: str, meant: date) -> None:
    (row,) = people(f"{HEADING}000101,A,B,C,{written}\n")
    assert row.start_date == meant


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("03/31/2022", "not a real date"),
        ("2022-02-30", "not a real date"),
        ("31/03/22", "not a date"),
        ("31-03-2022", "not a date"),
        ("2022/03/31", "not a date"),
        ("44651", "not a date"),
        ("31 March 2022", "not a date"),
        ("2022-03-31T17:05:00", "not a date"),
        ("2022-02-30T00:00:00", "not a real date"),
        ("0022-03-31", "not in a year from 1900"),
    ],
)
def test_other_dates_are_problems_with_line_field_and_reason(written: str, words: str) -> None:
    (problem,) = read_sheet(PEOPLE, f"{HEADING}000101,A,B,C,{written}\n".encode()).problems
    assert (problem.line, problem.field) == (2, "start_date")
    assert words in problem.reason
    assert written in problem.reason


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("000102,A,B,C,2019-01-07,2020-01-01", "This has more values than the first line has columns."),
        (f"000102,{'A' * 2001},B,C,2019-01-07", "This has a value longer than 2,000 characters."),
        (f"000102,{'A' * 200_000},B,C,2019-01-07", "This has a value longer than 2,000 characters."),
    ],
)
def test_a_line_whose_values_cannot_be_told_apart_is_a_problem_among_the_others(
    line: str, reason: str
) -> None:
    sheet = read_sheet(PEOPLE, f"{HEADING}{LINE}{line}\n000103,,B,C,soon\n".encode())
    assert [(one.line, one.field) for one in sheet.problems] == [
        (3, "row"), (4, "first_name"), (4, "start_date"),
    ]  # fmt: skip
    assert sheet.problems[0].reason == reason
    assert sheet.keys == {"000101", "000102", "000103"}
    assert [row.line for row in sheet.rows] == [2, 4]


def test_mixed_ways_of_writing_dates_are_rejected_with_the_numbers_of_their_lines() -> None:
    lines = [*staff("1", "2", "3"), *staff("4", start_date="07/01/2019"), *staff("5", end_date="31/03/2022")]
    sheet = read_sheet(PEOPLE, hr(*lines))
    assert [(problem.line, problem.field) for problem in sheet.problems] == [
        (5, "start_date"),
        (6, "end_date"),
    ]
    assert "2022-03-31" in sheet.problems[0].reason


def test_every_wrong_value_is_listed_with_its_line_and_field() -> None:
    sheet = read_sheet(
        PEOPLE,
        hr(
            {"first_name": "", "employee_number": ""},
            {"employee_number": "1 2"},
            {"work_email": "nobody", "fte": "1.2"},
            {"employment_type": "volunteer", "fte": "half"},
            {"end_date": "2018-12-31"},
            {"long_term_absence_to": "2021-01-01"},
            {"long_term_absence_from": "2021-02-01", "long_term_absence_to": "2021-01-01"},
            {"line_manager_employee_number": "000101"},
            {"last_name": "x" * 121, "swe_number": "9" * 21},
        ),
    )
    assert {(problem.line, problem.field) for problem in sheet.problems} == {
        (2, "first_name"), (2, "employee_number"),
        (3, "employee_number"),
        (4, "work_email"), (4, "fte"),
        (5, "employment_type"), (5, "fte"),
        (6, "end_date"),
        (7, "long_term_absence_to"),
        (8, "long_term_absence_to"),
        (9, "line_manager_employee_number"),
        (10, "last_name"), (10, "swe_number"),
    }  # fmt: skip
    assert all(
        "Value error" not in problem.reason and problem.reason.endswith(".") for problem in sheet.problems
    )


@pytest.mark.parametrize(
    "share", ["nan", "sNaN", "inf", "-inf", "1e999999", "0.0004", "0", "-0.5", "1.001", "half"]
)
def test_what_is_no_share_of_full_time_is_told(share: str) -> None:
    (problem,) = read_sheet(PEOPLE, hr({"fte": share})).problems
    assert (problem.field, share in problem.reason) == ("fte", True)


def test_a_share_of_full_time_is_kept_to_three_places() -> None:
    assert [str(row.fte) for row in read_sheet(PEOPLE, hr({"fte": "0.6"}, {"fte": "0.0005001"})).rows] == [
        "0.600",
        "0.001",
    ]


def test_a_line_about_nobody_is_a_problem() -> None:
    sheet = read_sheet(COHORT, b"employee_number,reason,joined_on\n,untrained,2022-01-26\n")
    assert [(problem.line, problem.field) for problem in sheet.problems] == [(2, "employee_number")]


def test_precision_is_read_in_any_case_and_with_spaces() -> None:
    content = (
        b"employee_number,course_code,completion_date,date_precision\n"
        b"1,C,2021-08-31,On or before\n2,C,2021-08-31,exact\n3,C,2021-08-31,\n4,C,2021-08-31,about\n"
    )
    sheet = read_sheet(COMPLETIONS, content)
    assert [row.date_precision for row in sheet.rows] == ["on_or_before", "exact", None, None]
    assert [(problem.line, problem.field) for problem in sheet.problems] == [(5, "date_precision")]


@pytest.mark.parametrize(
    ("kind", "name", "lines"),
    [
        (PEOPLE, "hr_people.csv", 313),
        (COMPLETIONS, "past_completions.csv", 389),
        (ImportKind.PARTNERS, "partners.csv", 300),
        (COHORT, "cohort_new_and_upskill.csv", 110),
    ],
)
def test_the_council_s_own_files_are_read_without_a_problem(kind: ImportKind, name: str, lines: int) -> None:
    sheet = read_sheet(kind, (DATA / name).read_bytes())
    assert (len(sheet.rows), sheet.problems, sheet.unknown) == (lines, [], [])
