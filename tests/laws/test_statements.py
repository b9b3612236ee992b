"""What holds for the statements of any agreement, whatever its clauses and whatever happened."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest
from checker.dates import later
from hypothesis import assume, given
from hypothesis import strategies as st
from laws.small_cases import EVERY_CLAUSE, Draft, drafts

import coplant
from coplant import Case, Settlement

DEAL = "deal-host0"
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, repr=False)
class History:
    """A case with what happened under one of its agreements."""

    case: Case
    starts: datetime.date
    ends: datetime.date

    def __repr__(self) -> str:
        """Tell the rows of the case with what they say, without what they leave out."""
        told = [f"History from {self.starts} until {self.ends}, {self.case.settings}"]
        for name, table in self.case.tables.items():
            rows = ({key: value for key, value in row.items() if value is not None} for row in table.rows(named=True))
            told += [f"{name}: " + ", ".join(f"{key} {value}" for key, value in row.items()) for row in rows]
        return "\n".join(told)


@st.composite
def histories(draw: st.DrawFn, *, left: bool | None = None) -> History:
    """Draw an agreement of all clauses, what was built under it, and what was corrected, amended and left later."""
    draft = draw(drafts(integers=True))
    deal = next((row for row in draft.tables.get("agreements", []) if row["agreement"] == DEAL), None)
    assume(deal is not None and deal["status"] != "ended")
    assert deal is not None
    deal |= {"status": "signed", "group": None, "statement_days": draw(st.integers(0, 40))}
    for row in draft.tables.get("reservations", []):
        row["reserved"] = row["most"]
    starts, ends = deal["starts"], later(deal["starts"], deal["term"])
    over = _leave(draw, draft, starts, ends, left)
    parts = {row["item"] for row in draft.tables.get("materials", []) if row["agreement"] == DEAL}
    for row in _built(draw, starts, over, sorted(parts)):
        draft.add("actuals", **row)
    if draft.tables.get("processing_fees") and draw(st.booleans()):
        _amend(draw, draft, "processing_fees", "fee", starts, ends)
    if draft.tables.get("take_or_pay") and draw(st.booleans()):
        _amend(draw, draft, "take_or_pay", draw(st.sampled_from(["price", "quantity"])), starts, ends)
    return History(draft.case(), starts, ends)


def _leave(
    draw: st.DrawFn, draft: Draft, starts: datetime.date, ends: datetime.date, left: bool | None
) -> datetime.date:
    """Have the agreement left, or not; returns the day after its last."""
    terms = [row for row in draft.tables.get("exit_terms", []) if row["agreement"] == DEAL]
    if left is False or (left is None and not draw(st.booleans())):
        return ends
    if not terms:
        draft.add("exit_terms", agreement=DEAL, fee=5.0, fee_per_month=1.0, tooling_share=0.5, relocation=3.0)
    over = starts + draw(st.integers(1, (ends - starts).days - 1)) * DAY
    by, cause = draw(st.sampled_from(["brand", "host"])), draw(st.sampled_from(["convenience", "default"]))
    notice = starts if by == "brand" else over
    months = terms[0]["notice"] if terms else 0
    assume(by == "host" or cause == "default" or later(notice, int(months)) <= over)
    draft.add("exits", agreement=DEAL, notice=notice, exit=over, by=by, cause=cause)
    return over


def _built(draw: st.DrawFn, starts: datetime.date, over: datetime.date, parts: list[str]) -> list[dict[str, Any]]:
    """Counts of some spans of days, of cars and of parts, some of them corrected some time later."""
    rows, day = [], starts
    while day < over and len(rows) < 16:
        until = min(day + draw(st.integers(1, 45)) * DAY, over)
        units = draw(st.integers(0, 60))
        counted = [("good", "car"), ("started", "car"), *(("used", part) for part in parts)]
        for measure, item in counted:
            key = {"agreement": DEAL, "item": item, "from": day, "until": until}
            rows.append({**key, "measure": measure, "quantity": units})
            if draw(st.integers(0, 3)) == 0:
                recorded = until + draw(st.integers(0, 120)) * DAY
                late = {"quantity": units + 5, "recorded_at": recorded, "correction": "yes"}
                rows.append({**key, "measure": measure, **late})
        day = until + draw(st.integers(0, 20)) * DAY
    return rows


def _amend(draw: st.DrawFn, draft: Draft, table: str, column: str, starts: datetime.date, ends: datetime.date) -> None:
    """Agree on another figure from some day on, some time after or before it."""
    first = starts + draw(st.integers(1, max((ends - starts).days - 1, 1))) * DAY
    recorded = first + draw(st.integers(-40, 120)) * DAY
    rows = [row for row in draft.tables[table] if row["agreement"] == DEAL and first < ends]
    held = [row for row in rows if (row.get("valid_from") or starts) <= first < (row.get("valid_until") or ends)]
    for row in held:
        draft.add(table, **row | {column: row[column] + 0.5, "valid_from": first, "recorded_at": recorded})


def _amounts(settlement: Settlement, *keys: str) -> dict[tuple[Any, ...], float]:
    """What is billed by some columns, to the cent; what cancels out left out."""
    sums = settlement["lines"].group_by(keys).agg(pl.col("amount").sum().round(2))
    sums = sums.filter(pl.col("amount").abs() > 0.005)
    return {tuple(row[:-1]): row[-1] for row in sums.iter_rows()}


KEYS = ("agreement", "statement", "line", "kind", "month")


@EVERY_CLAUSE
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(history: History, random: Any) -> None:
    def shuffled(frame: pl.DataFrame) -> pl.DataFrame:
        order = list(range(frame.height))
        random.shuffle(order)
        return frame[order]

    case = history.case
    other = Case.from_tables(vars(case.settings), {name: shuffled(frame) for name, frame in case.tables.items()})
    for name, table in coplant.settle(case, DEAL).tables.items():
        assert table.equals(coplant.settle(other, DEAL)[name], null_equal=True), name


@EVERY_CLAUSE
@given(histories())
def test_a_count_split_in_two_is_billed_as_one(history: History) -> None:
    """Each span of days is cut in its middle, each part with its share of the units."""
    days = (pl.col("until") - pl.col("from")).dt.total_days()
    middle = pl.col("from") + pl.duration(days=days // 2)
    actuals = history.case["actuals"]
    long = actuals.filter(days > 1)
    share = (days // 2) / days
    parts = [
        long.with_columns(until=middle, quantity=pl.col("quantity") * share),
        long.with_columns(middle.alias("from"), (pl.col("quantity") * (1 - share)).alias("quantity")),
    ]
    split = history.case.replace({"actuals": pl.concat([actuals.filter(days <= 1), *parts])})
    before, after = (_amounts(coplant.settle(case, DEAL), *KEYS[:2], "line") for case in (history.case, split))
    for key in {*before, *after}:
        # Lines of half a cent may round the other way.
        assert before.get(key, 0.0) == pytest.approx(after.get(key, 0.0), abs=0.04), key


@EVERY_CLAUSE
@given(histories())
def test_names_change_nothing(history: History) -> None:
    """The agreement and the car are called otherwise, so that they sort otherwise too."""
    names = {DEAL: "an agreement", "car": "zebra"}

    def renamed(frame: pl.DataFrame) -> pl.DataFrame:
        texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
        return frame.with_columns(pl.col(texts).replace(names)) if texts else frame

    case = history.case
    other = Case.from_tables(vars(case.settings), {name: renamed(frame) for name, frame in case.tables.items()})
    before = _amounts(coplant.settle(case, DEAL), *KEYS[1:])
    assert before == _amounts(coplant.settle(other, "an agreement"), *KEYS[1:])


@given(histories(left=True))
def test_an_exit_closes_every_balance(history: History) -> None:
    settlement = coplant.settle(history.case, DEAL, as_of=history.ends + 400 * DAY)
    last = settlement["balances"].group_by("account", "part", maintain_order=True).last()
    assert last.filter(pl.col("closing").abs() > 1e-6).rows() == []


@given(histories())
def test_no_balance_is_overdrawn_or_used_twice(history: History) -> None:
    balances = coplant.settle(history.case, DEAL, as_of=history.ends + 400 * DAY)["balances"]
    bank = balances.filter(pl.col("account").is_in(["make_up", "carry_forward"]))
    assert bank.filter(pl.min_horizontal("opening", "added", "used", "lapsed", "closing") < -1e-6).rows() == []
    sums = bank.group_by("account").agg(pl.col("added", "used", "lapsed").sum())
    assert sums.filter(pl.col("used") + pl.col("lapsed") > pl.col("added") + 1e-6).rows() == []


@given(histories(), st.integers(0, 500))
def test_statements_as_of_an_old_day_are_those_issued_then(history: History, after: int) -> None:
    now = coplant.settle(history.case, DEAL)
    day = history.starts + after * DAY
    then = coplant.settle(history.case, DEAL, as_of=day)
    issued = now["statements"].filter(pl.col("issued") <= day)["statement"]
    assume(then["statements"].height <= now["statements"].height)
    for table in ("statements", "lines", "operands", "due", "due_operands"):
        old = now[table].filter(pl.col("statement").is_in(issued.implode()))
        assert old.equals(then[table], null_equal=True), table


@given(histories())
def test_statements_add_up_to_what_is_owed_by_all_that_is_known(history: History) -> None:
    """However it became known, in the end the same is billed as if all had been known from the outset."""
    case = history.case
    known = case.known()
    dated = {name: table for name, table in known.tables.items() if "recorded_at" in table.columns}
    outset = known.replace({name: _from_the_outset(table) for name, table in dated.items()})
    day = history.ends + 400 * DAY
    late, early = (coplant.settle(one, DEAL, as_of=day) for one in (case, outset))
    assert late.total == pytest.approx(early.total, abs=0.01)
    assert early["lines"].filter(kind="correction").is_empty()


@given(histories())
def test_what_is_due_under_a_correction_adds_up_to_what_it_says(history: History) -> None:
    settlement = coplant.settle(history.case, DEAL, as_of=history.ends + 400 * DAY)
    key = ("statement", "number")
    corrections = settlement["lines"].filter(pl.col("words").str.starts_with("correction")).select(key)
    said = settlement["operands"].filter(operand="due").join(corrections, on=key, how="semi").select(*key, "value")
    added = settlement["due"].group_by(key).agg(pl.col("amount").sum())
    assert added.join(corrections, on=key, how="anti").is_empty()
    both = said.join(added, on=key, how="left").with_columns(pl.col("amount").fill_null(0.0))
    assert both.filter((pl.col("value") - pl.col("amount")).abs() > 1e-6).rows() == []


def _from_the_outset(table: pl.DataFrame) -> pl.DataFrame:
    known = table.with_columns(recorded_at=pl.lit(None, pl.Date))
    return known.with_columns(correction=pl.lit("no")) if "correction" in table.columns else known
