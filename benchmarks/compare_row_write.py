"""Compare the profile ``zigzag-imc`` with figures of ZigZag-IMC and write the outcome as Markdown.

    PYTHONPATH=. python benchmarks/compare_row_write.py FIGURES.json [--output docs/row-write.md]

The file lists, per array, network and layer, the mapping that ZigZag-IMC chose and what it cost.
Every mapping is scored here on the same hardware, reconstructed from the figures. Layers, and which
memories are left to each where activations stay on chip, come from the shipped networks and from
the greedy rule of ``--locality zigzag``.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zigzag_imc.core.accelerator import Accelerator, Direction, ImcArray, MemoryInstance, Port
from zigzag_imc.core.layer import OPERANDS, Layer
from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
from zigzag_imc.library.keeping import timeline_of
from zigzag_imc.library.query import Query
from zigzag_imc.library.subject import Subject
from zigzag_imc.models.cost import Cost
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.locality.greedy import greedy_placement
from zigzag_imc.models.mapspace.legality import check_mapping
from zigzag_imc.models.profile import ZIGZAG_IMC

DRAM_PJ_PER_BIT = 3.7
SRAM_READ_PJ, SRAM_WRITE_PJ = 41.0986224, 27.001188
CELL_WRITE_PJ, REGISTER_WRITE_PJ_PER_BIT = 0.081, 0.001701
ALL = (Direction.FROM_HIGH, Direction.TO_LOW, Direction.FROM_LOW, Direction.TO_HIGH)


def port(kind: Any, low: int, high: int, operands: Iterable[str], *directions: Direction) -> Port:
    """One port for several operands; inputs are never written from below."""
    allocation = tuple(
        (operand, direction)
        for operand in operands
        for direction in directions
        if operand == "O" or direction in ALL[:2]
    )
    return Port(f"{kind}_port", kind, low, high, allocation)


def accelerator(array: str) -> Accelerator:
    """Build the reference hardware."""
    analog = array == "Aimc"
    every = frozenset(("D1", "D2"))
    read, write = (Direction.TO_LOW, Direction.TO_HIGH), (Direction.FROM_HIGH, Direction.FROM_LOW)

    def register(operand: str, bits: int, served: str) -> MemoryInstance:
        ports = tuple(
            Port(
                f"{direction}_port",
                "write" if direction.writes else "read",
                bits,
                bits,
                ((operand, direction),),
            )
            for direction in (ALL if operand == "O" else ALL[:2])
        )
        energy = REGISTER_WRITE_PJ_PER_BIT * bits
        return MemoryInstance(
            f"rf_{operand}", bits, 0.0, energy, 0.0, 1, (operand,), frozenset((served,)), ports
        )

    return Accelerator(
        array,
        ImcArray(analog, 8, 8, 2 if analog else 1, 4.5 if analog else 0, (("D1", 4), ("D2", 32))),
        (
            MemoryInstance(
                "cells",
                8,
                0.0,
                CELL_WRITE_PJ,
                0.0,
                0,
                ("W",),
                frozenset(),
                (port("read_write", 8, 8, "W", *ALL[:2]),),
            ),
            register("I", 8, "D1"),
            register("O", 16, "D2"),
            MemoryInstance(
                "sram_256KB",
                256 * 8 * 1024,
                SRAM_READ_PJ,
                SRAM_WRITE_PJ,
                0.0,
                1,
                ("I", "O"),
                every,
                (port("read", 16, 256, "IO", *read), port("write", 16, 256, "IO", *write)),
            ),
            MemoryInstance(
                "dram",
                10**10,
                32 * DRAM_PJ_PER_BIT,
                32 * DRAM_PJ_PER_BIT,
                0.0,
                1,
                OPERANDS,
                every,
                (port("read_write", 8, 32, OPERANDS, *ALL),),
            ),
        ),
    )


@dataclass(frozen=True)
class Found:
    """A layer of a network, and the accelerator as it finds it."""

    layer: Layer
    accelerator: Accelerator


def found_by_layer(network: str, array: str) -> dict[int, Found]:
    """Map the network's steps by the greedy rule; layers in the order of the graph."""
    whole = accelerator(array)
    query = Query(cost_model=ZIGZAG_IMC.name, locality="zigzag", keep_ends=True)
    timeline = timeline_of(Subject.of(network, whole, query))
    placement = greedy_placement(timeline)
    found = {}
    for number, (name, layer) in enumerate(timeline.layers.items()):
        situation = timeline.situation(timeline.step_of(name), layer, placement)
        assert situation is not None, "the rule leaves room for what it keeps"
        found[number] = Found(layer, situation.accelerator(whole))
    return found


