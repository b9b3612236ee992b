"""Workers: who carries out tasks that do not hang on one another. Who does changes no answer."""

from __future__ import annotations

from coplant.workers.cluster import Cluster
from coplant.workers.processes import Processes
from coplant.workers.workers import Here, Workers

__all__ = ["Cluster", "Here", "Processes", "Workers"]
