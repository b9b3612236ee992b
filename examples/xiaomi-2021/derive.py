"""Derive the tables of the reference case from the facts and assumptions below.

Run `python examples/xiaomi-2021/derive.py`: it writes every table as CSV beside this file. Change a figure here and run
it again, or edit the tables themselves; README.md says what each part means. Money is in CNY throughout.

A figure is `filed` (the brand's filings), `public` (statistics, press), `story` (the news of 26 March 2021) or
`assumed` (ours).
"""

from __future__ import annotations

import csv
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import programme

Row = dict[str, Any]

# ---------------------------------------------------------------------------------------------------------------------
# The horizon
# ---------------------------------------------------------------------------------------------------------------------
START = date(2021, 4, 1)
FIRST_QUARTER = date(2024, 1, 1)  # months before, quarters from then
END = date(2027, 1, 1)
DISCOUNT_RATE = 0.09  # assumed

# ---------------------------------------------------------------------------------------------------------------------
# What a stress test samples; all of it is assumed
# ---------------------------------------------------------------------------------------------------------------------
FACTORS: dict[str, dict[str, Any]] = {
    "shortage": {"title": "Severity of the shortage", "distribution": "lognormal", "low": 0.9, "high": 1.12},
    "phones": {"title": "Level of demand for phones", "distribution": "lognormal", "low": 0.93, "high": 1.07},
    "phone-seasons": {"title": "Ups and downs of phones", "distribution": "reverting", "reversion": 2.0,
                      "volatility": 0.08},
    "cars": {"title": "Level of demand for cars", "distribution": "triangular", "low": 0.7, "likely": 1.0,
             "high": 1.3},
    "market": {"title": "Market for electric cars from 2025 on", "distribution": "lognormal", "low": 0.8,
               "high": 1.25},
    "cells": {"title": "Price of cells", "distribution": "reverting", "reversion": 1.0, "volatility": 0.25},
}  # fmt: skip
MATURE = date(2025, 1, 1)
EFFECTS: tuple[tuple[str, str, str, str, float, date | None], ...] = (
    *(("shortage", "allotments", chip, "quantity", -1.0, None) for chip in ("pmic", "mcu", "display-driver")),
    *(("shortage", "offer_prices", f"{chip}-broker", "price", 2.0, None) for chip in ("pmic", "mcu")),
    *((factor, "demand", f"item=phone-{tier}", "quantity", 1.0, None)
      for factor in ("phones", "phone-seasons") for tier in ("entry", "mid", "premium")),
    *(("cars", "demand", f"item=car-{car}", "quantity", 1.0, None) for car in ("one", "two")),
    *(("market", "demand", f"item=car-{car}", "quantity", 1.0, MATURE) for car in ("one", "two")),
    *(("cells", "offer_prices", material, "price", 1.0, None) for material in ("lithium", "cell-materials")),
)  # fmt: skip
TOGETHER = {("shortage", "phones"): -0.3, ("cars", "market"): 0.5}

# ---------------------------------------------------------------------------------------------------------------------
# What the brand sold in 2020
# ---------------------------------------------------------------------------------------------------------------------
FILED_REVENUE = {"phones": 152.2e9, "connected-home": 67.4e9, "services": 23.8e9, "other": 2.5e9}  # filed
FILED_MARGIN = {"phones": 0.087, "connected-home": 0.128, "services": 0.616}  # filed; 14.9 % in total
FILED_ABROAD = 122.4e9  # filed: revenue outside mainland China
GROWTH = 0.0  # a year, on the units of phones, goods and scooters; 0 keeps every year at the run rate of 2020


@dataclass(frozen=True)
class Product:
    """What is sold; `units` are a year's, `margin` is the gross margin, both at the run rate of 2020."""

    family: str
    title: str
    units: float
    price: float
    margin: float
    shares: dict[str, float]  # of the units, by market
    launch: int = 0  # month in which a model year begins; 0: the price does not erode
    wait: float = 0.0
    penalty: float = 0.0
    source: str = "assumed"
    note: str = ""


MARKETS = ("china", "india", "europe", "rest")
# Phones: 146.4 m shipped at 1,040 and the margin of 8.7 % are filed, the tiers and markets are assumed to add up.
PHONES = {
    "phone-entry": Product(
        "phones", "Entry phone", 80.5e6, 650, 0.05,
        {"china": 0.25, "india": 0.35, "europe": 0.10, "rest": 0.30}, launch=7, penalty=5,
    ),
    "phone-mid": Product(
        "phones", "Mid-range phone", 55.9e6, 1250, 0.09,
        {"china": 0.40, "india": 0.20, "europe": 0.22, "rest": 0.18}, launch=4, penalty=15,
    ),
    "phone-premium": Product(
        "phones", "Premium phone", 10.0e6, 3000, 0.144,
        {"china": 0.60, "india": 0.03, "europe": 0.27, "rest": 0.10}, launch=1, penalty=50,
    ),
}  # fmt: skip
SCOOTER = Product(
    "mobility", "Electric scooter", 1.25e6, 2000, 0.12,
    {"china": 0.45, "europe": 0.40, "rest": 0.15}, wait=0.4, penalty=20,
)  # fmt: skip
# Connected-home goods: 67.4 bn at 12.8 % is filed; 12 m televisions is filed; the sizes are assumed to add up.
SMALL_UNITS, SMALL_PRICE = 160e6, 135.0
LARGE_UNITS, LARGE_PRICE = 12e6, 2000.0
MEDIUM_PRICE = 545.0
SMALL_MARGIN, LARGE_MARGIN = 0.155, 0.085  # the middle size takes the margin that makes 12.8 % of the whole

# Seasons: share of an average month's units, January to December; each sums to 12 (assumed)
PHONE_SEASON = (0.95, 0.80, 0.95, 0.93, 0.95, 1.03, 0.93, 0.95, 1.02, 1.08, 1.25, 1.16)
SCOOTER_SEASON = (0.70, 0.70, 0.90, 1.10, 1.25, 1.25, 1.15, 1.10, 1.05, 0.95, 1.00, 0.85)
FLAT_SEASON = (1.0,) * 12
EROSION = 0.02  # a month, of a phone's price within its model year (assumed; computers lose about 1 % a week)
PRICE_INDEX = {"china": 1.00, "india": 0.985, "europe": 1.03, "rest": 1.005}  # before they are made to average 1

# Internet services: 110 a year for a phone in use, over two years; a phone sold is in use for the share of them
# that makes up the filed revenue (assumed).
SERVICE_PER_YEAR, SERVICE_MONTHS = 110.0, 24

# ---------------------------------------------------------------------------------------------------------------------
# The car
# ---------------------------------------------------------------------------------------------------------------------
NEW_ENERGY_2020, NEW_ENERGY_GROWTH = 1.367e6, 0.30  # public; assumed growth a year
POTENTIAL_SHARE = {"car-one": 0.055, "car-two": 0.033}  # of the new-energy cars sold in 2023 to 2027 (assumed)
BASS_P, BASS_Q = 0.03, 0.38  # public: usual values for durables
CAR_DEMAND_FROM = {"car-one": date(2023, 1, 1), "car-two": date(2025, 1, 1)}  # story: first models in 2023; assumed
CAR_PRICE = {"car-one": 150_000.0, "car-two": 216_000.0}  # assumed
CAR_MATERIAL = {"car-one": 105_000.0, "car-two": 140_000.0}  # without cells (assumed)
PACK_ENERGY = {"pack-55": 55.0, "pack-75": 75.0}  # kWh (assumed)
CAR_WAIT, CAR_PENALTY = 0.8, 4000.0  # share of orders still waiting a month later; goodwill lost with a customer
LITHIUM_PER_KWH = 0.6  # kg of lithium carbonate in a kWh of LFP cells (public)
CELL_CONVERSION = 40.0  # per kWh, of the price of a cell (assumed)
# LFP cells, CNY/kWh (public, middling confidence; what lies after March 2021 is taken as the forecast)
CELL_PRICE = {
    date(2021, 4, 1): 580, date(2021, 7, 1): 600, date(2021, 10, 1): 660, date(2022, 1, 1): 780,
    date(2022, 4, 1): 840, date(2022, 7, 1): 870, date(2022, 10, 1): 920, date(2023, 1, 1): 860,
    date(2023, 4, 1): 620, date(2023, 7, 1): 560, date(2023, 10, 1): 460, date(2024, 1, 1): 390,
    date(2024, 4, 1): 360, date(2024, 7, 1): 350,
}  # fmt: skip
# Lithium carbonate, CNY/kg (public: 50 early in 2021, above 200 in November, about 500 in March 2022)
LITHIUM_PRICE = {
    date(2021, 4, 1): 75, date(2021, 7, 1): 90, date(2021, 10, 1): 170, date(2021, 11, 1): 205,
    date(2022, 1, 1): 300, date(2022, 3, 1): 500, date(2022, 7, 1): 480, date(2022, 10, 1): 550,
    date(2023, 1, 1): 480, date(2023, 4, 1): 220, date(2023, 7, 1): 280, date(2023, 10, 1): 170,
    date(2024, 1, 1): 100,
}  # fmt: skip

