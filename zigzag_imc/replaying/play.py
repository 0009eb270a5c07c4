"""A mapping played step by step."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping, temporal_sizes
from zigzag_imc.models.array.slicing import seen_by
from zigzag_imc.models.profile import IMC, CostProfile
from zigzag_imc.replaying.crossings import Crossing, Ports, PortTime, crossings, whole_bits
from zigzag_imc.replaying.lanes import Lanes
from zigzag_imc.replaying.loading import ALWAYS, Loader
from zigzag_imc.replaying.machine import MOST_TILES, Machine
from zigzag_imc.replaying.nest import Nest
from zigzag_imc.replaying.recording import Recording
from zigzag_imc.replaying.room import Room
from zigzag_imc.replaying.timeline import Timeline
from zigzag_imc.replaying.transfer import Blame, Transfer, blame
from zigzag_imc.replaying.unloading import Unloader


@dataclass(frozen=True, slots=True)
class Wait:
    """Cycles in which the array waits.

    Attributes
    ----------
    begin, cycles
        From when on, and how long.
    blame
        What for.
    """

    begin: int
    cycles: int
    blame: Blame


@dataclass(frozen=True)
class Replay:
    """What came of playing a mapping, in clock cycles.

    Attributes
    ----------
    cycles
        From the first transfer until the last output is at the top.
    compute
        Cycles in which the array computes.
    onloading, offloading
        Cycles before the first step begins, and after the last one ends.
    waits
        Cycles in between in which the array neither computes nor has what it needs.
    ports
        All ports, with the cycles in which they were busy.
    steps, of_steps
        Activations of the array that were played, and those of the whole mapping.
    recording
        Everything that happened, if it was asked for.
    """

    cycles: int
    compute: int
    onloading: int
    offloading: int
    waits: tuple[Wait, ...]
    ports: tuple[PortTime, ...]
    steps: int
    of_steps: int
    recording: Recording | None

    @property
    def is_cut(self) -> bool:
        """Whether only the first steps were played."""
        return self.steps < self.of_steps

    @property
    def transfers(self) -> tuple[Transfer, ...] | None:
        """Everything that was moved between memories, if it was asked for."""
        return None if self.recording is None else tuple(self.recording.transfers)

    @property
    def stall(self) -> int:
        """Cycles of all waits."""
        return sum(wait.cycles for wait in self.waits)


def play(
    layer: Layer,
    accelerator: Accelerator,
    mapping: LayerMapping,
    profile: CostProfile = IMC,
    *,
    keep: bool = False,
    first_steps: int | None = None,
) -> Replay:
    """Play a legal mapping.

    Parameters
    ----------
    layer, accelerator, mapping
        What is played.
    profile
        Says how the bits of the layer lie in the array, and whether its rows are written one by
        one.
    keep
        Whether to keep all that happens.
    first_steps
        Play no more steps than these. They begin when they do in the whole replay, since what is
        wanted sooner is served first; missing are the transfers for later steps that ports put in
        between.
    """
    accelerator = seen_by(accelerator, layer.precision, profile)
    lanes = Lanes.of(layer, accelerator.array, mapping.spatial)
    nest = Nest.of(mapping.temporal.loops, temporal_sizes(layer.loop_dims, lanes.unrolled))
    array = Timeline()
    ports = Ports(accelerator, array if profile.rows_written else None)
    found = crossings(layer, accelerator, mapping, nest, ports)
    machine = _machine(lanes, nest, accelerator, found, array)
    machine.recording = Recording() if keep else None
    played = nest.steps if first_steps is None else min(first_steps, nest.steps)
    return _Player(machine, found, played).replay(tuple(ports.all()), nest.steps)


def _machine(
    lanes: Lanes,
    nest: Nest,
    accelerator: Accelerator,
    found: dict[str, list[Crossing]],
    array: Timeline,
) -> Machine:
    """Build memories with all their room, but for what lies in them from the beginning."""
    layer = lanes.layer
    rooms = [memory.size_bits for memory in accelerator.memories]
    shares = {}
    for operand, levels in accelerator.levels.items():
        final = layer.precision.O_final if operand == "O" else layer.precision.bits(operand)
        if operand not in accelerator.memories[levels[-1]].kept:
            rooms[levels[-1]] -= whole_bits(layer, operand, nest.sizes, lanes, final)
        for level, crossing in enumerate(found[operand][1:]):
            shares[operand, level] = Room[Transfer](MOST_TILES * max(crossing.bits))
    return Machine(accelerator, array, lanes.rows, [Room(max(0, bits)) for bits in rooms], shares)


class _Player:
    """Plays the steps of a mapping one after the other.

    Transfers are placed in the order in which the steps want them, each as early as the data, its
    room and its ports allow: none delays another that is wanted sooner.
    """

    def __init__(self, machine: Machine, found: dict[str, list[Crossing]], steps: int) -> None:
        self.machine, self.steps = machine, steps
        self.inputs = [Loader(machine, operand, found[operand]) for operand in ("W", "I")]
        self.outputs = Unloader(machine, found["O"])
        self.rate = int(machine.accelerator.array.cycles_per_activation)
        self.waits: list[Wait] = []
        self._edges = {operand: found[operand][0] for operand in ("W", "I", "O")}
        self._visits = {"W": -1, "I": -1}
        self._reads: dict[str, Transfer] = {}
        self._begun = {"W": 0, "I": 0, "O": 0}

    def replay(self, ports: tuple[PortTime, ...], of_steps: int) -> Replay:
        """Play the steps, the first ones of so many."""
        onloading = end = 0
        for step in range(self.steps):
            start = self._start(step, end)
            if step == 0:
                onloading = start
            end = self._compute(step, start)
        last = max(end, self.outputs.flush())
        return Replay(
            cycles=last,
            compute=self.steps * self.rate,
            onloading=onloading,
            offloading=last - end,
            waits=tuple(self.waits),
            ports=ports,
            steps=self.steps,
            of_steps=of_steps,
            recording=self.machine.recording,
        )

    def _start(self, step: int, free: int) -> int:
        """Cycle in which a step begins: the array is free, and both inputs are there.

        The last word that is read for it may come in its first cycle.
        """
        for loader in self.inputs:
            self._read(loader, step)
        latest = max(self._reads.values(), key=lambda read: read.end)
        start = max(free, latest.end - 1)
        if step and start > free:
            self.waits.append(Wait(free, start - free, blame(latest, free)))
        for operand, visit in self._visits.items():
            if self._edges[operand].visits.first[visit] == step:
                self._begun[operand] = start
        return start

    def _read(self, loader: Loader, step: int) -> None:
        """Read what the array does not have yet, at the earliest while it uses the one before."""
        operand = loader.operand
        edge, visit = self._edges[operand], self._visits[operand] + 1
        if visit == len(edge.visits) or edge.visits.first[visit] != step:
            return
        self._visits[operand] = visit
        there, brought_by = ALWAYS
        if edge.pieces is not None:
            there, brought_by = loader.present(
                1, edge.pieces.parent[visit], edge.pieces.piece[visit]
            )
        ready = there, self._begun[operand]
        self._reads[operand] = self.machine.access(edge.down, visit, ready, (brought_by, None))

    def _compute(self, step: int, start: int) -> int:
        """Compute a step and write its outputs; say when the array is free again.

        The first word is written in the last cycle of the step, which takes longer where the
        partial sum that it adds to, or room for it, comes late.
        """
        done, edge, outputs = start + self.rate, self._edges["O"], self.outputs
        if self.machine.recording is not None:
            self.machine.recording.steps.append(start)
        there, source = done - 1, None
        partial = outputs.partial_sum(step)
        if partial is not None:
            ready = partial[0], self._begun["O"]
            source = self.machine.access(edge.down, step, ready, (partial[1], None))
            there = max(there, source.end - 1)
        room, freed_by = outputs.room(step)
        assert edge.up is not None
        written = self.machine.access(edge.up, step, (there, room), (source, freed_by))
        end = max(done, written.first + 1)
        if end > done:
            self.waits.append(Wait(done, end - done, blame(written, done - 1)))
        self.machine.array.take(start, end - start)
        self._begun["O"] = start
        outputs.written(step, written.end)
        for loader in self.inputs:
            visit = self._visits[loader.operand]
            if self._edges[loader.operand].visits.last[visit] == step:
                # Cells take part in the whole step; inputs are taken over as it begins.
                loader.used(0, visit, end if loader.operand == "W" else start + 1)
        return end
