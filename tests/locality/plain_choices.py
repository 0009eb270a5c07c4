"""Every choice of kept tensors and every mapping, gone through by the rules as they are written."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from tests.locality.plain_stays import Stay, all_weight_bits, loading_pj, stays
from zigzag_imc.core.accelerator import Accelerator, MemoryInstance
from zigzag_imc.core.constraints import Constraints, Stationary
from zigzag_imc.core.dataflow import Step
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.space import Space
from zigzag_imc.models.evaluate import CostModel
from zigzag_imc.models.mapspace.enumeration import enumerate_mappings, front_by_enumeration
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.onnx_workload.network import Network

Front = tuple[tuple[float, float], ...]
"""(latency, energy) of what no other mapping beats."""


@dataclass
class PlainChoices:
    """All choices for a network on an accelerator."""

    network: Network
    accelerator: Accelerator
    profile: CostProfile
    space: Space
    inferences: int = 1
    _fronts: dict[object, Front] = field(default_factory=dict)
    _stay: Stay | None = None

    def sums(self) -> Iterator[Front]:
        """Yield, for every legal choice, what the layers cost together."""
        for stay in stays(self.network, self.accelerator, self.inferences):
            self._stay = stay
            for kept in self._choices():
                total: Front = ((0.0, 0.0),)
                for place, step in enumerate(self._steps()):
                    if step.kind == "layer":
                        total = _added(total, self._cheapest(place, step, kept))
                if total:
                    yield total

    @cached_property
    def front(self) -> Front:
        """What no other choice and no other mappings beat, for the network as a whole."""
        return _undominated({point for total in self.sums() for point in total})

    def least(self, objective: str) -> float:
        """Least objective of any choice; infinite where nothing fits."""
        values = (
            {"energy": energy, "latency": latency, "edp": latency * energy}[objective]
            for latency, energy in self.front
        )
        return min(values, default=math.inf)

    # ------------------------------------------------------------------ choices
    def _steps(self) -> tuple[Step, ...]:
        assert self.network.dataflow is not None
        return self.network.dataflow.steps

    def _choices(self) -> Iterator[dict[str, str]]:
        """Yield where tensors are kept, if they may be."""
        written = [step.writes[0] for step in self._steps()][:-1]  # the last one is the result
        read = {name for step in self._steps() for name in step.reads}
        names = [name for name in written if name in read]
        chips = [memory.name for memory in self.accelerator.memories if self._is_chip(memory)]
        for places in itertools.product([None, *chips], repeat=len(names)):
            kept = {name: place for name, place in zip(names, places, strict=True) if place}
            if all(self._may_be_kept(name, kept) for name in kept) and self._fits(kept):
                yield kept

    def _fits(self, kept: Mapping[str, str]) -> bool:
        """Whether the memories hold what is kept at every step, operators included."""
        sizes = {memory.name: memory.size_bits for memory in self.accelerator.memories}
        return all(
            bits <= sizes[name]
            for place in range(len(self._steps()))
            for name, bits in self._live(place, kept).items()
        )

    def _is_chip(self, memory: MemoryInstance) -> bool:
        everything = {name for name, _ in self.accelerator.array.dimensions}
        return memory.served == everything and memory is not self.accelerator.memories[-1]

    def _may_be_kept(self, name: str, kept: Mapping[str, str]) -> bool:
        return all(
            kept.get(read) == kept[name]
            for step in self._steps()
            if step.kind == "operator" and step.writes[0] == name
            for read in step.reads
        )

    # ------------------------------------------------------------------ one layer
    def _cheapest(self, place: int, step: Step, kept: Mapping[str, str]) -> Front:
        """Front of a layer with a choice, either operand stored, partial sums or finished ones."""
        found: set[tuple[float, float]] = set()
        layer = next(one for one in self.network.layers if one.name == step.name)
        for stored in layer.alternatives:
            for finished in (False, True):
                found |= set(self._front(place, step, stored, kept, finished))
        return _undominated(found)

    def _front(
        self, place: int, step: Step, layer: Layer, kept: Mapping[str, str], finished: bool
    ) -> Front:
        names = {"I": step.streamed, "W": step.stored, "O": step.writes[0]}
        if layer.stored is not None and layer.stored.tensor != step.stored:
            names["I"], names["W"] = names["W"], names["I"]
        homes = {operand: kept[name] for operand, name in names.items() if name and name in kept}
        by_name = {memory.name: memory for memory in self.accelerator.memories}
        if any(operand not in by_name[home].operands for operand, home in homes.items()):
            return ()
        live = self._live(place, kept)
        if "O" in homes and not finished:
            rest = self._bits(step.writes[0])
            assert self.network.dataflow is not None
            elements = self.network.dataflow.elements[step.writes[0]]
            live[homes["O"]] += elements * max(0, layer.precision.O - rest)
        if self._stay is not None and layer.stored is None:
            homes["W"] = self._stay.memory
        room = self._room_in_cells(step, layer)
        if room <= 0 or any(bits > by_name[name].size_bits for name, bits in live.items()):
            return ()
        asked: Constraints = ()
        if finished and "O" in homes:
            asked = (Stationary("O", "rf_o" if homes["O"] == "sram" else "sram"),)
        seen = _as_found(self.accelerator, homes, live)
        key = (layer.shape_key(), seen.memories, asked, homes.get("W"), room)
        if key not in self._fronts:
            space = replace(self.space, constraints=asked)
            self._fronts[key] = self._points(layer, seen, space, room, homes.get("W"))
        return self._fronts[key]

    def _points(
        self, layer: Layer, seen: Accelerator, space: Space, room: int, home: str | None
    ) -> Front:
        """Go through all mappings of a layer as it finds the accelerator."""
        if self._stay is None:
            return tuple(front_by_enumeration(layer, seen, self.profile, space))
        cells, *others = seen.memories
        small = seen.replace(memories=(replace(cells, size_bits=room), *others))
        costs = CostModel(layer, seen, self.profile)
        whole = CostModel(layer, self.accelerator, self.profile)
        is_loaded = home is not None and layer.stored is None
        found = set()
        for mapping in enumerate_mappings(layer, small, self.profile, space):
            cost = costs.evaluate(mapping)
            share = loading_pj(whole, mapping, home) / self.inferences if is_loaded else 0.0
            found.add((cost.latency_cycles, cost.energy_pj + share))
        return _undominated(found)

    def _room_in_cells(self, step: Step, layer: Layer) -> int:
        """Bits of a multiplier's cells that a layer may use."""
        cells = self.accelerator.memories[0]
        if self._stay is None or self._stay.memory != cells.name:
            return cells.size_bits
        if layer.stored is None:
            return self._stay.shares[step.name]
        return cells.size_bits - sum(self._stay.shares.values())

    def _live(self, place: int, kept: Mapping[str, str]) -> dict[str, int]:
        """Bits of the tensors in every memory while a step runs."""
        live = {memory.name: 0 for memory in self.accelerator.memories}
        assert self.network.dataflow is not None
        for name, home in kept.items():
            first = next(n for n, step in enumerate(self._steps()) if name in step.writes)
            last = max(n for n, step in enumerate(self._steps()) if name in step.reads)
            if first <= place <= last:
                live[home] += self.network.dataflow.elements[name] * self._bits(name)
        if self._stay is not None and self._stay.memory != self.accelerator.memories[0].name:
            live[self._stay.memory] += all_weight_bits(self.network)
        return live

    def _bits(self, name: str) -> int:
        """Bits of an element: as many as any layer writes or reads, operators passing them on."""
        bits = 0
        for step in self._steps():
            layer = next((one for one in self.network.layers if one.name == step.name), None)
            if name in step.writes and layer is not None:
                bits = max(bits, layer.precision.O_final)
            if name in step.writes and layer is None:
                bits = max(bits, *map(self._bits, step.reads))
            if name in step.reads and layer is not None:
                bits = max(bits, layer.precision.I)
        return bits