# ---------------------------------------------------------------------------------------------------------------------
# The shortage
# ---------------------------------------------------------------------------------------------------------------------
# What suppliers deliver as a share of the need at the run rate of 2020, by day of delivery (assumed shape).
# Empty need: no limit.
DELIVERED: dict[str, dict[date, float | None]] = {
    "pmic": {
        date(2021, 7, 1): 0.84, date(2021, 10, 1): 0.78, date(2022, 1, 1): 0.80, date(2022, 4, 1): 0.77,
        date(2022, 7, 1): 0.75, date(2022, 10, 1): 0.83, date(2023, 1, 1): 0.97, date(2023, 7, 1): 1.0,
        date(2024, 1, 1): None,
    },
    "mcu": {
        date(2021, 7, 1): 0.85, date(2021, 10, 1): 0.82, date(2022, 1, 1): 0.73, date(2022, 4, 1): 0.70,
        date(2022, 7, 1): 0.78, date(2022, 10, 1): 0.84, date(2023, 1, 1): 0.95, date(2023, 7, 1): 1.0,
        date(2024, 1, 1): None,
    },
    "display-driver": {
        date(2021, 7, 1): 0.85, date(2021, 10, 1): 0.83, date(2022, 1, 1): 0.80, date(2022, 4, 1): 0.82,
        date(2022, 7, 1): 0.85, date(2022, 10, 1): 0.85, date(2023, 1, 1): 1.0, date(2023, 7, 1): None,
    },
}  # fmt: skip
# Foundry prices rose by 10 to 20 % in 2021 (public); processors by less (assumed)
PRICE_RISE = {date(2021, 7, 1): 1.10, date(2022, 1, 1): 1.20, date(2023, 1, 1): 1.0}
PROCESSOR_RISE = {date(2021, 10, 1): 1.06, date(2023, 1, 1): 1.0}
RISING = {"pmic": PRICE_RISE, "mcu": PRICE_RISE, "display-driver": PRICE_RISE,
          "soc-entry": PROCESSOR_RISE, "soc-mid": PROCESSOR_RISE, "soc-premium": PROCESSOR_RISE}  # fmt: skip
BROKERED = {"pmic": 5.0, "mcu": 3.6}  # price on the spot market as a multiple of the contract's (assumed)
BROKER_SHARE, BROKER_WEEKS = 0.015, 3  # of the need; lead time (assumed)
BROKER_MOQ = {"mcu": 100_000}  # least order in a bucket, if any is (assumed)

# ---------------------------------------------------------------------------------------------------------------------
# Who and where
# ---------------------------------------------------------------------------------------------------------------------
PARTIES = [
    # party, title, role, source
    ("xiaomi", "Xiaomi", "brand", "story"),
    ("great-wall", "Great Wall Motor", "host", "story"),
    ("second-host", "Another car maker", "host", "assumed"),
    ("south-host", "Electronics host, Guangdong", "host", "assumed"),
    ("north-host", "Electronics host, Beijing", "host", "assumed"),
    ("india-host", "Electronics host, Tamil Nadu", "host", "public"),
    ("goods-partner", "Partners for connected-home goods", "host", "filed"),
    ("scooter-partner", "Partner for scooters", "host", "filed"),
    ("cell-maker", "Cell maker", "host", "assumed"),
    ("power-chips", "Maker of power-management chips", "supplier", "assumed"),
    ("controller-chips", "Maker of microcontrollers", "supplier", "assumed"),
    ("driver-chips", "Maker of display drivers", "supplier", "assumed"),
    ("chip-broker", "Chip broker", "supplier", "assumed"),
    ("processor-one", "First maker of processors", "supplier", "assumed"),
    ("processor-two", "Second maker of processors", "supplier", "assumed"),
    ("memory-maker", "Maker of memory", "supplier", "assumed"),
    ("panel-maker", "Maker of panels", "supplier", "assumed"),
    ("oled-maker", "Maker of OLED panels", "supplier", "assumed"),
    ("camera-maker", "Maker of camera modules", "supplier", "assumed"),
    ("battery-maker", "Maker of small batteries", "supplier", "assumed"),
    ("radio-maker", "Maker of radio modules", "supplier", "assumed"),
    ("mechanics-maker", "Maker of cases and small parts", "supplier", "assumed"),
    ("appliance-parts", "Makers of appliance parts", "supplier", "assumed"),
    ("motor-maker", "Maker of motors", "supplier", "assumed"),
    ("lithium-refiner", "Refiner of lithium carbonate", "supplier", "assumed"),
    ("cathode-maker", "Maker of cell materials", "supplier", "assumed"),
    ("steel-maker", "Maker of body panels", "supplier", "assumed"),
    ("chassis-maker", "Maker of chassis", "supplier", "assumed"),
    ("interior-maker", "Maker of interiors", "supplier", "assumed"),
    ("vehicle-electronics", "Maker of vehicle electronics", "supplier", "assumed"),
]
SITES = [
    # site, title, party, kind, country, source
    ("parts-hub", "Chip warehouse, Hong Kong", "xiaomi", "warehouse", "China", "assumed"),
    ("south-plant", "Phone plant, Guangdong", "south-host", "plant", "China", "assumed"),
    ("north-plant", "Phone plant, Beijing", "north-host", "plant", "China", "assumed"),
    ("india-plant", "Phone plant, Tamil Nadu", "india-host", "plant", "India", "public"),
    ("goods-plant", "Plants for connected-home goods", "goods-partner", "plant", "China", "assumed"),
    ("scooter-plant", "Scooter plant, Changzhou", "scooter-partner", "plant", "China", "assumed"),
    ("cell-plant", "Cell plant, Fujian", "cell-maker", "plant", "China", "assumed"),
    ("great-wall-plant", "Great Wall's plant", "great-wall", "plant", "China", "story"),
    ("second-plant", "Another car maker's plant", "second-host", "plant", "China", "assumed"),
    ("own-plant", "Own plant, Beijing", "xiaomi", "plant", "China", "public"),
    ("export-hub", "Export warehouse, Shenzhen", "xiaomi", "warehouse", "China", "assumed"),
    ("europe-hub", "Warehouse, Rotterdam", "xiaomi", "warehouse", "Europe", "assumed"),
    ("china", "China", "xiaomi", "market", "China", "filed"),
    ("india", "India", "xiaomi", "market", "India", "filed"),
    ("europe", "Europe", "xiaomi", "market", "Europe", "filed"),
    ("rest", "Rest of the world", "xiaomi", "market", "Rest of the world", "filed"),
]
CAR_PLANTS = ("great-wall-plant", "second-plant", "own-plant")


@dataclass(frozen=True)
class Part:
    """A purchased part; a price of None is worked out so that a product's margin, or a car's material, holds."""

    title: str
    supplier: str
    weeks: float
    price: float | None
    sites: tuple[str, ...]
    unit: str = "unit"
    family: str = ""
    source: str = "assumed"


