"""The physical ports of an accelerator and the movements that share each of them.

Compiled for scoring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.movement.traffic import Access, Boundary, FlowOrder


class Movement(NamedTuple):
    """One access of one operand, by its place in the list of all movements.

    And that of its flow in the order of flows.

    ``back`` marks partial sums on their way down.
    """

    place: int
    flow: int
    operand: int
    boundary: int
    upper: bool
    back: bool
    bandwidth: int


Ends = tuple[int, int]
"""The two movements of a flow between two memories: at the memory above and at the one below."""


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """Links between the memories of one operand.

    Told apart by whether their ports also load the other input.
    """

    shared: tuple[Ends, ...]
    """Both ports do."""
    private: tuple[Ends, ...]
    """Neither does, and the outermost of the links of which one port does: those below it run while
    it does."""
    all: tuple[Ends, ...]
    lowest: Ends | None


@dataclass(frozen=True, slots=True, eq=False)  # a port is itself: comparing its parts would be slow
class PortUse:
    """A physical port and its movements in the order of the file."""

    memory: str
    port: str
    bandwidth: int
    uses: tuple[tuple[int, int], ...]
    """Place and flow of every movement."""
    loads: tuple[tuple[int, int, int], ...]
    """Place and flow of every movement that loads inputs or unloads outputs, and the flow into the
    operand's lowest memory, whose first tile is all that computing waits for; none where no link
    between two memories uses the port."""


@dataclass(frozen=True, slots=True)
class PortPlan:
    """Every port, every movement, and the links between memories per operand."""

    ports: tuple[PortUse, ...]
    movements: tuple[Movement, ...]
    links: tuple[LinkPlan, LinkPlan, LinkPlan]

    @classmethod
    def of(cls, accelerator: Accelerator, boundaries: Mapping[str, Sequence[Boundary]]) -> PortPlan:
        """Compile the ports of an accelerator."""
        movements: list[Movement] = []
        by_port: dict[tuple[int, int], list[tuple[Access, Movement]]] = {}
        order = FlowOrder.of(accelerator)
        lowest = []
        for operand, name in enumerate(OPERANDS):
            lowest.append(order.place(name, 1 if len(boundaries[name]) > 1 else 0))
            for boundary in boundaries[name]:
                for accesses, back in ((boundary.up, False), (boundary.down, name == "O")):
                    for access in accesses:
                        movement = Movement(
                            len(movements),
                            access.flow,
                            operand,
                            boundary.index,
                            access.upper,
                            back,
                            access.port.bandwidth_max,
                        )
                        movements.append(movement)
                        by_port.setdefault((access.memory_index, access.port_index), []).append(
                            (access, movement)
                        )
        ports = []
        loads_both: dict[int, bool] = {}
        for (memory_index, port_index), uses in sorted(by_port.items(), key=lambda item: item[0]):
            memory = accelerator.memories[memory_index]
            port = memory.ports[port_index]
            # In the order of the file: the order in which equally long first loads are hidden
            # behind the computation.
            rank = {operand: place for place, operand in enumerate(memory.operands)}
            listed = {
                pair: place
                for place, pair in enumerate(pair for p in memory.ports for pair in p.allocation)
            }
            uses.sort(
                key=lambda use: (rank[use[0].operand], listed[(use[0].operand, use[0].direction)])
            )
            ordered = tuple(movement for _, movement in uses)
            loads = [movement for movement in ordered if not movement.back]
            between = any(movement.boundary for movement in loads)
            ports.append(
                PortUse(
                    memory.name,
                    port.name,
                    port.bandwidth_max,
                    tuple((m.place, m.flow) for m in ordered),
                    tuple((m.place, m.flow, lowest[m.operand]) for m in loads if between),
                )
            )
            both = {"W", "I"} <= {operand for operand, _ in port.allocation}
            loads_both |= {movement.place: both for movement in ordered}
        weights, inputs, outputs = (
            _links(movements, operand, loads_both) for operand in range(len(OPERANDS))
        )
        return cls(tuple(ports), tuple(movements), (weights, inputs, outputs))


def _links(movements: Sequence[Movement], operand: int, loads_both: Mapping[int, bool]) -> LinkPlan:
    ends = {
        (m.boundary, m.upper): m.place for m in movements if m.operand == operand and not m.back
    }
    every = [
        (ends[boundary, True], ends[boundary, False])
        for boundary in sorted({a for a, upper in ends if not upper})
    ]
    sharing = [loads_both[upper] + loads_both[lower] for upper, lower in every]
    half = [link for link, ports in zip(every, sharing, strict=True) if ports == 1]
    return LinkPlan(
        shared=tuple(link for link, ports in zip(every, sharing, strict=True) if ports == 2),
        private=(
            *(link for link, ports in zip(every, sharing, strict=True) if ports == 0),
            *half[-1:],
        ),
        all=tuple(every),
        lowest=every[0] if every else None,
    )
