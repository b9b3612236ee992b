"""Tables of a stress test: distributions with what is sure of them, regret, and what matters most."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl
from scipy import stats

from coplant.planning.plan import awaited
from coplant.program.money import Floats, Integers
from coplant.stressing.question import PLANNED, Question

Z = 1.959963984540054
"""Standard normal quantile of an interval that holds 95 %."""

SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""Shares of the samples of which the quantiles are told."""

LAUNCH = "start of production"
"""What is sampled of the launch programme: its luck."""

FACTOR, BRANCH, LUCK = "factor", "branch", "launch"
"""Kinds of what is sampled."""

SAME = 1e-5
"""By which share of the largest present value two may differ and count as the same."""

_ONCE = ("present_value", "lowest_cash", "service", "hhi")
"""Measures of which there is one for each sample, in the order in which they are told."""

_FIRST = datetime.date(1970, 1, 1)


def tables_of(question: Question, measured: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Make all tables of a stress test.

    Parameters
    ----------
    question : Question
        What was asked.
    measured : DataFrame
        What was measured of all samples.
    """
    results = _results(question, measured)
    return {
        "distributions": _distributions(results),
        "quantiles": _quantiles(results),
        "regret": _regret(question, results),
        "first_sales": _first_sales(question, measured),
        "mix": _mix(measured),
        "concentrations": _concentrations(measured),
        "influences": _influences(question, results),
        "results": results,
        "sampled": _sampled(question),
    }


def mean_of(values: Floats) -> dict[str, float | None]:
    """Mean of some values and the interval that holds it with 95 %, as if each were drawn by itself."""
    if not len(values):
        return {"mean": None, "low": None, "high": None}
    mean = float(values.mean())
    reach = Z * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return {"mean": mean, "low": _told(mean - reach), "high": _told(mean + reach)}


def chance_of(times: int, of: int) -> dict[str, float | None]:
    """Share of some samples and the interval of Wilson (1927) that holds the chance with 95 %."""
    if not of:
        return {"chance": None, "low": None, "high": None}
    share = times / of
    middle = (share + Z**2 / (2 * of)) / (1 + Z**2 / of)
    reach = Z / (1 + Z**2 / of) * np.sqrt(share * (1 - share) / of + Z**2 / (4 * of**2))
    return {"chance": share, "low": max(middle - reach, 0.0), "high": min(middle + reach, 1.0)}


def quantile_of(ordered: Floats, share: float) -> dict[str, float | None]:
    """Quantile of values in order, and the interval between two of them that holds it with at least 95 %."""
    count = len(ordered)
    low = int(stats.binom.ppf(0.025, count, share))
    high = int(stats.binom.ppf(0.975, count, share)) + 1
    # Where there are too few samples beyond it, nothing is sure.
    return {
        "value": float(np.quantile(ordered, share)),
        "low": float(ordered[low - 1]) if low >= 1 else None,
        "high": float(ordered[high - 1]) if high <= count else None,
    }


def _told(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _results(question: Question, measured: pl.DataFrame) -> pl.DataFrame:
    """One row for each sample and policy; nothing is measured where no plan keeps the rules."""
    wide = measured.filter(pl.col("measure").is_in(_ONCE)).pivot(
        on="measure", index=["sample", "policy"], values="value", maintain_order=True
    )
    last = measured.filter(measure="revenue").filter(pl.col("year") == pl.col("year").max())
    share = pl.col("value") / pl.col("value").sum().over("sample", "policy")
    hhi = last.with_columns(share=share).group_by("sample", "policy").agg(hhi=(pl.col("share") ** 2).sum())
    wide = wide.join(hhi, on=["sample", "policy"], how="left", maintain_order="left")
    missing = [pl.lit(None, dtype=pl.Float64).alias(name) for name in _ONCE if name not in wide.columns]
    names = question.horizon.futures.names
    future = {sample: names[question.future[sample - 1]] for sample in range(1, question.samples + 1)}
    return wide.with_columns(missing).select(
        "sample", pl.col("sample").replace_strict(future, return_dtype=pl.String).alias("future"), "policy", *_ONCE
    )


def _by_policy(results: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    for (policy,), rows in results.group_by("policy", maintain_order=True):
        yield str(policy), rows


def _values(rows: pl.DataFrame, measure: str) -> Floats:
    return rows[measure].drop_nulls().to_numpy()


def _distributions(results: pl.DataFrame) -> pl.DataFrame:
    rows = [
        {"policy": policy, "measure": measure, "samples": len(values), **mean_of(values)}
        | ({"deviation": float(values.std(ddof=1)) if len(values) > 1 else None,
            "least": float(values.min()), "most": float(values.max())} if len(values) else {})
        for policy, of in _by_policy(results)
        for measure in _ONCE
        for values in [_values(of, measure)]
    ]  # fmt: skip
    numbers = ("mean", "low", "high", "deviation", "least", "most")
    schema = {"policy": pl.String, "measure": pl.String, "samples": pl.Int64, **dict.fromkeys(numbers, pl.Float64)}
    return pl.DataFrame(rows, schema=schema)


def _quantiles(results: pl.DataFrame) -> pl.DataFrame:
    rows = [
        {"policy": policy, "measure": measure, "share": share, **quantile_of(np.sort(values), share)}
        for policy, of in _by_policy(results)
        for measure in _ONCE
        for values in [_values(of, measure)]
        for share in (SHARES if len(values) else ())
    ]
    schema = {"policy": pl.String, "measure": pl.String, **dict.fromkeys(("share", "value", "low", "high"), pl.Float64)}
    return pl.DataFrame(rows, schema=schema)


def _regret(question: Question, results: pl.DataFrame) -> pl.DataFrame:
    """Each policy beside the plan, in the same samples; and how much less than the best of all it comes to."""
    value = results.pivot(on="policy", index="sample", values="present_value", maintain_order=True)
    policies = [policy for policy in question.policies if policy in value.columns]
    best = value.select(pl.max_horizontal(policies)).to_series()
    most = value.select(pl.max_horizontal(pl.col(policies).abs().max())).item()
    same = SAME * max(most or 0.0, 1.0)
    rows = []
    for policy in policies:
        more = (value[policy] - value[PLANNED]).drop_nulls().to_numpy()
        short = (best - value[policy]).drop_nulls().to_numpy()
        told = mean_of(more)
        rows.append(
            {
                "policy": policy,
                "signed": ", ".join(_signed(question, policy)),
                "without_plan": int(value[policy].null_count()),
                "more": told["mean"],
                "more_low": told["low"],
                "more_high": told["high"],
                "better": float((more > same).mean()) if len(more) else None,
                "regret": float(short.mean()) if len(short) else None,
                "regret_90": float(np.quantile(short, 0.9)) if len(short) else None,
                "most_regret": float(short.max()) if len(short) else None,
            }
        )
    schema = {"policy": pl.String, "signed": pl.String, "without_plan": pl.Int64} | dict.fromkeys(
        ("more", "more_low", "more_high", "better", "regret", "regret_90", "most_regret"), pl.Float64
    )
    return pl.DataFrame(rows, schema=schema)


def _signed(question: Question, policy: str) -> Sequence[str]:
    """Agreements that a policy signs in some future though they need not be."""
    signed = question.policies[policy].signed
    names = question.horizon.cases[0]["agreements"]["agreement"].to_list()
    option = np.stack([(case["agreements"]["status"] == "option").to_numpy() for case in question.horizon.cases])
    return [name for name, any_ in zip(names, (signed & option).any(axis=0), strict=True) if any_]


def _first_sales(question: Question, measured: pl.DataFrame) -> pl.DataFrame:
    """Chance that what waits for the launch is sold by the end of each year."""
    first = measured.filter(measure="first_sold")
    bounds = question.horizon.timeline.bounds
    years = np.unique(bounds[:-1].astype("datetime64[Y]")).astype(np.int64) + 1970
    rows = []
    for (policy, item), of in first.group_by("policy", "thing", maintain_order=True):
        for year in years.tolist():
            end = (datetime.date(year + 1, 1, 1) - _FIRST).days
            rows.append(
                {"policy": policy, "item": item, "year": year, **chance_of(int((of["value"] < end).sum()), len(of))}
            )
    schema = {"policy": pl.String, "item": pl.String, "year": pl.Int64,
              **dict.fromkeys(("chance", "low", "high"), pl.Float64)}  # fmt: skip
    return pl.DataFrame(rows, schema=schema)


def _spread(frame: pl.DataFrame, by: Sequence[str], value: str) -> pl.DataFrame:
    """Mean, its interval, and the quantiles at 10 and 90 % of something by sample."""
    column = pl.col(value)
    reach = Z * column.std() / column.count().sqrt()
    return frame.group_by(by, maintain_order=True).agg(
        column.mean().alias("mean"),
        (column.mean() - reach).alias("low"),
        (column.mean() + reach).alias("high"),
        column.quantile(0.1, "linear").alias("quantile_10"),
        column.quantile(0.9, "linear").alias("quantile_90"),
    )


def _shares(measured: pl.DataFrame) -> pl.DataFrame:
    """Share of each family in the revenue of each year, by sample; nothing where a family has none."""
    revenue = measured.filter(measure="revenue").rename({"thing": "family"})
    every = (
        revenue.select("sample", "policy", "year")
        .unique(maintain_order=True)
        .join(revenue.select("family").unique(maintain_order=True), how="cross", maintain_order="left_right")
    )
    keys = ["sample", "policy", "year", "family"]
    whole = every.join(revenue.select(*keys, "value"), on=keys, how="left", maintain_order="left")
    whole = whole.with_columns(pl.col("value").fill_null(0.0))
    return whole.with_columns(share=pl.col("value") / pl.col("value").sum().over("sample", "policy", "year"))


def _mix(measured: pl.DataFrame) -> pl.DataFrame:
    return _spread(_shares(measured), ["policy", "year", "family"], "share").sort(
        "policy", "year", "family", maintain_order=True
    )


def _concentrations(measured: pl.DataFrame) -> pl.DataFrame:
    hhi = (
        _shares(measured)
        .group_by("sample", "policy", "year", maintain_order=True)
        .agg(hhi=(pl.col("share") ** 2).sum())
    )
    return _spread(hhi, ["policy", "year"], "hhi").sort("policy", "year", maintain_order=True)


def _drawn(question: Question) -> Mapping[str, Floats]:
    """What was sampled as a number, by name: factors in the mean over the horizon, and the luck of the launch."""
    draws = question.planner.draws
    every = dict(zip(draws.factors, draws.averages().T, strict=True))
    if any(awaited(case) for case in question.horizon.cases):
        every[LAUNCH] = draws.luck
    return every


def _influences(question: Question, results: pl.DataFrame) -> pl.DataFrame:
    """What was sampled, and how the value of the plan goes with it, that which matters most first."""
    own = results.filter(pl.col("policy") == PLANNED, pl.col("present_value").is_not_null())
    value, place = own["present_value"].to_numpy(), own["sample"].to_numpy() - 1
    rows: list[dict[str, str | float | None]] = []
    if len(value) >= 3:
        # What a solver leaves of nothing is no difference of rank.
        rank = stats.rankdata(np.rint(value / (SAME * max(float(np.abs(value).max()), 1.0))))
        for name, drawn in _drawn(question).items():
            of = drawn[place]
            if np.ptp(of) > 0.0 and np.ptp(rank) > 0.0:
                rows.append({"cause": name, "kind": LUCK if name == LAUNCH else FACTOR, **_of_number(of, value, rank)})
        for name, outcome in _turned_out(question).items():
            of = outcome[place]
            if len(np.unique(of[of >= 0])) > 1 and np.ptp(rank) > 0.0:
                rows.append({"cause": name, "kind": BRANCH, **_of_outcome(of, value, rank)})
    rows.sort(key=lambda row: -abs(float(row["correlation"])))  # type: ignore[arg-type]
    numbers = ("correlation", "low", "high", "where_low", "where_high")
    return pl.DataFrame(rows, schema={"cause": pl.String, "kind": pl.String, **dict.fromkeys(numbers, pl.Float64)})


def _of_number(of: Floats, value: Floats, rank: Floats) -> dict[str, float | None]:
    """How a value, and its rank, go with a number that was sampled."""
    correlation = float(stats.spearmanr(of, rank).statistic)
    low, high = np.quantile(of, [0.2, 0.8])
    return {
        "correlation": correlation,
        **_fisher(correlation, len(of)),
        "where_low": float(value[of <= low].mean()),
        "where_high": float(value[of >= high].mean()),
    }


def _turned_out(question: Question) -> Mapping[str, Integers]:
    """How each branch turns out in each sample: numbers of its outcomes; -1 where it does not arise."""
    futures = question.horizon.futures
    outcomes = [{one.branch: one.outcome for one in future} for future in futures.outcomes]
    number = {one: place for place, one in enumerate({one.outcome: None for way in futures.outcomes for one in way})}
    return {
        branch: np.array([number[way[branch]] if branch in way else -1 for way in outcomes])[question.future]
        for branch in futures.branches
    }


def _of_outcome(of: Integers, value: Floats, rank: Floats) -> dict[str, float | None]:
    """How a value, and its rank, go with the outcome of a branch.

    The correlation ratio of ranks: the root of the share of their variance that lies between the outcomes, where the
    branch arises. Of two outcomes it is the size of the correlation of ranks with which of the two it is.
    """
    ways = [of == way for way in np.unique(of[of >= 0])]
    middle = rank[of >= 0].mean()
    between = sum(float(way.sum() * (rank[way].mean() - middle) ** 2) for way in ways)
    means = [float(value[way].mean()) for way in ways]
    return {
        "correlation": float(np.sqrt(between / ((rank - rank.mean()) ** 2).sum())),
        "low": None,
        "high": None,
        "where_low": min(means),
        "where_high": max(means),
    }


def _fisher(correlation: float, count: int) -> dict[str, float | None]:
    """Interval that holds a correlation of ranks with 95 % (Fisher, 1921, with the variance of Bonett and Wright)."""
    if count < 4 or abs(correlation) >= 1.0:
        return {"low": None, "high": None}
    middle = np.arctanh(correlation)
    reach = Z * np.sqrt((1.0 + correlation**2 / 2.0) / (count - 3))
    return {"low": float(np.tanh(middle - reach)), "high": float(np.tanh(middle + reach))}


def _sampled(question: Question) -> pl.DataFrame:
    samples = pl.Series("sample", np.arange(1, question.samples + 1), dtype=pl.Int64)
    parts = [
        pl.DataFrame({"sample": samples, "cause": [name] * question.samples, "value": values})
        for name, values in _drawn(question).items()
    ]
    empty = pl.DataFrame(schema={"sample": pl.Int64, "cause": pl.String, "value": pl.Float64})
    return pl.concat([empty, *parts]).sort("sample", maintain_order=True)
