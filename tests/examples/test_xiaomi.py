"""The reference case: its tables are what its script derives, they hold the facts, and each fact changes a decision."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import coplant
from coplant import Case, Plan
from coplant.errors import InfeasibleError, NumericalError

FOLDER = Path(__file__).parents[2] / "examples" / "xiaomi-2021"
SCARCE = ("pmic", "mcu", "display-driver")
CARS = ("car-one", "car-two")
RUN_RATE = {"phones": 152.2e9, "connected-home": 67.4e9, "services": 23.8e9, "mobility": 2.5e9}
MARGINS = {"phones": 0.087, "connected-home": 0.128, "services": 0.616}
TOTAL, TOTAL_MARGIN, ABROAD = 245.9e9, 0.149, 122.4e9


@cache
def case() -> Case:
    return coplant.read(FOLDER)


def certain(given: Case) -> dict[str, pl.DataFrame]:
    """The tables that say what is sampled, without rows: what is dropped of a case cannot be sampled."""
    return {name: given[name].clear() for name in ("factors", "factor_effects", "factor_correlations")}


@cache
def planned() -> Plan:
    return coplant.plan(case())


def without_cars(given: Case) -> Case:
    """Drop the cars' demand, all that is signed for them, and the mix that they are to bring."""
    optional = given["agreements"].filter(status="option")["agreement"].to_list()
    names = [name for name, frame in given.tables.items() if "agreement" in frame.columns and frame.height]
    kept = {name: given[name].filter(~pl.col("agreement").is_in(optional).fill_null(False)) for name in names}
    for name in ("bom", "loads"):
        kept[name] = given[name].filter(pl.col("route").is_in(kept["routes"]["route"].implode()))
    kept |= {"learning": given["learning"].clear(), "mix": given["mix"].clear()}
    kept["demand"] = given["demand"].filter(~pl.col("item").is_in(CARS))
    kept["prices"] = given["prices"].filter(pl.col("demand").is_in(kept["demand"]["demand"].implode()))
    return given.replace(kept | certain(given))


def without_shortage(given: Case) -> Case:
    """Lift the allotments, and take back the prices that rose with the shortage."""
    return given.without("offer_prices", pl.col("note").str.starts_with("shortage")).replace(
        certain(given)
        | {
            "allotments": given["allotments"].clear(),
            "offers": given["offers"].with_columns(allotment=pl.lit(None, pl.String)),
        }
    )


@cache
def at_run_rate() -> Plan:
    return coplant.plan(without_shortage(without_cars(case())))


def signed(plan: Plan) -> list[str]:
    return plan["signed"].filter(pl.col("signed"), pl.col("status") == "option")["agreement"].to_list()


def sold(plan: Plan, item: str, first: date = date(2021, 1, 1), last: date = date(2026, 12, 31)) -> float:
    return float(plan["sold"].filter(pl.col("item") == item, pl.col("bucket").is_between(first, last))["sold"].sum())


# -- the tables -------------------------------------------------------------------------------------------------------


def test_the_script_derives_exactly_the_tables_that_are_there(tmp_path: Path) -> None:
    subprocess.run([sys.executable, FOLDER / "derive.py", tmp_path], check=True)

    derived = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert derived == {path.name: path.read_bytes() for path in FOLDER.glob("*.csv")}


def test_every_row_says_where_it_comes_from() -> None:
    told = {name: set(frame["source"].to_list()) for name, frame in case().tables.items() if frame.height}

    assert set().union(*told.values()) == {"story", "filed", "public", "assumed"}


def test_the_case_is_rich_and_still_small_enough_to_read() -> None:
    bought = case()["offers"]["item"].n_unique()
    weeks = case()["offers"]["lead_time"] / 7

    assert 50 <= case()["items"].height <= 65
    assert 15 <= case()["sites"].height <= 20
    assert 25 <= bought <= 35
    assert (weeks.min(), weeks.max()) == (3, 26)
    assert set(case()["sites"].filter(kind="market")["site"]) == {"china", "india", "europe", "rest"}


