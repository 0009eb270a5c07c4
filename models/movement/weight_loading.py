"""Weights that stay on chip from one inference to the next: what loading them once costs.

They come down from the top memory in one stream, every weight over every boundary once, in full
accesses but for the last one. An inference pays its share of that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.array.diagonal import ByArrayDim
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.movement.spread import rounded_fan, rounded_instances
from zigzag_imc.models.movement.traffic import Access, Boundary, boundaries, words
from zigzag_imc.models.movement.unrolled import OperandUnrollings
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.models.profile import CostProfile


@dataclass(frozen=True)
class WeightLoading:
    """The loading of one layer's weights, from the top memory down to the one where they stay.

    Attributes
    ----------
    layer, accelerator, profile
        The layer, and the whole accelerator as its bits see it, under a profile.
    above
        Boundaries above the memory where the weights stay.
    inferences
        How many inferences share the loading.
    """

    layer: Layer
    accelerator: Accelerator
    profile: CostProfile
    above: tuple[Boundary, ...]
    inferences: int

    @classmethod
    def of(cls, layer: Layer, found: Accelerator, profile: CostProfile) -> WeightLoading | None:
        """Read it off the accelerator as a layer finds it; ``None`` where its weights come and go.

        ``found`` has no more levels of the weights than there are up to where they stay.
        """
        if found.whole is None or not found.weight_inferences:
            return None
        whole = seen_by(found.whole, layer.precision, profile)
        above = boundaries(whole, "W")[len(found.levels["W"]) :]
        return cls(layer, whole, profile, above, found.weight_inferences)

    def unrollings(self, averages: ByArrayDim, whole: ByArrayDim) -> OperandUnrollings:
        """See average unrollings as the weights do on their way through the whole accelerator."""
        return OperandUnrollings.of(self.layer, self.accelerator, "W", averages, whole)

    def accesses(
        self, unrolled: OperandUnrollings, temporal: Mapping[str, Amount]
    ) -> Iterator[tuple[Access, Amount]]:
        """Yield every access and how often it happens an inference; elementwise over arrays.

        Parameters
        ----------
        unrolled
            Average unrollings, as the weights see them.
        temporal
            ``T_d`` per layer dimension: the iterations that are left for time.
        """
        held = math.prod([temporal[dim] for dim in self.layer.weight_dims if dim in temporal])
        bits = self.layer.precision.W
        for boundary in self.above:
            a = boundary.index
            inside = unrolled.below(a)
            fan = rounded_fan(inside, unrolled.below(a + 1), self.profile)
            for access in boundary.down:
                carried = access.amount(held * inside.plain, fan) * bits
                instances = rounded_instances(unrolled.active(a + access.upper), self.profile)
                count = words(access.port, carried, 1, instances, self.profile)
                yield access, count / self.inferences

    def energy_pj(self, unrolled: OperandUnrollings, temporal: Mapping[str, Amount]) -> Amount:
        """Energy of all accesses of an inference, in pJ."""
        counted = self.accesses(unrolled, temporal)
        return sum(count * access.energy_pj for access, count in counted)

    @property
    def least_pj(self) -> float:
        """Least energy an inference, in pJ: of one copy of every weight, without rounding up."""
        if self.profile.rounded_averages or self.profile.whole_words:
            return 0.0
        sizes = self.layer.sizes
        elements = math.prod(sizes[dim] for dim in self.layer.weight_dims if dim in sizes)
        bits = elements * self.layer.precision.W
        each = (access for boundary in self.above for access in boundary.down)
        return (
            sum(bits / access.port.bandwidth_max * access.energy_pj for access in each)
            / self.inferences
        )