PARTS = {
    "pmic": Part("Power-management chip", "power-chips", 20, 2.8, ("parts-hub",), family="chips"),
    "mcu": Part("Microcontroller", "controller-chips", 26, 5.0, ("parts-hub",), family="chips"),
    "display-driver": Part("Display driver", "driver-chips", 16, 10.0, ("parts-hub",), family="chips"),
    "soc-entry": Part("Processor, entry", "processor-two", 14, 110.0, ("south-plant",)),
    "soc-mid": Part("Processor, mid-range", "processor-one", 16, 270.0, ("south-plant",)),
    "soc-premium": Part("Processor, premium", "processor-one", 16, 800.0, ("south-plant",)),
    "memory-small": Part("Memory, small", "memory-maker", 10, 120.0, ("south-plant",)),
    "memory-large": Part("Memory, large", "memory-maker", 10, 230.0, ("south-plant",)),
    "radio": Part("Radio module", "radio-maker", 12, 30.0, ("south-plant",)),
    "glass-lcd": Part("LCD panel", "panel-maker", 8, 75.0, ("south-plant",)),
    "glass-oled": Part("OLED panel", "oled-maker", 10, 420.0, ("south-plant",)),
    "camera": Part("Camera module", "camera-maker", 6, 33.0, ("south-plant", "north-plant", "india-plant")),
    "phone-battery": Part("Phone battery", "battery-maker", 5, 30.0, ("south-plant", "north-plant", "india-plant")),
    "kit-entry": Part("Case and small parts, entry phone", "mechanics-maker", 4, None, ("south-plant", "india-plant")),
    "kit-mid": Part("Case and small parts, mid phone", "mechanics-maker", 4, None, ("south-plant", "india-plant")),
    "kit-premium": Part(
        "Case and small parts, premium phone", "mechanics-maker", 5, None, ("north-plant", "india-plant")
    ),
    "wireless-module": Part("Wireless module", "radio-maker", 12, 9.0, ("goods-plant",)),
    "tv-panel": Part("Television panel", "panel-maker", 8, 900.0, ("goods-plant",)),
    "kit-small": Part("Parts of a small good", "appliance-parts", 4, None, ("goods-plant",)),
    "kit-medium": Part("Parts of a medium good", "appliance-parts", 5, None, ("goods-plant",)),
    "kit-large": Part("Parts of a large good", "appliance-parts", 6, None, ("goods-plant",)),
    "small-cell": Part("Cylindrical cell", "battery-maker", 6, 9.0, ("scooter-plant",)),
    "hub-motor": Part("Hub motor", "motor-maker", 5, 220.0, ("scooter-plant",)),
    "scooter-frame": Part("Scooter frame and fittings", "mechanics-maker", 4, None, ("scooter-plant",)),
    "lithium": Part("Lithium carbonate", "lithium-refiner", 3, 0.0, ("cell-plant",), unit="kg", source="public"),
    "cell-materials": Part(
        "Other materials of a cell", "cathode-maker", 3, 0.0, ("cell-plant",), unit="kWh", source="public"
    ),
    "vehicle-electronics": Part("Vehicle electronics kit", "vehicle-electronics", 12, 13_000.0, ("south-plant",)),
    "pack-housing": Part("Pack housing and electronics", "battery-maker", 8, 9_000.0, CAR_PLANTS),
    "drive-motor": Part("Drive motor and inverter", "motor-maker", 14, 11_000.0, CAR_PLANTS),
    "chassis": Part("Chassis set", "chassis-maker", 10, 22_000.0, CAR_PLANTS),
    "body-steel": Part("Body panels", "steel-maker", 4, 16_000.0, CAR_PLANTS, unit="set"),
    "interior-one": Part("Interior, glass and trim, first car", "interior-maker", 9, None, CAR_PLANTS),
    "interior-two": Part("Interior, glass and trim, second car", "interior-maker", 9, None, CAR_PLANTS),
}

SUBASSEMBLIES = {
    # item: title, family, unit
    "board-entry": ("Main board, entry phone", "phone-modules", "unit"),
    "board-mid": ("Main board, mid-range phone", "phone-modules", "unit"),
    "board-premium": ("Main board, premium phone", "phone-modules", "unit"),
    "display-lcd": ("LCD display module", "phone-modules", "unit"),
    "display-oled": ("OLED display module", "phone-modules", "unit"),
    "goods-board": ("Control board of a good", "", "unit"),
    "scooter-controller": ("Scooter controller", "", "unit"),
    "scooter-pack": ("Scooter battery pack", "", "pack"),
    "cell": ("LFP cells", "", "kWh"),
    "control-units": ("Control units of a car", "", "set"),
    "pack-55": ("Battery pack, 55 kWh", "", "pack"),
    "pack-75": ("Battery pack, 75 kWh", "", "pack"),
    "body-one": ("Painted body, first car", "", "unit"),
    "body-two": ("Painted body, second car", "", "unit"),
}
CARS = {"car-one": "First car, mass market", "car-two": "Second car, dearer"}

BILLS: dict[str, dict[str, float]] = {
    # Chips: phone 3 to 4 power-management chips and a display driver, a good one of each, a scooter two, a car 40/70/3.
    "board-entry": {"soc-entry": 1, "memory-small": 1, "radio": 1, "pmic": 3},
    "board-mid": {"soc-mid": 1, "memory-large": 1, "radio": 1, "pmic": 4},
    "board-premium": {"soc-premium": 1, "memory-large": 2, "radio": 2, "pmic": 4},
    "display-lcd": {"glass-lcd": 1, "display-driver": 1},
    "display-oled": {"glass-oled": 1, "display-driver": 1},
    "phone-entry": {"board-entry": 1, "display-lcd": 1, "camera": 2, "phone-battery": 1, "kit-entry": 1},
    "phone-mid": {"board-mid": 1, "display-lcd": 1, "camera": 3, "phone-battery": 1, "kit-mid": 1},
    "phone-premium": {"board-premium": 1, "display-oled": 1, "camera": 4, "phone-battery": 1, "kit-premium": 1},
    "goods-board": {"pmic": 1, "mcu": 1, "wireless-module": 1},
    "goods-small": {"goods-board": 1, "kit-small": 1},
    "goods-medium": {"goods-board": 1, "kit-medium": 1},
    "goods-large": {"goods-board": 1, "tv-panel": 1, "kit-large": 1},
    "scooter-controller": {"pmic": 2, "mcu": 2},
    "scooter-pack": {"small-cell": 30},
    "scooter": {"scooter-controller": 1, "scooter-pack": 1, "hub-motor": 1, "scooter-frame": 1},
    "cell": {"lithium": LITHIUM_PER_KWH, "cell-materials": 1},
    "control-units": {"pmic": 40, "mcu": 70, "display-driver": 3, "vehicle-electronics": 1},
    "pack-55": {"cell": PACK_ENERGY["pack-55"], "pack-housing": 1},
    "pack-75": {"cell": PACK_ENERGY["pack-75"], "pack-housing": 1},
    "body-one": {"body-steel": 1},
    "body-two": {"body-steel": 1.2},
    "car-one": {"body-one": 1, "pack-55": 1, "control-units": 1, "drive-motor": 1, "chassis": 1, "interior-one": 1},
    "car-two": {"body-two": 1, "pack-75": 1, "control-units": 1, "drive-motor": 2, "chassis": 1, "interior-two": 1},
}

# ---------------------------------------------------------------------------------------------------------------------
# Agreements
# ---------------------------------------------------------------------------------------------------------------------
# Phones: signed before the horizon. Reserved phones a month (least, most), fee for each, and the fee per phone built.
PHONE_AGREEMENTS = {
    "south": {"title": "Phones from Guangdong", "site": "south-plant", "host": "south-host",
              "least": 7.0e6, "most": 10.5e6, "fee": 1.2,
              "fees": {"phone-entry": 15.0, "phone-mid": 18.0}},
    "north": {"title": "Phones from Beijing", "site": "north-plant", "host": "north-host",
              "least": 0.6e6, "most": 1.2e6, "fee": 2.0,
              "fees": {"phone-premium": 35.0}},
    "india": {"title": "Phones from Tamil Nadu", "site": "india-plant", "host": "india-host",
              "least": 2.4e6, "most": 4.4e6, "fee": 1.0,
              "fees": {"phone-entry": 13.0, "phone-mid": 16.0, "phone-premium": 30.0}},
}  # fmt: skip
SOUTH_LEAST = {"quantity": 90e6, "share": 0.8, "price": 6.0}  # a year; share paid for; per phone short


@dataclass(frozen=True)
class CarAgreement:
    """One of the rival ways to build the car."""

    title: str
    host: str
    site: str
    source: str
    sign: date
    production: date
    car_two: date
    ramp: str
    least: float
    most: float
    reservation_fee: float
    kind: str
    tiers: tuple[tuple[float, float], ...]
    charges: tuple[tuple[str, float], ...]  # a month
    tools: tuple[tuple[str, float, str, date | None], ...]
    conversion: float
    note: str


