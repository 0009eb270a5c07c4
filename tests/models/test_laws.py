"""Laws that every cost obeys, over random legal mappings."""

from __future__ import annotations

import math
import pickle
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import pytest

from tests.accelerators import VARIANTS, variant
from tests.layers import LAYERS, layer_for
from tests.mappings import random_mappings, sunk_cuts
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, TemporalMapping
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.movement.tiles import operand_tiles
from zigzag_imc.models.movement.unrolled import average_unrollings
from zigzag_imc.models.profile import IMC, PROFILES, ZIGZAG, CostProfile

NAMES = ("conv3x3", "conv1x1s2", "depthwise", "dilated", "not_dividing", "gemm_batched")


def drawn(layer: Layer, accelerator: Accelerator, count: int, seed: str) -> Iterator[LayerMapping]:
    """Random legal mappings, the same for every run."""
    found = list(islice(random_mappings(random.Random(seed), layer, accelerator), count))
    assert len(found) == count
    return iter(found)


def cost(
    layer: Layer, accelerator: Accelerator, mapping: LayerMapping, profile: CostProfile = IMC
) -> Cost:
    """Score under a profile."""
    return CostModel(layer, accelerator, profile).evaluate(mapping)


def canonical(layer: Layer, temporal: TemporalMapping) -> TemporalMapping:
    """Raise every cut past the irrelevant loops above it."""
    w, i, o = (sunk_cuts(temporal, operand, layer.relevant(operand)) for operand in OPERANDS)
    return TemporalMapping(temporal.loops, (w, i, o))


def totals(found: Cost) -> tuple[float, ...]:
    """All figures of a cost that a sum or a maximum makes."""
    return (
        found.energy_pj,
        found.latency_cycles,
        found.compute_cycles,
        found.stall_cycles,
        found.onloading_cycles,
        found.offloading_cycles,
        *(term.words for term in found.memory_terms),
        *(s.cycles for s in found.port_stalls),
    )


@pytest.mark.parametrize("accelerator_name", VARIANTS)
@pytest.mark.parametrize("layer_name", NAMES)
def test_terms_add_up(accelerator_name: str, layer_name: str) -> None:
    """Energy is the sum of its terms, latency of its parts, stall the largest of any port."""
    layer, accelerator = layer_for(accelerator_name, layer_name), variant(accelerator_name)
    for profile in PROFILES.values():
        for mapping in drawn(layer, accelerator, 4, layer_name):
            found = cost(layer, accelerator, mapping, profile)
            memories = sum(term.energy_pj for term in found.memory_terms)
            assert found.energy_pj == pytest.approx(found.array_total_pj + memories, rel=1e-12)
            parts = (
                found.compute_cycles,
                found.stall_cycles,
                found.onloading_cycles,
                found.offloading_cycles,
            )
            assert found.latency_cycles == sum(parts)
            assert min(*parts, *(term.words for term in found.memory_terms)) >= 0
            assert found.stall_cycles == max(0, *(stall.cycles for stall in found.port_stalls), 0)
            assert 0 < found.utilization <= 1
            assert found.edp == found.value("energy") * found.value("latency") == found.value("edp")


@pytest.mark.parametrize("accelerator_name", VARIANTS)
@pytest.mark.parametrize("layer_name", NAMES)
def test_a_mapping_and_its_canonical_form_cost_the_same(
    accelerator_name: str, layer_name: str
) -> None:
    """Irrelevant loops right above a cut belong to the level below: the data just stays there."""
    layer, accelerator = layer_for(accelerator_name, layer_name), variant(accelerator_name)
    for mapping in drawn(layer, accelerator, 6, layer_name):
        raised = LayerMapping(mapping.spatial, canonical(layer, mapping.temporal))
        assert totals(cost(layer, accelerator, mapping)) == totals(cost(layer, accelerator, raised))


