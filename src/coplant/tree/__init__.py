"""The scenario tree: buckets that branch where uncertain things become known."""

from __future__ import annotations

from coplant.tree.scenario import Tree, Windows

__all__ = ["Tree", "Windows"]
