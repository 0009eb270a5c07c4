"""``LSTM``, ``GRU`` and ``RNN`` as products: of all inputs at once, of the state by step."""

from __future__ import annotations

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.operators.matrix_product import Factor, product_layer
from zigzag_imc.onnx_workload.operators.node_view import NodeView, Unmapped

MOST_STEPS = 10_000
"""Steps that become layers; each has a name of its own."""


def build_recurrent(view: NodeView) -> tuple[Layer, ...] | Unmapped:
    """Turn a recurrent operator into layers.

    Notes
    -----
    No input depends on the state, so the inputs of all steps are rows of one product per direction.
    The state depends on the step before: one product per step and direction, all of one shape.

    Raises
    ------
    WorkloadError
        If a size is unknown, or sizes contradict each other.
    """
    inputs, states = view.sizes(0), view.sizes(2)
    if len(inputs) != 3 or len(states) != 3:
        raise view.error(f"input {list(inputs)} and state weights {list(states)}, expected 3 axes")
    batch_first = view.integer("layout", 0) == 1
    batch, steps = (inputs[0], inputs[1]) if batch_first else (inputs[1], inputs[0])
    directions, gates, hidden = states
    if view.node.op_type.startswith("DynamicQuantize"):  # its weights come transposed
        gates, hidden = hidden, gates
    macs = directions * steps * batch * gates * (inputs[2] + hidden)
    if steps * directions > MOST_STEPS:
        return Unmapped(f"recurrent cell of {steps} steps", macs)
    layers: list[Layer] = []
    for direction in range(directions):
        way = "backward." if direction else ""
        layers.append(
            product_layer(
                view.part(f"{way}inputs"),
                Factor((), steps * batch, inputs[2], view.is_constant(0), view.bits(0)),
                Factor((), inputs[2], gates, True, view.bits(1)),
            )
        )
        step = product_layer(
            view.part(f"{way}state"),
            Factor((), batch, hidden, False),
            Factor((), hidden, gates, True, view.bits(2)),
        )
        layers += [step.replace(name=f"{step.name}{number}") for number in range(steps)]
    return tuple(layers)