def _as_found(
    accelerator: Accelerator, homes: Mapping[str, str], live: Mapping[str, int]
) -> Accelerator:
    """Return an accelerator whose kept operands end in their memory, with the room that is left."""
    memories = []
    gone: set[str] = set()
    for number, memory in enumerate(accelerator.memories):
        here = tuple(o for o in ("W", "I", "O") if homes.get(o) == memory.name)
        operands = tuple(o for o in memory.operands if o not in gone)
        ports = [
            replace(one, allocation=tuple(p for p in one.allocation if p[0] not in gone))
            for one in memory.ports
        ]
        if operands:
            memories.append(
                replace(
                    memory,
                    operands=operands,
                    ports=tuple(one for one in ports if one.allocation),
                    size_bits=memory.size_bits - live[memory.name],
                    kept=here if number else (),
                )
            )
        gone |= set(here)
    return accelerator.replace(memories=tuple(memories))


def _added(one: Front, other: Front) -> Front:
    return _undominated({(a + c, b + d) for a, b in one for c, d in other})


def _undominated(points: set[tuple[float, float]]) -> Front:
    kept: list[tuple[float, float]] = []
    for latency, energy in sorted(points):
        if not kept or energy < kept[-1][1]:
            kept.append((latency, energy))
    return tuple(kept)