def as_read(layer: Layer, entry: Mapping[str, Any]) -> Layer:
    """Return a layer with the loop sizes of the reference, which may swap the filter's sides."""
    sizes: Mapping[str, int] = entry["loop_dims"]
    sides = {"FX": layer.sizes.get("FY", 1), "FY": layer.sizes.get("FX", 1)}
    swapped = {**layer.sizes, **sides}
    for own in (layer.sizes, swapped):
        if all(own.get(dim, 1) == sizes.get(dim, 1) for dim in {*own, *sizes}):
            return layer.replace(loop_dims=tuple((dim, own[dim]) for dim in layer.sizes))
    raise SystemExit(f"{entry['network']}, {entry['layer']}: the network has another layer there")


def mapping_of(entry: Mapping[str, Any]) -> LayerMapping:
    """Read the mapping; inputs are broadcast along D1 and meet D2 one level higher."""
    along_columns, along_rows = entry["spatial"]["O"][1], entry["spatial"]["O"][0]
    whole = {
        name: {d: math.ceil(f - 1e-9) for d, f in dims}
        for name, dims in (("D1", along_columns), ("D2", along_rows))
    }
    levels = {
        operand: [[(d, f) for d, f in level] for level in entry["temporal"][operand]]
        for operand in OPERANDS
    }
    return LayerMapping(SpatialMapping.of(whole), TemporalMapping.from_levels(levels))


def fractional(entry: Mapping[str, Any]) -> bool:
    """Whether the reference unrolls a dimension by a fraction."""
    return any(f != int(f) for level in entry["spatial"]["O"] for _, f in level)


def compared(entry: Mapping[str, Any], cost: Cost) -> dict[str, tuple[float, float]]:
    """Pair every figure: (reference, ours)."""
    cycles = entry["cycles"]
    pairs = {
        "compute": (cycles["compute"], cost.compute_cycles),
        "weight_rows": (cycles["weight_rows"], cost.stall_cycles),
        "onloading": (cycles["onloading"], cost.onloading_cycles),
        "offloading": (cycles["offloading"], cost.offloading_cycles),
    }
    for operand in OPERANDS:
        for level, energy in enumerate(entry["memory_energy"][operand]):
            ours = sum(
                t.energy_pj for t in cost.memory_terms if (t.operand, t.level) == (operand, level)
            )
            pairs[f"memory {operand}{level}"] = (energy, ours)
    names = {
        "precharging": "local_bl_precharging",
        "analog_bitlines": "analog_bl_addition",
        "adders": "adders_regular",
    }
    for name, energy in entry["array_energy"].items():
        pairs[f"array {name}"] = (energy, cost.array_energy_pj[names.get(name, name)])
    pairs["energy"] = (entry["energy_total"], cost.energy_pj)
    pairs["tclk"] = (entry["tclk"], cost.tclk_ns)
    return pairs


CYCLES = ("compute", "weight_rows", "onloading", "offloading")

EXPLANATIONS = {
    "tclk": (
        "The clock period. zigzag-dse 3.9.1, which this model follows term by term, corrected the "
        "critical path of the early version that made the reference figures. Cycles do not depend "
        "on it."
    ),
    "array accumulators": (
        "The reference rounds the 4.5 bits of the ADC up to 5 in the width of the accumulators "
        "(21 bits); 3.9.1 takes 20.5."
    ),
    "array mults": "As for dacs: six activations against five.",
    "array dacs": (
        "Ten outputs on four columns: the reference counts MACs / (32 rows x 4 columns) = 5 "
        "activations of the array; three column tiles x two row tiles = 6 really happen, and this "
        "profile counts whole ones."
    ),
    "energy": "The sum of what differs in the array.",
}


def differs(pair: tuple[float, float]) -> bool:
    """Whether two figures are more than rounding of floats apart."""
    return abs(pair[0] - pair[1]) > 1e-9 * max(abs(pair[0]), abs(pair[1]))


def costs(entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Cost]]:
    """Score every mapping where its layer finds itself in its network."""
    networks: dict[tuple[str, str], dict[int, Found]] = {}
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    entries = list(entries)
    for entry in entries:
        numbers[entry["network"], entry["array"]].append(node_of(entry))
    for entry in entries:
        key = entry["network"], entry["array"]
        if key not in networks:
            networks[key] = found_by_layer(*key)
        found = networks[key][sorted(numbers[key]).index(node_of(entry))]
        layer, mapping = as_read(found.layer, entry), mapping_of(entry)
        check_mapping(layer, found.accelerator, mapping, ZIGZAG_IMC)
        yield entry, CostModel(layer, found.accelerator, ZIGZAG_IMC).evaluate(mapping)