def year_of_demand(year: int) -> pl.DataFrame:
    """Units and revenue asked for in a year that has monthly buckets, by demand."""
    months = pl.DataFrame({"month": [date(year, month, 1) for month in range(1, 13)]})
    streams = case()["demand"].select("demand", "item", "site").unique().join(months, how="cross").sort("month")
    with_units = streams.join_asof(
        case()["demand"].select("demand", "from", "quantity").sort("from"),
        left_on="month",
        right_on="from",
        by="demand",
        check_sortedness=False,
    )
    return (
        with_units.join_asof(
            case()["prices"].select("demand", "from", "price").sort("from"),
            left_on="month",
            right_on="from",
            by="demand",
            check_sortedness=False,
        )
        .with_columns(revenue=pl.col("quantity") * pl.col("price"))
        .join(case()["items"].select("item", "family"), on="item")
    )


def test_demand_is_the_filed_run_rate() -> None:
    year = year_of_demand(2022)
    revenue = dict(year.group_by("family").agg(pl.col("revenue").sum()).iter_rows())
    phones = year.filter(family="phones")

    assert revenue["phones"] == pytest.approx(152.2e9, rel=1e-3)
    assert revenue["connected-home"] == pytest.approx(67.4e9, rel=1e-3)
    assert revenue["mobility"] == pytest.approx(2.5e9, rel=1e-3)
    assert phones["quantity"].sum() == pytest.approx(146.4e6, rel=1e-3)
    assert phones["revenue"].sum() / phones["quantity"].sum() == pytest.approx(1_040, rel=1e-3)


def test_half_of_the_demand_is_abroad() -> None:
    goods = year_of_demand(2022).filter(pl.col("family") != "cars")
    phones = goods.filter(family="phones")
    services = 23.8e9 * phones.filter(pl.col("site") != "china")["quantity"].sum() / phones["quantity"].sum()

    assert goods.filter(pl.col("site") != "china")["revenue"].sum() + services == pytest.approx(ABROAD, rel=1e-3)


def test_a_phone_loses_2_percent_a_month_within_its_model_year() -> None:
    prices = case()["prices"].filter(demand="phone-mid-china").filter(pl.col("from") < date(2024, 1, 1))
    change = (prices["price"] / prices["price"].shift(1)).drop_nulls()

    assert change.filter(change < 1).to_list() == pytest.approx([0.98] * 30, abs=1e-4)
    assert prices.filter(change.extend_constant(0, 1).shift(1, fill_value=0) > 1)["from"].to_list() == [
        date(2022, 4, 1),
        date(2023, 4, 1),
    ]


def test_chips_are_15_to_30_percent_short_until_the_end_of_2022() -> None:
    # What is ordered arrives a lead time later, so what limits 2022 is what could be ordered from late 2021 on.
    normal = case()["allotments"].filter(allotment="pmic", note="100% of the need for delivery from 2023-07")
    assert normal["quantity"].item() * 12 == pytest.approx(719.6e6, rel=1e-3)
    for chip in SCARCE:
        rows = case()["allotments"].filter(allotment=chip)
        note = pl.col("note").str
        delivered = rows.with_columns(
            share=note.extract(r"(\d+)%").cast(pl.Float64), delivered=note.extract(r"from (\d{4}-\d\d)")
        )
        short = delivered.filter(pl.col("delivered") < "2023-01")
        assert 70 <= short["share"].min() < short["share"].max() <= 85  # type: ignore[operator]
        assert rows["quantity"].to_list()[-1] is None


def test_a_car_takes_the_chips_that_are_scarce() -> None:
    bom = case()["bom"].filter(route="control-units-south", item=SCARCE[0])
    assert bom["quantity"].item() == 40
    taken = case()["bom"].filter(pl.col("item").is_in(SCARCE)).group_by("item").agg(pl.col("route").n_unique())
    assert taken["route"].min() >= 3  # type: ignore[operator]


def test_a_car_costs_105000_and_216000_sells_the_second() -> None:
    car = case()["items"].filter(item="car-one")["value"].item()
    cells = case()["items"].filter(item="cell")["value"].item() * 55
    prices = case()["prices"].filter(pl.col("demand").str.starts_with("car"))["price"].to_list()

    assert car - cells == pytest.approx(105_000)
    assert prices == [150_000, 216_000]


def test_cells_cost_what_was_published() -> None:
    dated = case().dated("offer_prices")

    def price(offer: str, day: date) -> float:
        holds = (pl.col("from") <= day) & (pl.col("until").is_null() | (pl.col("until") > day))
        return float(dated.filter(pl.col("offer") == offer, holds)["price"].item())

    conversion = case()["routes"].filter(route="cell-cell")["cost"].item()
    lithium = case()["bom"].filter(route="cell-cell", item="lithium")["quantity"].item()
    for day, published in ((date(2021, 4, 15), 580), (date(2022, 11, 15), 920), (date(2024, 8, 1), 350)):
        cell = price("cell-materials", day) + lithium * price("lithium", day) + conversion
        assert cell == pytest.approx(published, abs=0.01)
    assert price("lithium", date(2022, 3, 15)) == 500


