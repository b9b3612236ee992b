from __future__ import annotations

import pytest
from report.hedged.cases import alike, many, rumour

import coplant
from coplant import Hedge


@pytest.fixture(scope="session")
def hedged() -> Hedge:
    """Plans for six futures of three branches."""
    return coplant.hedge(rumour().case())


@pytest.fixture(scope="session")
def crowd() -> Hedge:
    """Plans for a thousand futures, which earn from 1 to 1,000."""
    return alike(many(1_000))
