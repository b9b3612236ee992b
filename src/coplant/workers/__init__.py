"""Workers: who carries out tasks that do not hang on one another. Who does changes no answer."""

from __future__ import annotations

from coplant.workers.workers import Here, Processes, Workers

__all__ = ["Here", "Processes", "Workers"]
