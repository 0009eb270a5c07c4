"""``zigzag-imc layers``."""

from __future__ import annotations

import sys

from zigzag_imc.commands.common import (
    BatchOption,
    Format,
    FormatOption,
    ModelArgument,
    QuietOption,
)
from zigzag_imc.commands.showing import warn_unsupported


def layers_command(
    model: ModelArgument,
    batch: BatchOption = None,
    output: FormatOption = Format.TABLE,
    quiet: QuietOption = False,
) -> None:
    """List the layers of a network that can be mapped."""
    from zigzag_imc.onnx_workload.loader import load_network
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.other_tables import print_layers
    from zigzag_imc.results.writing import format_json

    network = load_network(model, batch=batch)
    warn_unsupported(network.unsupported, quiet)
    if output is Format.TABLE:
        print_layers(network, results_console())
        return
    contents = {
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
        "unsupported": [
            {
                "op_type": op.op_type,
                "count": op.count,
                "node_names": list(op.node_names),
                "reason": op.reason,
            }
            for op in network.unsupported
        ],
    }
    sys.stdout.write(format_json(contents) + "\n")
