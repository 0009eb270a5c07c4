"""``zigzag-imc networks``."""

from __future__ import annotations

from zigzag_imc.commands.forms import TableFormat, TableFormatOption, print_rows_as


def networks_command(output: TableFormatOption = TableFormat.TABLE) -> None:
    """List the networks that ship with the tool.

    Their names stand for MODEL in every command.
    """
    from zigzag_imc.onnx_workload.loader import load_network
    from zigzag_imc.onnx_workload.shipped import NETWORKS, network_path
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.other_tables import print_networks

    networks = (load_network(network_path(name)) for name in NETWORKS)
    if output is TableFormat.TABLE:
        print_networks(networks, results_console())
        return
    rows = (
        {
            "name": network.name,
            "layers": len(network.layers),
            "distinct": len(network.groups()),
            "macs": network.total_macs,
        }
        for network in networks
    )
    print_rows_as(rows, output)
