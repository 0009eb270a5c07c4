"""The tables of ``layers``, ``networks`` and ``accelerators``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.report.terminal.console import table
from zigzag_imc.results.units import BITS, counted, sized, with_unit

if TYPE_CHECKING:
    from zigzag_imc.onnx_workload.network import Network


def print_layers(network: Network, console: Console) -> None:
    """Print the distinct layers of a network; names are whole, for other commands ask for them."""
    columns = [
        ("layer", False),
        ("operator", False),
        ("loops", False),
        ("MACs", True),
        ("count", True),
    ]
    rows = table(columns, wrapped=("layer", "loops"))
    longest = max((len(group.layer.name) for group in network.groups()), default=0)
    rows.columns[0].min_width = min(longest, console.width // 2)  # loops break first
    for group in network.groups():
        layer = group.layer
        loops = " ".join(sized(dim, size) for dim, size in layer.loop_dims if size > 1) or "-"
        rows.add_row(
            Text(layer.name), Text(layer.operator), Text(loops), f"{layer.macs:,}", str(group.count)
        )
    share = "" if network.coverage.is_whole else f", {network.coverage.described()}"
    console.print(rows)
    console.print()
    console.print(
        Text(
            f"{network.name}: {counted(len(network.layers), 'layer')} "
            f"({len(network.groups())} distinct), "
            f"{network.total_macs:,} MACs{share}"
        ),
        soft_wrap=True,
    )


def print_networks(networks: Iterable[Network], console: Console) -> None:
    """Print one row per network."""
    rows = table([("name", False), ("layers", True), ("distinct", True), ("MACs", True)])
    for network in networks:
        rows.add_row(
            Text(network.name),
            str(len(network.layers)),
            str(len(network.groups())),
            f"{network.total_macs:,}",
        )
    console.print(rows)


def print_accelerators(accelerators: Iterable[Accelerator], console: Console) -> None:
    """Print one row per accelerator."""
    columns = [
        ("name", False),
        ("kind", False),
        ("array", False),
        ("memories, lowest first", False),
    ]
    rows = table(columns, wrapped=("kind", "array", "memories, lowest first"))
    for accelerator in accelerators:
        array = accelerator.array
        size = " x ".join(f"{name} {lanes}" for name, lanes in array.dimensions)
        kind = f"analog, {array.adc_bits:g}-bit ADC" if array.analog else "digital"
        memories = ", ".join(
            f"{memory.name} {with_unit(memory.size_bits, BITS)}" for memory in accelerator.memories
        )
        rows.add_row(
            Text(accelerator.name),
            Text(f"{kind}, {array.activation_bits}x{array.weight_bits} bit"),
            Text(size),
            Text(memories),
        )
    console.print(rows)
