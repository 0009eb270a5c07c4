"""Recurrent cells as products."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from zigzag_imc.onnx_workload import Network

Load = Callable[..., Network]


@pytest.mark.parametrize(("cell", "gates"), [("LSTM", 4), ("GRU", 3), ("RNN", 1)])
def test_inputs_at_once_and_the_state_step_by_step(load: Load, cell: str, gates: int) -> None:
    """Five steps of a batch of 2: 10 rows of inputs of 6, then 5 times 2 rows of a state of 7."""
    rows = 7 * gates
    network = load(f"""g (float[5,2,6] x) => (y) <float[1,{rows},6] w, float[1,{rows},7] r>
        {{ [r] y = {cell}<hidden_size=7>(x, w, r) }}""")
    first, *steps = network.layers
    assert (first.name, first.sizes) == (
        "r.inputs",
        {"B": 1, "H": 1, "D": 10, "K": 7 * gates, "C": 6},
    )
    assert [step.name for step in steps] == [f"r.state{number}" for number in range(5)]
    assert {step.macs for step in steps} == {2 * 7 * gates * 7}
    assert network.groups()[1].count == 5


def test_both_directions(load: Load) -> None:
    network = load("""g (float[5,2,6] x) => (y) <float[2,28,6] w, float[2,28,7] r>
        { y = LSTM<hidden_size=7, direction="bidirectional">(x, w, r) }""")
    assert network.total_macs == 2 * 5 * 2 * 28 * (6 + 7)


def test_many_steps_are_counted(load: Load) -> None:
    network = load("""g (float[20000,1,1] x) => (y) <float[1,4,1] w, float[1,4,1] r>
        { y = LSTM<hidden_size=1>(x, w, r) }""")
    assert network.layers == ()
    assert [operator.macs for operator in network.unsupported] == [20000 * 4 * 2]
