"""``zigzag-imc layers``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from zigzag_imc.commands.common import (
    BatchOption,
    DimOption,
    ModelArgument,
    QuietOption,
    ShapeOption,
)
from zigzag_imc.commands.forms import TableFormat, TableFormatOption, print_rows_as
from zigzag_imc.commands.showing import say_notices, warn_unsupported
from zigzag_imc.commands.stdout import print_json
from zigzag_imc.results.units import sized

if TYPE_CHECKING:
    from zigzag_imc.onnx_workload.network import Network


def layers_command(
    model: ModelArgument,
    batch: BatchOption = None,
    shape: ShapeOption = None,
    dim: DimOption = None,
    output: TableFormatOption = TableFormat.TABLE,
    quiet: QuietOption = False,
) -> None:
    """List the layers of a network that can be mapped."""
    from zigzag_imc.library.inputs import network_of
    from zigzag_imc.library.query import Query
    from zigzag_imc.onnx_workload.sizes.given import parse_dims, parse_shapes
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.other_tables import print_layers

    shapes, dims = parse_shapes(shape or ()), parse_dims(dim or ())
    network = network_of(model, Query(batch=batch, shapes=shapes, dims=dims))
    say_notices(network.notices, quiet)
    warn_unsupported(network.unsupported, quiet)
    if output is TableFormat.TABLE:
        print_layers(network, results_console())
    elif output is TableFormat.JSON:
        print_json(_contents(network))
    else:
        print_rows_as(_rows(network), output)


def _rows(network: Network) -> Iterator[dict[str, Any]]:
    """Yield a row for each distinct layer."""
    for group in network.groups():
        layer = group.layer
        loops = " ".join(sized(dim, size) for dim, size in layer.loop_dims if size > 1)
        yield {
            "layer": layer.name,
            "count": group.count,
            "operator": layer.operator,
            "loops": loops,
            "macs": layer.macs,
        }


def _contents(network: Network) -> dict[str, Any]:
    """Return what is printed as JSON."""
    coverage = network.coverage
    return {
        "network": network.name,
        "layers": [
            {
                "name": group.layer.name,
                "operator": group.layer.operator,
                "loop_dims": dict(group.layer.loop_dims),
                "macs": group.layer.macs,
                "count": group.count,
                "names": list(group.names),
            }
            for group in network.groups()
        ],
        "total_macs": network.total_macs,
        "left_out_macs": coverage.left_out_macs,
        "all_macs_known": coverage.complete,
        "covered_share": coverage.share,
        "unsupported": [
            {
                "op_type": op.op_type,
                "count": op.count,
                "node_names": list(op.node_names),
                "reason": op.reason,
                "macs": op.macs,
            }
            for op in network.unsupported
        ],
        "notices": list(network.notices),
    }