@pytest.mark.parametrize("accelerator_name", VARIANTS)
@pytest.mark.parametrize("layer_name", NAMES)
def test_order_of_loops_between_cuts_does_not_change_energy(
    accelerator_name: str, layer_name: str
) -> None:
    """Energy sees tiles only: two neighbouring loops with no cut near them may swap."""
    layer, accelerator = layer_for(accelerator_name, layer_name), variant(accelerator_name)
    model = CostModel(layer, accelerator, IMC)
    swapped = 0
    for mapping in drawn(layer, accelerator, 10, layer_name):
        temporal = canonical(layer, mapping.temporal)
        loops = temporal.loops
        cuts = {cut for of_operand in temporal.cuts for cut in of_operand}
        first_relevant = [
            next((n for n, (dim, _) in enumerate(loops) if dim in layer.relevant(operand)), 0)
            for operand in ("W", "I")
        ]
        for n in range(max(first_relevant) + 1, len(loops) - 1):
            if not cuts & {n, n + 1}:
                other = (*loops[:n], loops[n + 1], loops[n], *loops[n + 2 :])
                changed = LayerMapping(mapping.spatial, TemporalMapping(other, temporal.cuts))
                before = model.evaluate(LayerMapping(mapping.spatial, temporal))
                assert model.evaluate(changed).energy_pj == pytest.approx(
                    before.energy_pj, rel=1e-12
                )
                swapped += 1
    assert swapped


@pytest.mark.parametrize("accelerator_name", VARIANTS)
@pytest.mark.parametrize("layer_name", NAMES)
def test_whole_activations_cost_no_less_than_fractional_ones(
    accelerator_name: str, layer_name: str
) -> None:
    """Of every array component but adder trees.

    Their energy per active row is no steady function.
    """
    layer, accelerator = layer_for(accelerator_name, layer_name), variant(accelerator_name)
    for mapping in drawn(layer, accelerator, 6, layer_name):
        whole, fractional = (
            cost(layer, accelerator, mapping, profile).array_energy_pj
            for profile in (replace(IMC, all_rows_multiply=True), ZIGZAG)
        )
        for part in ("dacs", "adcs", "mults", "analog_bl_addition", "adders_pv", "accumulators"):
            assert whole[part] >= fractional[part] * (1 - 1e-12)


@pytest.mark.parametrize("accelerator_name", VARIANTS)
def test_unmapped_rows_multiply_under_the_reference_profile_alone(accelerator_name: str) -> None:
    """All rows of a digital macro, over those that are mapped: the ratio of the energies."""
    layer, accelerator = layer_for(accelerator_name, "gemm"), variant(accelerator_name)
    everywhere = replace(IMC, all_rows_multiply=True)
    for mapping in drawn(layer, accelerator, 6, "gemm"):
        mapped, all_rows = (
            cost(layer, accelerator, mapping, profile).array_energy_pj["mults"]
            for profile in (IMC, everywhere)
        )
        averages = average_unrollings(layer, mapping.spatial.by_array_dim)
        rows = math.prod(averages.get("D2", {}).values())
        ratio = 1 if accelerator.array.analog else accelerator.array.rows / rows
        assert all_rows == pytest.approx(ratio * mapped)


@pytest.mark.parametrize("accelerator_name", [name for name in VARIANTS if name != "macros"])
@pytest.mark.parametrize("layer_name", ["conv3x3", "conv1x1s2", "gemm"])
def test_profiles_agree_where_nothing_is_rounded(accelerator_name: str, layer_name: str) -> None:
    """Every unrolling divides.

    All energies are equal, but for partial sums read back on their first visit; the multipliers of
    unmapped rows switch on both sides.
    """
    layer, accelerator = layer_for(accelerator_name, layer_name), variant(accelerator_name)
    compared = single_visits = 0
    for mapping in drawn(layer, accelerator, 40, layer_name):
        if any(layer.sizes[dim] % factor for dim, factor in mapping.spatial.factors.items()):
            continue
        ours, reference = (
            cost(layer, accelerator, mapping, profile)
            for profile in (replace(IMC, all_rows_multiply=True), ZIGZAG)
        )
        assert {
            k: v for k, v in ours.array_energy_pj.items() if "precharging" not in k
        } == pytest.approx(
            {k: v for k, v in reference.array_energy_pj.items() if "precharging" not in k},
            rel=1e-12,
        )
        for mine, theirs in zip(ours.memory_terms, reference.memory_terms, strict=True):
            if mine.operand == "O" and mine.direction in ("fh", "tl"):
                assert mine.words <= theirs.words
            else:
                # The reference drops the fraction of a word once per movement.
                assert theirs.words <= mine.words < theirs.words + 1
        compared += 1
        if not any(operand_tiles(layer, mapping.temporal, "O").reduced_above):
            single_visits += 1
            back = [
                t.words
                for t in ours.memory_terms
                if t.operand == "O" and t.direction in ("fh", "tl")
            ]
            assert not any(back)
    assert compared
    assert (
        single_visits
        or layer_name != "conv1x1s2"
        or accelerator_name in ("shared_all", "short", "finished_on_chip")
    )


