"""The launch programmes of the reference case, from the signature to the start of production.

`derive.py` writes the tables. Durations are in working days; low and high are what an activity falls short of with a
probability of 10 and of 90 %. The order of the work is that of any car programme; the durations are assumed, and set so
that a programme in a host's plant takes about two years from its signature, as those that reached production did (five
public ones, 23 to 25 months), and one in a plant of one's own about 33 months (24 to 36 were announced).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]

SIGNATURE = {"great-wall": date(2021, 4, 2), "second-host": date(2021, 7, 1), "own-plant": date(2021, 4, 1)}
TITLES = {
    "great-wall": "Great Wall: production starts",
    "second-host": "Another host: production starts",
    "own-plant": "Own plant: production starts",
}
TARGET = date(2023, 12, 31)  # story: first models in 2023

# Days off in China (public: notices of the State Council; those after 2021 were published later). Weekends worked
# instead are left out.
HOLIDAYS = [
    ("2021-04-03", "2021-04-06"), ("2021-05-01", "2021-05-06"), ("2021-06-12", "2021-06-15"),
    ("2021-09-19", "2021-09-22"), ("2021-10-01", "2021-10-08"), ("2022-01-01", "2022-01-04"),
    ("2022-01-31", "2022-02-07"), ("2022-04-03", "2022-04-06"), ("2022-04-30", "2022-05-05"),
    ("2022-06-03", "2022-06-06"), ("2022-09-10", "2022-09-13"), ("2022-10-01", "2022-10-08"),
    ("2022-12-31", "2023-01-03"), ("2023-01-21", "2023-01-28"), ("2023-04-05", "2023-04-06"),
    ("2023-04-29", "2023-05-04"), ("2023-06-22", "2023-06-25"), ("2023-09-29", "2023-10-07"),
    ("2024-01-01", "2024-01-02"), ("2024-02-10", "2024-02-18"), ("2024-04-04", "2024-04-07"),
    ("2024-05-01", "2024-05-06"), ("2024-06-08", "2024-06-11"), ("2024-09-15", "2024-09-18"),
    ("2024-10-01", "2024-10-08"), ("2025-01-01", "2025-01-02"), ("2025-01-28", "2025-02-05"),
]  # fmt: skip

# (activity, title, low, likely, high, after); after names what has to be finished, with a type and a lag where it
# differs.
VEHICLE = {
    "Team": [
        ("kick-off", "Decision to build a car", 0, 0, 0, []),
        ("core-team", "Hire the core team", 30, 45, 70, ["kick-off"]),
        ("full-team", "Hire the engineers", 65, 85, 140, ["core-team"]),
    ],
    "Definition": [
        ("product", "Define the product", 18, 25, 45, ["kick-off"]),
        ("platform", "Choose the platform", 11, 14, 30, ["product"]),
        ("targets", "Set targets of cost and weight", 11, 14, 25, ["product"]),
        ("concept", "Styling concepts", 25, 30, 50, ["product"]),
        ("concept-gate", "Gate: concept", 3, 5, 8, ["platform", "targets", "concept"]),
    ],
    "Design": [
        ("styling", "Freeze the styling", 30, 35, 55, ["concept-gate"]),
        ("surfaces", "Surfaces for tools", 18, 25, 40, ["styling"]),
        ("body", "Engineer the body", 45, 55, 85, [("concept-gate", "FS", 20)]),
        ("chassis", "Adapt the chassis", 40, 50, 80, ["concept-gate"]),
        ("battery", "Design the battery pack", 45, 55, 90, ["concept-gate"]),
        ("thermal", "Design heating and cooling", 35, 45, 65, [("battery", "SS", 20)]),
        ("electrics", "Electrical architecture", 45, 55, 80, ["concept-gate"]),
        ("harness", "Wiring harness", 25, 30, 50, ["electrics"]),
        ("interior", "Engineer the interior", 45, 55, 80, [("styling", "SS", 20)]),
        ("simulation", "Simulate crash and durability", 20, 30, 45, [("body", "FF", 10), ("chassis", "FF", 10)]),
        (
            "design-gate",
            "Gate: design",
            3,
            5,
            8,
            ["surfaces", "body", "battery", "thermal", "harness", "interior", "simulation"],
        ),
    ],
    "Software": [
        ("cockpit", "Cockpit software from the phone's", 80, 100, 150, ["core-team"]),
        ("control", "Vehicle control software", 90, 115, 180, ["platform", "core-team"]),
        ("driving", "Driver assistance", 90, 120, 200, ["platform", "core-team"]),
        ("cloud", "Connection and cloud", 55, 70, 115, ["core-team"]),
        ("integration", "Integrate the software", 35, 45, 80, ["cockpit", "control", "driving", "cloud", "prototypes"]),
        ("release", "Release software for production", 14, 18, 30, ["integration", ("validation", "FF", 5)]),
    ],
    "Supply": [
        ("sourcing", "Sourcing strategy", 11, 14, 25, ["concept-gate"]),
        ("cells", "Agreement on cells", 35, 50, 85, ["platform"]),
        ("chips", "Secure chips", 45, 65, 135, ["electrics"]),
        ("long-lead", "Nominate suppliers of long-lead parts", 25, 30, 55, ["sourcing"]),
        ("nomination", "Nominate the other suppliers", 35, 45, 65, ["sourcing", ("design-gate", "FF", 0)]),
        ("supplier-tools", "Tools of suppliers", 75, 90, 130, ["long-lead", ("nomination", "SS", 30)]),
        ("supplier-parts", "Approve parts of suppliers", 30, 35, 55, ["supplier-tools", ("chips", "FF", 20)]),
    ],
    "Tooling": [
        ("dies-design", "Design the dies", 18, 25, 35, ["surfaces"]),
        ("dies", "Make the dies", 65, 80, 115, ["dies-design", "design-gate"]),
        ("tryout", "Try the dies out", 20, 30, 55, ["dies"]),
    ],
    "Prototypes": [
        ("mules", "Build mules on the platform", 18, 25, 35, ["platform", ("chassis", "SS", 25)]),
        ("mule-test", "Test mules", 25, 30, 50, ["mules"]),
        ("prototypes", "Build prototypes", 25, 30, 45, ["design-gate", "mule-test", "cells"]),
        ("durability", "Durability and winter tests", 45, 55, 80, ["prototypes"]),
        ("crash", "Crash tests", 14, 18, 30, ["prototypes"]),
        ("tool-parts", "Build cars from production tools", 18, 20, 35, ["tryout", "supplier-parts", "crash"]),
        ("validation", "Validate cars from production tools", 30, 40, 60, ["tool-parts", "durability"]),
    ],
    "Approval": [
        ("dossier", "Dossier for the ministry", 18, 20, 30, ["crash"]),
        ("certification", "Certification tests", 25, 30, 50, ["dossier", ("tool-parts", "FF", 15)]),
        ("announcement", "Listing by the ministry", 25, 30, 50, ["certification"]),
    ],
}
"""The car itself; the same whoever builds it."""

PLANTS = {
    "great-wall": [
        ("signed", "Signature", 0, 0, 0, []),
        ("contract", "Agreement in full", 30, 40, 70, ["signed"]),
        ("assessment", "Assess the line", 9, 11, 18, ["signed"]),
        ("onboarding", "Bring the first guest on board", 45, 60, 105, ["contract"]),
        ("line-design", "Design the line's conversion", 30, 40, 65, ["assessment", ("styling", "SS", 20)]),
        ("equipment", "Order equipment", 55, 70, 105, ["line-design", "contract"]),
        ("conversion", "Convert the line", 40, 50, 80, ["equipment", "onboarding"]),
        ("systems", "Connect the systems", 40, 55, 90, ["onboarding"]),
        ("training", "Train the crews", 25, 30, 50, ["conversion"]),
        ("commissioning", "Commission the line", 18, 25, 45, ["conversion", "systems"]),
        ("trial", "Trial builds", 18, 25, 45, ["commissioning", "training", "tool-parts"]),
        ("pilot", "Pilot builds", 18, 25, 40, ["trial", "validation", "release"]),
        ("start-gate", "Gate: start of production", 3, 5, 8, ["pilot", "announcement"]),
    ],
    "second-host": [
        ("signed", "Signature", 0, 0, 0, []),
        ("contract", "Agreement in full", 20, 30, 50, ["signed"]),
        ("onboarding", "Bring the guest on board", 18, 25, 40, ["contract"]),
        ("line-design", "Design the line's changes", 25, 30, 50, ["contract", ("styling", "SS", 20)]),
        ("adaptation", "Change the car for the line", 30, 40, 60, ["line-design", "design-gate"]),
        ("equipment", "Order equipment", 50, 60, 85, ["line-design"]),
        ("conversion", "Change the line", 25, 30, 45, ["equipment", "onboarding"]),
        ("training", "Train the crews", 18, 20, 30, ["conversion"]),
        ("trial", "Trial builds", 25, 35, 60, ["training", "adaptation", "tool-parts"]),
        ("pilot", "Pilot builds", 30, 45, 65, ["trial", "validation", "release"]),
        ("start-gate", "Gate: start of production", 3, 5, 8, ["pilot", "announcement"]),
    ],
    "own-plant": [
        ("signed", "Decision", 0, 0, 0, []),
        ("site", "Find the site and buy the land", 60, 80, 135, ["signed"]),
        ("permits", "Permits to build", 50, 70, 120, ["site"]),
        ("plant-design", "Design the plant", 60, 75, 110, [("site", "SS", 30)]),
        ("building", "Build the plant", 160, 185, 245, ["permits", "plant-design"]),
        ("equipment", "Order equipment", 110, 135, 185, ["plant-design", "design-gate"]),
        ("installation", "Install the lines", 65, 80, 120, ["equipment", ("building", "FF", 60)]),
        ("crews", "Hire the crews", 70, 95, 155, ["permits"]),
        ("licence", "Licence to produce", 135, 185, 325, ["permits"]),
        ("training", "Train the crews", 35, 45, 70, ["crews", ("installation", "SS", 50)]),
        ("commissioning", "Commission the plant", 35, 45, 75, ["installation"]),
        ("trial", "Trial builds", 30, 40, 70, ["commissioning", "training", "tool-parts"]),
        ("pilot", "Pilot builds", 30, 40, 60, ["trial", "validation", "release", "licence"]),
        ("start-gate", "Gate: start of production", 3, 5, 8, ["pilot", "announcement"]),
    ],
}
"""What has to be done where it is built; an activity's full name begins with the agreement's."""

# (driver, title, low, likely, high, whose durations it multiplies)
DRIVERS = [
    ("engineering", "Pace of a first car team", 0.9, 1.0, 1.25,
     ["body", "chassis", "battery", "thermal", "electrics", "harness", "interior", "simulation", "styling"]),
    ("software", "Pace of software", 0.9, 1.0, 1.3, ["control", "driving", "integration", "release"]),
    ("shortage", "Shortage of chips and equipment", 0.95, 1.0, 1.3,
     ["chips", "supplier-parts", "prototypes", "great-wall-equipment", "second-host-equipment", "own-plant-equipment"]),
    ("pandemic", "Closures and travel bans", 0.98, 1.0, 1.2,
     ["mule-test", "durability", "crash", "certification", "tryout", "great-wall-trial", "great-wall-conversion",
      "second-host-trial", "second-host-conversion", "own-plant-building", "own-plant-installation"]),
]  # fmt: skip

# (event, title, activity, probability, low, likely, high, most times, again, learning)
EVENTS = [
    ("concept-fails", "The concept is sent back", "concept-gate", 0.25, 15, 20, 35, 2, 0.5, 0.6),
    ("design-fails", "The design is sent back", "design-gate", 0.3, 15, 25, 45, 2, 0.5, 0.6),
    ("crash-fails", "A crash test fails", "crash", 0.25, 20, 30, 50, 2, 0.4, 0.6),
    ("software-fails", "Software fails its integration", "integration", 0.35, 15, 25, 45, 3, 0.5, 0.6),
    ("dies-fail", "A die has to be made again", "tryout", 0.2, 20, 30, 50, 1, 1, 1),
    ("chips-late", "A chip cannot be had and is designed out", "chips", 0.2, 40, 60, 100, 1, 1, 1),
    ("battery-fails", "The battery pack is designed again", "durability", 0.2, 50, 80, 150, 1, 1, 1),
    ("closures", "A plant or its region is closed", "tool-parts", 0.25, 20, 40, 90, 1, 1, 1),
    ("host-first", "The host puts its own models first", "great-wall-conversion", 0.3, 50, 90, 190, 1, 1, 1),
    ("other-guest-first", "The host puts another guest first", "second-host-conversion", 0.25, 50, 90, 190, 1, 1, 1),
    ("trial-fails", "Trial builds are repeated", "great-wall-trial", 0.45, 15, 25, 40, 3, 0.5, 0.6),
    ("pilot-fails", "Pilot builds are repeated", "great-wall-pilot", 0.35, 15, 20, 35, 3, 0.5, 0.6),
    ("second-trial-fails", "Trial builds are repeated", "second-host-trial", 0.3, 15, 25, 40, 3, 0.5, 0.6),
    ("second-pilot-fails", "Pilot builds are repeated", "second-host-pilot", 0.25, 15, 20, 35, 3, 0.5, 0.6),
    ("own-trial-fails", "Trial builds are repeated", "own-plant-trial", 0.5, 20, 30, 45, 3, 0.5, 0.6),
    ("own-pilot-fails", "Pilot builds are repeated", "own-plant-pilot", 0.4, 15, 25, 40, 3, 0.5, 0.6),
    ("licence-late", "The licence is put off", "own-plant-licence", 0.3, 60, 90, 180, 1, 1, 1),
]

# What experience with phones is worth: (activity, rate, how often the like was done before, each for what it is worth).
KNOW_HOW = [
    ("cockpit", 0.9, 3.0),
    ("cloud", 0.9, 3.0),
    ("sourcing", 0.92, 2.0),
    ("electrics", 0.95, 1.0),
]

# What the host's engineers bring: a factor on durations, and on the probability that something goes wrong.
ADVICE_ON_ACTIVITIES = {
    "body": 0.92, "chassis": 0.85, "simulation": 0.9, "dies-design": 0.9, "tryout": 0.75, "tool-parts": 0.9,
    "durability": 0.95, "certification": 0.9, "great-wall-line-design": 0.8, "great-wall-onboarding": 0.85,
    "great-wall-commissioning": 0.85, "great-wall-training": 0.85, "great-wall-trial": 0.85, "great-wall-pilot": 0.9,
}  # fmt: skip
ADVICE_ON_EVENTS = {
    "design-fails": 0.6, "crash-fails": 0.6, "battery-fails": 0.7, "dies-fail": 0.5, "host-first": 0.5,
    "trial-fails": 0.6, "pilot-fails": 0.7,
}  # fmt: skip

# What money can make shorter: (activity, way, working days at the most, million CNY for all of them, all or nothing).
ACCELERATION = [
    ("full-team", "engineering service firms", 15, 12, False),
    ("body", "second design office", 10, 9, False),
    ("dies", "second tool shop", 12, 16, True),
    ("tryout", "night shifts", 8, 5, False),
    ("supplier-tools", "express tools", 15, 24, False),
    ("integration", "second test bench", 8, 6, True),
    ("validation", "ten more cars", 8, 14, True),
    ("great-wall-conversion", "weekends", 10, 7, False),
    ("great-wall-trial", "night shifts", 5, 6, False),
    ("second-host-trial", "night shifts", 7, 8, False),
    ("own-plant-building", "night shifts", 25, 60, False),
    ("own-plant-installation", "more crews", 15, 28, False),
]

# Experts of whom there are few: (team, title, how many, what they do).
TEAMS = [
    ("test-track", "Crews of the test track", 2, ["mule-test", "durability", "validation", "certification"]),
    ("tool-makers", "Tool makers for tryout", 1, ["tryout", "great-wall-commissioning"]),
]


def _all() -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """Every activity with its phase and the agreement whose names go before the others (none for the car's)."""
    for phase, activities in VEHICLE.items():
        for activity in activities:
            yield phase, "", activity
    for agreement, activities in PLANTS.items():
        for activity in activities:
            yield {"great-wall": "Great Wall", "second-host": "Another host", "own-plant": "Own plant"}[agreement], \
                agreement, activity  # fmt: skip


def _named(agreement: str, activity: str) -> str:
    """Full name of an activity: one of its plant's, else one of the car's."""
    own = {name for name, *_ in PLANTS.get(agreement, [])}
    return f"{agreement}-{activity}" if activity in own else activity


def calendars() -> Iterator[Row]:
    yield {"calendar": "china", "title": "Working days in China", "source": "public"}


def holidays() -> Iterator[Row]:
    for first, until in HOLIDAYS:
        day, end = date.fromisoformat(first), date.fromisoformat(until)
        last = {} if end - day == timedelta(days=1) else {"until": end}
        yield {"calendar": "china", "from": day, **last, "source": "public"}


def activities() -> Iterator[Row]:
    for phase, agreement, (name, title, low, likely, high, _) in _all():
        drawn = {"distribution": "pert", "low": low, "likely": likely, "high": high, "range": "p10_p90"}
        row = {"activity": _named(agreement, name), "title": title, "phase": phase}
        row |= drawn if high else {"likely": 0}
        row |= {"calendar": "china"} if high else {}
        begins = SIGNATURE[agreement] if name == "signed" else date(2021, 4, 2) if name == "kick-off" else None
        yield row | ({"from": begins} if begins else {}) | {"source": "story" if begins else "assumed"}


def links() -> Iterator[Row]:
    for _, agreement, (name, *_, after) in _all():
        for link in after:
            before, kind, lag = link if isinstance(link, tuple) else (link, "FS", 0)
            yield {
                "predecessor": _named(agreement, before), "successor": _named(agreement, name), "type": kind,
                "lag": lag, "source": "assumed",
            }  # fmt: skip


def drivers() -> Iterator[Row]:
    for name, title, low, likely, high, _ in DRIVERS:
        yield {
            "driver": name, "title": title, "distribution": "triangular", "low": low, "likely": likely, "high": high,
            "range": "p10_p90", "source": "assumed",
        }  # fmt: skip


def driven() -> Iterator[Row]:
    for name, *_, moved in DRIVERS:
        for activity in moved:
            yield {"driver": name, "activity": activity, "source": "assumed"}


def events() -> Iterator[Row]:
    for name, title, activity, probability, low, likely, high, times, again, learning in EVENTS:
        yield {
            "event": name, "title": title, "activity": activity, "probability": probability, "distribution": "pert",
            "low": low, "likely": likely, "high": high, "range": "p10_p90", "most_times": times, "again": again,
            "learning": learning, "source": "assumed",
        }  # fmt: skip


def know_how() -> Iterator[Row]:
    for activity, rate, times in KNOW_HOW:
        yield {"activity": activity, "rate": rate, "times_before": times, "source": "story"}


def teams() -> Iterator[Row]:
    for name, title, capacity, _ in TEAMS:
        yield {"team": name, "title": title, "capacity": capacity, "source": "assumed"}


def assignments() -> Iterator[Row]:
    for name, *_, done in TEAMS:
        for activity in done:
            yield {"activity": activity, "team": name, "source": "assumed"}


def milestones() -> Iterator[Row]:
    for agreement, title in TITLES.items():
        yield {
            "milestone": f"{agreement}-start", "title": title, "activity": f"{agreement}-start-gate", "target": TARGET,
            "source": "story",
        }  # fmt: skip


def advisory_effects() -> Iterator[Row]:
    for activity, factor in ADVICE_ON_ACTIVITIES.items():
        yield {"agreement": "great-wall", "service": "engineering", "activity": activity, "factor": factor,
               "source": "assumed"}  # fmt: skip
    for event, factor in ADVICE_ON_EVENTS.items():
        yield {"agreement": "great-wall", "service": "engineering", "event": event, "factor": factor,
               "source": "assumed"}  # fmt: skip


def acceleration() -> Iterator[Row]:
    for activity, option, days, millions, whole in ACCELERATION:
        yield {
            "activity": activity, "option": option.replace(" ", "-"), "days": days, "cost": millions * 1_000_000,
            **({"whole": "yes"} if whole else {}), "source": "assumed",
        }  # fmt: skip


TABLES = (
    calendars, holidays, activities, links, drivers, driven, events, know_how, teams, assignments, milestones,
    advisory_effects, acceleration,
)  # fmt: skip
