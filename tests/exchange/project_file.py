"""A launch programme as Microsoft Project and Primavera write it down, by hand from what their formats say.

The office works Monday to Friday from 8 to 12 and from 13 to 17, but not on Christmas Day and New Year's Day.
"""

from __future__ import annotations

import datetime

_TIMES = """<WorkingTimes>
          <WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime>
          <WorkingTime><FromTime>13:00:00</FromTime><ToTime>17:00:00</ToTime></WorkingTime>
        </WorkingTimes>"""


def _weekday(number: int) -> str:
    if number in (1, 7):
        return f"<WeekDay><DayType>{number}</DayType><DayWorking>0</DayWorking></WeekDay>"
    return f"<WeekDay><DayType>{number}</DayType><DayWorking>1</DayWorking>{_TIMES}</WeekDay>"


def _holiday(day: str, name: str) -> str:
    return f"""<Exception>
        <EnteredByOccurrences>0</EnteredByOccurrences>
        <TimePeriod><FromDate>{day}T00:00:00</FromDate><ToDate>{day}T23:59:00</ToDate></TimePeriod>
        <Occurrences>1</Occurrences><Name>{name}</Name><Type>1</Type><DayWorking>0</DayWorking>
      </Exception>"""


XML = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Project xmlns="http://schemas.microsoft.com/project">
  <SaveVersion>14</SaveVersion>
  <Name>First car.mpp</Name>
  <Title>First car from a borrowed plant</Title>
  <ScheduleFromStart>1</ScheduleFromStart>
  <StartDate>2026-12-14T08:00:00</StartDate>
  <CurrencyCode>EUR</CurrencyCode>
  <CalendarUID>1</CalendarUID>
  <MinutesPerDay>480</MinutesPerDay>
  <Calendars>
    <Calendar>
      <UID>1</UID><Name>Office</Name><IsBaseCalendar>1</IsBaseCalendar><BaseCalendarUID>-1</BaseCalendarUID>
      <WeekDays>{"".join(map(_weekday, range(1, 8)))}
        <WeekDay>
          <DayType>0</DayType><DayWorking>0</DayWorking>
          <TimePeriod><FromDate>2026-12-25T00:00:00</FromDate><ToDate>2026-12-25T23:59:00</ToDate></TimePeriod>
        </WeekDay>
      </WeekDays>
      <Exceptions>{_holiday("2026-12-25", "Christmas Day")}{_holiday("2027-01-01", "New Year")}</Exceptions>
    </Calendar>
    <Calendar>
      <UID>2</UID><Name>Toolmakers</Name><IsBaseCalendar>0</IsBaseCalendar><BaseCalendarUID>1</BaseCalendarUID>
    </Calendar>
  </Calendars>
  <Tasks>
    <Task><UID>0</UID><ID>0</ID><Name>First car</Name><OutlineLevel>0</OutlineLevel><Summary>1</Summary></Task>
    <Task>
      <UID>10</UID><ID>1</ID><Name>Body</Name><WBS>1</WBS><OutlineNumber>1</OutlineNumber>
      <OutlineLevel>1</OutlineLevel><Summary>1</Summary>
    </Task>
    <Task>
      <UID>11</UID><ID>2</ID><Name>Freeze the body</Name><WBS>1.1</WBS><OutlineNumber>1.1</OutlineNumber>
      <OutlineLevel>2</OutlineLevel><Start>2026-12-14T08:00:00</Start><Finish>2026-12-18T17:00:00</Finish>
      <Duration>PT40H0M0S</Duration><DurationFormat>7</DurationFormat><Milestone>0</Milestone><Summary>0</Summary>
      <ConstraintType>0</ConstraintType><CalendarUID>-1</CalendarUID>
    </Task>
    <Task>
      <UID>12</UID><ID>3</ID><Name>Build tools</Name><WBS>1.2</WBS><OutlineNumber>1.2</OutlineNumber>
      <OutlineLevel>2</OutlineLevel><Start>2026-12-21T08:00:00</Start><Finish>2027-01-05T17:00:00</Finish>
      <Duration>PT80H0M0S</Duration><DurationFormat>7</DurationFormat><Milestone>0</Milestone><Summary>0</Summary>
      <ConstraintType>0</ConstraintType><CalendarUID>-1</CalendarUID><Notes>Two presses at once.</Notes>
      <PredecessorLink><PredecessorUID>11</PredecessorUID><Type>1</Type><LinkLag>0</LinkLag></PredecessorLink>
    </Task>
    <Task>
      <UID>20</UID><ID>4</ID><Name>Plant</Name><WBS>2</WBS><OutlineNumber>2</OutlineNumber>
      <OutlineLevel>1</OutlineLevel><Summary>1</Summary>
    </Task>
    <Task>
      <UID>13</UID><ID>5</ID><Name>Order chips</Name><WBS>2.1</WBS><OutlineNumber>2.1</OutlineNumber>
      <OutlineLevel>2</OutlineLevel><Start>2026-12-16T08:00:00</Start><Finish>2026-12-21T17:00:00</Finish>
      <Duration>PT32H0M0S</Duration><DurationFormat>39</DurationFormat><Milestone>0</Milestone><Summary>0</Summary>
      <ConstraintType>0</ConstraintType><CalendarUID>1</CalendarUID>
      <PredecessorLink>
        <PredecessorUID>11</PredecessorUID><Type>3</Type><LinkLag>9600</LinkLag><LagFormat>7</LagFormat>
      </PredecessorLink>
    </Task>
    <Task>
      <UID>14</UID><ID>6</ID><Name>Train the line</Name><WBS>2.2</WBS><OutlineNumber>2.2</OutlineNumber>
      <OutlineLevel>2</OutlineLevel><Start>2026-12-28T08:00:00</Start><Finish>2026-12-30T12:00:00</Finish>
      <Duration>PT20H0M0S</Duration><DurationFormat>7</DurationFormat><Milestone>0</Milestone><Summary>0</Summary>
      <ConstraintType>0</ConstraintType><CalendarUID>-1</CalendarUID>
      <PredecessorLink>
        <PredecessorUID>13</PredecessorUID><Type>1</Type><LinkLag>14400</LinkLag><LagFormat>7</LagFormat>
      </PredecessorLink>
    </Task>
    <Task>
      <UID>15</UID><ID>7</ID><Name>Ship samples</Name><WBS>2.3</WBS><OutlineNumber>2.3</OutlineNumber>
      <OutlineLevel>2</OutlineLevel><Start>2026-12-30T12:00:00</Start><Finish>2027-01-02T12:00:00</Finish>
      <Duration>PT72H0M0S</Duration><DurationFormat>8</DurationFormat><Milestone>0</Milestone><Summary>0</Summary>
      <ConstraintType>0</ConstraintType><CalendarUID>-1</CalendarUID>
      <PredecessorLink>
        <PredecessorUID>14</PredecessorUID><Type>1</Type><LinkLag>0</LinkLag><LagFormat>7</LagFormat>
      </PredecessorLink>
    </Task>
    <Task>
      <UID>16</UID><ID>8</ID><Name>Homologate</Name><WBS>3</WBS><OutlineNumber>3</OutlineNumber>
      <OutlineLevel>1</OutlineLevel><Start>2027-01-11T08:00:00</Start><Finish>2027-01-13T17:00:00</Finish>
      <Duration>PT24H0M0S</Duration><DurationFormat>7</DurationFormat><Milestone>0</Milestone><Summary>0</Summary>
      <ConstraintType>4</ConstraintType><CalendarUID>-1</CalendarUID>
      <ConstraintDate>2027-01-11T08:00:00</ConstraintDate>
      <PredecessorLink>
        <PredecessorUID>12</PredecessorUID><Type>0</Type><LinkLag>4800</LinkLag><LagFormat>7</LagFormat>
      </PredecessorLink>
      <PredecessorLink>
        <PredecessorUID>15</PredecessorUID><Type>1</Type><LinkLag>28800</LinkLag><LagFormat>8</LagFormat>
      </PredecessorLink>
    </Task>
    <Task>
      <UID>17</UID><ID>9</ID><Name>Start of production</Name><WBS>4</WBS><OutlineNumber>4</OutlineNumber>
      <OutlineLevel>1</OutlineLevel><Start>2027-01-13T17:00:00</Start><Finish>2027-01-13T17:00:00</Finish>
      <Duration>PT0H0M0S</Duration><DurationFormat>7</DurationFormat><Milestone>1</Milestone><Summary>0</Summary>
      <ConstraintType>0</ConstraintType><CalendarUID>-1</CalendarUID><Deadline>2027-01-15T17:00:00</Deadline>
      <PredecessorLink><PredecessorUID>12</PredecessorUID><Type>1</Type></PredecessorLink>
      <PredecessorLink><PredecessorUID>16</PredecessorUID><Type>1</Type></PredecessorLink>
    </Task>
  </Tasks>
  <Resources>
    <Resource><UID>0</UID><ID>0</ID><Type>1</Type></Resource>
    <Resource>
      <UID>1</UID><ID>1</ID><Name>Toolmakers</Name><Type>1</Type><MaxUnits>3</MaxUnits><CalendarUID>2</CalendarUID>
    </Resource>
  </Resources>
  <Assignments>
    <Assignment><UID>1</UID><TaskUID>12</TaskUID><ResourceUID>1</ResourceUID><Units>2</Units></Assignment>
    <Assignment><UID>2</UID><TaskUID>11</TaskUID><ResourceUID>-65535</ResourceUID><Units>1</Units></Assignment>
  </Assignments>
