"""The reader of Teams reports: the shapes that they have had, and what is none. (TR-04)"""

from __future__ import annotations

from datetime import date, time

import pytest

from app.attendance.files import Attendee, SessionNames, kind_of, read_plain, read_teams_report
from app.attendance.files.stamps import read_duration, read_stamp
from app.attendance.models import FileKind
from app.core import clock
from app.core.errors import RuleBroken
from app.learning.models import MarkStatus
from tests.exchange.samples import DATA

SAMPLE = (DATA / "teams_attendance_report.csv").read_bytes()
HELD_ON = date(2022, 3, 15)
SUMMARY = "1. Summary\nMeeting title\tDay 1\nStart time\t3/15/22, 9:21:07 AM\n\n"
PARTICIPANTS = (
    "2. Participants\nName\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
)
ACTIVITIES = "\n3. In-Meeting Activities\nName\tJoin Time\tLeave Time\tDuration\tEmail\tRole\n"
ANN = "\t".join(
    [
        "Ann Archer",
        "3/15/22, 9:30:00 AM",
        "3/15/22, 4:30:00 PM",
        "6h 48m 51s",
        "ann@x.example",
        "ann@x.example",
        "Presenter\n",
    ]
)


def read(text: str, encoding: str = "utf-16", held_on: date = HELD_ON) -> list[Attendee]:
    return read_teams_report(text.encode(encoding), held_on=held_on)


def minutes(text: str, **options: str) -> dict[str, int | None]:
    return {one.name: one.minutes for one in read(text, **options)}


def test_tr04_the_sample_has_18_people_of_whom_one_organised_it() -> None:
    assert kind_of(SAMPLE) is FileKind.TEAMS
    found = read_teams_report(SAMPLE, held_on=HELD_ON)
    assert len(found) == 18
    assert [one.name for one in found if one.is_organiser] == ["Trainer One"]
    assert sum(one.email is not None for one in found) == 15
    by_name = {one.name: one for one in found}
    assert (by_name["Neil Owen"].minutes, by_name["Allan Thomas"].minutes) == (150, 320)
    assert (by_name["Aaron Harris"].label, by_name["Guest"].label) == ("External", "Unverified")
    brandon = by_name["Brandon Wells"]
    assert (brandon.line, brandon.email, brandon.minutes) == (12, "brandon.wells@council.example", 408)
    assert (brandon.times[0].begins, brandon.times[-1].ends) == (
        clock.london_time(HELD_ON, time(9, 28)),
        clock.london_time(HELD_ON, time(16, 30)),
    )