def node_of(entry: Mapping[str, Any]) -> int:
    """Place of a layer's node in the graph of the reference."""
    return int(entry["layer"].removeprefix("layer_LayerNode_"))


def in_order(entry: Mapping[str, Any]) -> tuple[str, str, int]:
    """Sort by array and network, layers as the graph of the reference has them."""
    return entry["array"], entry["network"], node_of(entry)


def report(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Write the comparison, line by line."""
    ordered = sorted(entries, key=in_order)
    scored = [(entry, compared(entry, cost)) for entry, cost in costs(ordered)]
    yield from HEADING.splitlines()
    yield ""
    yield (
        "| array | network | layer | compute | weight rows | onloading | offloading "
        "| memory energy | array energy |"
    )
    yield "|---|---|---|--:|--:|--:|--:|---|---|"
    apart: dict[str, list[float]] = defaultdict(list)
    for entry, pairs in scored:
        for name, pair in pairs.items():
            if differs(pair):
                apart[name].append(pair[1] / pair[0] - 1)
        cells = [
            f"{pairs[name][1]:.0f}"
            + (f" (reference {pairs[name][0]:.0f})" if differs(pairs[name]) else "")
            for name in CYCLES
        ]
        for kind in ("memory ", "array "):
            names = [
                name.removeprefix(kind)
                for name, pair in pairs.items()
                if name.startswith(kind) and differs(pair)
            ]
            cells.append("equal" if not names else "but for " + ", ".join(names))
        label = entry["layer"].removeprefix("layer_LayerNode_") + (
            " *" if fractional(entry) else ""
        )
        yield f"| {entry['array']} | {entry['network']} | {label} | " + " | ".join(cells) + " |"
    yield ""
    yield "\\* The reference unrolls 10 outputs over 4 columns as 3.33."
    yield ""
    yield f"Of {len(scored)} layers:"
    yield ""
    for name in CYCLES:
        equal = sum(not differs(pairs[name]) for _, pairs in scored)
        yield f"- {name.replace('_', ' ')}: {equal} equal"
    terms = [
        pair for _, pairs in scored for name, pair in pairs.items() if name.startswith("memory ")
    ]
    equal = sum(not differs(pair) for pair in terms)
    yield f"- memory energy: {equal} of {len(terms)} terms (operand x level) equal"
    terms = [
        pair for _, pairs in scored for name, pair in pairs.items() if name.startswith("array ")
    ]
    yield f"- array energy: {sum(not differs(pair) for pair in terms)} of {len(terms)} terms equal"
    yield ""
    yield "## What differs, and why"
    yield ""
    for name, found in apart.items():
        low, high = min(found) * 100, max(found) * 100
        span = f"{low:+.2f} %" if high - low < 0.005 else f"{low:+.2f} to {high:+.2f} %"
        reason = EXPLANATIONS.get(name, "not explained")
        yield f"- **{name}** ({len(found)} layer{'s' * (len(found) > 1)}, {span}): {reason}"


HEADING = """# The profile `zigzag-imc` against figures of ZigZag-IMC

This page is the output of `benchmarks/compare_row_write.py FIGURES.json`. The figures were measured
with ZigZag-IMC (repository of June 2025) on its two example arrays, 4 columns of 8-bit weights x 32
rows, with DS-CNN and ResNet-8: per layer the mapping it chose, its cycles and its energies. Each
mapping is scored here on the same hardware: DRAM with 32 bits a cycle (8 the smallest access) at
3.7 pJ a bit, 256 KB SRAM with 256 bits a cycle (16 the smallest), registers and cells that cost per
write. Layers come from the shipped networks; which of their activations stay in the SRAM, and then
have no DRAM level, is what [`--locality zigzag --keep-ends`](locality.md) keeps there.

What the comparison taught about this tool, and the profile follows:

- every load of the array counts among the row writes, the first one too; in the onloading the first
  weights count with the cycles that the DRAM port takes, not with their rows;
- a tile that is loaded or unloaded once is waited for in full (`hidden_loads=False`);
- partial sums are read back from above on the first visit too (`first_visit_readback=True`);
- fractions of a full-width word count (`whole_words=False`); latency counts whole unrollings, not
  ones cut down (`floor_unrolling=False`).

Layers have the numbers of their nodes in the graph of ZigZag-IMC. Rows are whole numbers on every
layer here: all reduction dimensions divide.
"""


def main() -> None:
    """Print or write the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("figures", type=Path, help="reference figures (JSON)")
    parser.add_argument(
        "--output", type=Path, help="Markdown file to write; left out, the text is printed"
    )
    options = parser.parse_args()
    text = "\n".join(report(json.loads(options.figures.read_text())["layers"])) + "\n"
    if options.output:
        options.output.write_text(text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
