from __future__ import annotations

from pathlib import Path

import pytest

import coplant
from coplant import Plan
from coplant.generate import generate

FIVE_ROWS = Path(coplant.__file__).parent / "templates" / "five-rows"
HOSTILE = """</script><script>window.hurt=1</script><img src=x onerror="window.hurt=1"> & 'quoted' %{x} ${y}"""


@pytest.fixture(scope="session")
def smallest() -> Plan:
    """A plan without agreements, parts, resources or countries."""
    return coplant.plan(coplant.read(FIVE_ROWS))


@pytest.fixture(scope="session")
def made_up() -> Plan:
    """A plan with agreements, allotments, annuities and shortages, in weeks and months."""
    return coplant.plan(generate(20, 18, 2, 0), gap=1e-2)


@pytest.fixture(scope="session")
def hostile() -> Plan:
    """A plan whose titles are markup, scripts and formulas."""
    case = coplant.read(FIVE_ROWS)
    case = case.edit("items", title=HOSTILE, family="=1+1<b>")
    case = case.edit("sites", title=HOSTILE, country='<svg onload="window.hurt=1">')
    return coplant.plan(case)