@pytest.mark.parametrize("mark", [b"", b"\xfe\xff"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig", "cp1252"])
def test_any_encoding_that_teams_or_excel_writes(encoding: str, mark: bytes) -> None:
    text = SUMMARY + PARTICIPANTS + ANN.replace("Ann Archer", "Zoë Archer")
    content = text.encode(encoding)
    content = mark + content if encoding == "utf-16-be" else content
    assert [one.name for one in read_teams_report(content, held_on=HELD_ON)] == ["Zoë Archer"]


def test_comma_separated_with_its_titles_padded_by_excel() -> None:
    lines = [
        '1. Summary,,,,,,', 'Attended participants,1,,,,,', ',,,,,,', '2. Participants,,,,,,',
        'Name,First Join,Last Leave,In-Meeting Duration,Email,Participant ID (UPN),Role',
        'Ann Archer,"15/03/2022, 09:30:00","15/03/2022, 16:30:00",6h 48m 51s,ann@x.example,,Presenter',
        'Guest,,,,,,', ',,,,,,', '3. In-Meeting Activities,,,,,,',
    ]  # fmt: skip
    assert minutes("\r\n".join(lines), encoding="utf-8") == {"Ann Archer": 408, "Guest": None}


def test_an_older_report_has_one_list_of_joins_and_folds_who_rejoined() -> None:
    text = (
        "Meeting Summary\nTotal Number of Participants\t2\n\n"
        "Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\n"
        "Ann Archer\t3/15/2022, 9:30:00 AM\t3/15/2022, 12:30:00 PM\t3h 0m\tann@x.example\tAttendee\n"
        "Ann Archer (Guest)\t3/15/2022, 12:00:00 PM\t3/15/2022, 1:00:00 PM\t1h\tANN@x.example\tAttendee\n"
        "Lee Clarke\t3/15/2022, 9:30:00 AM\t3/15/2022, 10:00:00 AM\t30m 5s\t\tAttendee\n"
        "Lee Clarke\t3/15/2022, 2:00:00 PM\t3/15/2022, 2:27:00 PM\t27m\t\tAttendee\n"
        "Olive Orme\t3/15/2022, 9:30:00 AM\t3/15/2022, 2:27:00 PM\t5h\t\tOrganiser\n"
    )
    assert minutes(text) == {"Ann Archer": 210, "Lee Clarke": 57, "Olive Orme": 297 + 3}
    assert [one.is_organiser for one in read(text)] == [False, False, True]


def test_the_oldest_report_says_joined_and_left_and_has_no_addresses() -> None:
    text = (
        "Full Name\tUser Action\tTimestamp\n"
        "Ann Archer\tJoined\t15/03/2022, 09:30:00\n"
        "Lee Clarke\tJoined before\t15/03/2022, 09:30:00\n"
        "Ann Archer\tLeft\t15/03/2022, 10:00:00\n"
        "Ann Archer\tJoined\t15/03/2022, 11:00:00\n"
        "Ann Archer\tLeft\t15/03/2022, 11:30:00\n"
        "Kit Crane\tLeft\t15/03/2022, 12:30:00\n"
    )
    assert minutes(text, encoding="utf-8") == {"Ann Archer": 60, "Lee Clarke": 180, "Kit Crane": None}


def test_the_participants_block_is_found_whatever_its_language() -> None:
    text = (
        "1. Zusammenfassung\nBesprechungstitel\tTag 1\nTeilnehmer\t1\n\n2. Teilnehmer\n"
        "Name\tErster Beitritt\tLetztes Verlassen\tBesprechungsdauer\tE-Mail\tTeilnehmer-ID\tRolle\n"
        "Ann Archer\t15.03.2022, 09:30:00\t15.03.2022, 16:30:00\t6h 48m 51s\tann@x.example\t\tOrganisator\n"
    )
    (found,) = read(text)
    assert (found.email, found.minutes, found.is_organiser) == ("ann@x.example", 408, True)


@pytest.mark.parametrize(("separator", "encoding"), [("\t", "utf-16"), (",", "utf-8"), (";", "utf-8-sig")])
def test_tr04_a_list_of_participants_without_a_title_is_a_report_all_the_same(
    separator: str, encoding: str
) -> None:
    """Saved from Excel without its summary: the minutes, the times and the organiser are in it as ever."""
    heading = PARTICIPANTS.splitlines()[-1].split("\t")
    on = "15/03/2022"
    people = [
        ["Ann Archer", f"{on} 09:30:00", f"{on} 09:35:00", "5m 0s", "ann@x.example", "", "Attendee"],
        ["Olive Orme", f"{on} 09:30:00", f"{on} 16:30:00", "7h", "o@x.example", "", "Organizer"],
    ]
    content = "\r\n".join(separator.join(line) for line in [heading, *people]).encode(encoding)
    assert kind_of(content) is FileKind.TEAMS
    ann, olive = read_teams_report(content, held_on=HELD_ON)
    assert (ann.minutes, ann.is_organiser, olive.is_organiser) == (5, False, True)
    with pytest.raises(RuleBroken, match="the report of another day: it has 15/03/2022"):
        read_teams_report(content, held_on=date(2022, 3, 22))


def test_tr04_an_address_that_begins_like_organiser_is_no_role() -> None:
    line = ANN.replace("ann@x.example", "organised.crime@police.example")
    (found,) = read(PARTICIPANTS + line)
    assert (found.email, found.is_organiser) == ("organised.crime@police.example", False)
    assert read(PARTICIPANTS + line.replace("Presenter", "Organizer"))[0].is_organiser


def test_u10_minutes_come_from_the_participants_block_else_from_joining_and_leaving() -> None:
    joins = (
        "Ann Archer\t3/15/22, 9:30:00 AM\t3/15/22, 10:30:00 AM\t1h\tann@x.example\tPresenter\n"
        "Ann Archer\t3/15/22, 1:00:00 PM\t3/15/22, 1:30:00 PM\t30m\tann@x.example\tPresenter\n"
    )
    assert minutes(PARTICIPANTS + ANN + ACTIVITIES + joins) == {"Ann Archer": 408}
    assert minutes(PARTICIPANTS + ANN.replace("6h 48m 51s", "") + ACTIVITIES + joins) == {"Ann Archer": 90}
    assert minutes(PARTICIPANTS + ANN.replace("6h 48m 51s", "")) == {"Ann Archer": 420}


def test_a_report_without_times_says_who_was_there_and_no_minutes() -> None:
    text = PARTICIPANTS + "Ann Archer\t\t\t\tann@x.example\t\tPresenter\nGuest\t\t\t\t\t\t\n"
    assert minutes(text) == {"Ann Archer": None, "Guest": None}


@pytest.mark.parametrize(
    ("written", "held_on"),
    [
        ("3/4/22, 9:30:00 AM", date(2022, 3, 4)),
        ("3/4/22, 9:30:00 AM", date(2022, 4, 3)),
        ("04/03/2022 09:30:00", date(2022, 3, 4)),
        ("2022-03-04 09:30", date(2022, 3, 4)),
        ("2022-03-04T09:30:00Z", date(2022, 3, 4)),
        ("3/4/22, 9:30:00\u202fAM", date(2022, 3, 4)),
    ],
)
def test_the_session_s_date_decides_the_order_of_the_report_s(written: str, held_on: date) -> None:
    text = PARTICIPANTS + ANN.replace("3/15/22, 9:30:00 AM", written).replace("3/15/22, 4:30:00 PM", written)
    (found,) = read(text, held_on=held_on)
    assert found.times[0].begins == clock.london_time(held_on, time(9, 30))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1h 27m 51s", 5271), ("0h 3m", 180), ("27m", 1620), ("51s", 51), ("1:27:51", 5271),
        ("2 hr 5 min", 7500),
        ("0s", 0), ("", None), ("soon", None), ("12", None), (f"{'9' * 5000}m", None),
        (f"{'9' * 5000}:00:00", None),
    ],
)  # fmt: skip
def test_durations(text: str, seconds: int | None) -> None:
    assert read_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "hour"), [("12:05:00 AM", 0), ("12:05:00 PM", 12), ("1:05 PM", 13), ("23:05:00", 23)]
)
def test_hours_of_the_day(text: str, hour: int) -> None:
    found = read_stamp(f"7/22/26, {text}", "mdy")
    assert found is not None
    assert found == clock.london_time(date(2026, 7, 22), time(hour, 5))
    assert read_stamp("7/22/26, 13:05 PM", "mdy") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04" + b"\0" * 400, "This is a spreadsheet"),
        (b"%PDF-1.7 " + b"\xff" * 40, "not a text file"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 92, "not a text file"),
        (b"GIF89a" + b"\1\0" * 40, "not a text file"),
        (b"RIFF" + b"\1\0" * 40, "not a text file"),
        (b"\xff\xd8\xff\xe0\1\1", "not a text file"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"\xff\xfe" + b"\x00\xd8" * 9, "not a text file"),
        (b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
        (SUMMARY.encode("utf-16"), "no list of participants"),
        ((SUMMARY + PARTICIPANTS).encode("utf-16"), "no list of participants"),
        (b"Dear all,\nhere is the list, as promised, of everybody.\n", "no list of participants"),
        (
            (PARTICIPANTS + ANN.replace("3/15/22", "3/16/22")).encode(),
            "the report of another day: it has 3/16/22",
        ),
        ((PARTICIPANTS + ANN.replace("3/15/22, 9", "15/3/22, 9")).encode(), "written in two ways"),
        (
            (PARTICIPANTS + "".join(ANN.replace("ann@", f"a{n}@") for n in range(2001))).encode(),
            "2,000 people",
        ),
    ],
)
def test_a_file_that_is_no_report_is_refused_with_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(RuleBroken, match=words) as refused:
        read_teams_report(content, held_on=HELD_ON)
    assert refused.value.field == "file"


