"""What the schema calls things by number."""

from __future__ import annotations

from coplant.exchange.project import Words

NAMESPACE = "http://schemas.microsoft.com/project"

WORDS = Words("Microsoft Project", "Calendar", "WorkingTimes", "Task", "Duration", "PredecessorLink")

TYPES = {"0": "FF", "1": "FS", "2": "SF", "3": "SS"}
"""Types of links."""

NONE = ("-1", None)
"""How a task or a calendar says that it has no calendar."""

YES, NO = ("1", "true"), ("0", "false")

ELAPSED = {"4", "6", "8", "10", "12", "36", "38", "40", "42", "44"}
WORKING = {"3", "5", "7", "9", "11", "21", "35", "37", "39", "41", "43", "53"}
PERCENT = {"19", "20", "51", "52"}
"""Formats of durations and lags: of the clock, of working time, and shares; the larger ones are estimates."""

AS_SOON_AS_POSSIBLE, NOT_BEFORE = "0", "4"
CONSTRAINTS = {
    "1": "as late as possible",
    "2": "must start on",
    "3": "must finish on",
    "5": "start no later than",
    "6": "finish no earlier than",
    "7": "finish no later than",
}
"""Types of constraints that have no counterpart."""

MATERIAL, COST = "0", "2"
"""Types of resources that are nobody's time."""
NOBODY = "-65535"
"""The resource of an assignment to nobody."""


def weekday_of(number: int) -> int:
    """Day of the week, from 0 for Monday, of a number from 1 for Sunday."""
    return (number + 5) % 7
