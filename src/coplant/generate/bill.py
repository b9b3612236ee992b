"""The bill of materials of a made-up case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coplant.generate.places import Places
from coplant.generate.values import Floats, Integers, money, named


@dataclass(frozen=True)
class Bill:
    """Items and what goes into them. Items are numbered products first, then subassemblies, then parts."""

    names: NDArray[np.object_]
    products: int
    subassemblies: int
    family: Integers
    """Family of each item; of a part, the family that it was first designed for."""
    parent: Integers
    """Item made, one entry per line of a bill."""
    component: Integers
    """Item taken."""
    quantity: Floats
    value: Floats
    """Material cost of each item."""

    @property
    def made(self) -> int:
        """Items that are made: products, then subassemblies."""
        return self.products + self.subassemblies

    @classmethod
    def of(cls, draw: np.random.Generator, items: int, places: Places) -> Bill:
        """Draw a bill of so many items."""
        products = max(1, items // 12)
        subassemblies = max(1, items // 8)
        parts = items - products - subassemblies
        made = products + subassemblies
        families = len(places.families)
        family = np.concatenate([np.arange(count) % families for count in (products, subassemblies, parts)])
        names = np.concatenate([named("product", products), named("assembly", subassemblies), named("part", parts)])
        parent, component = lines_of_bills(draw, family, products, made, items)
        quantity = np.where(
            component < made, draw.choice([1.0, 1.0, 2.0], len(parent)), draw.choice([1.0, 1.0, 2.0, 4.0], len(parent))
        )
        value = np.zeros(items)
        value[made:] = money(draw.lognormal(0.5, 1.1, parts))
        for stage in (parent >= products, parent < products):
            np.add.at(value, parent[stage], value[component[stage]] * quantity[stage])
        return cls(names, products, subassemblies, family, parent, component, quantity, np.round(value, 2))


def lines_of_bills(
    draw: np.random.Generator, family: Integers, products: int, made: int, items: int
) -> tuple[Integers, Integers]:
    """Draw who takes what: everything is used once in its family, and popular parts in many places beside."""
    subassemblies, parts = np.arange(products, made), np.arange(made, items)
    makers = np.arange(made)
    lines = [
        (peer(draw, family, subassemblies, np.arange(products)), subassemblies),
        (peer(draw, family, parts, makers), parts),
    ]
    # Popularity falls with rank as in Zipf's law; ranks are scattered over the parts.
    popularity = 1.0 / (1.0 + draw.permutation(len(parts))) ** 0.9
    taker = np.repeat(makers, np.where(makers < products, 3, 4))
    lines.append((taker, draw.choice(parts, len(taker), p=popularity / popularity.sum())))
    extra = np.repeat(np.arange(products), 2)
    shared = peer(draw, family, extra, subassemblies)
    lines.append((extra, shared))
    pairs = np.unique(np.concatenate([np.stack(line, axis=1) for line in lines]), axis=0)
    return pairs[:, 0], pairs[:, 1]


def peer(draw: np.random.Generator, family: Integers, asking: Integers, among: Integers) -> Integers:
    """Draw for each item asking one of the same family; any of them where the family has none."""
    ordered = among[np.argsort(family[among], kind="stable")]
    begin = np.searchsorted(family[ordered], family[asking], side="left")
    end = np.searchsorted(family[ordered], family[asking], side="right")
    lonely = begin == end
    begin, end = np.where(lonely, 0, begin), np.where(lonely, len(ordered), end)
    return np.asarray(ordered[begin + np.floor(draw.random(len(asking)) * (end - begin)).astype(np.int64)])