@pytest.mark.parametrize("accelerator_name", VARIANTS)
@pytest.mark.parametrize("layer_name", NAMES)
def test_traffic_is_at_least_compulsory(accelerator_name: str, layer_name: str) -> None:
    """All weights and inputs leave their top memory at least once, all outputs reach theirs."""
    layer, accelerator = layer_for(accelerator_name, layer_name), variant(accelerator_name)
    sizes = layer.sizes
    plain = dict.fromkeys(OPERANDS, 1)
    for operand in OPERANDS:
        in_window = (
            {d for w in layer.windows for d in (w.output_dim, w.filter_dim)}
            if operand == "I"
            else set()
        )
        for dim in layer.relevant(operand) - in_window:
            plain[operand] *= sizes[dim]
        if operand == "I":
            for window in layer.windows:
                plain[operand] *= int(
                    window.extent(sizes[window.output_dim], sizes[window.filter_dim])
                )
    for mapping in drawn(layer, accelerator, 6, layer_name):
        found = cost(layer, accelerator, mapping)
        crossings = (
            ("W", "tl", layer.precision.W),
            ("I", "tl", layer.precision.I),
            ("O", "fl", layer.precision.O_final),
        )
        for operand, direction, bits in crossings:
            top = len(accelerator.levels[operand]) - 1
            (term,) = (
                t
                for t in found.memory_terms
                if (t.operand, t.level, t.direction) == (operand, top, direction)
            )
            memory = accelerator.memory(operand, top)
            port = next(
                p for p in memory.ports for pair in p.allocation if pair == (operand, direction)
            )
            assert term.words * port.bandwidth_max >= plain[operand] * bits * (1 - 1e-9)


@pytest.mark.parametrize("layer_name", ["conv3x3", "gemm"])
def test_rows_are_written_one_by_one(layer_name: str) -> None:
    """Every reload but the first waits for mapped rows x weights per cell group.

    The first one is onloading.
    """
    layer, accelerator = LAYERS[layer_name], variant("bit_parallel")
    model = CostModel(layer, accelerator, IMC)
    for mapping in drawn(layer, accelerator, 20, layer_name):
        found = model.evaluate(mapping)
        tiles = operand_tiles(layer, mapping.temporal, "W")
        rows = model.spread(mapping.spatial).mapped_rows * tiles.tile[1]
        reloads = tiles.cycles[-1] // tiles.cycles[1]
        stall = next(s.cycles for s in found.port_stalls if s.port == "rows")
        assert stall >= (reloads - 1) * rows
        assert found.onloading_cycles >= rows


def test_a_cost_travels_between_processes_with_its_terms() -> None:
    """Pickled, it carries the terms and not the model."""
    layer, accelerator = LAYERS["gemm"], variant("aimc")
    (mapping,) = drawn(layer, accelerator, 1, "pickle")
    found = cost(layer, accelerator, mapping)
    text = pickle.dumps(found)
    again = pickle.loads(text)
    assert again == found
    assert (again.memory_terms, again.port_stalls) == (found.memory_terms, found.port_stalls)
    assert again.array_energy_pj == found.array_energy_pj
    assert b"CostModel" not in text
