"""Why a plan is as it is, what things are worth in it, what if they were otherwise, and how plans differ."""

from __future__ import annotations

from coplant.insight.comparison import Comparison
from coplant.insight.what_if import WhatIf
from coplant.insight.why_made import WhyMade
from coplant.insight.why_short import WhyShort
from coplant.insight.why_signed import WhySigned

__all__ = ["Comparison", "WhatIf", "WhyMade", "WhyShort", "WhySigned"]
