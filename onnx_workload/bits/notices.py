"""What a person should know about the bits that were read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from zigzag_imc.core.bits import Bits
from zigzag_imc.core.layer import Layer

_MOST_SHOWN = 6


def bits_notices(layers: Iterable[Layer], given: Bits) -> list[str]:
    """Say, in one sentence, how many layers have which bits by the model itself.

    Such as ``bits read from the model: 12 layers W=4 I=8``; bits that were given are none of these.
    """
    found: Counter[str] = Counter()
    for layer in layers:
        own = {name: bits for name, bits in layer.given_bits.said.items() if name not in given.said}
        if own:
            found[" ".join(f"{name}={bits}" for name, bits in own.items())] += 1
    if not found:
        return []
    shown = [
        f"{count} {'layer' if count == 1 else 'layers'} {bits}"
        for bits, count in found.most_common(_MOST_SHOWN)
    ]
    rest = sum(found.values()) - sum(count for _, count in found.most_common(_MOST_SHOWN))
    more = f", {rest} more with others" if rest else ""
    return [f"bits read from the model: {', '.join(shown)}{more}"]
