"""``zigzag-imc networks``."""

from __future__ import annotations


def networks_command() -> None:
    """List the networks that ship with the tool.

    Their names stand for MODEL in every command.
    """
    from zigzag_imc.onnx_workload.loader import load_network
    from zigzag_imc.onnx_workload.shipped import NETWORKS, network_path
    from zigzag_imc.report.terminal.console import results_console
    from zigzag_imc.report.terminal.other_tables import print_networks

    print_networks((load_network(network_path(name)) for name in NETWORKS), results_console())