def test_three_rivals_offer_different_bundles_of_clauses() -> None:
    rivals = ("great-wall", "second-host", "own-plant")
    clauses = {
        rival: {
            name for name, frame in case().tables.items()
            if "agreement" in frame.columns and name not in ("agreements", "routes") and rival in frame["agreement"]
        }
        for rival in rivals
    }  # fmt: skip
    shared = {"reservations", "fixed_charges", "tooling", "credits", "exit_terms"}
    assert clauses["great-wall"] == shared | {
        "processing_fees",
        "take_or_pay",
        "advisory",
        "advisory_effects",
        "security",
    }
    assert clauses["second-host"] == shared | {"processing_fees", "loss_cover", "licences", "security"}
    assert clauses["own-plant"] == shared | {"licences"}


def test_which_rival_is_the_cheapest_depends_on_the_volume() -> None:
    flips = coplant.quote(case()).flips

    assert flips["agreement"].to_list() == ["second-host", "great-wall", "own-plant", None]
    assert 10_000 < flips["volume_from"][1] < 30_000
    assert flips["volume_from"].to_list()[2:] == [100_001, 150_001]


# -- the run rate -----------------------------------------------------------------------------------------------------


def test_without_car_and_shortage_a_year_meets_the_filed_revenue_mix_and_margins() -> None:
    year = at_run_rate()["revenue"].filter(year=2022)
    revenue = dict(zip(year["family"], year["revenue"], strict=True))
    margin = dict(zip(year["family"], year["margin"] / year["revenue"], strict=True))

    assert sum(revenue.values()) == pytest.approx(TOTAL, rel=0.01)
    for family, filed in RUN_RATE.items():
        assert revenue[family] == pytest.approx(filed, rel=0.01)
        assert revenue[family] / sum(revenue.values()) == pytest.approx(filed / TOTAL, rel=0.01)
    for family, filed in MARGINS.items():
        assert margin[family] == pytest.approx(filed, rel=0.01)
    assert year["margin"].sum() / year["revenue"].sum() == pytest.approx(TOTAL_MARGIN, rel=0.01)


def test_without_car_and_shortage_half_of_the_revenue_is_abroad() -> None:
    # What phones sold before the start still earn in services has no country.
    money = at_run_rate()["money"].filter(
        pl.col("line").is_in(["revenue", "annuity"]),
        pl.col("bucket").dt.year() == 2022,
        pl.col("country").is_not_null(),
    )
    china = money.filter(country="China")["amount"].sum() / money["amount"].sum()

    assert 1 - china == pytest.approx(ABROAD / TOTAL, abs=0.01)


# -- the plan, and what each fact changes in it -----------------------------------------------------------------------


def test_the_car_is_built_at_the_first_host_from_2023() -> None:
    assert planned().status == "optimal"
    assert signed(planned()) == ["great-wall"]
    assert sold(planned(), "car-one", last=date(2022, 12, 31)) == 0
    assert sold(planned(), "car-one", last=date(2023, 12, 31)) > 10_000


def test_the_shortage_starves_small_goods_and_entry_phones_first() -> None:
    lost = dict(planned()["sold"].group_by("item").agg(pl.col("lost").sum() / pl.col("wanted").sum()).iter_rows())

    assert lost["goods-small"] > lost["goods-medium"]
    assert lost["goods-small"] > 0.02
    assert lost["phone-entry"] > lost["phone-premium"]
    assert lost["scooter"] < 0.01


def test_a_start_in_2023_is_likely_and_likelier_with_advice() -> None:
    launched = coplant.launch(case())
    rows = launched["milestones"].filter(milestone="great-wall-start")
    chance = dict(rows.select("advice", "chance").iter_rows())
    assert 0.9 < chance[None] < chance["great-wall"] < 1.0
    # Hosted programmes that reached production did so 23 to 25 months after signature.
    for milestone in ("great-wall-start", "second-host-start"):
        start = launched.starts(milestone).astype(np.int64)
        signed_on = np.datetime64(programme_signature(milestone), "D").astype(np.int64)
        assert 22.5 <= np.median(start - signed_on) / 30.44 <= 25.5
    own = launched["milestones"].filter(milestone="own-plant-start").row(0, named=True)
    assert date(2023, 4, 1) < own["p50"] < date(2024, 4, 1)


