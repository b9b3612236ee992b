"""Rules of the launch programme: activities, what links them, what makes them uncertain, and what they lead to."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

import polars as pl

from coplant.case.draft import ROW, Draft
from coplant.case.rules.registry import rule
from coplant.errors import Problem
from coplant.schema import TABLES

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""Days of the week as calendars name them."""

_DRAWN = {"activities": "how long it takes", "drivers": "its factor", "events": "what it adds", "factors": "its factor"}
_NEEDS = {
    "fixed": ("likely",),
    "pert": ("low", "likely", "high"),
    "triangular": ("low", "likely", "high"),
    "uniform": ("low", "high"),
    "normal": ("low", "high"),
    "lognormal": ("low", "high"),
    "exponential": ("low", "high"),
}
_WITHOUT_LIMITS = ("normal", "lognormal", "exponential")
_OBSERVED = ("discrete", "empirical")


def _distributions_are_whole(table: str) -> None:
    """Add the rules of a table whose rows say how something varies."""

    @rule(table, sound=(f"{table}.distribution", f"{table}.low", f"{table}.likely", f"{table}.high"))
    def distributions_have_what_they_need(draft: Draft) -> None:
        """Check that each distribution is given by the numbers that it takes, and by no others."""
        frame = draft[table]
        for name, needs in _NEEDS.items():
            rows = frame.filter(pl.col("distribution") == name)
            for column in needs:
                mend = f"Say {_DRAWN[table]}, or choose another distribution"
                draft.report(
                    table, rows.filter(pl.col(column).is_null()), column, f"a number, as {name} takes it", mend
                )
            for column in {"low", "high"} - set(needs):
                given = rows.filter(pl.col(column).is_not_null())
                draft.report(table, given, column, f"nothing, as {name} does not take it", "Leave it empty")

    @rule(table, sound=(f"{table}.distribution", f"{table}.range"))
    def ranges_are_said(draft: Draft) -> None:
        """Check that it is said what low and high mean, and that a distribution has the limits that it is given."""
        frame = draft[table]
        silent = frame.filter(pl.col("low").is_not_null() | pl.col("high").is_not_null(), pl.col("range").is_null())
        mend = "Say whether low and high are the limits, or what is fallen short of with 10 and 90 %"
        draft.report(table, silent, "range", "limits or p10_p90, as there are low and high", mend)
        endless = frame.filter(pl.col("distribution").is_in(_WITHOUT_LIMITS), pl.col("range") == "limits")
        mend = "Give low and high as p10_p90, or choose another distribution"
        draft.report(table, endless, "range", "p10_p90, as {distribution} has no limits", mend)

    @rule(table, sound=(f"{table}.low", f"{table}.likely", f"{table}.high", f"{table}.distribution"))
    def ranges_ascend(draft: Draft) -> None:
        """Check that low is not above likely, nor likely above high."""
        frame = draft[table]
        for lower, upper in (("low", "likely"), ("likely", "high")):
            between = frame.filter(pl.col("distribution").is_in(["pert", "triangular"]), pl.col(lower) > pl.col(upper))
            draft.report(table, between, lower, f"at most {{{upper}}}, which is {upper}", "Mend one of the two")
        rows = frame.filter(pl.col("low") > pl.col("high"), ~pl.col("distribution").is_in(["pert", "triangular"]))
        draft.report(table, rows, "low", "at most {high}, which is high", "Mend one of the two")
        nothing = frame.filter(pl.col("distribution") == "lognormal", pl.col("low") <= 0)
        draft.report(table, nothing, "low", "above 0, as lognormal is", "Mend it, or choose another distribution")

    if "on_plan" not in TABLES[table].names:
        return

    @rule(table, sound=(f"{table}.on_plan", f"{table}.likely"))
    def what_is_on_plan_is_said(draft: Draft) -> None:
        """Check that there is a likely value where one may come as planned."""
        rows = draft[table].filter(pl.col("on_plan") > 0, pl.col("likely").is_null())
        draft.report(table, rows, "likely", "a number, as on_plan is {on_plan}", "Give it, or leave on_plan empty")


for _table in _DRAWN:
    _distributions_are_whole(_table)


@rule("calendars", sound=("calendars.days",))
def calendars_name_days(draft: Draft) -> None:
    """Check that a calendar works on days of the week."""
    named = pl.col("days").str.to_lowercase().str.split(" ")
    known = named.list.eval(pl.element().is_in([*WEEKDAYS, ""])).list.all()
    expected = "days of the week with spaces between, such as mon tue wed thu fri"
    draft.report("calendars", draft["calendars"].filter(~known), "days", expected, f"Use {', '.join(WEEKDAYS)}")


