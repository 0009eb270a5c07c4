"""All orders of a network's steps, and all choices and mappings in each of them."""

from __future__ import annotations

from tests.locality.plain_choices import PlainChoices
from tests.locality.small_networks import in_order, orders_of
from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.space import DIVISORS
from zigzag_imc.models.profile import IMC
from zigzag_imc.onnx_workload.network import Network


class PlainOrders:
    """All orders of a network on an accelerator, the graph's own first."""

    def __init__(self, network: Network, accelerator: Accelerator) -> None:
        flow = network.dataflow
        assert flow is not None
        fronts: dict[object, tuple[tuple[float, float], ...]] = {}
        orders = sorted(orders_of(flow))
        self._choices = [
            PlainChoices(in_order(network, order), accelerator, IMC, DIVISORS, _fronts=fronts)
            for order in orders
        ]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._choices)

    def least(self, objective: str) -> tuple[float, float]:
        """Least objective in the graph's own order, and in any."""
        values = [choices.least(objective) for choices in self._choices]
        return values[0], min(values)