CAR_AGREEMENTS = {
    "great-wall": CarAgreement(
        "Manufacture by Great Wall", "great-wall", "great-wall-plant", "story",
        date(2021, 4, 2), date(2023, 4, 1), date(2025, 1, 1), "host-ramp",
        least=30_000, most=100_000, reservation_fee=600, kind="deductible",
        tiers=((0, 4500), (50_000, 4000)),
        charges=(("depreciation", 15e6),),
        tools=(("tools", 0.8e9, "up_front", date(2022, 4, 1)), ("engineering", 0.65e9, "annuity", None)),
        conversion=800,
        note="the news: could be announced within a week; 24 months to production; room for a guest of 100,000 a year",
    ),
    "second-host": CarAgreement(
        "Manufacture by another host", "second-host", "second-plant", "assumed",
        date(2021, 7, 1), date(2022, 10, 1), date(2025, 1, 1), "host-ramp",
        least=20_000, most=90_000, reservation_fee=900, kind="plain",
        tiers=((0, 6800), (50_000, 6300)),
        charges=(("depreciation", 8e6),),
        tools=(("tools", 0.8e9, "per_unit", date(2022, 10, 1)), ("engineering", 0.9e9, "annuity", None)),
        conversion=800,
        note="dearer, free earlier, lends its licence",
    ),
    "own-plant": CarAgreement(
        "Own plant in Beijing", "xiaomi", "own-plant", "public",
        date(2021, 4, 1), date(2024, 1, 1), date(2025, 1, 1), "own-ramp",
        least=0, most=150_000, reservation_fee=0, kind="plain",
        tiers=(),
        charges=(("plant", 65e6),),
        tools=(("tools", 0.9e9, "up_front", date(2023, 1, 1)), ("engineering", 1.3e9, "annuity", None)),
        conversion=1000,
        note="announced on 30 March 2021; 33 months to production; 150,000 a year in its first phase",
    ),
}  # fmt: skip
ENGINEERING_MONTHS, ENGINEERING_RATE = 24, 0.0
GREAT_WALL_LEAST = {"quantity": 40_000.0, "share": 0.8, "price": 4000.0}
# Engineers of the first host who help from the signature to the start of production (story; assumed size)
ADVICE = {"fee": 10e6, "hours": 2_000.0, "hourly_rate": 600.0, "cap": 250e6}  # a month; in all
DEPOSIT = {"amount": 100e6, "forfeited_share": 0.5}  # to the first host (assumed)
LOSS_COVER = {
    "fixed_cost": 24e6,
    "margin": 12_000.0,
    "months": 12,
    "cap": 120e6,
}  # of the second host's plant (assumed)
SHARES = {"amount": 100e6, "milestone_date": date(2024, 10, 1)}  # that the second host is given (assumed)
# Under whose licence the car is built, from when, and what that costs a month and for each car (assumed)
LICENCES = {
    "second-host": {"holder": "second-host", "fee": 8e6, "royalty": 100.0, "note": "lent with the plant"},
    "own-plant": {"holder": "xiaomi", "valid_from": date(2024, 4, 1), "fee": 8e6,
                  "note": "the brand's own, three months after the plant is ready"},
}  # fmt: skip
# Credits that a car earns, what one is worth, and how much of that reaches the brand (public; assumed shares)
CREDITS, CREDIT_PRICE = 3.4, 250.0
CREDIT_SHARES = {"great-wall": 0.7, "second-host": 0.5, "own-plant": 1.0}
# How each can be left: from when, months of notice, what it costs, what of unpaid tooling falls due (assumed)
EXITS = {
    "great-wall": {"valid_from": date(2026, 1, 1), "notice": 12, "fee": 300e6, "fee_per_month": 10e6,
                   "relocation": 200e6},
    "second-host": {"valid_from": date(2026, 11, 1), "notice": 6, "fee": 200e6, "fee_per_month": 5e6,
                    "tooling_share": 0.8, "relocation": 200e6},
    "own-plant": {"valid_from": date(2026, 1, 1), "notice": 6, "fee": 1e9, "note": "closing it down"},
}  # fmt: skip
HOURS_PER_YEAR = 4000.0  # two shifts
RAMPS = {
    "host-ramp": {0: 0.10, 1: 0.20, 2: 0.35, 3: 0.50, 4: 0.65, 6: 0.85, 9: 1.0},
    "own-ramp": {0: 0.05, 1: 0.10, 2: 0.20, 3: 0.35, 5: 0.50, 7: 0.70, 10: 0.90, 12: 1.0},
}
# Conversion of a car by experience; the brand's know-how in making products counts as experience (story; assumed size)
LEARNING = {
    "car-one": {"rate": 0.9, "first": 20_000.0, "initial": 40_000.0, "transfer": 0.4},
    "car-two": {"rate": 0.9, "first": 24_000.0, "initial": 100_000.0, "transfer": 0.4},
}
CAR_TWO_LOT = 300.0  # least started in a bucket

# ---------------------------------------------------------------------------------------------------------------------
# Making and moving
# ---------------------------------------------------------------------------------------------------------------------
MAKES = [
    # item, site, lead time (days), conversion, agreement, source
    ("board-entry", "south-plant", 5, 10.0, ""), ("board-mid", "south-plant", 5, 12.0, ""),
    ("board-premium", "south-plant", 5, 16.0, ""), ("display-lcd", "south-plant", 4, 4.0, ""),
    ("display-oled", "south-plant", 4, 6.0, ""), ("control-units", "south-plant", 6, 400.0, ""),
    ("phone-entry", "south-plant", 4, 3.0, "south"), ("phone-mid", "south-plant", 4, 3.0, "south"),
    ("phone-premium", "north-plant", 4, 4.0, "north"),
    ("phone-entry", "india-plant", 4, 3.0, "india"), ("phone-mid", "india-plant", 4, 3.0, "india"),
    ("phone-premium", "india-plant", 4, 4.0, "india"),
    ("goods-board", "goods-plant", 4, 2.0, ""), ("goods-small", "goods-plant", 4, 5.0, ""),
    ("goods-medium", "goods-plant", 5, 20.0, ""), ("goods-large", "goods-plant", 5, 60.0, ""),
    ("scooter-controller", "scooter-plant", 4, 15.0, ""), ("scooter-pack", "scooter-plant", 4, 40.0, ""),
    ("scooter", "scooter-plant", 5, 70.0, ""),
    ("cell", "cell-plant", 10, CELL_CONVERSION, ""),
]  # fmt: skip
RESOURCES = [
    # resource, title, site, unit, capacity a month, overtime a month, overtime cost, loads, source
    ("board-line", "Board lines", "south-plant", "unit", 17.5e6, 1.5e6, 3.0,
     {"board-entry": 1, "board-mid": 1.2, "board-premium": 1.5, "control-units": 6}),
    ("display-line", "Display module lines", "south-plant", "unit", 15.5e6, 1.0e6, 2.0,
     {"display-lcd": 1, "display-oled": 1.4}),
    ("phone-line-south", "Assembly lines, Guangdong", "south-plant", "unit", 10.5e6, 0, None,
     {"phone-entry": 1, "phone-mid": 1}),
    ("phone-line-north", "Assembly lines, Beijing", "north-plant", "unit", 1.2e6, 0, None, {"phone-premium": 1}),
    ("phone-line-india", "Assembly lines, Tamil Nadu", "india-plant", "unit", 4.4e6, 0, None,
     {"phone-entry": 1, "phone-mid": 1, "phone-premium": 1}),
    ("goods-line", "Assembly of connected-home goods", "goods-plant", "h", 9.0e6, 0.9e6, 12.0,
     {"goods-small": 0.25, "goods-medium": 0.8, "goods-large": 1.5}),
    ("scooter-line", "Scooter line", "scooter-plant", "unit", 135_000.0, 15_000.0, 60.0, {"scooter": 1}),
    ("cell-line", "Cell lines kept for the brand", "cell-plant", "kWh", 1.1e6, 0, None, {"cell": 1}),
    ("great-wall-line", "Line for a guest", "great-wall-plant", "unit", 8_400.0, 0, None,
     {"car-one": 1, "car-two": 1}),
    ("second-line", "Line for a guest", "second-plant", "unit", 7_500.0, 0, None, {"car-one": 1, "car-two": 1}),
    ("own-line", "First phase", "own-plant", "unit", 12_500.0, 0, None, {"car-one": 1, "car-two": 1}),
]  # fmt: skip


