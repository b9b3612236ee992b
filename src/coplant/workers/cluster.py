"""Workers on a cluster, by Ray (Moritz and others, 2018)."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from coplant.errors import WorkerError
from coplant.results.versions import versions_of
from coplant.workers.crew import Crew, DeadError, Hand
from coplant.workers.workers import Result, Task, carried_out

INSTALL = "python -m pip install 'coplant[ray]'"
"""What to run where Ray is missing."""

PATIENCE = 10.0
"""Seconds in which the head of a cluster has to answer."""


class Cluster(Crew):
    """Processes of a cluster, one for each of its processors.

    All machines have Python and Coplant in the versions that are here.

    Parameters
    ----------
    address : str
        Host and port of the cluster's head, where this machine is one of the cluster, or another address that Ray
        knows. ``auto`` is the one in ``RAY_ADDRESS``; if there is none, that of the cluster which runs on this machine;
        and if none does, one is started here and ends with this process.
    count : int, optional
        How many processes; by default as many as the cluster has processors when it is joined.

    Raises
    ------
    WorkerError
        Ray is not installed, there is no cluster at that address, it has no processors, or this program is at work on
        another one.
    """

    def __init__(self, address: str = "auto", count: int | None = None) -> None:
        try:
            import ray
        except ImportError:
            raise WorkerError(f"a cluster needs Ray, which is not installed; run: {INSTALL}") from None
        super().__init__(count or 0)
        self._ray = ray
        self.address = (os.environ.get("RAY_ADDRESS") or address) if address == "auto" else address
        # A program that has joined a cluster for other reasons goes on with it.
        self._joins = not ray.is_initialized()
        if self._joins:
            self._join()
        elif address not in ("auto", self._head):
            raise WorkerError(f"this program is at work on the Ray cluster at {self._head}; leave {address} out")
        processors = int(ray.cluster_resources().get("CPU", 0))
        if not processors:
            self.close()
            raise WorkerError("the cluster has no processors; add a machine to it that has")
        self.count = count or processors

    def __str__(self) -> str:
        return f"{super().__str__()} of the Ray cluster at {self._head}"

    @property
    def _head(self) -> str:
        return str(self._ray.get_runtime_context().gcs_address)

    def _join(self) -> None:
        host, _, port = self.address.rpartition("/")[2].rpartition(":")
        try:
            if host:
                # Ray itself tries for minutes.
                socket.create_connection((host, int(port)), PATIENCE).close()
            self._ray.init(
                None if self.address == "auto" else self.address,
                include_dashboard=False, log_to_driver=False, logging_level="ERROR",
            )  # fmt: skip
        except (OSError, RuntimeError, ValueError, ImportError, self._ray.exceptions.RayError) as error:
            raise WorkerError(f"cannot join a Ray cluster at {self.address}: {error}") from error

    def _hire(self) -> Hand:
        if not self._ray.is_initialized():
            self._join()
        return _Actor(self._ray)

    def _result(self, future: Future[Result]) -> Result:
        try:
            return future.result()
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, self._ray.exceptions.RayError):
                # What was given did not arrive whole, as where Coplant is not installed.
                told = str(error.cause).splitlines()[0]
                raise WorkerError(f"a machine of the cluster cannot read its task: {told}") from None
            raise error.cause from None
        except self._ray.exceptions.RayError as error:
            # Why is in the last line of what Ray says.
            raise DeadError(str(error).strip().splitlines()[-1]) from None

    def close(self) -> None:
        """Let all hands go, and leave the cluster."""
        super().close()
        if self._joins:
            self._ray.shutdown()


class _Actor:
    """A process of the cluster."""

    def __init__(self, ray: Any) -> None:
        kind = ray.remote(num_cpus=1)(_Place)
        self._ray, self._actor = ray, kind.remote()
        self.ready: Future[Any] = self._actor.begin.remote(_versions()).future()

    def give(self, function: Callable[[Task], Result], task: Task) -> Future[Result]:
        """Give it a task."""
        result: Future[Result] = self._actor.carry_out.remote(function, task).future()
        return result

    def let_go(self) -> None:
        """Stop it."""
        self._ray.kill(self._actor)


class _Place:
    """What is done there."""

    def begin(self, wanted: dict[str, str]) -> None:
        """Refuse to work with other versions than those of who asks, as they may give other answers."""
        there = _versions()
        differing = [
            f"{name} {there[name]} instead of {version}" for name, version in wanted.items() if there[name] != version
        ]
        if differing:
            raise WorkerError(
                f"{socket.gethostname()} has {', '.join(differing)}; install the same versions on all machines"
            )

    def carry_out(self, function: Callable[[Task], Result], task: Task) -> Result:
        """Carry out a task."""
        return carried_out(function, task)


def _versions() -> dict[str, str]:
    return versions_of("coplant", "highspy", "numpy", "polars", "scipy")
