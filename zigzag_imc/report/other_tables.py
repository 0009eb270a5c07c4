"""The tables of ``layers`` and ``accelerators``, and that of ``verify --prove``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.report.console import table
from zigzag_imc.report.units import BITS, shorten, with_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zigzag_imc.onnx_workload.network import Network
    from zigzag_imc.prove import Proof

_OUTCOMES = {"proved": "green", "not proved": "yellow", "refuted": "red"}


def print_layers(network: Network, console: Console) -> None:
    """Print the distinct layers of a network."""
    rows = table([("layer", False), ("operator", False), ("loops", False), ("MACs", True), ("count", True)])
    for group in network.groups():
        layer = group.layer
        loops = " ".join(f"{dim}{size}" for dim, size in layer.loop_dims if size > 1) or "-"
        name = shorten(layer.name, 40) if console.is_terminal else layer.name
        rows.add_row(Text(name), Text(layer.operator), Text(loops), f"{layer.macs:,}", str(group.count))
    console.print(rows)
    console.print()
    console.print(
        Text(f"{network.name}: {len(network.layers)} layers ({len(network.groups())} distinct), "
             f"{network.total_macs:,} MACs"), soft_wrap=True,
    )  # fmt: skip


def print_accelerators(accelerators: Iterable[Accelerator], console: Console) -> None:
    """Print one row per accelerator."""
    rows = table([("name", False), ("kind", False), ("array", False), ("memories, lowest first", False)])
    for accelerator in accelerators:
        array = accelerator.array
        size = " x ".join(f"{name} {lanes}" for name, lanes in array.dimensions)
        kind = f"analog, {array.adc_bits:g}-bit ADC" if array.analog else "digital"
        memories = ", ".join(f"{memory.name} {with_unit(memory.size_bits, BITS)}" for memory in accelerator.memories)
        rows.add_row(
            Text(accelerator.name),
            Text(f"{kind}, {array.activation_bits}x{array.weight_bits} bit"),
            Text(size),
            Text(memories),
        )
    console.print(rows)


def print_proofs(proofs: Sequence[Proof], console: Console) -> None:
    """Print what was proved again and how, then why the rest was not."""
    if not proofs:
        console.print("No claims to prove again: nothing was searched, or no bound was worked out.")
        return
    rows = table([("layer", False), ("claim", False), ("by", False), ("mappings", True), ("again", False), ("s", True)])
    for proof in proofs:
        rows.add_row(
            Text(shorten(proof.layer, 32) if console.is_terminal else proof.layer),
            Text(proof.claim),
            Text(proof.method),
            f"{proof.mappings:,}",
            Text(proof.outcome, style=_OUTCOMES[proof.outcome]),
            f"{proof.seconds:.2f}",
        )
    console.print(rows)
    for proof in proofs:
        if proof.outcome != "proved":
            console.print(Text(f"{proof.outcome}: {proof.layer}: {proof.reason}"), soft_wrap=True)
    done = sum(proof.outcome == "proved" for proof in proofs)
    console.print(Text(f"{done} of {len(proofs)} claims proved again"), soft_wrap=True)
