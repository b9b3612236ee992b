"""Made-up cases of any size, shaped like real networks, for tests and measurements.

Parts are bought, assembled into subassemblies, and these into products, at the brand's own plants and at hosts'
plants under agreements. Products move by lanes of their family over warehouses to markets. Sharing of parts is
skewed: a few are in nearly everything, and their supply is scarce. Everything is drawn from one seed, and every case
has a plan: what cannot be made is a lost sale.
"""

from __future__ import annotations

from coplant.generate.made_up import generate

__all__ = ["generate"]
