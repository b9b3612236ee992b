"""The places of a made-up case: plants, hosts, warehouses and markets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coplant.generate.values import Integers, named


@dataclass(frozen=True)
class Places:
    """Sites: own plants, then hosts' plants, warehouses and markets; and which family is made and sold where."""

    plants: NDArray[np.object_]
    warehouses: NDArray[np.object_]
    markets: NDArray[np.object_]
    families: NDArray[np.object_]
    own: int
    """Number of own plants; they come first in `plants`."""
    home: Integers
    """Own plant of each family."""
    hosted: Integers
    """Family that each host builds."""

    @classmethod
    def of(cls, items: int, hosts: int) -> Places:
        """Places for so many items and hosts."""
        own = min(6, 1 + items // 200)
        families = min(12, max(1, items // 20))
        host = np.arange(hosts)
        return cls(
            plants=np.concatenate([named("plant", own), named("host-plant", hosts)]),
            warehouses=named("warehouse", min(4, 1 + items // 400)),
            markets=named("market", min(8, max(1, items // 30))),
            families=named("family", families),
            own=own,
            home=np.arange(families) % own,
            # Hosts that are alternatives of each other build the same family.
            hosted=(host // 3 * 2 + (host % 3 > 0)) % families,
        )

    @property
    def hosts(self) -> int:
        """How many hosts there are."""
        return len(self.plants) - self.own

    def plant_of_host(self, host: Integers) -> Integers:
        """Number of the plant of each host."""
        return self.own + host