# --- The plain list ------------------------------------------------------------------------------------


DAY_1 = SessionNames("SOS2-08", 1, "Day 1")


def plain(text: str) -> list[Attendee]:
    assert kind_of(text.encode()) is FileKind.PLAIN
    return read_plain(text.encode(), names=DAY_1)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_a_plain_list_in_any_encoding_that_excel_writes(encoding: str) -> None:
    content = "email\tminutes\nann@council.example\t400\n".encode(encoding)
    assert kind_of(content) is FileKind.PLAIN
    (ann,) = read_plain(content, names=DAY_1)
    assert (ann.email, ann.minutes) == ("ann@council.example", 400)


def test_a_plain_list_has_addresses_or_names_and_minutes() -> None:
    found = plain(
        "email,name,minutes,status,session_ref\nANN@x.example,Ann,408,,SOS2-08/1\n"
        ",Lee Clarke,,Absent apologies,\n"
        ",Kit Crane,,,\nann@x.example,Ann,408,,\n"
    )
    assert [(one.name, one.email, one.minutes, one.status) for one in found] == [
        ("Ann", "ann@x.example", 408, None),
        ("Lee Clarke", None, None, MarkStatus.ABSENT_APOLOGIES),
        ("Kit Crane", None, None, None),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("minutes,status\n20,attended\n", "no column email and no column name"),
        ("email,minutes\n,20\n", "Line 2: fill in an e-mail address or a name"),
        ("email,minutes\nann,20\n", "Line 2: “ann” is not an e-mail address"),
        ("name,minutes\nAnn,7h\n", "Line 2: “7h” is not a number of minutes"),
        (
            "name,minutes\nAnn,-5\nBen,20\nCas,abc\n",
            "^Line 2: “-5” is not a number of minutes. Line 4: “abc” is not a number of minutes.$",
        ),
        (
            "name,minutes\n" + "Ann,x\n" * 12,
            "^(Line \\d+: “x” is not a number of minutes. ){10}2 more lines can’t be read either.$",
        ),
        (
            "name,minutes\nAnn,20,9\nBen,7h\n",
            "^Line 2: this has more values than the first line has columns. Line 3: “7h” is not a number",
        ),
        ("name,minutes\nAnn,20\nAnn,30\n", "Line 3: Ann is on line 2 already, otherwise"),
        ("name,minutes,status\nAnn,20,present\n", "Line 2: “present” is not one of attended, "),
        ("name,minutes,status\nAnn,,partial\n", "Line 2: say how many minutes"),
        ("name,minutes,status\nAnn,0,attended\n", "Line 2: who was there for 0 minutes missed all of it"),
        ("name,minutes,status\nAnn,0,partial\n", "Line 2: who was there for 0 minutes missed all of it"),
        ("name,minutes,status\nAnn,1,absent_no_notice\n", "Line 2: nobody attends 1 minute and is absent"),
        ("name,minutes,status\nAnn,20,absent_no_notice\n", "Line 2: nobody attends 20 minutes and is absent"),
        ("name,minutes,session_ref\nAnn,20,SOS2-07/1\n", "Line 2: “SOS2-07/1” is not Day 1 of SOS2-08"),
        ("name,minutes\n", "a heading and no lines"),
    ],
)
def test_a_plain_list_with_a_wrong_line_is_refused(text: str, words: str) -> None:
    with pytest.raises(RuleBroken, match=words):
        plain(text)


@pytest.mark.parametrize(
    ("ref", "is_this"),
    [
        ("SOS2-08", True),
        ("sos2-08 day 1", True),
        ("SOS2-08/1", True),
        ("SOS2-08, Day 01", True),
        ("SOS2-08 - session 1", True),
        ("SOS2-080 day 1", False),
        ("SOS2-08-1", False),
        ("SOS2-08 day 2", False),
        ("SOS2-08/2", False),
        ("SOS2-08 day 1 and 2", False),
        ("SOS2-08 day", False),
        ("SOS2", False),
        ("day 1", False),
    ],
)
def test_tr04_a_plain_list_names_its_session_or_another(ref: str, is_this: bool) -> None:
    text = f'name,minutes,session_ref\nAnn,20,"{ref}"\n'
    if is_this:
        assert len(plain(text)) == 1
    else:
        with pytest.raises(RuleBroken, match=f"“{ref}” is not Day 1 of SOS2-08"):
            plain(text)


def test_tr04_a_session_is_named_by_its_title_too() -> None:
    assert SessionNames("SOS2-08", 2, "Harm and danger").include("SOS2-08: harm and  Danger")
