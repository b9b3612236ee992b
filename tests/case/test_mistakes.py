"""Every mistake is named with its table, row and column, what was expected and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import coplant
from coplant.errors import CaseError, Problem
from coplant.schema import TABLES

Put = Callable[[Mapping[str, str]], Path]


@dataclass(frozen=True)
class Mistake:
    """A change to one file of a sound case, and what must be said about it."""

    name: str
    file: str
    before: str
    after: str
    table: str
    row: int | None
    column: str | None
    words: tuple[str, ...]


def mistake(
    name: str, file: str, before: str, after: str, place: tuple[int | None, str | None], *words: str, table: str = ""
) -> Mistake:
    return Mistake(name, file, before, after, table or file, *place, words)


_CHIPS = "deal,chip,,2024-01-01,consigned,2,,0.01\n"
"""Row 2 of materials."""

MISTAKES = [
    # settings
    mistake("no currency", "case", 'currency = "CNY"\n', "", (None, "currency"), "this setting", "ISO 4217"),
    mistake("blank currency", "case", '"CNY"', '" "', (2, "currency"), "a value", "Currency of every amount"),
    mistake("no start", "case", "start = 2023-01-01\n", "", (None, "start"), "this setting", "First day"),
    mistake("start in words", "case", "2023-01-01", '"1 January 2023"', (3, "start"), "1 January 2023", "YYYY-MM-DD"),
    mistake("start with an hour", "case", "2023-01-01", "2023-01-01T06:00:00", (3, "start"), "YYYY-MM-DD"),
    mistake("unknown setting", "case", "currency", 'curency = "CNY"\ncurrency', (2, "curency"), '"currency"?'),
    mistake(
        "rate in text", "case", 'name = "car"\n', 'name = "car"\ndiscount_rate = "8%"\n', (2, "discount_rate"), "8%"
    ),
    mistake(
        "negative rate", "case", 'name = "car"\n', 'name = "car"\ndiscount_rate = -1\n', (2, "discount_rate"), "least 0"
    ),
    mistake(
        "rate in per cent",
        "case",
        'name = "car"\n',
        'name = "car"\ndiscount_rate = 9\n',
        (2, "discount_rate"),
        "at least 0 and at most 1",
        "9 % is 0.09",
    ),
    mistake("unknown rule", "case", 'name = "car"\n', 'name = "car"\nlag_rule = "exac"\n', (2, "lag_rule"), '"exact"?'),
    mistake("no buckets", "case", '["month:12", "quarter:4"]', "[]", (4, "buckets"), "a value", "kind:count"),
    mistake("unknown kind of bucket", "case", "month:12", "moth:12", (4, "buckets"), '"moth:12"', '"month"?'),
    mistake("bucket without count", "case", "month:12", "month", (4, "buckets"), '"month"', "kind:count"),
    mistake("no bucket of a kind", "case", "month:12", "month:0", (4, "buckets"), '"month:0"', "above 0"),
    mistake("endless horizon", "case", "month:12", "year:9000", (4, "buckets"), "year 10000", "fewer or shorter"),
    # names of tables and columns
    mistake("unknown column", "items", "value", "valu", (None, "valu"), "column of this table", '"value"?'),
    mistake("column in capitals", "items", "value", "Value", (None, "Value"), '"value"?'),
    mistake("missing column", "stock", "quantity\nchip", "note\nchip", (None, "quantity"), "this column"),
    mistake("column twice", "items", "item,family,value", "item,family,family", (1, "family"), "no other column"),
    mistake("column without a name", "items", "item,family,value", "item,family,", (2, None), "name above", "column 3"),
    mistake("too many cells", "stock", "chip,plant,5", "chip,plant,1,000", (2, None), "000", "3 cells", "comma"),
    # cells
    mistake("number with a unit", "items", "100", "100 CNY", (2, "value"), '"100 CNY"', "without unit"),
    mistake("number with thousands", "items", "car,cars,100", 'car,cars,"1,000"', (2, "value"), '"1,000"', "thousands"),
    mistake("infinite number", "items", "100", "inf", (2, "value"), '"inf"', "a number"),
    mistake("part of an integer", "mix", "cars,2023", "cars,2023.5", (2, "year"), '"2023.5"', "a whole number"),
    mistake("date in another order", "prices", "2023-03-01", "01/03/2023", (2, "from"), '"01/03/2023"', "YYYY-MM-DD"),
    mistake("day that is not", "prices", "2023-03-01", "2023-02-30", (2, "from"), '"2023-02-30"', "YYYY-MM-DD"),
    mistake("day long ago", "prices", "2023-03-01", "0023-03-01", (2, "from"), "from 1900-03-01 on"),
    mistake("control character", "items", "seat", "se\x07at", (3, "item"), "without control characters"),
    mistake("empty cell", "sites", "china,,market", "china,,", (4, "kind"), "empty", "a value", "What the site is"),
    mistake("below the range", "items", "100", "-1", (2, "value"), "value: -1;", "at least 0"),
    mistake("on an open end of the range", "routes", "0.98", "0", (2, "yield"), "above 0 and at most 1"),
    mistake("above the range", "routes", "0.98", "98", (2, "yield"), "yield: 98;", "at most 1", "98 % is 0.98"),
    mistake(
        "holding rate in per cent",
        "items",
        "value\ncar,cars,100\nseat,,10\nchip,,2",
        "holding_rate\ncar,cars,12.5\nseat,,0.1\nchip,,1",
        (2, "holding_rate"),
        "at most 1",
        "12.5 % is 0.125",
    ),
    mistake("choice misspelt", "sites", "warehouse", "warehous", (3, "kind"), "one of plant", '"warehouse"?'),
    mistake("choice like none", "sites", "warehouse", "xyz", (3, "kind"), "one of plant, warehouse, market, supplier"),
    # keys and references
    mistake("key twice", "items", "chip,,2", "chip,,2\nseat,,11", (5, "item"), '"seat"', "than in row 3"),
    mistake("key of two twice", "bom", "build,chip,40", "build,seat,40", (3, "route, item"), "build, seat", "in row 2"),
    mistake(
        "date twice",
        "offer_prices",
        "chips,2023-04-01",
        "chips,2022-01-01",
        (4, "offer, from"),
        "2022-01-01",
        "in row 3",
    ),
    mistake(
        "key twice with an empty part",
        "processing_fees",
        "5000",
        "0",
        (3, "agreement, item, valid_from, recorded_at, above"),
        "deal, empty, empty, empty, 0.0",
        "in row 2",
    ),
    mistake("unknown item", "bom", "build,chip", "build,chp", (3, "item"), '"chp"', "an item in items", '"chip"?'),
    mistake("unknown site", "stock", "plant", "moon", (2, "site"), '"moon"', "a site in sites", "Add it to sites"),
    mistake("unknown supplier", "offers", "plant,chipper,grant", "plant,Chipper,grant", (3, "supplier"), '"chipper"?'),
    mistake("unknown family of a lane", "lanes", "cars", "cras", (3, "family"), "a family in items", '"cars"?'),
    mistake("unknown curve", "routes", "slow,curve", "slow,curv", (2, "learning"), '"curve"?'),
    # routes and what they load
    mistake(
        "route in a market",
        "sites",
        "wall,plant",
        "wall,market",
        (2, "site"),
        "kind plant",
        "plant is of kind market",
        table="routes",
    ),
    mistake("route that ends first", "routes", "2024-06-01", "2023-02-01", (2, "until"), "a day after 2023-02-01"),
    mistake("ramp without a start", "routes", "2023-02-01", "", (2, "from"), "the start of production", '"slow"'),
    mistake("ramp that starts late", "ramps", "slow,0", "slow,1", (2, "month"), "0 in the first row", '"slow"'),
    mistake("resource elsewhere", "loads", "line", "crane", (2, "resource"), "a resource at plant", "stands at depot"),
    mistake(
        "resource without capacity",
        "resource_capacity",
        "line,2023-01-01,100,day,10,5\n",
        "",
        (2, "resource"),
        "rows in resource_capacity",
        table="resources",
    ),
    mistake("overtime for nothing", "resource_capacity", "10,5", "10,", (2, "overtime_cost"), "a cost", "is 10:"),
    mistake(
        "curve nobody follows", "routes", "slow,curve", "slow,", (2, "learning"), "a route follows", table="learning"
    ),
    # lanes and offers
    mistake(
        "lane for both", "lanes", "ship,car,,", "ship,car,cars,", (2, "family"), "either an item or a family, not both"
    ),
    mistake("lane for neither", "lanes", "truck,,cars", "truck,,", (3, "item"), "either an item or a family"),
    mistake("lane to where it starts", "lanes", "plant,depot", "plant,plant", (3, "to_site"), "other than from_site"),
    mistake("lane capacity per what", "lanes", "10,day", "10,", (3, "per"), "the period of capacity", "10 is, such"),
    mistake(
        "customer that supplies",
        "offers",
        "plant,chipper,grant",
        "plant,fleet,grant",
        (3, "supplier"),
        "fleet is a customer",
    ),
    mistake(
        "offer without a price", "offer_prices", "seats,2023-01-01,10\n", "", (2, "offer"), '"seats"', table="offers"
    ),
    mistake(
        "offer with a late price",
        "offer_prices",
        "seats,2023-01-01",
        "seats,2023-02-01",
        (2, "from"),
        "2023-01-01 or earlier",
    ),
    mistake("receipt in the past", "receipts", "2023-02-01", "2022-12-31", (2, "date"), "from 2023-01-01 on", "stock"),
    # demand
    mistake(
        "stream of two items",
        "demand",
        "orders,car,china,2023-06",
        "orders,seat,china,2023-06",
        (3, "item"),
        "car, as in row 2",
    ),
    mistake(
        "stream at two sites",
        "demand",
        "orders,car,china,2023-06",
        "orders,car,depot,2023-06",
        (3, "site"),
        "china, as in row 2",
    ),
    mistake(
        "demand without a price",
        "prices",
        "orders,2023-03-01,500",
        "",
        (2, "demand"),
        "a price in prices",
        table="demand",
    ),
    mistake("demand before its price", "prices", "2023-03-01", "2023-03-02", (2, "from"), "2023-03-01 or earlier"),
    mistake("safety stock twice", "safety_stock", "20,,1", "20,5,1", (3, "days"), "either quantity or days, not both"),
    mistake("safety stock of nothing", "safety_stock", "20,,1", ",,1", (3, "quantity"), "either quantity or days"),
    mistake(
        "days of no demand", "safety_stock", "20,,1", ",20,1", (3, "days"), "where there is demand", "seat at plant"
    ),
    mistake(
        "days of cover of what spreads",
        "safety_stock",
        "seat,plant,2023-01-01,20,,1",
        "chip,plant,2023-01-01,,20,1",
        (3, "days"),
        "a quantity, as spares has a diffusion",
    ),
    mistake(
        "spread of no demand",
        "diffusion",
        "spares,signed",
        "spare,signed",
        (2, "demand"),
        "a demand in demand",
        '"spares"?',
    ),
    mistake(
        "sales start with nothing",
        "diffusion",
        "spares,,2024-01-01",
        "spares,,",
        (3, "milestone"),
        "a milestone, or else from",
        "first day of sale",
    ),
    mistake("sales start twice", "diffusion", "signed,,", "signed,2024-01-01,", (2, "from"), "nothing, as milestone"),
    mistake(
        "sales start with no production",
        "diffusion",
        "spares,signed",
        "spares,ready",
        (2, "milestone"),
        "a milestone with a date, or one that a route waits for",
        "with which production starts",
    ),
    mistake(
        "sales before their stream",
        "diffusion",
        "spares,,2024-01-01",
        "spares,,2023-02-01",
        (3, "from"),
        "a day from 2023-03-01 on",
        "first row of spares",
    ),
    mistake("nobody adopts first", "diffusion", "signed,,0.03", "signed,,0", (2, "innovation"), "above 0"),
    mistake(
        "two first days of sale",
        "diffusion",
        "4000\n",
        "4000\nspares,,2024-02-01,0.1,0.1,9\n",
        (4, "demand, milestone"),
        "in row 3",
    ),
    mistake(
        "diffusion without a price",
        "prices",
        "spares,2023-03-01,400\n",
        "",
        (4, "demand"),
        "a price in prices",
        table="demand",
    ),
    mistake(
        "diffusion of what cannot be had",
        "demand",
        "spares,chip,plant",
        "spares,chip,depot",
        (4, "item"),
        "an item that can be had at depot",
    ),
    mistake(
        "rival of no demand", "rivals", "apple,orders,2024-01-01", "apple,order,2024-01-01", (2, "demand"), '"orders"?'
    ),
    mistake(
        "rival of what has no attraction",
        "rivals",
        "apple,orders,2024-03-01",
        "apple,spares,2024-03-01",
        (4, "attraction"),
        "a number, as spares has rivals",
        table="demand",
    ),
    mistake("attraction in words", "rivals", "0.5", "high", (2, "attraction"), "a number"),
    mistake("mix of an unknown family", "mix", "services", "service", (3, "family"), '"services"?'),
    mistake("least above most", "mix", "0.1,0.9", "0.95,0.9", (2, "least_share"), "at most 0.9"),
    mistake(
        "mix of more than all", "mix", "2023,0,0.5", "2023,0.95,1", (2, "least_share"), "at most 1", "2023", "1.05"
    ),
    # agreements
    mistake(
        "customer as host",
        "parties",
        "wall,host",
        "wall,customer",
        (2, "host"),
        "wall is a customer",
        "host or brand",
        table="agreements",
    ),
    mistake(
        "plant of another", "agreements", "own,brand", "own,wall", (3, "site"), "a site of wall", "belongs to brand"
    ),
    mistake(
        "route at another plant",
        "routes",
        "car,plant,deal",
        "car,plant,own",
        (2, "agreement"),
        "an agreement for plant",
    ),
    mistake(
        "signed after the start", "agreements", "2022-06-01", "2023-06-01", (2, "sign_from"), "not after 2023-01-01"
    ),
    mistake(
        "two of a group signed", "agreements", "works,option", "works,signed", (3, "status"), "at most one", "row 2"
    ),
    # clauses
    mistake(
        "clause before the term", "reservations", "deal,,", "deal,2022-12-31,", (2, "valid_from"), "from 2023-01-01 on"
    ),
    mistake(
        "clause after the term",
        "take_or_pay",
        "price\ndeal,100,50",
        "price,valid_from\ndeal,100,50,2025-01-01",
        (2, "valid_from"),
        "before 2025-01-01",
    ),
    mistake(
        "clause beyond the term",
        "reservations",
        "deal,2024-01-01,,",
        "deal,2024-01-01,2025-01-02,",
        (3, "valid_until"),
        "2025-01-01",
    ),
    mistake(
        "clause for no day",
        "reservations",
        "deal,,2024-01-01",
        "deal,,2023-01-01",
        (2, "valid_until"),
        "after 2023-01-01",
    ),
    mistake(
        "clauses that overlap",
        "reservations",
        "deal,2024-01-01",
        "deal,2023-12-01",
        (3, "valid_from"),
        "from 2024-01-01 on",
        "row 2",
    ),
    mistake(
        "clause twice under two names of a day",
        "fixed_charges",
        "agreement,charge,amount,per\ndeal,rent,1000,month",
        "agreement,charge,valid_from,amount,per\ndeal,rent,,1000,month\ndeal,rent,2023-01-01,900,month",
        (3, "valid_from"),
        "from 2025-01-01 on",
        "row 2",
    ),
    mistake("no first tier", "processing_fees", "2024-01-01,0", "2024-01-01,10", (2, "above"), "0 in the first tier"),
    mistake("tiers of two bases", "processing_fees", "90,year", "90,month", (3, "basis"), "year, as in row 2"),
    mistake(
        "tiers of two methods",
        "processing_fees",
        "90,year,incremental",
        "90,year,all_units",
        (3, "method"),
        "incremental, as",
    ),
    mistake(
        "tiers of two ends",
        "processing_fees",
        "2024-01-01,5000",
        "2023-12-01,5000",
        (3, "valid_until"),
        "2024-01-01, as in",
    ),
    mistake("fee for what is not made", "processing_fees", "deal,car", "deal,seat", (4, "item"), '"deal" makes seat'),
    mistake(
        "fee for one and for all",
        "processing_fees",
        "deal,car,2024-01-01",
        "deal,car,2023-12-01",
        (4, "item"),
        "row 2 has one for all",
    ),
    mistake("reservation without room", "reservations", "10,20", "30,20", (2, "least"), "at most 20,"),
    mistake(
        "more reserved than can be",
        "reservations",
        "hours_per_year,fee\ndeal,,2024-01-01,10,20,hour,4000,7",
        "hours_per_year,fee,reserved\ndeal,,2024-01-01,10,20,hour,4000,7,30",
        (2, "reserved"),
        "between 10 and 20",
    ),
    mistake(
        "less reserved than must be",
        "reservations",
        "hours_per_year,fee\ndeal,,2024-01-01,10,20,hour,4000,7",
        "hours_per_year,fee,reserved\ndeal,,2024-01-01,10,20,hour,4000,7,5",
        (2, "reserved"),
        "between 10 and 20",
    ),
    mistake("a term without end", "agreements", "2023-01-01,24,", "2023-01-01,2400,", (2, "term"), "at most 1200"),
    mistake(
        "a statement after years",
        "agreements",
        "term,group\ndeal,wall,plant,signed,2022-06-01,2023-01-01,24,hosts",
        "term,group,statement_days\ndeal,wall,plant,signed,2022-06-01,2023-01-01,24,hosts,1000",
        (2, "statement_days"),
        "at most 366",
    ),
    mistake("reservation per unknown hours", "reservations", "4000", "", (2, "hours_per_year"), "240,000 a year"),
    mistake("tooling per how many units", "tooling", "1000,12", ",12", (3, "units"), "payment is per_unit"),
    mistake("tooling per unit for how long", "tooling", "1000,12", "1000,", (3, "months"), "payment is per_unit"),
    mistake(
        "tooling per unit after the end",
        "tooling",
        "per_unit,,",
        "per_unit,2025-01-01,",
        (3, "date"),
        "a day before 2025-01-01",
        "No unit is made under it later",
    ),
    mistake("annuity for how long", "tooling", "annuity,,,24", "annuity,,,", (4, "months"), "payment is annuity"),
    mistake(
        "advice before the signature",
        "advisory",
        "tryout,2022-07-01",
        "tryout,2022-05-31",
        (2, "valid_from"),
        "from 2022-06-01 on",
        "from its signature",
    ),
    mistake("hours of another service", "actuals", ",tryout,", ",trial,", (7, "charge"), '"trial"', "in advisory"),
    mistake("licence of nobody", "licences", ",wall,", ",wal,", (2, "holder"), '"wal"', '"wall"?'),
    mistake("licence for a part", "licences", "deal,car", "deal,seat", (2, "item"), '"deal" makes seat'),
    mistake("credit for a part", "credits", "emission,car", "emission,seat", (2, "item"), '"deal" makes seat'),
    mistake("credit for one and for all", "credits", "fuel,", "emission,", (2, "item"), "row 3 has one for all"),
    mistake("more than all of a credit", "credits", "100,0.8", "100,1.8", (2, "brand_share"), "at most 1"),
    mistake("exclusivity of a part", "exclusivity", "deal,car", "deal,seat", (2, "item"), '"deal" makes seat'),
    mistake(
        "losses covered until two days",
        "loss_cover",
        "valid_from,months,fixed_cost,per,margin,cap\ndeal,2023-02-01,12",
        "valid_until,months,fixed_cost,per,margin,cap\ndeal,2024-02-01,12",
        (2, "months"),
        "valid_until says",
        "12 months after",
    ),
    mistake("no first fence", "flexibility", "car,0", "car,1", (2, "months_ahead"), "0 in the first fence"),
    mistake(
        "fences of two methods",
        "flexibility",
        "binding_share,price\ndeal,car,0,0.1,0.05,1,80\ndeal,car,2,,0.2,0.5,80",
        "binding_share,price,method\ndeal,car,0,0.1,0.05,1,80,original\ndeal,car,2,,0.2,0.5,80,step_to_step",
        (3, "method"),
        "original, as in row 2",
    ),
    mistake(
        "fence that binds more further ahead",
        "flexibility",
        "1,80",
        "0.4,80",
        (3, "binding_share"),
        "at most 0.4",
        "row 2",
    ),
    mistake("fence that narrows", "flexibility", "0.05", "0.3", (3, "down_share"), "at least 0.3", "row 2"),
    mistake("more than all is cut", "flexibility", ",0.2,", ",20,", (3, "down_share"), "20 % is 0.2"),
    mistake("negative rise", "flexibility", "0.1,", "-0.1,", (2, "up_share"), "at least 0"),
    mistake("part of a month ahead", "flexibility", "car,2", "car,1.5", (3, "months_ahead"), "a whole number"),
    mistake(
        "fence for what is not made",
        "flexibility",
        "0.5,80\n",
        "0.5,80\ndeal,seat,0,0.1,0.05,1,80\n",
        (4, "item"),
        '"deal" makes seat',
    ),
    mistake(
        "fences for one and for all",
        "flexibility",
        "deal,car,2,,",
        "deal,,0,,0.2,1,80\ndeal,car,2,,",
        (2, "item"),
        "row 3 has one for all",
    ),
    mistake("excess of a product", "excess", "deal,chip", "deal,car", (2, "item"), '"deal" takes car'),
    mistake("excess below a window of nothing", "excess", "chip,3", "chip,-3", (2, "window_months"), "at least 0"),
    mistake("carrying in per cent", "excess", "0.01", "1.5", (2, "carrying_rate"), "1.5 % is 0.015"),
    mistake("review in a while", "excess", "month\n", "decade\n", (2, "review"), "one of month, quarter, year"),
    mistake("part that nothing takes", "materials", "deal,chip,2024", "deal,car,2024", (3, "item"), '"deal" takes car'),
    mistake("part without a price", "materials", "buy_sell,3,", "buy_sell,,", (3, "price"), "mode is buy_sell"),
    mistake(
        "allowance without a price", "materials", "consigned,2", "consigned,", (2, "price"), "attrition_share 0.01"
    ),
    mistake("handling of one's own", "materials", "2,,0.01", "2,0.1,0.01", (2, "handling_share"), "is consigned"),
    mistake("allowance of the host's", "materials", "3,0.05,", "3,0.05,0.1", (3, "attrition_share"), "is buy_sell"),
    mistake("part bought now and then", "materials", "buy_sell", "turnkey", (2, "mode"), "turnkey, as in row 3"),
    mistake(
        "part bought from a day on",
        "materials",
        f"{_CHIPS}deal,chip,2024-01-01,,buy_sell,3",
        "deal,chip,2023-02-01,,turnkey,3",
        (2, "valid_from"),
        "not after 2023-01-01",
    ),
    mistake(
        "part bought until a day",
        "materials",
        f"{_CHIPS}deal,chip,2024-01-01,,buy_sell,3",
        "deal,chip,,2024-06-01,turnkey,3",
        (2, "valid_until"),
        "2025-01-01, when the agreement ends",
    ),
    mistake(
        "part bought with a break",
        "materials",
        f"{_CHIPS}deal,chip,2024-01-01,,buy_sell,3",
        "deal,chip,,2024-01-01,turnkey,2,,\ndeal,chip,2024-03-01,,turnkey,3",
        (3, "valid_from"),
        "not after 2024-01-01",
    ),
    mistake("prepayment drawn by nothing", "security", "2000,,4", "2000,,", (3, "draw_per_unit"), "kind is prepayment"),
    mistake("guarantee for free", "security", "0.02", "", (4, "fee_rate"), "kind is guarantee"),
    mistake("fee of a deposit", "security", "2022-07-01,,,", "2022-07-01,,0.1,", (2, "fee_rate"), "kind is deposit"),
    mistake("guarantee that is drawn", "security", "500,,,", "500,,3,", (4, "draw_per_unit"), "kind is guarantee"),
    mistake("guarantee that is lost", "security", "0.02,,,", "0.02,,,0.5", (4, "forfeited_share"), "kind is guarantee"),
    mistake("tranche that is paid", "security", "300,,,,2023", "300,2023-01-01,,,2023", (5, "date"), "kind is vesting"),
    mistake("deposit that vests", "security", ",,,,0.5", ",,2023-12-31,,0.5", (2, "milestone_date"), "kind is deposit"),
    mistake("guarantee that vests", "security", "0.02,,,", "0.02,,9,", (4, "milestone_units"), "kind is guarantee"),
    mistake("tranche without a milestone", "security", "2023-12-31", "", (5, "milestone_date"), "milestone_units"),
    mistake("tranche of two milestones", "security", ",,,900", ",,2023-12-31,900", (6, "milestone_units"), "not both"),
    mistake("deposit after the end", "security", "2022-07-01", "2025-01-01", (2, "date"), "before 2025-01-01"),
    mistake("milestone after the end", "security", "2023-12-31", "2025-01-01", (5, "milestone_date"), "a day before"),
    # structure
    mistake("loop of one", "bom", "build,seat,1", "build,car,1", (2, "item"), "car into car"),
    mistake(
        "part nobody sells",
        "offers",
        "seats,seat",
        "seats,chip",
        (2, "item"),
        '"build" needs "seat"',
        "at plant",
        table="demand",
    ),
    mistake(
        "market nobody serves",
        "lanes",
        "plant,china",
        "plant,works",
        (2, "item"),
        '"car" at china',
        "had at depot, plant, works",
        table="demand",
    ),
    # what happened
    mistake("count of no item", "actuals", "good,car", "good,", (2, "item"), "an item", "measure is good"),
    mistake("money of no charge", "actuals", "cost,,rent", "cost,,", (6, "charge"), "a charge", "measure is cost"),
    mistake(
        "count of a part as good", "actuals", "good,car", "good,chip", (2, "item"), '"chip"', "route of deal makes"
    ),
    mistake("use of a product", "actuals", "on_hand,chip", "on_hand,car", (5, "item"), '"car"', "route of deal takes"),
    mistake("money of another charge", "actuals", ",rent,", ",rant,", (6, "charge"), '"rant"', "in fixed_charges"),
    mistake(
        "count of no days",
        "actuals",
        "car,,2023-02-01,2023-03-01",
        "car,,2023-02-01,2023-02-01",
        (2, "until"),
        "a day after 2023-02-01",
    ),
    mistake(
        "state over days",
        "actuals",
        "on_hand,chip,,2023-03-01,,",
        "on_hand,chip,,2023-03-01,2023-03-09,",
        (5, "until"),
        "nothing",
    ),
    mistake("count before the term", "actuals", "car,,2023-02-01", "car,,2022-02-01", (2, "from"), "2023-01-01 on"),
    mistake(
        "count after the term",
        "actuals",
        "car,,2023-02-01,2023-03-01",
        "car,,2023-02-01,2025-03-01",
        (2, "until"),
        "not after 2025-01-01",
    ),
    mistake("negative count", "actuals", ",,20\n", ",,-20\n", (2, "quantity"), "at least 0"),
    mistake(
        "second count without a word", "actuals", "2023-04-01,yes", "2023-04-01,", (4, "correction"), "Row 3", "yes"
    ),
    mistake(
        "correction of nothing",
        "actuals",
        "2023-03-01,,,20",
        "2023-03-01,,yes,20",
        (2, "correction"),
        "recorded before",
    ),
    mistake(
        "count after an exit",
        "actuals",
        "car,,2023-02-01,2023-03-01",
        "car,,2024-09-01,2024-10-01",
        (2, "from"),
        "before 2024-09-01",
        "row 2",
    ),
    mistake(
        "count across an exit",
        "actuals",
        "car,,2023-02-01,2023-03-01",
        "car,,2024-08-01,2024-10-01",
        (2, "until"),
        "not after 2024-09-01",
        "row 2",
    ),
    mistake("state after an exit", "actuals", "chip,,2023-03-01,,", "chip,,2024-09-05,,", (5, "from"), "row 2"),
    mistake(
        "correction of other days",
        "actuals",
        "2023-03-01,2023-04-01,yes",
        "2023-02-15,2023-04-01,yes",
        (4, "until"),
        "2023-03-01, as in row 3",
    ),
    mistake(
        "count of the same days",
        "actuals",
        "2023-02-01,2023-03-01,2023-04-01,yes",
        "2023-02-15,2023-03-15,,",
        (4, "from"),
        "2023-03-01 on",
        "Row 3",
    ),
    mistake(
        "count before it is over", "actuals", "2023-04-01,yes", "2023-02-20,yes", (4, "recorded_at"), "2023-02-28 on"
    ),
    mistake(
        "call-off after an exit",
        "call_offs",
        "02-10,20",
        "02-10,20\nlate,deal,car,2024-06-20,2024-09-10,5",
        (3, "due"),
        "before 2024-09-01",
        "row 2",
    ),
    mistake(
        "forecast of a part", "forecasts", "deal,car", "deal,seat", (2, "item"), "route of deal makes", "in excess"
    ),
    mistake("forecast of a day", "forecasts", "2023-03-01", "2023-03-05", (2, "month"), "first day of a month"),
    mistake("forecast of what is over", "forecasts", "2023-01-15", "2023-04-01", (2, "published"), "before the month"),
    mistake(
        "call-off within the frozen zone",
        "agreements",
        "term,group\ndeal,wall,plant,signed,2022-06-01,2023-01-01,24,hosts",
        "term,group,frozen_days\ndeal,wall,plant,signed,2022-06-01,2023-01-01,24,hosts,30",
        (2, "due"),
        "a day from 2023-02-19 on",
        "30 days",
        table="call_offs",
    ),
    mistake("call-off after the term", "call_offs", "2023-02-10", "2026-02-10", (2, "due"), "before 2025-01-01"),
    mistake("call-off of a part", "call_offs", "deal,car", "deal,seat", (2, "item"), "route of deal makes"),
    mistake("commit of no call-off", "commits", "first", "frist", (2, "call_off"), '"frist"', '"first"?'),
    mistake("commit before the call-off", "commits", "2023-01-22", "2023-01-02", (2, "committed"), "2023-01-20 on"),
    mistake("shipment without call-off", "shipments", "truck,first", "truck,second", (2, "call_off"), '"second"'),
    mistake(
        "shipment before the call-off",
        "shipments",
        "first,2023-02-12",
        "first,2023-01-12",
        (2, "shipped"),
        "2023-01-20 on",
    ),
    mistake("arrival before departure", "shipments", "2023-02-14", "2023-02-10", (2, "received"), "2023-02-12 on"),
    mistake("exit before notice", "exits", "2024-03-01,2024-09-01", "2024-03-01,2024-02-01", (2, "exit"), "of notice"),
    mistake("exit after the term", "exits", "2024-09-01", "2025-09-01", (2, "exit"), "before 2025-01-01"),
    mistake(
        "another currency",
        "agreements",
        "term,group\ndeal,wall,plant,signed,2022-06-01,2023-01-01,24,hosts",
        "term,group,currency\ndeal,wall,plant,signed,2022-06-01,2023-01-01,24,hosts,EUR",
        (2, "currency"),
        '"EUR"',
        "to CNY",
    ),
    mistake("exit without terms", "exit_terms", "deal,6", "own,6", (2, "exit"), "exit_terms has a row", table="exits"),
    mistake(
        "exit with short notice",
        "exits",
        "2024-03-01,2024-09-01,host",
        "2024-05-01,2024-09-01,brand",
        (2, "exit"),
        "a day from 2024-11-01 on",
        " 6 months",
    ),
    # versions
    mistake(
        "version that leaves a hole",
        "fixed_charges",
        "agreement,charge,amount,per\ndeal,rent,1000,month",
        "agreement,charge,valid_from,valid_until,recorded_at,amount,per\ndeal,rent,,,,1000,month\n"
        "deal,rent,2023-06-01,2023-09-01,2023-05-01,900,month",
        (3, "valid_from"),
        "row 2",
        "record a row for the days",
    ),
    mistake(
        "two versions of one recording",
        "fixed_charges",
        "agreement,charge,amount,per\ndeal,rent,1000,month",
        "agreement,charge,valid_from,recorded_at,amount,per\ndeal,rent,,2023-05-01,1000,month\n"
        "deal,rent,2023-06-01,2023-05-01,900,month",
        (3, "valid_from"),
        "overlaps row 2",
    ),
    # the launch programme
    mistake("day off the week", "calendars", "thu fri\n", "thu fir\n", (2, "days"), "days of the week", "mon, tue"),
    mistake(
        "no day in common",
        "calendars",
        "yard,mon tue wed thu fri sat",
        "yard,sat sun",
        (3, "calendar"),
        "a day of the week in common, unlike office and yard",
        table="activities",
    ),
    mistake("holiday backwards", "holidays", "2023-05-04", "2023-05-01", (3, "until"), "after 2023-05-01"),
    mistake("no likely", "activities", "design,pert,20,30", "design,pert,20,", (2, "likely"), "pert takes it"),
    mistake("low where fixed", "activities", "fixed,,0,,", "fixed,1,2,,limits", (6, "low"), "fixed does not take it"),
    mistake(
        "nothing where fixed", "activities", "start,fixed,,0", "start,fixed,,", (6, "likely"), "a number, as fixed"
    ),
    mistake("range unsaid", "activities", "50,p10_p90", "50,", (2, "range"), "limits or p10_p90", "10 and 90 %"),
    mistake("limits of the endless", "activities", "40,p10_p90", "40,limits", (5, "range"), "lognormal has no limits"),
    mistake("low above likely", "activities", "design,pert,20", "design,pert,31", (2, "low"), "at most 30"),
    mistake("likely above high", "activities", "60,90,limits", "60,50,limits", (3, "likely"), "at most 50"),
    mistake("low above high", "activities", "lognormal,10", "lognormal,50", (5, "low"), "at most 40"),
    mistake("lognormal from nothing", "activities", "lognormal,10", "lognormal,0", (5, "low"), "above 0"),
    mistake(
        "on plan without one",
        "activities",
        "permit,lognormal,10,,40,p10_p90,,",
        "permit,lognormal,10,,40,p10_p90,,0.5",
        (5, "likely"),
        "on_plan is 0.5",
    ),
    mistake(
        "not observed",
        "observations",
        "trial,10,2\ntrial,15,1\n",
        "",
        (4, "distribution"),
        "no observations",
        table="activities",
    ),
    mistake(
        "observed for nothing", "observations", "trial,10,2", "design,10,2", (2, "activity"), "discrete or empirical"
    ),
    mistake(
        "low of the observed", "activities", "empirical,,,,,", "empirical,3,,,limits,", (4, "low"), "takes observations"
    ),
    mistake(
        "circle",
        "links",
        "trial,start,,,",
        "trial,design,,,",
        (2, "successor"),
        "do not go round",
        "tools before trial before design before tools",
    ),
    mistake("link to itself", "links", "trial,start,,,", "trial,trial,,,", (5, "successor"), "trial before trial"),
    mistake("link to nothing", "links", "trial,start", "trail,start", (5, "predecessor"), '"trial"?'),
    mistake("most below least", "links", "trial,FS,,20", "trial,FS,30,20", (3, "most_lag"), "at least 30"),
    mistake("strange type", "links", "tools,SS", "tools,ST", (2, "type"), '"ST"'),
    mistake("too many makers", "assignments", "makers,2", "makers,3", (2, "quantity"), "at most 2", "makers"),
    mistake(
        "more than certain",
        "events",
        "refused,permit,0.2",
        "refused,permit,0.6",
        (4, "probability"),
        "1 at most",
        "not 1.1",
    ),
    mistake("probability above one", "events", "trial,0.3", "trial,1.2", (2, "probability"), "1.2"),
    mistake(
        "again in a group", "events", "20,permits,", "20,permits,2", (3, "most_times"), "1, as the event has a group"
    ),
    mistake("know-how twice", "know_how", "tools,0.95,", "tools,0.95,0.9", (3, "factor"), "either factor"),
    mistake("no know-how", "know_how", "tools,0.95,", "tools,,", (3, "rate"), "either factor"),
    mistake("how often unsaid", "know_how", "0.9,3", "0.9,", (2, "times_before"), "either factor"),
    mistake("advice for two", "advisory_effects", "trial,,0.8", "trial,fails,0.8", (2, "event"), "activity is given"),
    mistake("advice for nothing", "advisory_effects", "trial,,0.8", ",,0.8", (2, "activity"), "or else an event"),
    mistake("nobody reaches it", "milestones", "ready,start,", "ready,,", (2, "activity"), "nobody reaches it"),
    mistake("reached twice", "milestones", "signed,,", "signed,start,", (3, "date"), "activity is given"),
    mistake("aim of a date", "milestones", "2022-06-01,", "2022-06-01,2022-07-01", (3, "target"), "has its date"),
    mistake(
        "two starts",
        "routes",
        "until,ramp,learning\nbuild,car,plant,deal,10,0.98,2023-02-01,2024-06-01,slow,curve",
        "until,ramp,learning,milestone\nbuild,car,plant,deal,10,0.98,2023-02-01,2024-06-01,slow,curve,ready",
        (2, "from"),
        "milestone is given",
    ),
    mistake("certain and more", "branches", "lasts,0.6", "lasts,0.7", (2, "probability"), "add up to 1.1"),
    mistake("an outcome of two", "branches", "rival,waits", "rival,ends", (2, "outcome"), "no other branch"),
    mistake("known before it is asked", "branches", "0.3,2023-09-01", "0.3,2023-05-01", (4, "reveal_date"), "lasts"),
    mistake("after what never happens", "branches", "2023-10-01,lasts", "2023-10-01,last", (5, "after"), "first row"),
    mistake(
        "known from the start",
        "branches",
        "ends,0.4,2023-06-01",
        "ends,0.4,2023-01-01",
        (2, "reveal_date"),
        "2023-01-01",
    ),
    mistake("a change of no table", "edits", "enters,demand", "enters,demands", (3, "table"), 'mean "demand"'),
    mistake("a change of edits", "edits", "enters,demand", "enters,edits", (3, "table"), "Tables are parties"),
    mistake("a change after all", "edits", "2023-07-01,2024", "2033-07-01,2034", (2, "from"), "the end of the horizon"),
    mistake(
        "a change over before",
        "edits",
        "enters,demand,,quantity,,",
        "enters,demand,,quantity,,2023-09-01",
        (3, "until"),
        "after 2023-09-01, when enters is known",
    ),
    mistake(
        "a key of too many",
        "edits",
        "items,chip",
        'items,"chip,lot"',
        (4, "key"),
        "values of item, in that order with commas between",
        "write it as column=value",
    ),
    mistake("probability in per cent", "branches", "ends,0.4", "ends,40", (2, "probability"), "40 % is 0.4"),
    mistake(
        "probability above all",
        "branches",
        "ends,0.4",
        "ends,1.55",
        (2, "probability"),
        "1.55 is 155 %",
        "1.55 % is 0.",
    ),
    mistake("probability of what", "branches", "ends,0.4", "ends,155", (2, "probability"), "1 is 100 %"),
    mistake("a factor after all", "factor_effects", "2023-02-01,2024", "2033-02-01,2034", (2, "from"), "the horizon"),
    mistake("a change of no row", "edits", "items,chip", "items,chop", (4, "key"), 'mean "chip"'),
    mistake("a change of a key", "edits", "chip,value", "chip,item", (4, "column"), "no part of its key"),
    mistake("a change to nothing", "edits", "times,0.8", "times,", (2, "value"), "a number"),
    mistake(
        "a change that ends first",
        "edits",
        "2023-07-01,2024-01-01",
        "2023-07-01,2023-06-01",
        (2, "until"),
        "after 2023-07-01",
    ),
    mistake("a change too early", "edits", "quantity,2023-07-01", "quantity,2023-05-01", (2, "from"), "2023-06-01"),
    mistake("days of what has none", "edits", "value,,,,1.5", "value,2023-07-01,,,1.5", (4, "from"), "rows of items"),
]


def read_with(files: Mapping[str, str], mistakes: list[Mistake], put: Put) -> list[coplant.Problem]:
    files = dict(files)
    for one in mistakes:
        assert one.before in files[one.file], one.name
        files[one.file] = files[one.file].replace(one.before, one.after, 1)
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    return caught.value.problems


def is_told(one: Mistake, problem: coplant.Problem) -> bool:
    return (problem.table, problem.row, problem.column) == (one.table, one.row, one.column) and all(
        word in str(problem) for word in one.words
    )


def test_the_case_without_mistakes_is_read(files: dict[str, str], put: Put) -> None:
    case = coplant.read(put(files))
    assert all(case[table].height > 0 for table in TABLES)


@pytest.mark.parametrize("one", MISTAKES, ids=lambda one: one.name)
def test_a_mistake_is_told_once_with_its_place(one: Mistake, files: dict[str, str], put: Put) -> None:
    problems = read_with(files, [one], put)
    assert [is_told(one, problem) for problem in problems] == [True], [str(problem) for problem in problems]


TOGETHER = [
    "blank currency",
    "unknown kind of bucket",
    "choice misspelt",
    "below the range",
    "key twice",
    "unknown item",
    "above the range",
    "resource elsewhere",
    "overtime for nothing",
    "lane for both",
    "lane to where it starts",
    "unknown supplier",
    "date twice",
    "too many cells",
    "safety stock of nothing",
    "demand before its price",
    "least above most",
    "signed after the start",
    "clauses that overlap",
    "tiers of two bases",
    "annuity for how long",
]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_tables(files: dict[str, str], put: Put) -> None:
    mistakes = [one for one in MISTAKES if one.name in TOGETHER]
    assert len(mistakes) == len(TOGETHER)
    problems = read_with(files, mistakes, put)
    told = [next((i for i, problem in enumerate(problems) if is_told(one, problem)), None) for one in mistakes]
    # The settings have mistakes, so that prices cannot be held against the horizon yet.
    assert [one.name for one, place in zip(mistakes, told, strict=True) if place is None] == ["demand before its price"]
    order = [(list(TABLES).index(problem.table), problem.row or 0) for problem in problems]
    assert order == sorted(order)
    assert len(problems) == len(TOGETHER) - 1


def test_an_unknown_table_is_told_and_what_it_lacks_is_not(files: dict[str, str], put: Put) -> None:
    files["itms"] = files.pop("items")
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    assert [(problem.table, problem.column) for problem in caught.value.problems] == [("itms", None), ("items", None)]
    assert str(caught.value.problems[0]) == (
        "itms: expected a file that is called like a table of a case."
        ' Did you mean "items"? Rename the file, or move it out of the folder'
    )
    assert "at least one row" in str(caught.value.problems[1])


@pytest.mark.parametrize("table", ["items", "sites", "demand"])
def test_a_table_that_every_case_needs_is_missed(table: str, files: dict[str, str], put: Put) -> None:
    del files[table]
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    missed = [problem for problem in caught.value.problems if problem.row is None]
    assert [(problem.table, problem.column) for problem in missed] == [(table, None)]
    assert table[:-1] in missed[0].mend


def test_what_is_unknown_before_a_branch_is_told_in_each_of_its_rows(files: dict[str, str], put: Put) -> None:
    files["branches"] = files["branches"].replace(",lasts\n", ",last\n")
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    assert [(one.row, one.column, one.mend) for one in caught.value.problems] == [
        (row, "after", 'Did you mean "lasts"?') for row in (4, 5)
    ]


def test_a_case_makes_or_buys_something() -> None:
    tables = {
        "items": [{"item": "lamp"}],
        "sites": [{"site": "shop", "kind": "market"}],
        "demand": [{"demand": "d", "item": "lamp", "site": "shop", "from": "2023-01-01", "quantity": 0, "per": "day"}],
    }
    with pytest.raises(coplant.CaseError, match="at least one row in routes or offers"):
        coplant.Case.from_tables({"name": "n", "currency": "CNY", "start": "2023-01-01", "buckets": "day:1"}, tables)


def test_a_loop_is_named_item_by_item(files: dict[str, str], put: Put) -> None:
    files["routes"] += "weave,seat,plant,,,,,,,\nsew,cloth,plant,,,,,,,\n"
    files["bom"] += "weave,cloth,1\nsew,car,1\n"
    files["items"] += "cloth,,1\n"
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    (problem,) = caught.value.problems
    assert (problem.table, problem.row, problem.column, problem.value) == ("bom", 2, "item", "seat")
    assert problem.mend.startswith("car into cloth into seat into car:")


def test_what_is_missing_is_followed_down_to_its_root(files: dict[str, str], put: Put) -> None:
    files["items"] += "foam,,1\nresin,,1\n"
    files["routes"] += "mould,foam,works,,,,,,,\n"
    files["bom"] += "build,foam,1\nmould,resin,1\n"
    files["lanes"] += "bring,foam,,works,plant,,\n"
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    (problem,) = caught.value.problems
    assert (problem.table, problem.row, problem.column, problem.value) == ("demand", 2, "item", "car")
    assert problem.mend == (
        'lane "ship" brings "car" from plant; route "build" needs "foam" at plant; '
        'lane "bring" brings "foam" from works; route "mould" needs "resin" at works; '
        'no offer, route, lane or stock supplies "resin" at works'
    )


def test_two_standards_of_a_part_are_told_with_both_routes(files: dict[str, str], put: Put) -> None:
    files["routes"] += "other,car,plant,deal,,,,,,\n"
    files["bom"] += "other,seat,1\nother,chip,30\n"
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    (problem,) = caught.value.problems
    assert (problem.table, problem.row, problem.column, problem.value) == ("materials", 2, "item", "chip")
    assert problem.mend.startswith("Route build takes 40 and other 30")


def test_lanes_that_only_go_round_are_told(files: dict[str, str], put: Put) -> None:
    files["items"] += "foam,,1\n"
    files["bom"] += "build,foam,1\n"
    files["lanes"] += "there,foam,,works,plant,,\nback,foam,,plant,works,,\n"
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    (problem,) = caught.value.problems
    assert problem.mend.endswith('and "foam" at plant waits for itself')


def test_a_long_list_is_cut_in_the_message_only(files: dict[str, str], put: Put) -> None:
    files["items"] += "".join(f"part{number},,much\n" for number in range(300))
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    assert len(caught.value.problems) == 300
    assert str(caught.value).endswith("297 more of these")
    assert "300 problems in" in str(caught.value)
    every = CaseError([Problem("items", None, f"column {number}", None, "a value", "") for number in range(300)])
    assert str(every).endswith("... and 200 more")


def test_rows_with_the_same_mistake_are_told_together(files: dict[str, str], put: Put) -> None:
    files["items"] += "".join(f"part{number},,{-number}\n" for number in range(1, 9))
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    assert len(caught.value.problems) == 8
    head, *lines = str(caught.value).splitlines()
    first = caught.value.problems[0].row or 0
    assert head.startswith("8 problems in")
    assert [line.partition(":")[2].partition(";")[0] for line in lines[:3]] == [" -1", " -2", " -3"]
    assert lines[3:] == [f"  items, rows {first + 3}-{first + 7}, value: 5 more of these"]


def test_a_message_is_one_line(files: dict[str, str], put: Put) -> None:
    files["items"] += 'foam,,"mu\nch"\n'
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    (problem,) = caught.value.problems
    assert problem.row == 5
    assert str(problem) == (
        'items, row 5, value: "mu\\nch"; expected a number such as 1200.5, without unit or thousands separator.'
        " Material cost of one unit; the base of holding cost and of the value at the horizon's end"
    )


def test_an_allotment_that_limits_no_offer_is_told(files: dict[str, str], put: Put) -> None:
    name = files["allotments"].splitlines()[1].partition(",")[0]
    files["allotments"] += files["allotments"].splitlines()[1].replace(name, f"{name}x", 1) + "\n"
    with pytest.raises(coplant.CaseError) as caught:
        coplant.read(put(files))
    (problem,) = caught.value.problems
    assert (problem.table, problem.column, problem.value) == ("allotments", "allotment", f"{name}x")
    assert problem.mend == f'Did you mean "{name}"?'