@dataclass(frozen=True)
class Lane:
    """A way to move; `what` is a family if it is in FAMILIES, else an item."""

    what: str
    origin: str
    destination: str
    days: float
    cost: float
    mode: str = ""
    capacity: float | None = None
    note: str = ""


DUTY = {"phone-entry": 130.0, "phone-mid": 250.0}  # India's duty of 20 % on a phone made elsewhere (public)
LANES = [
    Lane("chips", "parts-hub", "south-plant", 2, 0.02),
    Lane("chips", "parts-hub", "goods-plant", 2, 0.02),
    Lane("chips", "parts-hub", "scooter-plant", 3, 0.02),
    Lane("phone-modules", "south-plant", "north-plant", 3, 1.0),
    Lane("phone-modules", "south-plant", "india-plant", 20, 1.5, "sea"),
    Lane("phone-modules", "south-plant", "india-plant", 4, 7.0, "air"),
    Lane("phones", "south-plant", "china", 4, 3.0),
    Lane("phones", "north-plant", "china", 3, 3.0),
    Lane("phones", "south-plant", "export-hub", 2, 1.0),
    Lane("phones", "north-plant", "export-hub", 4, 2.0),
    Lane("phones", "india-plant", "india", 3, 3.0),
    Lane("phone-entry", "export-hub", "india", 4, 12.0 + DUTY["phone-entry"], "air", 0.8e6, "with duty"),
    Lane("phone-mid", "export-hub", "india", 4, 12.0 + DUTY["phone-mid"], "air", 0.8e6, "with duty"),
    Lane("phones", "export-hub", "europe-hub", 38, 3.0, "sea"),
    Lane("phones", "export-hub", "europe-hub", 20, 15.0, "rail", 0.9e6),
    Lane("phones", "export-hub", "europe-hub", 5, 20.0, "air", 1.2e6),
    Lane("phones", "europe-hub", "europe", 4, 3.0),
    Lane("phones", "export-hub", "rest", 30, 3.5, "sea"),
    Lane("phones", "export-hub", "rest", 5, 20.0, "air", 1.2e6),
    Lane("goods-small", "goods-plant", "china", 4, 1.0),
    Lane("goods-medium", "goods-plant", "china", 4, 8.0),
    Lane("goods-large", "goods-plant", "china", 4, 35.0),
    Lane("goods-small", "goods-plant", "export-hub", 2, 0.5),
    Lane("goods-medium", "goods-plant", "export-hub", 2, 4.0),
    Lane("goods-large", "goods-plant", "export-hub", 2, 15.0),
    Lane("goods-small", "export-hub", "europe-hub", 38, 1.0, "sea"),
    Lane("goods-medium", "export-hub", "europe-hub", 38, 14.0, "sea"),
    Lane("goods-large", "export-hub", "europe-hub", 38, 70.0, "sea"),
    Lane("goods-small", "export-hub", "europe-hub", 5, 6.0, "air", 0.5e6),
    Lane("goods-small", "europe-hub", "europe", 4, 0.5),
    Lane("goods-medium", "europe-hub", "europe", 4, 5.0),
    Lane("goods-large", "europe-hub", "europe", 4, 20.0),
    Lane("goods-small", "export-hub", "india", 22, 0.8, "sea"),
    Lane("goods-medium", "export-hub", "india", 22, 12.0, "sea"),
    Lane("goods-large", "export-hub", "india", 22, 60.0, "sea"),
    Lane("goods-small", "export-hub", "rest", 30, 1.0, "sea"),
    Lane("goods-medium", "export-hub", "rest", 30, 14.0, "sea"),
    Lane("goods-large", "export-hub", "rest", 30, 70.0, "sea"),
    Lane("scooter", "scooter-plant", "china", 4, 25.0),
    Lane("scooter", "scooter-plant", "export-hub", 3, 15.0),
    Lane("scooter", "export-hub", "europe-hub", 38, 60.0, "sea"),
    Lane("scooter", "export-hub", "europe-hub", 20, 120.0, "rail", 20_000),
    Lane("scooter", "europe-hub", "europe", 4, 25.0),
    Lane("scooter", "export-hub", "rest", 30, 60.0, "sea"),
    *(Lane("cell", "cell-plant", plant, 4, 3.0) for plant in CAR_PLANTS),
    *(Lane("control-units", "south-plant", plant, 4, 60.0) for plant in CAR_PLANTS),
    *(Lane("cars", plant, "china", 6, 1200.0) for plant in CAR_PLANTS),
]
HOLDING_RATE = 0.10  # a year
END_VALUE_SHARE = 0.8
SWINGING = dict.fromkeys(
    ("lithium", "cell-materials", "cell"), 0.4
)  # assumed: what swings in price is valued with care
SAFETY_DAYS = {"india": 15, "europe": 25, "rest": 20}  # of phones
SAFETY_PENALTY = 0.02  # of the price, a month below
# What lies at the start: days of use at a plant, at the chip warehouse, of a market's demand
PART_DAYS, CHIP_DAYS, PLANT_DAYS, HUB_DAYS = 4, 14, 3, 3
MARKET_DAYS = {"china": 10, "india": 18, "europe": 28, "rest": 23}

# ---------------------------------------------------------------------------------------------------------------------
# From facts to quantities
# ---------------------------------------------------------------------------------------------------------------------


def market_price(product: Product, market: str) -> float:
    """Give the yearly average price in a market; over the markets it averages the product's."""
    mean = sum(share * PRICE_INDEX[where] for where, share in product.shares.items())
    return product.price * PRICE_INDEX[market] / mean


def goods() -> dict[str, Product]:
    """Size the connected-home goods so that their revenue, margin and share abroad make up the filed figures."""
    total, margin = FILED_REVENUE["connected-home"], FILED_MARGIN["connected-home"]
    small, large = SMALL_UNITS * SMALL_PRICE, LARGE_UNITS * LARGE_PRICE
    medium = total - small - large
    medium_margin = (margin * total - SMALL_MARGIN * small - LARGE_MARGIN * large) / medium
    # Services follow the phone they are used on, so they are earned where phones are sold.
    phone_units = sum(phone.units for phone in PHONES.values())
    units_abroad = sum(phone.units * (1 - phone.shares["china"]) for phone in PHONES.values())
    abroad = FILED_ABROAD - FILED_REVENUE["services"] * units_abroad / phone_units
    for product in [*PHONES.values(), SCOOTER]:
        away = {market: share for market, share in product.shares.items() if market != "china"}
        abroad -= sum(product.units * share * market_price(product, market) for market, share in away.items())
    share = abroad / total / 3
    shares = {"china": 1 - 3 * share, "india": share, "europe": share, "rest": share}
    sizes = {
        "goods-small": ("Small good (band, bulb, router)", SMALL_UNITS, SMALL_PRICE, SMALL_MARGIN),
        "goods-medium": ("Medium good (vacuum, purifier)", medium / MEDIUM_PRICE, MEDIUM_PRICE, medium_margin),
        "goods-large": ("Large good (television, appliance)", LARGE_UNITS, LARGE_PRICE, LARGE_MARGIN),
    }
    return {
        item: Product("connected-home", title, units, price, item_margin, shares, wait=0.2)
        for item, (title, units, price, item_margin) in sizes.items()
    }


PRODUCTS = {**PHONES, **goods(), "scooter": SCOOTER}
FAMILIES = {
    **{item: product.family for item, product in PRODUCTS.items()},
    **{item: family for item, (_, family, _) in SUBASSEMBLIES.items() if family},
    **{item: part.family for item, part in PARTS.items() if part.family},
    **dict.fromkeys(CARS, "cars"),
}
SEASON = {**dict.fromkeys(PHONES, PHONE_SEASON), **dict.fromkeys(goods(), FLAT_SEASON), "scooter": SCOOTER_SEASON}


def months(first: date, until: date) -> Iterator[date]:
    """Yield the first day of every month in [first, until)."""
    day = first
    while day < until:
        yield day
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)


