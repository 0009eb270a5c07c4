"""The tables of ``layers``, ``networks`` and ``accelerators``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.report.terminal.console import print_line
from zigzag_imc.report.terminal.listing import Column, Listing
from zigzag_imc.results.units import BITS, counted, sized, with_unit

if TYPE_CHECKING:
    from zigzag_imc.onnx_workload.network import Network


def print_layers(network: Network, console: Console) -> None:
    """Print the distinct layers of a network; names are whole, for other commands ask for them."""
    rows = Listing(
        (
            Column("layer"),
            Column("operator", rank=1),
            Column("loops", rank=2),
            Column("MACs", numbers=True),
            Column("count", numbers=True),
        )
    )
    for group in network.groups():
        layer = group.layer
        loops = " ".join(sized(dim, size) for dim, size in layer.loop_dims if size > 1) or "-"
        rows.add(layer.name, layer.operator, loops, f"{layer.macs:,}", str(group.count))
    share = "" if network.coverage.is_whole else f", {network.coverage.described()}"
    rows.print(console)
    console.print()
    print_line(
        f"{network.name}: {counted(len(network.layers), 'layer')} "
        f"({len(network.groups())} distinct), "
        f"{network.total_macs:,} MACs{share}",
        console,
    )


def print_networks(networks: Iterable[Network], console: Console) -> None:
    """Print one row per network."""
    rows = Listing(
        (
            Column("name"),
            Column("layers", numbers=True),
            Column("distinct", numbers=True),
            Column("MACs", numbers=True),
        )
    )
    for network in networks:
        rows.add(
            network.name,
            str(len(network.layers)),
            str(len(network.groups())),
            f"{network.total_macs:,}",
        )
    rows.print(console)


def print_accelerators(accelerators: Iterable[Accelerator], console: Console) -> None:
    """Print one row per accelerator."""
    rows = Listing(
        (Column("name"), Column("kind"), Column("array"), Column("memories, lowest first", rank=1))
    )
    for accelerator in accelerators:
        array = accelerator.array
        size = " x ".join(f"{name} {lanes}" for name, lanes in array.dimensions)
        kind = f"analog, {array.adc_bits:g}-bit ADC" if array.analog else "digital"
        memories = ", ".join(
            f"{memory.name} {with_unit(memory.size_bits, BITS)}" for memory in accelerator.memories
        )
        rows.add(
            accelerator.name,
            f"{kind}, {array.activation_bits}x{array.weight_bits} bit",
            size,
            memories,
        )
    rows.print(console)
