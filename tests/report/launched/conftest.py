from __future__ import annotations

import datetime

import pytest
from launching.small_programme import SmallProgramme
from small_case import START, SmallCase

import coplant
from coplant import Launch

HOSTILE = """</script><script>window.hurt=1</script><img src=x onerror="window.hurt=1"> & 'quoted' %{x} {y}"""


@pytest.fixture(scope="session")
def valued() -> Launch:
    """A launch with advice that is worth its cost, a driver, events and a milestone without advice, all valued."""
    small = SmallCase("month:12").item("lamp").route("lamp", milestone="ready", cost=2)
    small.demand("lamp", 100, "month", 10).line("lamp", 100, "month").host(starts=START, term=12)
    small.tables["routes"][0] |= {"site": "host", "agreement": "deal"}
    for table in ("demand", "resources"):
        small.tables[table][0]["site"] = "host"
    for name, title, phase, low, high in (
        ("design", "Draw the lamp", "Design", 20, 60),
        ("permit", "Ask for a permit", "Design", 30, 70),
        ("leaflet", "Write the leaflet", "Design", 5, 10),
        ("tools", "Make the tools", "Tools", 30, 90),
    ):
        small.add("activities", activity=name, title=title, phase=phase, distribution="uniform", low=low,
                  likely=low + 5, high=high, range="limits")  # fmt: skip
    small.add("activities", activity="trial", title="Try it", likely=10)
    small.add("activities", activity="start", title="Gate: start", likely=0)
    links = [("design", "tools"), ("design", "trial"), ("tools", "trial")]
    links += [(name, "start") for name in ("trial", "permit", "leaflet")]
    for first, second in links:
        small.add("links", predecessor=first, successor=second)
    small.add("milestones", milestone="ready", title="Lamps can be made", activity="start",
              target=datetime.date(2023, 4, 30))  # fmt: skip
    small.add("milestones", milestone="permitted", activity="permit")
    small.add("drivers", driver="team", title="A new team", distribution="uniform", low=0.8, likely=1, high=1.4,
              range="limits")  # fmt: skip
    small.add("driven", driver="team", activity="design").add("driven", driver="team", activity="tools")
    small.add("events", event="fails", title="The trial fails", activity="trial", probability=0.3, likely=15)
    small.add("advisory", agreement="deal", service="tryout", fee=5, per="month")
    small.add("advisory_effects", agreement="deal", service="tryout", activity="tools", factor=0.5)
    small.add("acceleration", activity="design", option="overtime", days=6, cost=60)
    small.add("acceleration", activity="trial", option="night-shifts", days=4, cost=400, whole="yes")
    small.add("teams", team="bench", title="The test bench", capacity=1)
    for name in ("design", "leaflet"):
        small.add("assignments", activity=name, team="bench", quantity=1)
    return coplant.value_of_start(coplant.launch(small.case(), 1_000), gap=1e-9)


@pytest.fixture(scope="session")
def bare() -> Launch:
    """A launch of one activity, one sample, no target, no link, no cause."""
    return SmallProgramme().activity("trial", 5).milestone("trial").launch(1)


@pytest.fixture(scope="session")
def hostile() -> Launch:
    """A launch whose titles are markup, scripts and fields of texts."""
    small = SmallProgramme().activity("a", 5, title=HOSTILE, phase=HOSTILE)
    small.pert("b", 2, 3, 9, "a", title=HOSTILE).milestone("b", title=HOSTILE, target=datetime.date(2027, 1, 5))
    small.add("events", event="fails", title=HOSTILE, activity="b", probability=0.5, likely=4)
    return small.launch(200)