def buckets(first: date = START) -> list[tuple[date, list[date]]]:
    """List the buckets from a day on, each with the months in it."""
    months_on = list(months(first, END))
    monthly = [(month, [month]) for month in months_on if month < FIRST_QUARTER]
    later = [month for month in months_on if month >= FIRST_QUARTER]
    return monthly + [(later[at], later[at : at + 3]) for at in range(0, len(later), 3)]


def erosion(product: Product, month: int) -> float:
    """Give a month's price as a share of the year's average price, which the season's units weigh."""
    if not product.launch:
        return 1.0

    def left(of: int) -> float:
        return float((1 - EROSION) ** ((of - product.launch) % 12))

    season = PHONE_SEASON
    return left(month) * sum(season) / sum(season[of - 1] * left(of) for of in range(1, 13))


def brought(what: str) -> list[str]:
    """List the items that a lane for an item or a family moves."""
    return [what] if what not in FAMILIES.values() else [item for item, family in FAMILIES.items() if family == what]


@dataclass(frozen=True)
class Source:
    """One way in which a stock point is filled: what it takes for one unit, what that costs, and how long."""

    days: float
    cost: float
    takes: tuple[tuple[str, str, float], ...]  # item, site, quantity
    material: float = 0.0


def sources(item: str, site: str) -> list[Source]:
    """List the ways to fill a stock point in the usual course of business: not by a broker."""
    found = []
    if item in PARTS and site in PARTS[item].sites:
        price = part_price(item)
        found.append(Source(PARTS[item].weeks * 7, price, (), price))
    for made, plant, days, conversion, agreement in MAKES:
        if (made, plant) == (item, site):
            fee = PHONE_AGREEMENTS[agreement]["fees"][item] if agreement else 0.0
            takes = tuple((part, site, quantity) for part, quantity in BILLS[item].items())
            found.append(Source(days, conversion + fee, takes))
    lanes = [lane for lane in LANES if lane.destination == site and item in brought(lane.what)]
    found += [
        Source(lane.days, lane.cost, ((item, lane.origin, 1.0),)) for lane in lanes if reachable(item, lane.origin)
    ]
    return found


@cache
def reachable(item: str, site: str) -> bool:
    """Say whether a stock point can be filled."""
    return bool(sources(item, site))


def cost(item: str, site: str) -> float:
    """Roll up the cost of a unit at a site by the cheapest usual way."""
    return usual_cost(item, site)[0]


def usual(item: str, site: str) -> Source:
    """Give the cheapest usual way to fill a stock point."""
    return usual_cost(item, site)[1]


@cache
def usual_cost(item: str, site: str) -> tuple[float, Source]:
    """Give the cheapest usual way to fill a stock point, and its cost per unit."""
    ways = [
        (way.cost + sum(quantity * cost(part, at) for part, at, quantity in way.takes), way)
        for way in sources(item, site)
    ]
    return min(ways, key=lambda way: way[0])


BALANCING = {
    # The part whose price makes a product's margin come out
    "phone-entry": "kit-entry", "phone-mid": "kit-mid", "phone-premium": "kit-premium", "goods-small": "kit-small",
    "goods-medium": "kit-medium", "goods-large": "kit-large", "scooter": "scooter-frame",
}  # fmt: skip
CAR_BALANCING = {"car-one": "interior-one", "car-two": "interior-two"}
BALANCED: dict[str, float] = {}  # prices found by `balance`


def part_price(item: str) -> float:
    """Give the price of a part at the start, outside the shortage."""
    fixed = PARTS[item].price
    return BALANCED.get(item, 0.0) if fixed is None else fixed


def balance() -> None:
    """Find the prices of the balancing parts."""
    BALANCED.clear()
    usual_cost.cache_clear()
    found = {}
    for item, part in BALANCING.items():
        product = PRODUCTS[item]
        without = sum(share * cost(item, market) for market, share in product.shares.items())
        found[part] = round(product.price * (1 - product.margin) - without, 2)
    for car, part in CAR_BALANCING.items():
        found[part] = round(CAR_MATERIAL[car] - material(car, cells=False), 2)
    BALANCED.update(found)
    usual_cost.cache_clear()


def lowest_price(item: str) -> float:
    """Give the lowest price of a part over the horizon: the material value that nobody gains by."""
    if item == "lithium":
        return float(min(LITHIUM_PRICE.values()))
    if item == "cell-materials":
        return min(cell_materials_price().values())
    return part_price(item)


def material(item: str, *, cells: bool = True) -> float:
    """Roll up the material of a unit, parts at their lowest price."""
    if item in PARTS:
        return lowest_price(item)
    if item == "cell" and not cells:
        return 0.0
    return sum(quantity * material(part, cells=cells) for part, quantity in BILLS[item].items())


def cell_materials_price() -> dict[date, float]:
    """Give the price of a cell's other materials: the cell's price without lithium and conversion."""
    found = {}
    for day in sorted({*CELL_PRICE, *LITHIUM_PRICE}):
        cell = [price for since, price in CELL_PRICE.items() if since <= day][-1]
        lithium = [price for since, price in LITHIUM_PRICE.items() if since <= day][-1]
        found[day] = round(cell - LITHIUM_PER_KWH * lithium - CELL_CONVERSION, 2)
    return found


def flows() -> dict[tuple[str, str], float]:
    """Give the units a day that pass each stock point at the run rate of 2020, along the usual ways."""
    passing: dict[tuple[str, str], float] = defaultdict(float)

    def pull(item: str, site: str, rate: float) -> None:
        passing[item, site] += rate
        for part, at, quantity in usual(item, site).takes:
            pull(part, at, rate * quantity)

    for item, product in PRODUCTS.items():
        for market, share in product.shares.items():
            pull(item, market, product.units * share / 365)
    return dict(passing)


def need(chip: str) -> float:
    """Give the yearly need of a chip at the run rate of 2020."""
    return flows()[chip, "parts-hub"] * 365


# ---------------------------------------------------------------------------------------------------------------------
# The tables
# ---------------------------------------------------------------------------------------------------------------------


def row(source: str, note: str = "", **cells: Any) -> Row:
    """Make a row, with where it comes from."""
    return {name.rstrip("_"): cell for name, cell in cells.items()} | {"source": source, "note": note}


def parties() -> Iterator[Row]:
    for party, title, role, source in PARTIES:
        yield row(source, party=party, title=title, role=role)


def sites() -> Iterator[Row]:
    for site, title, party, kind, country, source in SITES:
        yield row(source, site=site, title=title, party=party, kind=kind, country=country)


def items() -> Iterator[Row]:
    def item_row(item: str, title: str, unit: str, source: str, note: str = "") -> Row:
        return row(
            source, note, item=item, title=title, family=FAMILIES.get(item, ""), unit=unit,
            value=round(material(item), 2), holding_rate=HOLDING_RATE,
            end_value_share=SWINGING.get(item, END_VALUE_SHARE),
        )  # fmt: skip

    for item, product in PRODUCTS.items():
        yield item_row(item, product.title, "unit", "filed" if product.family == "phones" else "assumed")
    for item, title in CARS.items():
        yield item_row(item, title, "unit", "story" if item == "car-one" else "assumed")
    for item, (title, _, unit) in SUBASSEMBLIES.items():
        yield item_row(item, title, unit, "assumed")
    for item, part in PARTS.items():
        note = "price makes the margin or the material come out" if part.price is None else ""
        yield item_row(item, part.title, part.unit, part.source, note)


def resources() -> Iterator[Row]:
    for resource, title, site, unit, *_ in RESOURCES:
        yield row("assumed", resource=resource, title=title, site=site, unit=unit)


def resource_capacity() -> Iterator[Row]:
    notes = {"great-wall-line": "100,000 a year: what four fifths of 1.5 m left free", "own-line": "150,000 a year"}
    for resource, _, _, _, capacity, overtime, price, _ in RESOURCES:
        yield row(
            "public" if resource in notes else "assumed", notes.get(resource, ""), resource=resource, from_=START,
            quantity=capacity, per="month", overtime_quantity=overtime or None, overtime_cost=price,
        )  # fmt: skip


def route_name(item: str, site: str) -> str:
    """Name a route after what it makes and where."""
    return f"{item}-{site.removesuffix('-plant')}"


