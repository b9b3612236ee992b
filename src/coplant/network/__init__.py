"""A case on a scenario tree as sparse arrays: stock points, activities, resources, demands."""

from __future__ import annotations

from coplant.network.activities import Activities
from coplant.network.demands import Demands
from coplant.network.limits import Allotments, LaneCapacity, Resources
from coplant.network.network import Network
from coplant.network.stock_points import StockPoints

__all__ = ["Activities", "Allotments", "Demands", "LaneCapacity", "Network", "Resources", "StockPoints"]
