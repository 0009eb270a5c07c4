"""Compare optima with mappings that the ICCAD 2023 study recorded.

Writes ``docs/recorded-mappings.md``:

    PYTHONPATH=. python benchmarks/against_study.py --report docs/recorded-mappings.md

Both networks of the study on its four arrays, for least energy under the cost model ``zigzag-imc``,
with outputs of eight bits. Every recorded mapping is scored here as well, which tells where a layer
that seems to cost more does so: in the search, or in what is counted. Exit code 1 where a layer or
a network costs more than it may.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.study_points import Point, RecordedLayer, points
from tests.spaces import DIVIDING
from zigzag_imc.core.layer import Layer
from zigzag_imc.library.mapping import evaluate, map_network
from zigzag_imc.results.result import LayerResult, NetworkResult

COST_MODEL, PRECISION = "zigzag-imc", "O=8"

MOST = {"ds_cnn": 0.9, "resnet8": 1.06}
"""Energy of a whole network over the recorded one, at most."""

MOST_OF_A_DEPTHWISE_LAYER = 0.75
"""Energy of a depthwise layer over the recorded one, at most."""

ROUNDING, ROUNDING_PJ = 5e-4, 5.0
"""What the last digits of the figures do not tell: of a ratio, and of an energy in pJ."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A layer as recorded, the recorded mapping scored here, and the optimum.

    Attributes
    ----------
    recorded
        What the study recorded.
    here
        The recorded mapping, scored here.
    best
        The optimum.
    """

    recorded: RecordedLayer
    here: LayerResult
    best: LayerResult

    @property
    def ratio(self) -> float:
        """Energy of the optimum over the recorded one."""
        assert self.best.energy_pj is not None
        return self.best.energy_pj / self.recorded.energy_pj

    @property
    def array_pj(self) -> float:
        """How much more the array takes here, under the recorded mapping, in pJ."""
        return _array_pj(self.here) - self.recorded.array_pj

    @property
    def sliding_pj(self) -> float:
        """How much more inputs take here, under the recorded mapping, in pJ.

        The study lets inputs slide from row to row, where the innermost loop steps along a window
        whose taps lie on rows: of ``steps x taps`` only the distinct positions are read.
        """
        layer, mapping = self.here.layer(), self.here.mapping()
        assert mapping is not None
        loops = mapping.temporal.loops
        dim, steps = loops[0] if loops else ("", 1)
        taps = _taps_on_rows(layer, dim, mapping.spatial.on("D2"))
        share = _distinct(layer, dim, steps, taps) / (steps * taps)
        return (1 - share) * _inputs_pj(self.here)

    @property
    def rest_pj(self) -> float:
        """What else differs under the recorded mapping, in pJ."""
        assert self.here.energy_pj is not None
        more = self.here.energy_pj - self.recorded.energy_pj
        return more - self.array_pj - self.sliding_pj

    @property
    def search_pj(self) -> float:
        """How much less the optimum takes than the recorded mapping, both scored here, in pJ."""
        assert self.here.energy_pj is not None
        assert self.best.energy_pj is not None
        return self.best.energy_pj - self.here.energy_pj


def _array_pj(record: LayerResult) -> float:
    """Energy of the array in pJ."""
    assert record.breakdown is not None
    return sum(record.breakdown.array_energy_pj.values())


def _inputs_pj(record: LayerResult) -> float:
    """Energy of inputs on their way from the SRAM into the registers, in pJ."""
    assert record.breakdown is not None
    return sum(term.energy_pj for term in record.breakdown.memory_energy if term.operand == "I")


def _taps_on_rows(layer: Layer, dim: str, rows: object) -> int:
    """Taps along the rows of the window along which a loop steps."""
    assert isinstance(rows, dict)
    return next((rows.get(w.filter_dim, 1) for w in layer.windows if w.output_dim == dim), 1)


def _distinct(layer: Layer, dim: str, steps: int, taps: int) -> int:
    """Distinct positions of the window along which a loop steps."""
    for window in layer.windows:
        if window.output_dim == dim:
            return int(window.positions(steps, taps))
    return steps * taps


def compared(point: Point) -> tuple[NetworkResult, tuple[Compared, ...]]:
    """Map a network, score the recorded mappings, and put both beside each other."""
    best = map_network(
        point.network,
        point.accelerator,
        objective="energy",
        cost_model=COST_MODEL,
        precision=PRECISION,
        space=DIVIDING,
    )
    here = scored(point)
    return best, tuple(
        Compared(layer, here.record_of(layer.name), best.record_of(layer.name))
        for layer in point.layers
    )


def scored(point: Point) -> NetworkResult:
    """Score the recorded mappings of a point."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recorded.json"
        path.write_text(json.dumps({"layers": [layer.entry for layer in point.layers]}))
        return evaluate(
            point.network, point.accelerator, path, cost_model=COST_MODEL, precision=PRECISION
        )


def problems(point: Point, best: NetworkResult, layers: Sequence[Compared]) -> Iterator[str]:
    """Yield what costs more than it may, or is not proved."""
    if best.totals.status != "OPTIMAL":
        yield f"{point.title}: {best.totals.status}"
    ratio = (best.totals.energy_pj or 0.0) / point.recorded_pj
    if ratio > MOST[point.network]:
        yield f"{point.title}: {ratio:.4f} of the recorded energy, may have {MOST[point.network]}"
    for one in layers:
        is_depthwise = one.best.loop_dims.get("G", 1) > 1
        if is_depthwise and one.ratio > MOST_OF_A_DEPTHWISE_LAYER:
            yield f"{point.title}: {one.recorded.name} has {one.ratio:.4f} of the recorded energy"


