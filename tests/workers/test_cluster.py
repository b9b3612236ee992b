"""A cluster: what is told where there is none, or not the one that is needed."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest
import ray

from coplant import WorkerError
from coplant.workers import Cluster
from coplant.workers.cluster import _Place, _versions


def test_who_has_no_ray_is_told_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(WorkerError, match=r"python -m pip install 'coplant\[ray\]'"):
        Cluster()


@pytest.mark.parametrize("address", ["127.0.0.1:1", "127.0.0.1:port", "nowhere"])
def test_an_address_without_a_cluster_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with pytest.raises(WorkerError, match=f"cannot join a Ray cluster at {address}"):
        Cluster(address)
    monkeypatch.setenv("RAY_ADDRESS", address)
    with pytest.raises(WorkerError, match=f"cannot join a Ray cluster at {address}"):
        Cluster("auto")


@pytest.fixture
def joined(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Be at work on a cluster with so much of each kind."""
    resources = {"CPU": 3.0}
    monkeypatch.setattr(ray, "is_initialized", lambda: True)
    monkeypatch.setattr(ray, "get_runtime_context", lambda: SimpleNamespace(gcs_address="10.0.0.7:6379"))
    monkeypatch.setattr(ray, "cluster_resources", lambda: resources)
    return resources


@pytest.mark.parametrize("address", ["auto", "10.0.0.7:6379"])
def test_a_program_that_is_at_work_on_a_cluster_goes_on_with_it(address: str, joined: dict[str, float]) -> None:
    assert str(Cluster(address)) == "3 processes of the Ray cluster at 10.0.0.7:6379"
    assert Cluster(address, 2).count == 2


def test_a_program_that_is_at_work_on_another_cluster_is_refused(joined: dict[str, float]) -> None:
    with pytest.raises(
        WorkerError, match=r"at work on the Ray cluster at 10\.0\.0\.7:6379; leave 10\.0\.0\.8:6379 out"
    ):
        Cluster("10.0.0.8:6379")


def test_a_cluster_without_processors_is_refused(joined: dict[str, float]) -> None:
    joined.clear()
    with pytest.raises(WorkerError, match="has no processors"):
        Cluster()


def test_a_machine_with_other_versions_is_refused() -> None:
    wanted = _versions()
    _Place().begin(wanted)
    with pytest.raises(WorkerError, match=rf"highspy {wanted['highspy']} instead of 0\.1; install the same"):
        _Place().begin(wanted | {"highspy": "0.1"})
