"""Flexibility of forecasts in words."""

from __future__ import annotations

from collections.abc import Iterator

from coplant.report.readback.provisions import Provision
from coplant.report.readback.reading import Reading


def flexibility(reading: Reading, provision: Provision) -> Iterator[str]:
    """Tell, fence by fence, what may still change in a forecast and what a further cut costs."""
    fences = provision.case["flexibility"].filter(agreement=provision.agreement).sort("months_ahead").to_dicts()
    item = fences[0]["item"]
    product = reading("flexibility.every") if item is None else reading.quoted(reading.title("item", item))
    yield reading(f"flexibility.{fences[0]['method']}", product=product)
    for fence, following in zip(fences, [*fences[1:], None], strict=True):
        first = reading.months(fence["months_ahead"])
        ahead = (
            reading("flexibility.from", first=first)
            if following is None
            else reading("flexibility.between", first=first, until=reading.months(following["months_ahead"]))
        )
        rise = (
            reading("flexibility.any_rise")
            if fence["up_share"] is None
            else reading("flexibility.rise", share=reading.share(fence["up_share"]))
        )
        key = "bound" if fence["binding_share"] and fence["price"] else "free"
        share, price = reading.share(fence["binding_share"]), reading.money(fence["price"])
        cut = reading(f"flexibility.{key}", share=share, price=price)
        fall = reading.share(fence["down_share"])
        yield "- " + reading("flexibility.fence", ahead=ahead, rise=rise, fall=fall, cut=cut)
    yield reading("flexibility.pushed_out")
