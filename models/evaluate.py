"""The exact cost model: one layer, one accelerator, one profile.

Every mapping scored term by term.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from functools import partial
from operator import mul
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.arguments import instance
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping
from zigzag_imc.models.area import area_of
from zigzag_imc.models.array.macro import MacroModel, clock_period_ns
from zigzag_imc.models.array.slicing import Slicing, seen_by
from zigzag_imc.models.cost import Cost, CostTerms, MemoryTerm
from zigzag_imc.models.movement.energy import Route, compile_routes, memory_words, precharge_reads
from zigzag_imc.models.movement.flows import FlowModel, FlowPlan, Flows, readbacks
from zigzag_imc.models.movement.spread import Spread, spread
from zigzag_imc.models.movement.traffic import Access, all_boundaries
from zigzag_imc.models.movement.unrolled import averages_of
from zigzag_imc.models.movement.weight_loading import WeightLoading
from zigzag_imc.models.movement.words import Amount
from zigzag_imc.models.profile import IMC, CostProfile, profile_named
from zigzag_imc.models.timing.latency import LatencyModel, Move


class _Layout(NamedTuple):
    """A spatial mapping ready for scoring.

    Attributes
    ----------
    laid
        Its spread.
    plan
        What its flows follow from.
    routes, paid
        All accesses, and those that cost energy.
    energies_pj
        Energy in pJ of each of the latter.
    moves
        Its movements on ports.
    """

    laid: Spread
    plan: FlowPlan
    routes: tuple[Route, ...]
    paid: tuple[Route, ...]
    energies_pj: list[float]
    moves: tuple[Move, ...]


class CostModel:
    """Scores mappings of one layer on one accelerator.

    Parameters
    ----------
    layer
        What is mapped.
    accelerator
        What it is mapped onto.
    profile
        Options of the cost model, or their name in `PROFILES`; ``imc`` by default.

    Attributes
    ----------
    hardware : Accelerator
        The accelerator itself, with nothing of it taken by what stays.
    loading : WeightLoading | None
        How weights are loaded that stay; ``None`` where they come and go.
    accelerator : Accelerator
        The accelerator as the bits of the layer see it.

    Notes
    -----
    Build it once and score many mappings: all that depends on the layer, the accelerator or the
    spatial mapping alone is worked out once. Mappings are not checked for legality here;
    `zigzag_imc.models.mapspace.legality.check_mapping` does.
    """

    def __init__(
        self, layer: Layer, accelerator: Accelerator, profile: CostProfile | str = IMC
    ) -> None:
        self.layer = layer = instance("layer", layer, Layer, "a Layer")
        instance(
            "accelerator", accelerator, Accelerator, "an Accelerator, as load_accelerator reads it"
        )
        named = profile_named(profile) if isinstance(profile, str) else profile
        self.profile = profile = instance(
            "profile", named, CostProfile, "a CostProfile, such as PROFILES['imc']"
        )
        found = accelerator.hardware or accelerator
        self.hardware = found.whole or found
        self.loading = WeightLoading.of(layer, found, profile)
        self.accelerator = accelerator = seen_by(accelerator, layer.precision, profile)
        slicing = Slicing.of(self.hardware.array, layer.precision, profile)
        self.macro = MacroModel.of(self.hardware, profile.all_rows_multiply, slicing)
        self.boundaries = all_boundaries(accelerator)
        self.area_mm2 = area_of(self.hardware, profile).total_mm2
        self.tclk_ns = clock_period_ns(self.hardware)
        self._flows = FlowModel(layer, accelerator, profile)
        self._latency = LatencyModel(layer, accelerator, profile, self.boundaries)
        self._layouts: dict[SpatialMapping, _Layout] = {}

    def spread(self, spatial: SpatialMapping) -> Spread:
        """All that depends on the spatial mapping alone; kept for the next call."""
        return self._layout(spatial).laid

    def evaluate(self, mapping: LayerMapping) -> Cost:
        """Score one mapping.

        Returns
        -------
        Cost
            Energy in pJ, latency in clock cycles, and every term of both.
        """
        try:
            layout = self._layout(mapping.spatial)
        except AttributeError:
            instance("mapping", mapping, LayerMapping, "a LayerMapping")
            raise
        laid = layout.laid
        flows = self._flows.flows(layout.plan, mapping.temporal)
        words = memory_words(layout.paid, flows, self.profile.whole_words)
        memory_pj = sum(map(mul, words, layout.energies_pj))
        time = self._latency.evaluate(laid, flows, layout.moves)
        # In the order of the fields: a search comes here all the time, and names would cost a
        # hundredth of it.
        return Cost(
            memory_pj + laid.fixed_pj + self._precharge_pj(flows, mapping),
            time.total,
            time.compute,
            time.stall,
            time.onloading,
            time.offloading,
            self.tclk_ns,
            self.area_mm2,
            laid.utilization,
            partial(self.explain, mapping),
        )

    def explain(self, mapping: LayerMapping) -> CostTerms:
        """Work out every term of the cost of a mapping."""
        layout = self._layout(mapping.spatial)
        flows = self._flows.flows(layout.plan, mapping.temporal)
        words = memory_words(layout.routes, flows, self.profile.whole_words)
        precharge_pj = self._precharge_pj(flows, mapping)
        return CostTerms(
            array_energy_pj={"local_bl_precharging": precharge_pj, **layout.laid.array_energy_pj},
            memory_terms=tuple(
                _memory_term(route.access, count)
                for route, count in zip(layout.routes, words, strict=True)
            )
            + tuple(_memory_term(*one) for one in self._loaded(mapping.spatial, layout.laid)),
            port_stalls=self._latency.port_stalls(layout.laid, flows, layout.moves),
        )

    def readbacks(self, transfers: Amount, distinct: Amount) -> Amount:
        """Transfers of partial sums back down.

        On every visit of a tile but, in hardware, the first.
        """
        return readbacks(transfers, distinct, self.profile)

    # ------------------------------------------------------------------ parts
    def _layout(self, spatial: SpatialMapping) -> _Layout:
        known = self._layouts.get(spatial)
        if known is None:
            laid = spread(self.layer, self.accelerator, self.macro, spatial, self.profile)
            if self.loading is not None:
                loaded = self._loaded(spatial, laid)
                laid = replace(laid, loading_pj=sum(n * access.energy_pj for access, n in loaded))
            routes = compile_routes(self.boundaries, laid)
            paid = tuple(route for route in routes if route.access.energy_pj)
            known = self._layouts[spatial] = _Layout(
                laid=laid,
                plan=self._flows.plan(laid),
                routes=routes,
                paid=paid,
                energies_pj=[route.access.energy_pj for route in paid],
                moves=self._latency.moves(laid),
            )
        return known

    def _loaded(self, spatial: SpatialMapping, laid: Spread) -> list[tuple[Access, float]]:
        """Accesses that load weights that stay, and how often each happens an inference."""
        if self.loading is None:
            return []
        whole = spatial.by_array_dim
        averages = averages_of(self.layer, self.accelerator.array, whole)
        unrolled = self.loading.unrollings(averages, whole)
        return [(access, float(n)) for access, n in self.loading.accesses(unrolled, laid.temporal)]

    def _precharge_pj(self, flows: Flows, mapping: LayerMapping) -> float:
        """Local precharge of the cell groups: once per MAC and stationary period of the weights."""
        unit_pj = self.macro.precharge_pj
        if not unit_pj:
            return 0.0
        rests, short = self._flows.order.first[0], flows.short
        period: Amount = flows.tiles.cycles[rests]
        if short is not None:  # periods differ: on average
            period = math.prod(short.nest.sizes.values()) / flows.transfers[rests]
        resting = 1
        if self.profile.repeated_precharge:
            own = mapping.temporal.levels("W")[0]
            idle = list(
                itertools.takewhile(lambda loop: loop[0] not in self.layer.weight_dims, own)
            )
            resting = math.prod([steps for _, steps in idle])
            if short is not None:
                resting = math.prod(short.nest.tiles[len(idle)].values())
        reads: float = precharge_reads(self.layer.macs, period, resting, self.profile)
        return unit_pj * reads


def _memory_term(access: Access, words: float) -> MemoryTerm:
    return MemoryTerm(
        operand=access.operand,
        level=access.level,
        memory=access.memory.name,
        direction=access.direction.value,
        words=words,
        energy_pj=words * access.energy_pj,
    )
