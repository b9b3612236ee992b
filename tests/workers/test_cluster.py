"""A cluster: what is told where there is none, or not the one that is needed."""

from __future__ import annotations

import sys

import pytest

from coplant import WorkerError
from coplant.workers import Cluster
from coplant.workers.cluster import _Place, _versions


def test_who_has_no_ray_is_told_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(WorkerError, match=r"python -m pip install 'coplant\[ray\]'"):
        Cluster()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("127.0.0.1:1", "cannot join a Ray cluster at 127.0.0.1:1"),
        ("nowhere", "Invalid address format: nowhere"),
        ("127.0.0.1:port", "cannot join a Ray cluster at 127.0.0.1:port"),
    ],
)
def test_an_address_without_a_cluster_is_told(address: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WorkerError, match=told):
        Cluster(address)
    # What `auto` means is the same.
    monkeypatch.setenv("RAY_ADDRESS", address)
    with pytest.raises(WorkerError, match=told):
        Cluster()


def test_a_machine_with_other_versions_is_refused() -> None:
    wanted = _versions()
    _Place().begin(wanted)
    with pytest.raises(WorkerError, match=rf"highspy {wanted['highspy']} instead of 0\.1; install the same"):
        _Place().begin(wanted | {"highspy": "0.1"})