def car_makes() -> Iterator[tuple[str, str, float, float, str]]:
    """List the routes of the car plants like MAKES."""
    for agreement, terms in CAR_AGREEMENTS.items():
        yield "body-one", terms.site, 5, 600.0, ""
        yield "body-two", terms.site, 5, 750.0, ""
        yield "pack-55", terms.site, 4, 900.0, ""
        yield "pack-75", terms.site, 4, 1100.0, ""
        yield "car-one", terms.site, 6, terms.conversion, agreement
        yield "car-two", terms.site, 6, terms.conversion, agreement


def routes() -> Iterator[Row]:
    for item, site, days, conversion, agreement in [*MAKES, *car_makes()]:
        terms = CAR_AGREEMENTS.get(agreement)
        cells: Row = {}
        if terms:
            # The first car waits for the launch; the second is built on the line as it is by then.
            begins: Row = {"milestone": f"{agreement}-start"} if item == "car-one" else {"from_": terms.car_two}
            cells = begins | {"ramp": terms.ramp, "learning": item}
            if item == "car-two":
                cells["least_lot"] = CAR_TWO_LOT
        yield row(
            terms.source if terms else "assumed", route=route_name(item, site), item=item, site=site,
            agreement=agreement, lead_time=days, cost=conversion, **cells,
        )  # fmt: skip


def bom() -> Iterator[Row]:
    for made, site, *_ in [*MAKES, *car_makes()]:
        for item, quantity in BILLS[made].items():
            source = "public" if item in ("pmic", "mcu", "display-driver") else "assumed"
            yield row(source, route=route_name(made, site), item=item, quantity=quantity)


def loads() -> Iterator[Row]:
    for resource, _, site, _, _, _, _, taken in RESOURCES:
        for item, quantity in taken.items():
            yield row("assumed", route=route_name(item, site), resource=resource, quantity=quantity)


def ramps() -> Iterator[Row]:
    for ramp, shares in RAMPS.items():
        for month, share in shares.items():
            yield row("assumed", ramp=ramp, month=month, share=share)


def learning() -> Iterator[Row]:
    for name, curve in LEARNING.items():
        yield row(
            "assumed", "know-how in making products counts as experience; none comes from the host's own contract work",
            learning=name, rate=curve["rate"], first_unit_cost=curve["first"], initial_units=curve["initial"],
            transfer_share=curve["transfer"], segments=3,
        )  # fmt: skip


def lanes() -> Iterator[Row]:
    for lane in LANES:
        family = lane.what in FAMILIES.values()
        name = f"{lane.what}-{lane.origin.removesuffix('-plant')}-to-{lane.destination.removesuffix('-plant')}"
        yield row(
            "assumed", lane.note, lane=f"{name}-{lane.mode}" if lane.mode else name,
            item="" if family else lane.what, family=lane.what if family else "", from_site=lane.origin,
            to_site=lane.destination, lead_time=lane.days, cost=lane.cost, capacity=lane.capacity,
            per="month" if lane.capacity else "",
        )  # fmt: skip


def offer_name(item: str, site: str) -> str:
    """Name an offer after what is bought and where it arrives."""
    return item if len(PARTS[item].sites) == 1 else f"{item}-{site.removesuffix('-plant')}"


def offers() -> Iterator[Row]:
    for item, part in PARTS.items():
        for site in part.sites:
            yield row(
                part.source, offer=offer_name(item, site), item=item, site=site, supplier=part.supplier,
                lead_time=part.weeks * 7, allotment=item if item in DELIVERED else "",
            )  # fmt: skip
    for item in BROKERED:
        yield row(
            "assumed", "spot market", offer=f"{item}-broker", item=item, site="parts-hub", supplier="chip-broker",
            lead_time=BROKER_WEEKS * 7, moq=BROKER_MOQ.get(item), allotment=f"{item}-broker",
        )  # fmt: skip


def offer_prices() -> Iterator[Row]:
    paths = {"lithium": LITHIUM_PRICE, "cell-materials": cell_materials_price()}
    for item, part in PARTS.items():
        for site in part.sites:
            offer = offer_name(item, site)
            if item in paths:
                for since, price in paths[item].items():
                    yield row("public", offer=offer, from_=since, price=price)
                continue
            yield row(part.source, offer=offer, from_=START, price=part_price(item))
            for since, factor in RISING.get(item, {}).items():
                note = f"shortage: {factor - 1:+.0%}" if factor != 1 else "shortage: over"
                yield row("public", note, offer=offer, from_=since, price=round(part_price(item) * factor, 4))
    for item, factor in BROKERED.items():
        yield row("assumed", "spot market", offer=f"{item}-broker", from_=START, price=part_price(item) * factor)


def nearest_month(day: date) -> date:
    """Give the first of a month that lies nearest to a day."""
    this = day.replace(day=1)
    following = (this + timedelta(days=32)).replace(day=1)
    return this if day - this <= following - day else following


def allotments() -> Iterator[Row]:
    # An allotment limits orders: a share of the need for delivery from a day on holds for orders a lead time before.
    for item, shares in DELIVERED.items():
        ordered = {}
        for delivered, share in shares.items():
            since = nearest_month(delivered - timedelta(weeks=PARTS[item].weeks))
            ordered[max(since, START)] = (share, delivered)
        for since, (share, delivered) in ordered.items():
            quantity = None if share is None else round(need(item) / 12 * share)
            level = "no limit" if share is None else f"{share:.0%} of the need"
            note = f"{level} for delivery from {delivered:%Y-%m}"
            yield row("assumed", note, allotment=item, from_=since, quantity=quantity, per="month")
    for item in BROKERED:
        quantity = round(need(item) / 12 * BROKER_SHARE)
        yield row("assumed", "spot market", allotment=f"{item}-broker", from_=START, quantity=quantity, per="month")


def stock() -> Iterator[Row]:
    for (item, site), rate in sorted(flows().items()):
        if site in MARKET_DAYS:
            days = MARKET_DAYS[site]
        elif site == "parts-hub":
            days = CHIP_DAYS
        elif site.endswith("-hub"):
            days = HUB_DAYS
        else:
            days = PART_DAYS if item in PARTS else PLANT_DAYS
        yield row("assumed", f"{days} days", item=item, site=site, quantity=round(rate * days))


def receipts() -> Iterator[Row]:
    # What was ordered, made and sent off at the run rate before the start, less what the shortage keeps back.
    for (item, site), rate in sorted(flows().items()):
        last = START + timedelta(days=usual(item, site).days)
        for month in months(START, last):
            following = (month + timedelta(days=32)).replace(day=1)
            quantity = rate * (min(last, following) - month).days
            shares = [share for since, share in DELIVERED.get(item, {}).items() if since <= month]
            share = shares[-1] if shares and shares[-1] is not None else 1.0
            note = f"{share:.0%} of the need" if share < 1 else ""
            yield row("assumed", note, item=item, site=site, date=month, quantity=round(quantity * share))


def safety_stock() -> Iterator[Row]:
    for item, product in PHONES.items():
        for site, days in SAFETY_DAYS.items():
            penalty = round(SAFETY_PENALTY * product.price, 2)
            yield row("assumed", item=item, site=site, from_=START, days=days, penalty=penalty)


def stream(item: str, market: str) -> str:
    """Name a stream of demand."""
    return f"{item}-{market}"


def demand() -> Iterator[Row]:
    for item, product in PRODUCTS.items():
        for market, share in product.shares.items():
            previous = None
            for first, within in buckets():
                growth = [(1 + GROWTH) ** (month.year - 2020) for month in within]
                season = [SEASON[item][month.month - 1] for month in within]
                level = sum(g * s for g, s in zip(growth, season, strict=True)) / len(within)
                quantity = round(product.units * share / 12 * level)
                if quantity != previous:
                    yield row(
                        "assumed", demand=stream(item, market), item=item, site=market, from_=first, quantity=quantity,
                        per="month", wait_share=product.wait, lost_penalty=product.penalty,
                    )  # fmt: skip
                previous = quantity
    for item, since in CAR_DEMAND_FROM.items():
        for first, within in buckets(since):
            until = (within[-1] + timedelta(days=32)).replace(day=1)
            adopted = adopters(item, until) - adopters(item, first)
            yield row(
                "assumed", "Bass diffusion", demand=stream(item, "china"), item=item, site="china", from_=first,
                quantity=round(adopted / len(within)), per="month", wait_share=CAR_WAIT, lost_penalty=CAR_PENALTY,
            )  # fmt: skip


