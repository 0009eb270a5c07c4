"""The physical ports of an accelerator and the movements that share each of them.

Compiled for scoring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from zigzag_imc.core.accelerator import Accelerator, Port
from zigzag_imc.core.layer import OPERANDS
from zigzag_imc.models.movement.traffic import Access, Boundary, FlowOrder


class Movement(NamedTuple):
    """One access of one operand, by its place in the list of all movements.

    And that of its flow in the order of flows.

    ``back`` marks partial sums on their way down.

    Attributes
    ----------
    place, flow
        Its place in the list of movements, and that of its flow in the lists of flows.
    operand, boundary
        Place of the operand in `OPERANDS`, and the boundary that is crossed.
    upper
        Whether the memory above the boundary is accessed.
    back
        Whether partial sums are on their way down.
    bandwidth
        Bits per cycle of the port.
    """

    place: int
    flow: int
    operand: int
    boundary: int
    upper: bool
    back: bool
    bandwidth: int


LinkKind = Literal["shared", "private", "hidden"]
"""How a link between two memories combines with the loads of the other input.

``shared``: both its ports load both inputs. ``private``: it overlaps with the other input.
``hidden``: one end is shared, and an outer such link of the same operand counts instead.
"""

Ends = tuple[int, int]
"""The two movements of a flow between two memories: at the memory above and at the one below."""


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """Links between the memories of one operand.

    Told apart by whether their ports also load the other input.

    Attributes
    ----------
    all, lowest
        All links, lowest first, and the lowest one if there is any.
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
    """A physical port and its movements in the order of the file.

    Attributes
    ----------
    memory, port
        Names of the memory and of its port.
    bandwidth
        Bits per cycle.
    """

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
    """Every port, every movement, and the links between memories per operand.

    Attributes
    ----------
    ports
        Every port that is used.
    movements
        Every movement, in the order of the operands.
    links
        Links of weights, inputs and outputs.
    """

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
        weights, inputs, outputs = (
            _links(movements, operand, boundaries[name]) for operand, name in enumerate(OPERANDS)
        )
        return cls(tuple(ports), tuple(movements), (weights, inputs, outputs))


_KIND_BY_SHARED_ENDS: Mapping[int, LinkKind] = {0: "private", 1: "hidden", 2: "shared"}


def link_kinds(boundaries: Sequence[Boundary]) -> dict[int, LinkKind]:
    """How each link of one operand combines with the rest, by the boundary that it crosses.

    Of the links with one shared end only the outermost counts, as a private one: those below it run
    while it does. It stands last.
    """
    shared_ends = {
        boundary.index: sum(loads_both_inputs(access.port) for access in _loading(boundary))
        for boundary in boundaries[1:]
    }
    kinds = {a: _KIND_BY_SHARED_ENDS[ends] for a, ends in shared_ends.items()}
    half_shared = [a for a, ends in shared_ends.items() if ends == 1]
    if half_shared:
        outermost = half_shared[-1]
        del kinds[outermost]
        kinds[outermost] = "private"
    return kinds


def loads_both_inputs(port: Port) -> bool:
    """Whether weights and input activations both pass through a port."""
    return {"W", "I"} <= {operand for operand, _ in port.allocation}


def _loading(boundary: Boundary) -> tuple[Access, ...]:
    """Accesses of the on- or offloading: partial sums on their way down are neither."""
    return boundary.up if boundary.operand == "O" else boundary.down


def _links(movements: Sequence[Movement], operand: int, boundaries: Sequence[Boundary]) -> LinkPlan:
    """Links of one operand, lowest first."""
    place = {
        (m.boundary, m.upper): m.place for m in movements if m.operand == operand and not m.back
    }
    ends = {b.index: (place[b.index, True], place[b.index, False]) for b in boundaries[1:]}
    kinds = link_kinds(boundaries).items()
    return LinkPlan(
        shared=tuple(ends[a] for a, kind in kinds if kind == "shared"),
        private=tuple(ends[a] for a, kind in kinds if kind == "private"),
        all=tuple(ends.values()),
        lowest=ends.get(1),
    )
