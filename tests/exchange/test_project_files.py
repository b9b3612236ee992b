"""Files as other tools write them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from exchange.project_file import DATES, XER, XML

import coplant
from coplant.exchange import Imported, read_programme
from coplant.launching.critical_path import early
from coplant.launching.programme import Programme
from coplant.launching.working_time import day_of, last_day


def given(folder: Path, text: str, ending: str, encoding: str = "utf-8") -> Path:
    path = folder / f"first.{ending}"
    path.write_bytes(text.encode(encoding))
    return path


def dates_of(case: coplant.Case) -> dict[str, tuple[str, str]]:
    """First and last day of every activity, by its title or else its name."""
    programme = Programme.of(case)
    at = early(programme, programme.likely_duration())
    titles = {row["activity"]: row["title"] or row["activity"] for row in case["activities"].iter_rows(named=True)}
    ends = last_day(programme.first, at.finish).astype(str)
    begins = day_of(programme.first, at.start).astype(str)
    # What takes no time is on the day it closes.
    return {
        titles[name]: (str(ends[k]) if at.duration[k] == 0 else str(begins[k]), str(ends[k]))
        for k, name in enumerate(programme.names)
    }


@pytest.mark.parametrize(("text", "ending"), [(XML, "xml"), (XER, "xer")])
def test_tasks_have_the_dates_that_the_file_says(text: str, ending: str, tmp_path: Path) -> None:
    case, notes = read_programme(given(tmp_path, text, ending))
    assert dates_of(case) == DATES
    assert not any("other dates" in note for note in notes)


@pytest.mark.parametrize(
    ("text", "ending", "old", "new"),
    [
        (XML, "xml", "<Start>2026-12-28T08:00:00", "<Start>2026-12-24T08:00:00"),
        (XML, "xml", "<Finish>2026-12-30T12:00:00", "<Finish>2026-12-29T17:00:00"),
        (XML, "xml", "<Start>2027-01-13T17:00:00", "<Start>2027-01-14T17:00:00"),
        (XER, "xer", "2026-12-28 08:00", "2026-12-29 08:00"),
    ],
)
def test_another_date_in_the_file_is_told(text: str, ending: str, old: str, new: str, tmp_path: Path) -> None:
    assert old in text
    _, notes = read_programme(given(tmp_path, text.replace(old, new), ending))
    assert sum("1 of 7 tasks have other dates here than in the file" in note for note in notes) == 1


def test_a_project_becomes_a_programme(tmp_path: Path) -> None:
    case, notes = read_programme(given(tmp_path, XML, "xml"))
    assert notes == ()
    settings = case.settings
    assert (settings.name, settings.title) == ("First car", "First car from a borrowed plant")
    assert (settings.currency, settings.start) == ("EUR", datetime.date(2026, 12, 14))
    assert settings.until == datetime.date(2027, 2, 14)
    rows = {row["activity"]: row for row in case["activities"].iter_rows(named=True)}
    assert {name: row["likely"] for name, row in rows.items()} == {
        "Freeze the body": 5, "Build tools": 10, "Order chips": 4, "Train the line": 2.5, "Ship samples": 3,
        "Homologate": 3, "Start of production": 0,
    }  # fmt: skip
    assert {row["phase"] for row in rows.values()} == {"Body", "Plant", None}
    assert rows["Ship samples"]["calendar"] is None
    assert rows["Train the line"]["calendar"] == "Office"
    assert rows["Homologate"]["from"] == datetime.date(2027, 1, 11)
    assert rows["Build tools"]["note"] == "Two presses at once."
    assert rows["Build tools"]["source"] == "first.xml, task 12"
    links = {row[:2]: row[2:5] for row in case["links"].select(
        "predecessor", "successor", "type", "lag", "lag_calendar").iter_rows()}  # fmt: skip
    assert links["Freeze the body", "Order chips"] == ("SS", 2, "successor")
    assert links["Order chips", "Train the line"] == ("FS", 3, "successor")
    assert links["Build tools", "Homologate"] == ("FF", 1, "successor")
    assert links["Ship samples", "Homologate"] == ("FS", 2, "elapsed")
    assert case["calendars"].select("calendar", "days").rows() == [("Office", "mon tue wed thu fri")]
    office = case["holidays"].filter(calendar="Office").select("from", "until", "works", "note").rows()
    assert office == [
        (datetime.date(2026, 12, 25), datetime.date(2026, 12, 26), "no", "Christmas Day"),
        (datetime.date(2027, 1, 1), datetime.date(2027, 1, 2), "no", "New Year"),
    ]
    assert case["teams"].select("team", "capacity", "calendar").rows() == [("Toolmakers", 3, "Office")]
    assert case["assignments"].select("activity", "team", "quantity").rows() == [("Build tools", "Toolmakers", 2)]
    milestones = case["milestones"].select("milestone", "activity", "target").rows()
    assert milestones == [("Start of production", "Start of production", datetime.date(2027, 1, 15))]


def test_activities_of_primavera_go_by_their_codes(tmp_path: Path) -> None:
    case, notes = read_programme(given(tmp_path, XER, "xer"))
    assert notes == (
        "Resource that is material, left out (1)",
        "Level of effort or WBS summary, left out with its links (1)",
    )
    rows = {row["activity"]: row for row in case["activities"].iter_rows(named=True)}
    assert list(rows) == ["A10", "A20", "A30", "A40", "A50", "A60", "A70"]
    assert rows["A40"]["title"] == "Train the line"
    assert rows["A40"]["phase"] == "Plant"
    assert rows["A60"]["phase"] is None
    assert rows["A50"]["calendar"] is None
    assert (rows["A10"]["calendar"], rows["A20"]["calendar"]) == ("Office", None)
    assert case["teams"].select("team", "title", "capacity", "calendar").rows() == [
        ("TOOL", "Toolmakers of the host", 3, "Office")
    ]
    lags = {row[:2]: row[2:] for row in case["links"].select("predecessor", "successor", "lag", "lag_calendar").rows()}
    assert lags["A30", "A40"] == (3, "successor")
    assert lags["A50", "A60"] == (2, "elapsed")
    assert case["milestones"].select("milestone", "target").rows() == [("A70", datetime.date(2027, 1, 15))]
    assert case.settings.title == "First car from a borrowed plant"


def test_names_that_several_share_are_told_apart(tmp_path: Path) -> None:
    text = XML.replace("<Name>Order chips</Name>", "<Name>Build tools</Name>")
    case, _ = read_programme(given(tmp_path, text, "xml"))
    assert {"Build tools (1.2)", "Build tools (2.1)"} <= set(case["activities"]["activity"])


def test_a_code_of_ones_own_is_the_id(tmp_path: Path) -> None:
    text = XML.replace("<WBS>2.1</WBS>", "<WBS>CHIPS</WBS>")
    case, _ = read_programme(given(tmp_path, text, "xml"))
    assert case["activities"].filter(activity="CHIPS")["title"].item() == "Order chips"


def imported(folder: Path, text: str, old: str, new: str, ending: str = "xml") -> Imported:
    assert old in text
    return read_programme(given(folder, text.replace(old, new), ending))


def test_what_was_done_is_told_and_not_taken_over(tmp_path: Path) -> None:
    done = "<Duration>PT20H0M0S</Duration><PercentComplete>50</PercentComplete>"
    case, notes = imported(tmp_path, XML, "<Duration>PT20H0M0S</Duration>", done)
    assert notes == ("Task on which work has begun: what was done is not taken over (1)",)
    assert dates_of(case) == DATES


def test_inactive_tasks_are_left_out_with_their_links(tmp_path: Path) -> None:
    case, notes = imported(tmp_path, XML, "<Name>Order chips</Name>", "<Name>Order chips</Name><Active>0</Active>")
    assert "Order chips" not in case["activities"]["activity"]
    assert any("inactive" in note for note in notes)
    assert any("2 of 6 tasks have other dates" in note for note in notes)


def test_a_day_of_another_length_counts_as_a_day(tmp_path: Path) -> None:
    text = XML.replace("<ToTime>17:00:00</ToTime>", "<ToTime>16:30:00</ToTime>")
    case, notes = read_programme(given(tmp_path, text, "xml"))
    likely = dict(case["activities"].select("activity", "likely").rows())
    assert likely["Freeze the body"] == pytest.approx(40 / 7.5)
    told = "The file shows 8 h as a day, and a day on the calendar Office has 7.5 h: durations are taken by their hours"
    assert told in notes
    assert any("other dates" in note for note in notes)


def test_a_holiday_each_year_is_laid_out(tmp_path: Path) -> None:
    yearly = """<Exception><TimePeriod><FromDate>2026-12-24T00:00:00</FromDate><ToDate>2028-12-24T23:59:00</ToDate>
      </TimePeriod><Type>2</Type><Month>11</Month><MonthDay>24</MonthDay><DayWorking>0</DayWorking></Exception>"""
    case, _ = imported(tmp_path, XML, "<Exceptions>", f"<Exceptions>{yearly}")
    days = case["holidays"].filter(calendar="Office")["from"].to_list()
    assert [day for day in days if day.day == 24] == [datetime.date(year, 12, 24) for year in (2026, 2027, 2028)]


def test_a_week_of_a_period_counts_before_the_week(tmp_path: Path) -> None:
    week = """<WorkWeeks><WorkWeek><TimePeriod><FromDate>2026-12-28T00:00:00</FromDate>
      <ToDate>2027-01-03T23:59:00</ToDate></TimePeriod><Name>Shutdown</Name><WeekDays>
      <WeekDay><DayType>4</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays></WorkWeek></WorkWeeks>"""
    case, _ = imported(tmp_path, XML, "</Exceptions>", f"</Exceptions>{week}")
    off = case["holidays"].filter(calendar="Office", note="Shutdown").select("from", "until").rows()
    assert off == [(datetime.date(2026, 12, 30), datetime.date(2026, 12, 31))]


def test_the_holidays_of_a_team_hold_its_tasks_up(tmp_path: Path) -> None:
    away = """<BaseCalendarUID>1</BaseCalendarUID><Exceptions><Exception><TimePeriod>
      <FromDate>2026-12-28T00:00:00</FromDate><ToDate>2026-12-31T23:59:00</ToDate></TimePeriod>
      <Type>1</Type><DayWorking>0</DayWorking></Exception></Exceptions>"""
    case, _ = imported(tmp_path, XML, "<BaseCalendarUID>1</BaseCalendarUID>", away)
    assert dates_of(case)["Build tools"] == ("2026-12-21", "2027-01-11")


def test_a_calendar_of_a_team_that_moves_no_task_is_not_taken_over(tmp_path: Path) -> None:
    mondays = XER.replace("%R\t2\tAlways", "%R\t3\tMondays\t\t8\t" + _mondays() + "\r\n%R\t2\tAlways")
    text = mondays.replace("\tTT_Rsrc\t", "\tTT_Task\t")
    text = text.replace("%R\t1\t1\tToolmakers", "%R\t1\t3\tToolmakers")
    case, notes = read_programme(given(tmp_path, text, "xer"))
    assert case["teams"]["calendar"].to_list() == [None]
    assert "The calendar of the team TOOL is not taken over" in notes
    assert dates_of(case) == DATES
    heeded = mondays.replace("%R\t1\t1\tToolmakers", "%R\t1\t3\tToolmakers")
    case, _ = read_programme(given(tmp_path, heeded, "xer"))
    assert case["teams"]["calendar"].to_list() == ["Mondays"]
    assert dates_of(case)["Build tools"] == ("2026-12-21", "2027-02-22")


def _mondays() -> str:
    shift = "(0||0(s|08:00|f|16:00)())"
    days = "".join(f"(0||{number}()({shift if number == 2 else ''}))" for number in range(1, 8))
    return f"(0||CalendarData()((0||DaysOfWeek()({days}))(0||Exceptions()())))"


def test_lags_count_on_the_calendar_that_the_project_says(tmp_path: Path) -> None:
    case, notes = imported(tmp_path, XER, "rcal_Predecessor", "rcal_24Hour", "xer")
    assert set(case["links"].filter(case["links"]["lag"] != 0)["lag_calendar"]) == {"elapsed"}
    assert case["links"].filter(predecessor="A30")["lag"].item() == 1
    assert any("other dates" in note for note in notes)
    case, _ = imported(tmp_path, XER, "rcal_Predecessor", "rcal_ProjDefault", "xer")
    assert case["links"].filter(predecessor="A50")["lag"].to_list() == [6]


def test_names_in_other_letters_are_read(tmp_path: Path) -> None:
    text = XER.replace("Order chips", "Commander à l’étranger")
    for encoding in ("cp1252", "utf-8", "utf-8-sig"):
        case, notes = read_programme(given(tmp_path, text, "xer", encoding))
        assert "Commander à l’étranger" in case["activities"]["title"]
        assert any("Windows-1252" in note for note in notes) == (encoding == "cp1252")
    text = XER.replace("Order chips", "Заказать чипы")
    case, _ = read_programme(given(tmp_path, text, "xer", "cp1251"), encoding="cp1251")
    assert "Заказать чипы" in case["activities"]["title"]
    text = XML.replace("Order chips", "Chips für Wien").replace('encoding="UTF-8"', 'encoding="iso-8859-1"')
    case, _ = read_programme(given(tmp_path, text, "xml", "iso-8859-1"))
    assert "Chips für Wien" in case["activities"]["activity"]
