"""Stress: how a plan fares over many sampled futures."""

from __future__ import annotations

from coplant.stressing.result import Stress

__all__ = ["Stress"]