_WORKED = ("activities.activity", "activities.calendar", "assignments.activity", "assignments.team", "teams.calendar")


@rule("activities", sound=(*_WORKED, "calendars.calendar", "calendars.days"))
def activities_have_days_to_be_worked_on(draft: Draft) -> None:
    """Check that an activity's calendar and those of its teams have a day of the week in common."""
    teams = draft.lookup("teams", "team", "calendar")
    taken = draft["assignments"].select("activity", "team").join(teams, on="team").select("activity", "calendar")
    needed = pl.concat([draft["activities"].select("activity", "calendar"), taken]).drop_nulls()
    days = draft.lookup("calendars", "calendar", "days").select("calendar", pl.col("days").str.split(" "))
    worked = needed.unique().join(days, on="calendar").explode("days").filter(pl.col("days") != "")
    shared = worked.group_by("activity", "days").agg(pl.len().alias("calendars"))
    most = shared.group_by("activity").agg(pl.col("calendars").max())
    names = needed.unique().group_by("activity").agg(pl.len().alias("of"), pl.col("calendar").sort().alias("names"))
    idle = names.join(most, on="activity").filter(pl.col("calendars") < pl.col("of"))
    idle = idle.with_columns(pl.col("names").list.join(" and "))
    rows = draft["activities"].join(idle, on="activity", maintain_order="left")
    expected = "calendars with a day of the week in common, unlike {names}"
    draft.report(
        "activities", rows, "calendar", expected, "It would never be worked on: mend it, or those of its teams"
    )


@rule("holidays", sound=("holidays.from",))
def holidays_last_a_day_or_more(draft: Draft) -> None:
    """Check that the day after the last is after the first."""
    rows = draft["holidays"].filter(pl.col("until") <= pl.col("from"))
    draft.report("holidays", rows, "until", "a day after {from}, the row's from", "Mend one of the two days")


@rule("activities", sound=("activities.activity", "activities.distribution", "observations.activity"))
def observed_durations_are_there(draft: Draft) -> None:
    """Check that an activity has observations if its distribution is made of them, and none otherwise."""
    observed = draft["activities"].filter(pl.col("distribution").is_in(_OBSERVED))
    bare = observed.join(draft["observations"], on="activity", how="anti", maintain_order="left")
    mend = "Add a row for {activity} to observations, or choose another distribution"
    draft.report("activities", bare, "distribution", "one that needs no observations, as there are none", mend)
    idle = draft["observations"].join(draft["activities"], on="activity", how="semi", maintain_order="left")
    idle = idle.join(observed, on="activity", how="anti", maintain_order="left")
    expected = "an activity whose distribution is discrete or empirical"
    draft.report("observations", idle, "activity", expected, "Change its distribution, or remove the row")
    for column in ("low", "high"):
        rows = observed.filter(pl.col(column).is_not_null())
        draft.report("activities", rows, column, "nothing, as {distribution} takes observations", "Leave it empty")


@rule("links", sound=("links.predecessor", "links.successor", "activities.activity"))
def links_do_not_go_round(draft: Draft) -> None:
    """Check that nothing has to come before itself."""
    before: dict[str, list[str]] = {}
    for predecessor, successor in draft["links"].select("predecessor", "successor").drop_nulls().iter_rows():
        before.setdefault(successor, []).append(predecessor)
    while True:
        try:
            TopologicalSorter(before).prepare()
        except CycleError as error:
            round_trip = error.args[1]
        else:
            return
        first, second = round_trip[-2], round_trip[-1]
        closing = draft["links"].filter(predecessor=first, successor=second)
        row = closing[ROW][0]
        mend = f"{' before '.join(round_trip)}: remove one of these links"
        draft.add(Problem("links", row, "successor", second, "links that do not go round", mend))
        # Others are looked for without it.
        before[second] = [name for name in before[second] if name != first]


@rule("links", sound=("links.lag",))
def most_lags_leave_room(draft: Draft) -> None:
    """Check that the most time between two is not less than the least."""
    rows = draft["links"].filter(pl.col("most_lag") < pl.col("lag"))
    draft.report("links", rows, "most_lag", "at least {lag}, the row's lag", "Mend one of the two")


@rule("assignments", sound=("assignments.team", "assignments.quantity", "teams.team", "teams.capacity"))
def teams_are_large_enough(draft: Draft) -> None:
    """Check that no activity takes more of a team than there is."""
    teams = draft.lookup("teams", "team", "capacity")
    rows = draft["assignments"].join(teams, on="team", maintain_order="left")
    rows = rows.filter(pl.col("quantity") > pl.col("capacity"))
    mend = "Mend it, or the team's capacity"
    draft.report("assignments", rows, "quantity", "at most {capacity}, the capacity of {team}", mend)


