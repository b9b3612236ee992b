"""What to reserve, and what to take firmly, before demand is known: contracts of which the best choice is known.

Demand is one of many outcomes, each as likely. Where it is between 0 and 100,000 they are the middles of equal parts:
what is sold of a whole number of parts then has the same mean as if each demand between could be. All contracts are in
one case; they share nothing but the luck.
"""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm
from small_case import SmallCase

import coplant
from coplant import Hedge

JULY, AUGUST = datetime.date(2023, 7, 1), datetime.date(2023, 8, 1)
MEAN, DEVIATION = 100_000.0, 30_000.0


def _contracts(count: int) -> SmallCase:
    """Contracts of July on what is sold in August."""
    small = SmallCase("month:2", start=JULY, probabilities="normalise")
    quantile = (np.arange(count) + 0.5) / count
    demand = {"uniform": 100_000.0 * quantile, "normal": norm.ppf(quantile, MEAN, DEVIATION)}
    for outcome in range(count):
        small.add("branches", branch="market", outcome=f"{outcome:04d}", probability=1.0 / count, reveal_date=AUGUST)
    asked: dict[str, str] = {}
    for kind in ("deductible", "plain"):
        for shape in demand:
            _reserved(small, f"{kind} {shape}", kind)
            asked[f"{kind} {shape}"] = shape
    for name, most in (("firm and options", 1e6), ("firm only", 0.0)):
        _firm(small, name, most)
        asked[name] = "uniform"
    for name, shape in asked.items():
        for outcome, quantity in enumerate(demand[shape]):
            small.add("edits", outcome=f"{outcome:04d}", table="demand", key=name, column="quantity",
                      value=repr(float(quantity)))  # fmt: skip
    return small


def _agreement(small: SmallCase, name: str, most: float, **reservation: object) -> None:
    small.host(name, name, sign_from=JULY, starts=AUGUST, term=1.0)
    small.add("reservations", agreement=name, least=0.0, most=most, per="month", fee=10_000.0, **reservation)


def _reserved(small: SmallCase, name: str, kind: str) -> None:
    """A unit earns 40,000, and 10,000 are paid for each that is reserved; if deductible, they are credited when it is
    built."""
    _agreement(small, name, 1e6, kind=kind)
    small.item(name).route(name, site=name, agreement=name, cost=60_000.0)
    small.demand(name, 0.0, "month", 100_000.0, site=name, from_=AUGUST)


def _firm(small: SmallCase, name: str, most: float) -> None:
    """A unit sells for 100 and is built for 60: in July for stock, which is worth 20 in the end, or in August, once
    demand is known, under an option of 10, of which there are so many at most."""
    _agreement(small, name, most)
    small.tables["reservations"][-1]["fee"] = 10.0
    small.item(name, value=20.0, holding_rate=0.0, end_value_share=1.0)
    small.route(name, route=f"{name}, in July", cost=60.0, lead_time=31.0)
    small.route(name, route=f"{name}, in August", site=name, agreement=name, cost=60.0)
    small.add("lanes", lane=name, item=name, from_site=name, to_site="works")
    small.demand(name, 0.0, "month", 100.0, from_=AUGUST)


@pytest.fixture(scope="module", params=[40, pytest.param(1_000, marks=pytest.mark.slow)])
def hedge(request: pytest.FixtureRequest) -> Hedge:
    return coplant.hedge(_contracts(request.param).case(), gap=1e-9)


def _profit(hedge: Hedge, name: str) -> float:
    """Expected profit of a contract."""
    own = hedge["money"].filter((pl.col("item") == name) | (pl.col("agreement") == name))
    each = own.join(hedge["futures"].select("future", "probability"), on="future")
    return float(each.select(pl.col("amount") * pl.col("probability")).sum().item())


def _capacity(hedge: Hedge, name: str) -> float:
    rates = hedge["reserved"].filter(agreement=name)["reserved"]
    assert rates.n_unique() == 1
    return float(rates[0])


@pytest.mark.parametrize(
    ("kind", "capacity", "profit"), [("deductible", 80_000.0, 1.6e9), ("plain", 75_000.0, 1.125e9)]
)
def test_what_is_reserved_before_demand_is_known(hedge: Hedge, kind: str, capacity: float, profit: float) -> None:
    """As worked out by Erkoc and Wu (2005), for a margin of 40,000 and a fee of 10,000."""
    assert _profit(hedge, f"{kind} uniform") == pytest.approx(profit, rel=1e-6)
    # Between two middles one choice is as good as another.
    assert _capacity(hedge, f"{kind} uniform") == pytest.approx(capacity, abs=50_000.0 / len(hedge.plans) + 1.0)


@pytest.mark.parametrize(("kind", "share", "capacity"), [("deductible", 0.8, 125_249.0), ("plain", 0.75, 120_235.0)])
def test_what_is_reserved_where_demand_is_normal(hedge: Hedge, kind: str, share: float, capacity: float) -> None:
    """The same for demand with mean 100,000 and standard deviation 30,000: its quantiles at 0.8 and 0.75."""
    half = 0.5 / len(hedge.plans)
    near = np.diff(norm.ppf([share - half, share + half], MEAN, DEVIATION)).item()
    assert _capacity(hedge, f"{kind} normal") == pytest.approx(capacity, abs=near)


def test_options_add_to_what_is_firm(hedge: Hedge) -> None:
    """As worked out by Barnes-Schuster, Bassok and Anupindi (2002): 25,000 firm, 75,000 in all."""
    near = 50_000.0 / len(hedge.plans) + 1.0
    firm, options = _in_july(hedge, "firm and options"), _capacity(hedge, "firm and options")
    assert _profit(hedge, "firm and options") == pytest.approx(1_250_000, rel=1e-6)
    assert firm == pytest.approx(25_000, abs=near)
    assert firm + options == pytest.approx(75_000, abs=near)


def test_without_options_more_is_firm(hedge: Hedge) -> None:
    assert _profit(hedge, "firm only") == pytest.approx(1_000_000, rel=1e-6)
    assert _in_july(hedge, "firm only") == pytest.approx(50_000, abs=50_000.0 / len(hedge.plans) + 1.0)
    assert _capacity(hedge, "firm only") == 0.0


def _in_july(hedge: Hedge, name: str) -> float:
    built = hedge["made"].filter(route=f"{name}, in July", bucket=JULY)["started"]
    assert built.n_unique() == 1
    return float(built[0])