def programme_signature(milestone: str) -> date:
    """Day from which the programme of a milestone is begun."""
    signed_on = case()["activities"].filter(activity=f"{milestone.removesuffix('-start')}-signed")
    return signed_on["from"].item()


@pytest.mark.slow
def test_denied_the_brand_builds_a_plant_of_its_own() -> None:
    denied = coplant.plan(case().edit("agreements", {"agreement": "great-wall"}, status="ended"))

    assert signed(denied) == ["own-plant"]
    assert denied.objective < planned().objective
    assert sold(denied, "car-one", last=date(2023, 12, 31)) == 0


@pytest.mark.slow
def test_a_dearer_first_host_loses_the_agreement() -> None:
    dearer = case().edit("processing_fees", {"agreement": "great-wall"}, fee=pl.col("fee") + 3_000)

    assert signed(coplant.plan(dearer)) == ["own-plant"]


@pytest.mark.slow
def test_a_year_later_at_the_first_host_loses_the_agreement() -> None:
    later = (
        case()
        .edit("routes", {"route": "car-one-great-wall"}, milestone=None, **{"from": date(2024, 4, 1)})
        .edit("agreements", {"agreement": "great-wall"}, starts=date(2024, 4, 1), term=33)
    )

    assert signed(coplant.plan(later)) == ["own-plant"]


@pytest.mark.slow
def test_with_rivals_that_push_the_price_down_nothing_is_signed() -> None:
    cheaper = case().edit("prices", pl.col("demand").str.starts_with("car"), price=pl.col("price") * 0.9)

    assert signed(coplant.plan(cheaper)) == []


@pytest.mark.slow
def test_without_the_shortage_everybody_gets_chips() -> None:
    plenty = coplant.plan(without_shortage(case()))

    assert plenty.objective > planned().objective
    for item in ("goods-small", "phone-entry", "phone-mid"):
        first, last = date(2022, 1, 1), date(2022, 12, 31)
        assert sold(plenty, item, first, last) > 1.02 * sold(planned(), item, first, last)


@pytest.mark.slow
def test_a_stricter_mix_moves_cars_into_the_year_it_holds_for() -> None:
    stricter = coplant.plan(case().edit("mix", most_share=0.57))
    shares = dict(stricter["revenue"].filter(year=2026).select("family", "share").iter_rows())

    assert shares["phones"] <= 0.57 + 1e-6
    assert sold(stricter, "car-one", date(2026, 1, 1)) > 1.1 * sold(planned(), "car-one", date(2026, 1, 1))


@pytest.mark.slow
def test_know_how_makes_the_car_cheaper_to_build() -> None:
    ignorant = coplant.plan(case().edit("learning", transfer_share=0.05))

    def conversion(plan: Plan) -> float:
        return -float(plan["money"].filter(line="learning")["amount"].sum())

    assert ignorant.objective < planned().objective
    assert conversion(ignorant) > conversion(planned())


@pytest.mark.parametrize("part", ["pmic", "display-driver"])
def test_customers_who_must_be_served_without_parts_are_told_so(part: str) -> None:
    """No more of a part is to be had, yet every customer of the mid phone must be served: stock lasts a while."""
    starved = case().edit("allotments", {"allotment": part}, quantity=0.0)
    asked = starved.edit("demand", {"demand": "phone-mid-china"}, least_fill=1.0)
    with pytest.raises(InfeasibleError) as refused:
        coplant.plan(asked)

    assert refused.value.smallest
    *rules, tied = refused.value.rules
    assert len(rules) <= 3
    assert rules[0].startswith(f"orders under {part} stay within the allotment in ")
    assert rules[-1].startswith("the least share of phone-mid-china is sold in ")
    assert tied.startswith("tied together by the balances of ")


def test_a_price_with_zeros_too_many_is_named() -> None:
    with pytest.raises(NumericalError) as refused:
        coplant.plan(case().edit("prices", {"demand": "phone-mid-china"}, price=1e30))

    assert any("revenue for a unit of sold[phone-mid-china," in suspect for suspect in refused.value.suspects)
    assert "(prices.price)" in str(refused.value)