</Project>
"""

DATES = {
    "Freeze the body": ("2026-12-14", "2026-12-18"),
    "Build tools": ("2026-12-21", "2027-01-05"),
    "Order chips": ("2026-12-16", "2026-12-21"),
    "Train the line": ("2026-12-28", "2026-12-30"),
    "Ship samples": ("2026-12-30", "2027-01-02"),
    "Homologate": ("2027-01-11", "2027-01-13"),
    "Start of production": ("2027-01-13", "2027-01-13"),
}
"""Start and finish of every task, as the files say; a milestone is on the day it closes."""

_SHIFTS = "(0||0(s|08:00|f|12:00)())(0||1(s|13:00|f|17:00)())"
_NEW_LINE = "\x7f\x7f"


def _serial(day: str) -> int:
    return (datetime.date.fromisoformat(day) - datetime.date(1899, 12, 30)).days


OFFICE = _NEW_LINE.join([
    "(0||CalendarData()(", "  (0||DaysOfWeek()(",
    *(f"    (0||{number}()({_SHIFTS if 1 < number < 7 else ''}))" for number in range(1, 8)),
    "  ))", "  (0||VIEW(ShowTotal|N)())", "  (0||Exceptions()(",
    f"    (0||0(d|{_serial('2026-12-25')})())", f"    (0||1(d|{_serial('2027-01-01')})())", "  ))", "))",
])  # fmt: skip
ROUND_THE_CLOCK = (
    "(0||CalendarData()((0||DaysOfWeek()("
    + "".join(f"(0||{number}()((0||0(s|00:00|f|00:00)())))" for number in range(1, 8))
    + "))(0||Exceptions()())))"
)


def _table(name: str, columns: str, *rows: str) -> list[str]:
    return [f"%T\t{name}", "\t".join(["%F", *columns.split()]), *("\t".join(["%R", *row.split("|")]) for row in rows)]


_TASKS = [
    "11|1|2|1|TT_Task|TK_NotStart|A10|Freeze the body|40|||2026-12-14 08:00|2026-12-18 17:00|",
    "12|1|2|1|TT_Rsrc|TK_NotStart|A20|Build tools|80|||2026-12-21 08:00|2027-01-05 17:00|",
    "13|1|3|1|TT_Task|TK_NotStart|A30|Order chips|32|||2026-12-16 08:00|2026-12-21 17:00|",
    "14|1|3|1|TT_Task|TK_NotStart|A40|Train the line|20|||2026-12-28 08:00|2026-12-30 12:00|",
    "15|1|3|2|TT_Task|TK_NotStart|A50|Ship samples|72|||2026-12-30 12:00|2027-01-02 12:00|",
    "16|1|1|1|TT_Task|TK_NotStart|A60|Homologate|24|CS_MSOA|2027-01-11 08:00|2027-01-11 08:00|2027-01-13 17:00|",
    "17|1|1|1|TT_FinMile|TK_NotStart|A70|Start of production|0|CS_MEOB|2027-01-15 17:00||2027-01-13 17:00|",
    "18|1|1|1|TT_LOE|TK_NotStart|A80|Steer the project|160|||2026-12-14 08:00|2027-01-13 17:00|",
]

XER = "\r\n".join([
    "ERMHDR\t19.12\t2026-12-01\tProject\tadmin\tadmin\tdbxDatabaseNoName\tProject Management\tEUR",
    *_table("PROJECT", "proj_id proj_short_name clndr_id plan_start_date last_recalc_date",
            "1|First car|1|2026-12-14 08:00|2026-12-14 08:00"),
    "%T\tCALENDAR", "%F\tclndr_id\tclndr_name\tbase_clndr_id\tday_hr_cnt\tclndr_data",
    f"%R\t1\tOffice\t\t8\t{OFFICE}", f"%R\t2\tAlways\t\t24\t{ROUND_THE_CLOCK}",
    *_table("SCHEDOPTIONS", "schedoptions_id proj_id sched_calendar_on_relationship_lag", "1|1|rcal_Predecessor"),
    *_table("PROJWBS", "wbs_id proj_node_flag wbs_short_name wbs_name parent_wbs_id",
            "1|Y|First car|First car from a borrowed plant|", "2|N|B|Body|1", "3|N|P|Plant|1"),
    *_table("RSRC", "rsrc_id clndr_id rsrc_name rsrc_short_name rsrc_type",
            "1|1|Toolmakers of the host|TOOL|RT_Labor", "2|1|Steel|STEEL|RT_Mat"),
    *_table("RSRCRATE", "rsrc_rate_id rsrc_id max_qty_per_hr start_date", "1|1|3|2026-01-01 00:00"),
    *_table("TASK", "task_id proj_id wbs_id clndr_id task_type status_code task_code task_name target_drtn_hr_cnt"
            " cstr_type cstr_date early_start_date early_end_date cstr_type2", *_TASKS),
    *_table("TASKPRED", "task_pred_id task_id pred_task_id pred_type lag_hr_cnt",
            "1|12|11|PR_FS|0", "2|13|11|PR_SS|16", "3|14|13|PR_FS|24", "4|15|14|PR_FS|0", "5|16|12|PR_FF|8",
            "6|16|15|PR_FS|48", "7|17|12|PR_FS|0", "8|17|16|PR_FS|0", "9|18|11|PR_SS|0"),
    *_table("TASKRSRC", "taskrsrc_id task_id rsrc_id target_qty_per_hr", "1|12|1|2", "2|14|2|5"),
    "%E", "",
])  # fmt: skip
"""Names are as in `XML`; the codes of the activities are their ids."""
