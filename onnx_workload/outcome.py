"""What the nodes of a graph became: layers, or something that is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.left_out import LeftOut


@dataclass(frozen=True)
class Outcome:
    """What nodes became.

    Attributes
    ----------
    layers
        Layers by position of their node.
    left_out
        Nodes with multiply-accumulates that became none, by position.
    """

    layers: dict[int, tuple[Layer, ...]] = field(default_factory=dict)
    left_out: dict[int, tuple[LeftOut, ...]] = field(default_factory=dict)

    def at(self, positions: Iterable[int]) -> Outcome:
        """Return the part of some nodes."""
        wanted = frozenset(positions)
        return Outcome(
            {at: layers for at, layers in self.layers.items() if at in wanted},
            {at: nodes for at, nodes in self.left_out.items() if at in wanted},
        )

    def joined(self, other: Outcome) -> Outcome:
        """Return both parts together."""
        return Outcome(self.layers | other.layers, self.left_out | other.left_out)

    def dismissed(self, reason: str) -> Outcome:
        """Return the part with its layers left out for a reason, as often as nobody knows."""
        nodes = dict(self.left_out)
        nodes = {at: tuple(n._replace(macs=None) for n in members) for at, members in nodes.items()}
        for at, layers in self.layers.items():
            nodes[at] = tuple(LeftOut(layer.operator, reason, layer.name) for layer in layers)
        return Outcome({}, nodes)

    @property
    def told_macs(self) -> str:
        """Multiply-accumulates of all of it, as a message says them."""
        left_out = [node.macs for nodes in self.left_out.values() for node in nodes]
        known = [macs for macs in left_out if macs is not None]
        macs = sum(layer.macs for layers in self.layers.values() for layer in layers) + sum(known)
        return f"{macs:,}" if len(known) == len(left_out) else "unknown"

    @property
    def contents(self) -> Counter[object]:
        """What it holds, whatever the names and the order."""
        layers: list[object] = [layer.shape_key() for of in self.layers.values() for layer in of]
        nodes = [(node.op_type, node.macs) for of in self.left_out.values() for node in of]
        return Counter([*layers, *nodes])