@rule("events", sound=("events.group", "events.probability"))
def events_that_exclude_one_another_add_up(draft: Draft) -> None:
    """Check that the events of a group do not happen with more than certainty, and only once."""
    frame = draft["events"].filter(pl.col("group").is_not_null())
    sums = frame.with_columns(total=pl.col("probability").sum().over("group").round(9))
    first = sums.filter(pl.col("total") > 1.0).unique("group", keep="last", maintain_order=True)
    expected = "probabilities of group {group} that come to 1 at most, not {total}"
    draft.report("events", first, "probability", expected, "Lower one of them, or leave group empty")
    often = frame.filter(pl.col("most_times") > 1)
    draft.report("events", often, "most_times", "1, as the event has a group", "Leave it empty, or leave group empty")


@rule("know_how", sound=("know_how.factor", "know_how.rate", "know_how.times_before"))
def know_how_is_said_in_one_way(draft: Draft) -> None:
    """Check that experience is a factor, or a learning rate and how often the like was done before."""
    frame = draft["know_how"]
    factor, rate, times = (pl.col(name).is_not_null() for name in ("factor", "rate", "times_before"))
    both = frame.filter(factor & (rate | times))
    expected = "either factor, or rate and times_before"
    draft.report("know_how", both, "factor", expected, "Leave one of the two empty")
    draft.report("know_how", frame.filter(~factor & ~rate), "rate", expected, "Give it, or a factor")
    draft.report("know_how", frame.filter(~factor & rate & ~times), "times_before", expected, "Say how often")


@rule("advisory_effects", sound=("advisory_effects.activity", "advisory_effects.event"))
def advice_helps_one_thing(draft: Draft) -> None:
    """Check that an effect is on an activity or on an event."""
    frame = draft["advisory_effects"]
    activity, event = pl.col("activity").is_not_null(), pl.col("event").is_not_null()
    mend = "Use a row for each"
    draft.report("advisory_effects", frame.filter(activity & event), "event", "nothing, as activity is given", mend)
    expected = "an activity, or else an event"
    draft.report("advisory_effects", frame.filter(~activity & ~event), "activity", expected, "Say what it helps")


@rule("advisory_effects", sound=("advisory_effects.agreement", "advisory_effects.service", "advisory.service"))
def advice_is_of_the_agreement(draft: Draft) -> None:
    """Check that a service belongs to the agreement that is said to give it."""
    frame = draft["advisory_effects"].filter(pl.col("service").is_not_null(), pl.col("agreement").is_not_null())
    strange = frame.join(draft["advisory"], on=["agreement", "service"], how="anti", maintain_order="left")
    mend = "Name a service that advisory has for {agreement}"
    draft.report("advisory_effects", strange, "service", "a service of {agreement} in advisory", mend)


@rule("acceleration", sound=("acceleration.activity", "acceleration.days", "activities.activity", "activities.likely"))
def accelerations_leave_nothing_at_least(draft: Draft) -> None:
    """Check that the ways to make an activity shorter do not add up to more than it takes."""
    takes = draft.lookup("activities", "activity", "likely", "high").select(
        "activity", takes=pl.coalesce("likely", "high")
    )
    frame = draft["acceleration"].sort(ROW).join(takes, on="activity", maintain_order="left")
    sums = frame.with_columns(total=pl.col("days").cum_sum().over("activity").round(9))
    first = sums.filter(pl.col("total") > pl.col("takes")).unique("activity", keep="first", maintain_order=True)
    expected = "days of {activity} that come to {takes} at most, which is what it takes, not {total}"
    draft.report("acceleration", first, "days", expected, "Lower them, or leave a row out")


@rule("milestones", sound=("milestones.activity", "milestones.date"))
def milestones_are_reached(draft: Draft) -> None:
    """Check that an activity leads to a milestone, or a date is given for it."""
    frame = draft["milestones"]
    activity, date = pl.col("activity").is_not_null(), pl.col("date").is_not_null()
    expected = "an activity that leads to it, or else a date"
    mend = "Name the activity whose last day it is, or give its date: nobody reaches it"
    draft.report("milestones", frame.filter(~activity & ~date), "activity", expected, mend)
    draft.report("milestones", frame.filter(activity & date), "date", "nothing, as activity is given", "Leave it empty")
    aimed = frame.filter(date & pl.col("target").is_not_null())
    draft.report("milestones", aimed, "target", "nothing, as the milestone has its date", "Leave it empty")
