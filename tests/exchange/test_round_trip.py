"""A programme written for another tool and read back is the same programme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from exchange.test_project_files import dates_of
from hypothesis import given
from hypothesis import strategies as st
from launching.drawn import programmes
from launching.small_programme import SmallProgramme

import coplant
from coplant import CaseError
from coplant.exchange import read_programme, write_programme
from coplant.exchange.giving import worked_on
from coplant.launching.working_time import works_on
from coplant.templates import start

ENDINGS = st.sampled_from([".xml", ".xer"])
LAGS = ("elapsed", "predecessor", "successor")


def _there_and_back(case: coplant.Case, folder: Path, ending: str) -> tuple[coplant.Case, tuple[str, ...]]:
    path = folder / f"programme{ending}"
    notes = write_programme(case, path)
    read = read_programme(path)
    return read.case, (*notes, *read.notes)


def _activities(case: coplant.Case, *but: str) -> list[dict[str, Any]]:
    columns = ["activity", "title", "phase", "distribution", "likely", "calendar", "from"]
    return case["activities"].select(name for name in columns if name not in but).to_dicts()


def _links(case: coplant.Case) -> list[tuple[Any, ...]]:
    """Links, and the days on which their lags count."""
    on, worked = worked_on(case), _worked(case)

    def counted(row: dict[str, Any]) -> list[bool]:
        names = on[row[row["lag_calendar"]]] if row["lag"] and row["lag_calendar"] != "elapsed" else []
        return [all(day) for day in zip(worked[""], *(worked[name] for name in names), strict=True)]

    return [
        (row["predecessor"], row["successor"], row["type"], row["lag"], counted(row))
        for row in case["links"].iter_rows(named=True)
    ]


def _worked(case: coplant.Case) -> dict[str, list[bool]]:
    names, works = works_on(case, np.datetime64(case.settings.start, "D"), 120)
    return {name: days.tolist() for name, days in zip(names, works, strict=True)}


@given(programmes(uncertain=False), ENDINGS, st.sampled_from(LAGS))
def test_what_the_other_tool_can_say_comes_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, small: SmallProgramme, ending: str, lags: str
) -> None:
    for link in small.tables.get("links", []):
        link["lag_calendar"] = lags
    case = small.case()
    back, notes = _there_and_back(case, tmp_path_factory.mktemp("there"), ending)
    several = any("several calendars" in note for note in notes)
    assert _activities(back, "calendar" if several else "") == _activities(case, "calendar" if several else "")
    assert back["assignments"].drop("source", "note").equals(case["assignments"].drop("source", "note"))
    assert back["teams"].drop("source", "note").equals(case["teams"].drop("source", "note"))
    assert back["milestones"].drop("source", "note").equals(case["milestones"].drop("source", "note"))
    worked, after = _worked(case), _worked(back)
    assert {name: after[name] for name in worked} == worked
    assert several or set(after) == set(worked)
    if not any("Lag" in note for note in notes):
        assert _links(back) == _links(case)
        assert dates_of(back) == dates_of(case)
        # What was written are these dates.
        assert not any("other dates" in note for note in notes)


@given(programmes(), ENDINGS)
def test_whatever_the_programme_it_can_be_written_and_read(
    tmp_path_factory: pytest.TempPathFactory, small: SmallProgramme, ending: str
) -> None:
    case = small.case()
    back, notes = _there_and_back(case, tmp_path_factory.mktemp("there"), ending)
    assert _activities(back, "distribution", "likely", "calendar") == _activities(
        case, "distribution", "likely", "calendar"
    )
    assert "What makes durations uncertain is left out: drivers (1)" in " ".join(notes)
    varied = case["activities"].filter(pl.col("distribution") != "fixed").height
    assert any(f"How durations vary is left out ({varied})" in note for note in notes) == (varied > 0)


TEXTS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="￾￿"), min_size=1, max_size=12)


@given(st.lists(TEXTS, min_size=4, max_size=4, unique=True), ENDINGS)
def test_names_in_any_letters_come_back(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], ending: str
) -> None:
    first, second, title, phase = names
    small = SmallProgramme().activity(first, 2, title=title, phase=f"{phase} / {title}").activity(second, 1, first)
    case = small.milestone(second, second).add("calendars", calendar=phase).case()
    back, _ = _there_and_back(case, tmp_path_factory.mktemp("there"), ending)
    # A title that is the id says nothing.
    told = case["activities"].with_columns(title=pl.when(pl.col("title") != pl.col("activity")).then("title"))
    assert _activities(back) == told.select(list(_activities(back)[0])).to_dicts()
    assert back["calendars"]["calendar"].to_list() == [phase]


@pytest.mark.parametrize("ending", [".xml", ".xer"])
def test_what_is_left_out_is_noted(ending: str, tmp_path: Path) -> None:
    small = SmallProgramme().activity("a", 2).pert("b", 1, 2, 4, "a").add("calendars", calendar="six", title="Six days")
    small.add("links", predecessor="a", successor="b", type="SS", most_lag=3)
    small.add("milestones", milestone="signed", date=small.settings["start"]).milestone("b", "sop")
    small.add("parties", party="wall", role="host")
    told = " ".join(write_programme(small.case(), tmp_path / f"left{ending}"))
    for part in (
        "How durations vary is left out (1): each is the likely one", "Most lags are left out (1)",
        "Milestones with a date and no activity are left out: signed", "like the activities that end them: sop by b",
        "Titles of calendars are left out", "Tables that are no programme are left out: parties",
    ):  # fmt: skip
        assert part in told


def test_a_lag_that_the_other_tool_counts_otherwise_is_noted(tmp_path: Path) -> None:
    small = SmallProgramme().add("calendars", calendar="office").add("calendars", calendar="tue", days="tue")
    small.activity("a", 1, calendar="tue").activity("b", 1, calendar="office").activity("end", 0, "b").milestone("end")
    small.add("links", predecessor="a", successor="b", lag=1, lag_calendar="predecessor")
    assert any("Lag that counts there" in note for note in write_programme(small.case(), tmp_path / "lag.xml"))
    assert write_programme(small.case(), tmp_path / "lag.xer") == ()
    small.activity("c", 1, calendar="tue").add("links", predecessor="b", successor="c", lag=1)
    small.add("links", predecessor="b", successor="c", type="SS", lag=1)
    (note,) = write_programme(small.case(), tmp_path / "lag.xer")
    assert note == "Lag that counts there on the successor's calendar, as all lags do (1)"


def test_a_case_without_activities_has_no_programme(tmp_path: Path) -> None:
    start("five-rows", tmp_path / "lamps")
    case = coplant.read(tmp_path / "lamps")
    with pytest.raises(CaseError, match="activities: expected at least one row in this table"):
        write_programme(case, tmp_path / "none.xml")
    assert not (tmp_path / "none.xml").exists()
