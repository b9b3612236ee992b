"""What the tables call things."""

from __future__ import annotations

from coplant.exchange.project import Words

WORDS = Words("Primavera", "CALENDAR", "clndr_data", "TASK", "target_drtn_hr_cnt", "TASKPRED")

TYPES = {"PR_FF": "FF", "PR_FS": "FS", "PR_SF": "SF", "PR_SS": "SS"}
"""Types of relationships."""

TASK_DEPENDENT, RESOURCE_DEPENDENT = "TT_Task", "TT_Rsrc"
MILESTONES = ("TT_Mile", "TT_FinMile")
SUMMARIES = ("TT_LOE", "TT_WBS")
"""Types of activities."""

NOT_BEFORE, TARGET = "CS_MSOA", "CS_MEOB"
CONSTRAINTS = {
    "CS_ALAP": "as late as possible",
    "CS_MSO": "start on",
    "CS_MSOB": "start on or before",
    "CS_MEO": "finish on",
    "CS_MEOA": "finish on or after",
    "CS_MANDSTART": "mandatory start",
    "CS_MANDFIN": "mandatory finish",
}
"""Types of constraints that have no counterpart."""

LAGS = {"predecessor": "rcal_Predecessor", "successor": "rcal_Successor", "elapsed": "rcal_24Hour"}
"""On whose calendar lags count."""
LAGS_ON_PROJECTS = "rcal_ProjDefault"

MATERIAL = "RT_Mat"
""" """