def adopters(car: str, day: date) -> float:
    """Give the customers who have adopted a car by a day: M (1 - e^-(p+q)t) / (1 + q/p e^-(p+q)t), Bass (1969)."""
    since = CAR_DEMAND_FROM[car]
    years = (day.year - since.year) + (day.month - since.month) / 12
    market = sum(NEW_ENERGY_2020 * (1 + NEW_ENERGY_GROWTH) ** (year - 2020) for year in range(2023, 2028))
    fading = math.exp(-(BASS_P + BASS_Q) * years)
    return POTENTIAL_SHARE[car] * market * (1 - fading) / (1 + BASS_Q / BASS_P * fading)


def prices() -> Iterator[Row]:
    for item, product in PRODUCTS.items():
        for market in product.shares:
            mean = market_price(product, market)
            previous = None
            for first, within in buckets():
                season = [SEASON[item][month.month - 1] for month in within]
                asked = [erosion(product, month.month) for month in within]
                level = sum(s * p for s, p in zip(season, asked, strict=True)) / sum(season)
                price = round(mean * level, 2)
                if price != previous:
                    yield row("assumed", demand=stream(item, market), from_=first, price=price)
                previous = price
    for item, price in CAR_PRICE.items():
        yield row("assumed", demand=stream(item, "china"), from_=CAR_DEMAND_FROM[item], price=price)


def annuities() -> Iterator[Row]:
    units = sum(phone.units for phone in PHONES.values())
    active = units * SERVICE_MONTHS / 12
    amount = FILED_REVENUE["services"] / 12 / active
    in_use = amount * 12 / SERVICE_PER_YEAR
    for item, phone in PHONES.items():
        yield row(
            "filed", f"110 a year for a phone in use; over two years {in_use:.0%} are",
            annuity=f"services-{item}", item=item, family="services", amount=round(amount, 6),
            cost=round(amount * (1 - FILED_MARGIN["services"]), 6), months=SERVICE_MONTHS,
            opening_units=round(phone.units * SERVICE_MONTHS / 12),
        )  # fmt: skip


def mix() -> Iterator[Row]:
    yield row("story", "diversify: the figure is assumed", family="phones", year=2026, most_share=0.60)


def term(start: date) -> int:
    """Give the months from a day to the end of the horizon."""
    return (END.year - start.year) * 12 + END.month - start.month


def agreements() -> Iterator[Row]:
    for agreement, terms in PHONE_AGREEMENTS.items():
        yield row(
            "assumed", "signed before the horizon", agreement=agreement, title=terms["title"],
            host=terms["host"], site=terms["site"], status="signed", starts=START, term=term(START),
        )  # fmt: skip
    for agreement, car in CAR_AGREEMENTS.items():
        yield row(
            car.source, car.note, agreement=agreement, title=car.title, host=car.host, site=car.site, status="option",
            sign_from=car.sign, starts=car.production, term=term(car.production), group="car-plant",
        )  # fmt: skip


def reservations() -> Iterator[Row]:
    for agreement, terms in PHONE_AGREEMENTS.items():
        yield row(
            "assumed", agreement=agreement, least=terms["least"], most=terms["most"], per="month", fee=terms["fee"],
            kind="plain",
        )  # fmt: skip
    for agreement, car in CAR_AGREEMENTS.items():
        source = "public" if agreement != "second-host" else "assumed"
        if agreement == "great-wall":
            yield row(
                source, "25 an hour at 4,000 hours are 100,000 a year", agreement=agreement,
                least=car.least / HOURS_PER_YEAR, most=car.most / HOURS_PER_YEAR, per="hour",
                hours_per_year=HOURS_PER_YEAR, fee=car.reservation_fee, kind=car.kind,
            )  # fmt: skip
        else:
            yield row(
                source, agreement=agreement, least=car.least, most=car.most, per="year", fee=car.reservation_fee,
                kind=car.kind,
            )  # fmt: skip


def processing_fees() -> Iterator[Row]:
    for agreement, terms in PHONE_AGREEMENTS.items():
        for item, fee in terms["fees"].items():
            yield row("assumed", agreement=agreement, item=item, fee=fee)
    for agreement, car in CAR_AGREEMENTS.items():
        for above, fee in car.tiers:
            yield row("assumed", agreement=agreement, above=above, fee=fee, basis="cumulative", method="incremental")


def fixed_charges() -> Iterator[Row]:
    for agreement, car in CAR_AGREEMENTS.items():
        for charge, amount in car.charges:
            yield row("assumed", agreement=agreement, charge=charge, amount=amount, per="month")


def take_or_pay() -> Iterator[Row]:
    yield row("assumed", agreement="south", **SOUTH_LEAST)
    yield row("assumed", agreement="great-wall", **GREAT_WALL_LEAST)


def tooling() -> Iterator[Row]:
    for agreement, car in CAR_AGREEMENTS.items():
        for tool, amount, payment, day in car.tools:
            cells: Row = {"date": day}
            if payment == "per_unit":
                cells |= {"units": 150_000, "months": term(car.production)}
            elif payment == "annuity":
                cells |= {"months": ENGINEERING_MONTHS, "rate": ENGINEERING_RATE or None}
            yield row("assumed", agreement=agreement, tool=tool, amount=amount, payment=payment, **cells)


def advisory() -> Iterator[Row]:
    car = CAR_AGREEMENTS["great-wall"]
    yield row(
        "story", "size assumed", agreement="great-wall", service="engineering", valid_from=car.sign,
        valid_until=car.production, per="month", **ADVICE,
    )  # fmt: skip


def licences() -> Iterator[Row]:
    for agreement, terms in LICENCES.items():
        yield row("assumed", agreement=agreement, per="month", **terms)


def credits_() -> Iterator[Row]:
    for agreement, share in CREDIT_SHARES.items():
        yield row(
            "assumed", agreement=agreement, credit="new-energy", quantity=CREDITS, price=CREDIT_PRICE,
            brand_share=share,
        )  # fmt: skip


def loss_cover() -> Iterator[Row]:
    yield row("assumed", "the plant is idle until the cars come", agreement="second-host", per="month", **LOSS_COVER)


def security() -> Iterator[Row]:
    yield row("assumed", "returned at the end", agreement="great-wall", security="deposit", kind="deposit", **DEPOSIT)
    yield row("assumed", agreement="second-host", security="shares", kind="vesting", **SHARES)


def exit_terms() -> Iterator[Row]:
    for agreement, terms in EXITS.items():
        yield row("assumed", agreement=agreement, **terms)


def factors() -> Iterator[Row]:
    for factor, told in FACTORS.items():
        limits = {"range": "p10_p90"} if "low" in told else {}
        yield row("assumed", factor=factor, **told, **limits)


def factor_effects() -> Iterator[Row]:
    for factor, table, key, column, strength, since in EFFECTS:
        yield row("assumed", factor=factor, table=table, key=key, column=column, from_=since, strength=strength)


def factor_correlations() -> Iterator[Row]:
    for (factor, other), correlation in TOGETHER.items():
        yield row("assumed", factor=factor, with_=other, correlation=correlation)


TABLES = (
    parties, sites, items, resources, resource_capacity, routes, bom, loads, ramps, learning, lanes, offers,
    offer_prices, allotments, stock, receipts, safety_stock, demand, prices, annuities, mix, agreements, reservations,
    processing_fees, fixed_charges, take_or_pay, tooling, advisory, licences, credits_, loss_cover, security,
    exit_terms, factors, factor_effects, factor_correlations,
)  # fmt: skip


def text(cell: Any) -> str:
    """Write a cell: whole numbers without a fraction, days in ISO, nothing for nothing."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(round(cell, 9))
    return str(cell)


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write a table, columns in the order in which the rows name them, those that are always empty left out."""
    rows = [{name: text(cell) for name, cell in each.items()} for each in rows]
    named = dict.fromkeys(name for each in rows for name in each if name not in ("source", "note"))
    columns = [name for name in named if any(each.get(name) for each in rows)]
    columns += [name for name in ("source", "note") if any(each.get(name) for each in rows)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(folder: Path) -> None:
    """Write every table to a folder."""
    balance()
    for table in (*TABLES, *programme.TABLES):
        write(folder / f"{table.__name__.rstrip('_')}.csv", table())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
