"""How demand comes about: a product spreads through its market, and rivals take their share."""

from __future__ import annotations

from coplant.demand.bass import adopted
from coplant.demand.fitting import BassFit, fit_bass
from coplant.demand.logit import logit_share, share_kept

__all__ = ["BassFit", "adopted", "fit_bass", "logit_share", "share_kept"]
