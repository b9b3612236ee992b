"""What cannot be read, or said in a case, is told: where it stands, what was expected, how to mend it."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from exchange.project_file import OFFICE, XER, XML
from exchange.test_project_files import given as write
from hypothesis import given
from hypothesis import strategies as st

from coplant import CaseError, CoplantError, FileError
from coplant.exchange import read_programme

IN_XML = [
    ("<Type>3</Type><LinkLag>", "<Type>7</Type><LinkLag>", "Type", '"7"; expected 0, 1, 2 or 3'),
    ("<Type>3</Type><LinkLag>", "<LinkLag>", "Type", "empty; expected 0, 1, 2 or 3"),
    ("<LagFormat>7</LagFormat>", "<LagFormat>19</LagFormat>", "LinkLag", '"9600 %"; expected a lag in minutes'),
    ("<LagFormat>7</LagFormat>", "<LagFormat>99</LagFormat>", "LagFormat", '"99"; expected the number of a unit'),
    ("<LinkLag>9600", "<LinkLag>two days", "LinkLag", '"two days"; expected a number'),
    ("<PredecessorUID>13<", "<PredecessorUID>99<", "PredecessorUID", '"99"; expected the UID of a Task'),
    ("<PredecessorUID>13<", "<PredecessorUID>20<", "PredecessorUID", "expected a link between two tasks that are"),
    ("2026-12-16T08:00:00", "16/12/2026 08:00", "Start", '"16/12/2026 08:00"; expected a date and time like'),
    ("<StartDate>2026-12-14T08:00:00", "<StartDate>2026-02-30T08:00:00", "StartDate", "expected a date and time like"),
    ("<StartDate>2026-12-14T08:00:00</StartDate>", "", "StartDate", "empty; expected the project's first day"),
    ("2027-01-11T08:00:00</ConstraintDate>", "soon</ConstraintDate>", "ConstraintDate", '"soon"; expected a date'),
    ("<ConstraintDate>2027-01-11T08:00:00</ConstraintDate>", "", "ConstraintDate", "expected the date of the constr"),
    ("<ConstraintType>4<", "<ConstraintType>2<", "ConstraintType", '"2, must start on"; expected 0'),
    ("<ConstraintType>4<", "<ConstraintType>12<", "ConstraintType", '"12"; expected 0'),
    ("<Summary>1</Summary>\n", "<Summary>1</Summary><ConstraintType>4</ConstraintType>\n", "ConstraintType", "on a s"),
    ("PT20H0M0S", "P1M", "Duration", '"P1M"; expected hours, minutes and seconds'),
    ("<Duration>PT20H0M0S</Duration>", "", "Duration", "empty; expected hours, minutes and seconds"),
    ("PT20H0M0S", "PT99999999999H0M0S", "Duration", "expected at most 36,600 working days"),
    ("<DurationFormat>39<", "<DurationFormat>19<", "DurationFormat", "expected a duration in minutes"),
    ("<ScheduleFromStart>1", "<ScheduleFromStart>0", "ScheduleFromStart", "expected a project that is scheduled from"),
    ("<CalendarUID>1</CalendarUID>\n      <Pred", "<CalendarUID>9</CalendarUID>\n      <Pred", "CalendarUID", '"9"'),
    ("<BaseCalendarUID>1<", "<BaseCalendarUID>2<", "BaseCalendarUID", "calendars that are not based on them"),
    ("<BaseCalendarUID>1<", "<BaseCalendarUID>7<", "BaseCalendarUID", '"7"; expected the UID of a Calendar'),
    ("<DayType>3</DayType>", "<DayType>4</DayType>", "WeekDays", '"Office"; expected a WeekDay of DayType 3'),
    ("<DayType>3</DayType>", "<DayType>9</DayType>", "DayType", '"9"; expected 1 for Sunday'),
    ("<FromTime>08:00:00", "<FromTime>8 am", "FromTime", '"8 am to 12:00:00"; expected times'),
    ("<ToDate>2027-01-01T23:59:00", "<ToDate>2017-01-01T23:59:00", "ToDate", "expected a day within a hundred years"),
    ("<Type>1</Type><DayWorking>0", "<Type>6</Type><DayWorking>0", "Type", '"6"; expected 1 for a run of days'),
    ("<TaskUID>12<", "<TaskUID>98<", "TaskUID", '"98"; expected the UID of a Task'),
    ("<ResourceUID>1<", "<ResourceUID>7<", "ResourceUID", '"7"; expected the UID of a Resource'),
    ("<Name>Order chips<", "<Name>Chips</Name><IsSubproject>1</IsSubproject><Name>x<", "IsSubproject", '"Chips"; exp'),
    ("  <CalendarUID>1</CalendarUID>\n", "", "CalendarUID", "empty; expected the calendar of what has none"),
    ("<MinutesPerDay>480<", "<MinutesPerDay>a day<", "MinutesPerDay", '"a day"; expected a number'),
    ("<MaxUnits>3<", "<MaxUnits>many<", "MaxUnits", '"many"; expected a number'),
    ("<MaxUnits>3<", "<MaxUnits>1<", "quantity", "expected at most 1, the capacity of Toolmakers"),
    ("<UID>14</UID>", "<UID>13</UID>", "UID", '"13"; expected a UID that no other has'),
    ("<PredecessorUID>13<", "<PredecessorUID>15<", "successor", "expected links that do not go round"),
]  # fmt: skip


def _refused(folder: Path, text: str, ending: str, **options: str) -> str:
    with pytest.raises((CaseError, FileError)) as caught:
        read_programme(write(folder, text, ending), **options)
    return str(caught.value)


@pytest.mark.parametrize(("old", "new", "column", "told"), IN_XML)
def test_a_mistake_in_xml_is_told(old: str, new: str, column: str, told: str, tmp_path: Path) -> None:
    assert old in XML
    text = XML.replace(old, new, 1)
    message = _refused(tmp_path, text, "xml")
    assert message.startswith("1 problem in ")
    assert f", {column}: " in message
    assert told in message


def test_all_mistakes_are_told_at_once_by_line(tmp_path: Path) -> None:
    text = XML.replace("PT20H0M0S", "20 hours").replace("<ConstraintType>4<", "<ConstraintType>1<")
    text = text.replace("<PredecessorUID>13<", "<PredecessorUID>99<")
    lines = text.splitlines()
    message = _refused(tmp_path, text, "xml")
    assert message.startswith("3 problems in ")
    row = next(number for number, line in enumerate(lines, start=1) if ">99<" in line)
    assert f'PredecessorLink, row {row - 1}, PredecessorUID: "99"' in message
    assert 'Task 6, "Train the line": Mend it, or remove it' in message
    assert 'Task 8, "Homologate": Use one of them' in message


IN_XER = [
    ("\tPR_SS\t16", "\tPR_XX\t16", "pred_type", '"PR_XX"; expected one of PR_FF, PR_FS, PR_SF, PR_SS'),
    ("\tPR_SS\t16", "\tPR_SS\t2d", "lag_hr_cnt", '"2d"; expected a number'),
    ("\t14\t13\tPR_FS", "\t14\t99\tPR_FS", "pred_task_id", '"99"; expected the key of a row in TASK'),
    ("\t14\t13\tPR_FS", "\t99\t13\tPR_FS", "task_id", '"99"; expected the key of a row in TASK'),
    ("2026-12-16 08:00", "16-Dec-26", "early_start_date", '"16-Dec-26"; expected a date and time like'),
    ("2027-01-11 08:00\t2027", "2027-13-11 08:00\t2027", "cstr_date", '"2027-13-11 08:00"; expected a date'),
    ("CS_MSOA\t2027-01-11 08:00", "CS_MSOA\t", "cstr_date", "empty; expected the date of the constraint"),
    ("CS_MSOA", "CS_MANDSTART", "cstr_type", '"CS_MANDSTART, mandatory start"; expected CS_MSOA'),
    ("CS_MSOA", "CS_WHENEVER", "cstr_type", '"CS_WHENEVER"; expected CS_MSOA'),
    ("\tTT_Rsrc", "\tTT_Magic", "task_type", '"TT_Magic"; expected one of TT_Task'),
    ("A40\tTrain the line\t20", "A40\tTrain the line\t-20", "target_drtn_hr_cnt", "expected a number of at least 0"),
    ("A40\tTrain the line\t20", "A40\tTrain the line\t", "target_drtn_hr_cnt", "empty; expected a number"),
    ("%R\t14\t1\t3\t1", "%R\t14\t1\t3\t9", "clndr_id", '"9"; expected the key of a row in CALENDAR'),
    ("%R\t14\t1\t3\t1", "%R\t14\t1\t3\t", "clndr_id", "empty; expected the calendar of the activity"),
    ("%R\t14\t1\t3\t1", "%R\t14\t1\t9\t1", "wbs_id", '"9"; expected the key of a row in PROJWBS'),
    ("%R\t14\t1\t3\t1", "%R\t13\t1\t3\t1", "task_id", '"13"; expected a task_id that no other row has'),
    ("\t1\t12\t1\t2", "\t1\t12\t7\t2", "rsrc_id", '"7"; expected the key of a row in RSRC'),
    ("\t1\t12\t1\t2", "\t1\t12\t1\t5", "quantity", "expected at most 3, the capacity of TOOL"),
    ("\tTrain the line\t", "\tTrain\tthe line\t", "%R", '"15 cells"; expected 14 cells'),
    ("\ttask_type\t", "\ttask_kind\t", "task_type", "empty; expected this column"),
    ("rcal_Predecessor", "rcal_Moon", "sched_calendar_on_relationship_lag", "expected one of rcal_Predecessor"),
    ("2026-12-14 08:00\t2026-12-14 08:00\r\n%T\tCALENDAR", "\t\r\n%T\tCALENDAR", "last_recalc_date", "the data date"),
    ("%T\tCALENDAR", "%R\t2\tOther\t1\t\t\r\n%T\tCALENDAR", "proj_id", '"2 projects"; expected one project'),
    (OFFICE, OFFICE[:-4], "clndr_data", "cut off"),
    ("\t\t24\t(0", "\t\ta day\t(0", "day_hr_cnt", '"a day"; expected a number'),
    ("%R\t1\t1\tToolmakers", "%R\t1\t\tToolmakers", "clndr_id", "empty; expected a calendar, as a resource-dependent"),
    ("First car\t1\t2026", "First car\t\t2026", "clndr_id", "empty; expected a calendar, as lags count on it"),
    (OFFICE, "", "clndr_data", "nothing there"),
    (OFFICE, OFFICE.replace("(0||7()())", ""), "clndr_data", "not all days of the week are there"),
    (OFFICE, OFFICE.replace("08:00", "8 am"), "clndr_data", "'8am' is no time"),
    ("\t14\t13\tPR_FS", "\t14\t15\tPR_FS", "successor", "expected links that do not go round"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "column", "told"), IN_XER)
def test_a_mistake_in_xer_is_told(old: str, new: str, column: str, told: str, tmp_path: Path) -> None:
    assert old in XER
    text = XER.replace("rcal_Predecessor", "rcal_ProjDefault") if "as lags count" in told else XER
    message = _refused(tmp_path, text.replace(old, new, 1), "xer")
    assert message.startswith("1 problem in ")
    assert f", {column}: " in message
    assert told in message


@pytest.mark.parametrize(
    ("text", "ending", "old", "new"),
    [(XML, "xml", ">17:00:00</ToTime>", ">15:00:00</ToTime>"), (XER, "xer", "|f|17:00", "|f|15:00")],
)
def test_days_of_several_lengths_are_told(text: str, ending: str, old: str, new: str, tmp_path: Path) -> None:
    message = _refused(tmp_path, text.replace(old, new, 1), ending)
    assert message.startswith("1 problem in ")
    assert '"6 h, 8 h"; expected working days of one length, all hours, on the calendar Office' in message


def test_teams_that_never_work_when_the_task_does_are_told(tmp_path: Path) -> None:
    night = """<BaseCalendarUID>-1</BaseCalendarUID><WeekDays>""" + "".join(
        f"<WeekDay><DayType>{number}</DayType><DayWorking>1</DayWorking><WorkingTimes><WorkingTime>"
        "<FromTime>18:00:00</FromTime><ToTime>00:00:00</ToTime></WorkingTime></WorkingTimes></WeekDay>"
        for number in range(1, 8)
    )
    text = XML.replace("<BaseCalendarUID>1</BaseCalendarUID>", f"{night}</WeekDays>")
    begin = text.index("<UID>12</UID>")
    text = text[:begin] + text[begin:].replace("<CalendarUID>-1<", "<CalendarUID>1<", 1)
    message = _refused(tmp_path, text, "xml")
    assert "0 h" in message
    assert "all hours of which are worked together, on the calendar Office and Toolmakers" in message


@pytest.mark.parametrize(
    ("text", "ending", "told"),
    [
        (XML[: len(XML) // 2], "xml", "it ends in the middle, in line"),
        (XML.replace("</Tasks>", "</Task>"), "xml", "mismatched tag in line"),
        (XML.replace("UTF-8", "klingon"), "xml", "encoding"),
        (XML.replace("http://schemas.microsoft.com/project", "urn:other"), "xml", "begins with <Project> of urn:other"),
        ("<APIBusinessObjects/>", "xml", "begins with <APIBusinessObjects> of no namespace instead of <Project>"),
        ("", "xml", "is empty"),
        ("no xml", "xml", "is not whole XML"),
        (XER[: len(XER) // 2], "xer", "is cut off"),
        (XER.replace("%E", ""), "xer", "without the line %E that closes it"),
        (XML, "xer", "is no XER file: it begins with '<?xml"),
        (XML, "mpp", "does not end in .xml or .xer"),
    ],
)
def test_a_file_that_is_not_whole_or_of_another_kind_is_told(text: str, ending: str, told: str, tmp_path: Path) -> None:
    assert told in _refused(tmp_path, text, ending)


def test_entities_are_refused_before_they_unfold(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE Project [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>\n<Project '
    message = _refused(tmp_path, XML.replace("<Project ", bomb).replace("Order chips", "&c;"), "xml")
    assert "has a document type definition in line 2" in message


def test_encodings_that_are_not_known_are_told(tmp_path: Path) -> None:
    assert "'latin-99' is no encoding that is known" in _refused(tmp_path, XER, "xer", encoding="latin-99")
    path = tmp_path / "first.xer"
    path.write_bytes(XER.encode().replace(b"Order chips", b"Order \x81 chips"))
    with pytest.raises(FileError, match="is neither UTF-8 nor Windows-1252"):
        read_programme(path)
    assert "first.xer is not in ascii" in _refused(tmp_path, XER.replace("chips", "χ"), "xer", encoding="ascii")
    assert "says its encoding itself" in _refused(tmp_path, XML, "xml", encoding="utf-8")


@pytest.mark.parametrize("ending", ["xml", "xer"])
def test_a_file_that_is_not_there_is_told(ending: str, tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        read_programme(tmp_path / f"nothing.{ending}")


def test_a_project_without_tasks_is_told(tmp_path: Path) -> None:
    begin, end = XML.index("<Tasks>"), XML.index("</Tasks>")
    text = XML[:begin] + XML[end + len("</Tasks>") :]
    text = text[: text.index("<Assignments>")] + "</Project>"
    assert "Task: expected at least one task" in _refused(tmp_path, text, "xml")


STRANGE = st.sampled_from(["", "-1", "0", "7", "99", "x", "1e400", "nan", "2026-99-99", "9999-12-31T23:59:00", "("])


@given(st.integers(0, 10**6), STRANGE, st.sampled_from(["xml", "xer"]))
def test_whatever_stands_in_a_cell_there_is_a_case_or_a_list_of_problems(
    tmp_path_factory: pytest.TempPathFactory, place: int, strange: str, ending: str
) -> None:
    text = XML if ending == "xml" else XER
    cells = list(re.finditer(r"(?<=>)[^<>\s][^<>]*(?=<)" if ending == "xml" else r"(?<=\t)[^\t\r]*(?=[\t\r])", text))
    begin, end = cells[place % len(cells)].span()
    path = write(tmp_path_factory.mktemp("strange"), text[:begin] + strange + text[end:], ending)
    with contextlib.suppress(CoplantError):  # no other error may come
        assert read_programme(path).case["activities"].height > 0


@given(st.integers(0, 10**6), st.sampled_from(["xml", "xer"]))
def test_a_file_cut_off_anywhere_is_refused(tmp_path_factory: pytest.TempPathFactory, place: int, ending: str) -> None:
    text = (XML if ending == "xml" else XER).rstrip()
    path = write(tmp_path_factory.mktemp("cut"), text[: place % len(text)], ending)
    with pytest.raises(FileError):
        read_programme(path)
