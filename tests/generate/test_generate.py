"""Made-up cases: what they hold, that they are checked cases, and that a seed fixes them."""

from __future__ import annotations

import polars as pl
import pytest

from coplant.generate import generate


def _without_integers(case) -> bool:
    lots = [case["routes"]["least_lot"].sum(), case["offers"]["moq"].sum()]
    multiples = [case["routes"]["multiple"].count(), case["offers"]["multiple"].count()]
    options = (case["agreements"]["status"] == "option").sum()
    all_units = (case["processing_fees"]["method"] == "all_units").sum()
    falling = (
        case["processing_fees"]
        .sort("agreement", "item", "above")
        .select((pl.col("fee").diff().over("agreement", "item") < 0).sum())
        .item()
    )
    allowed = (case["materials"]["attrition_share"] > 0.0).sum()
    milestones = case["security"]["milestone_units"].count()
    decided = [*lots, *multiples, options, all_units, falling, allowed, milestones, len(case["learning"])]
    return not sum(decided)


def test_same_arguments_give_the_same_case_and_another_seed_another() -> None:
    case = generate(40, 10, 3, seed=5)
    assert case.digest == generate(40, 10, 3, seed=5).digest
    assert case.digest != generate(40, 10, 3, seed=6).digest


@pytest.mark.parametrize("integers", [True, False])
@pytest.mark.parametrize(("items", "buckets", "hosts"), [(3, 1, 0), (4, 2, 1), (12, 5, 2), (60, 12, 4), (240, 78, 7)])
def test_every_size_is_a_checked_case(items: int, buckets: int, hosts: int, integers: bool) -> None:
    case = generate(items, buckets, hosts, seed=1, integers=integers)
    assert len(case["items"]) == items
    assert sum(count for _, count in case.settings.buckets) == buckets
    assert len(case["agreements"]) == hosts
    if not integers:
        assert _without_integers(case)


def test_integers_bring_options_lots_tiers_and_learning() -> None:
    case = generate(100, 12, 3, seed=2)
    assert (case["agreements"]["status"] == "option").sum() == 2
    assert case["agreements"]["group"].drop_nulls().n_unique() == 1
    assert (case["routes"]["least_lot"] > 0).any()
    assert (case["offers"]["moq"] > 0).any()
    assert (case["processing_fees"]["method"] == "all_units").any()
    assert len(case["learning"]) == 1


def test_everything_needed_can_be_had() -> None:
    case = generate(200, 12, 4, seed=3)
    taken = case["bom"].join(case["routes"].select("route", "site"), on="route").select("item", "site").unique()
    families = case["items"].select(pl.col("item").alias("moved"), pl.col("family").fill_null(pl.col("item")))
    by_family = case["lanes"].filter(pl.col("item").is_null()).join(families, on="family")
    arrivals = pl.concat(
        [
            case["offers"].select("item", "site"),
            case["routes"].select("item", "site"),
            case["lanes"].filter(pl.col("item").is_not_null()).select("item", pl.col("to_site").alias("site")),
            by_family.select(pl.col("moved").alias("item"), pl.col("to_site").alias("site")),
        ]
    ).unique()
    assert taken.join(arrivals, on=["item", "site"], how="anti").is_empty()
    assert case["demand"].select("item", "site").unique().join(arrivals, on=["item", "site"], how="anti").is_empty()
    parts = case["items"].filter(pl.col("item").str.starts_with("part"))
    assert parts.join(case["bom"], on="item", how="anti").is_empty()


def test_sharing_of_parts_is_skewed() -> None:
    case = generate(600, 12, 0, seed=4)
    uses = (
        case["bom"].filter(pl.col("item").str.starts_with("part")).group_by("item").len().sort("len", descending=True)
    )
    assert uses["len"][0] >= 5 * uses["len"].median()


def test_stock_at_the_end_is_worth_less_than_it_costs() -> None:
    case = generate(300, 26, 3, seed=5)
    offers, items = case["offers"].select("offer", "item"), case["items"].select("item", "value", "end_value_share")
    bought = case["offer_prices"].join(offers, on="offer").join(items, on="item")
    assert (bought["price"] > bought["value"] * bought["end_value_share"]).all()


@pytest.mark.parametrize(("items", "buckets", "hosts"), [(2, 5, 0), (5, 0, 0), (5, 5, -1)])
def test_too_small_a_case_is_refused(items: int, buckets: int, hosts: int) -> None:
    with pytest.raises(ValueError, match="at least 3 items"):
        generate(items, buckets, hosts, seed=0)