# ---------------------------------------------------------------- the page
HEAD = """# Optima against mappings of a study

This page is the output of `benchmarks/against_study.py`. The [ICCAD 2023 study](study.md) of analog
and digital arrays recorded, per layer of DS-CNN and ResNet-8, the mapping that a search over loop
orders found for least energy, and what it costs in ZigZag-IMC's early cost model. Hardware and
figures are in `benchmarks/study.json`: weights from a DRAM at 3.7 pJ a bit, inputs and outputs in a
256 KB SRAM that is accessed in full width, registers of 8 bits. Here the same layers are mapped
under `--cost-model zigzag-imc --precision O=8` for least energy; all are proved optimal. The last
column is here / recorded of the depthwise layers alone.

| array | network | recorded (uJ) | here (uJ) | here / recorded | depthwise layers |
| --- | --- | --: | --: | --: | --: |
"""

LAYERS = """
## Layers that cost more here

Per layer that costs more than recorded, in nJ: the recorded energy, what the recorded mapping takes
here more or less, and what the search then saves. *Array term*: an early version counted the
multipliers of a digital array otherwise; of analog arrays all agree. *Sliding inputs*: where the
innermost loop steps along a window whose taps lie on rows, the study lets inputs slide from row to
row and reads the distinct ones alone; here the array reads all of its inputs in every step, for a
wordline has no path to its neighbour. *Rest*: the study reads what the columns of a diagonal window
share for each column apart, here once; finished outputs of the last layers leave in two accesses of
full width here, of which it counts one.

| array | layer | recorded | array term | sliding inputs | rest | search | here | here / recorded |
| --- | --- | --: | --: | --: | --: | --: | --: | --: |
"""

UNROLLINGS = """
## How depthwise layers lie

The study puts outputs of one channel along the columns, and its taps along the rows; so most of the
rows stay idle. Channels beside each other, each a diagonal block with its own columns and rows, use
more of them (`D1` are the columns, `D2` the rows, `G` the channels):

| array | recorded | here | here / recorded |
| --- | --- | --- | --: |
"""


def page(found: Sequence[tuple[Point, NetworkResult, Sequence[Compared]]]) -> str:
    """Return the page as Markdown."""
    totals = "".join(_total_row(*one) for one in found)
    more = "".join(
        _layer_row(point, one)
        for point, _, layers in found
        for one in _distinct_layers(layers)
        if one.ratio > 1 + ROUNDING
    )
    depthwise = "".join(
        _depthwise_row(point, one)
        for point, _, layers in found
        for one in _distinct_layers(layers)
        if one.best.loop_dims.get("G", 1) > 1
    )
    return HEAD + totals + LAYERS + more + UNROLLINGS + depthwise


def _distinct_layers(layers: Sequence[Compared]) -> Iterator[Compared]:
    """Yield one of identical layers each."""
    yield from {one.best.name: one for one in reversed(layers)}.values()


def _total_row(point: Point, best: NetworkResult, layers: Sequence[Compared]) -> str:
    network, array = point.title.split(", ")
    here = best.totals.energy_pj or 0.0
    depthwise = {f"{one.ratio:.2f}" for one in layers if one.best.loop_dims.get("G", 1) > 1}
    return (
        f"| {array} | {network} | {point.recorded_pj / 1e6:.3f} | {here / 1e6:.3f} "
        f"| {here / point.recorded_pj:.3f} | {', '.join(sorted(depthwise)) or '–'} |\n"
    )


def _layer_row(point: Point, one: Compared) -> str:
    network, array = point.title.split(", ")
    terms = (one.array_pj, one.sliding_pj, one.rest_pj, one.search_pj)
    told = " | ".join(f"{_rounded(pj) / 1e3:+.2f}" for pj in terms)
    return (
        f"| {array} | {network} {one.best.name} | {one.recorded.energy_pj / 1e3:.2f} | {told} "
        f"| {(one.best.energy_pj or 0.0) / 1e3:.2f} | {one.ratio:.3f} |\n"
    )


def _rounded(pj: float) -> float:
    """Return an energy in pJ; zero where only rounding is left."""
    return 0.0 if abs(pj) < ROUNDING_PJ else pj


def _depthwise_row(point: Point, one: Compared) -> str:
    _, array = point.title.split(", ")
    return f"| {array} | {_unrollings(one.here)} | {_unrollings(one.best)} | {one.ratio:.2f} |\n"


def _unrollings(record: LayerResult) -> str:
    """Unrollings as people read them."""
    return "; ".join(
        f"{name} {' '.join(f'{dim} {factor}' for dim, factor in dims.items())}"
        for name, dims in (record.spatial or {}).items()
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare all points."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--report", metavar="FILE", help="write the page there")
    options = parser.parse_args(arguments)
    found = [(point, *compared(point)) for point in points()]
    if options.report:
        Path(options.report).write_text(page(found), encoding="utf-8")
    else:
        print(page(found), end="")
    wrong = [said for one in found for said in problems(*one)]
    for said in wrong:
        print(said, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
