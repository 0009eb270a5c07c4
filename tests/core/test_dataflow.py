"""Which orders of its steps a graph allows."""

from __future__ import annotations

from zigzag_imc.core.dataflow import Dataflow, Step, StepKind


def flow(*steps: tuple[str, str, StepKind]) -> Dataflow:
    """Steps that write tensors of one letter; of each: what it reads, what it writes, its kind."""
    return Dataflow(
        tuple(Step(writes, kind, tuple(reads), tuple(writes)) for reads, writes, kind in steps), {}
    )


BRANCHES = flow(
    ("x", "a", "layer"), ("a", "b", "layer"), ("a", "c", "layer"), ("bc", "d", "operator")
)


def test_a_step_runs_after_all_that_it_depends_on() -> None:
    assert list(map(set, BRANCHES.earlier)) == [set(), {0}, {0}, {0, 1, 2}]
    assert not BRANCHES.has_one_order
    assert BRANCHES.is_order([0, 2, 1, 3])
    assert not BRANCHES.is_order([1, 0, 2, 3])
    assert not BRANCHES.is_order([0, 1, 3])
    assert not BRANCHES.is_order([0, 1, 1, 3])


def test_another_order_leaves_the_tensors_as_they_are() -> None:
    turned = BRANCHES.reordered([0, 2, 1, 3])
    assert [step.name for step in turned.steps] == ["a", "c", "b", "d"]
    assert turned.consumers["a"] == (1, 2)


def test_a_chain_has_one_order() -> None:
    assert flow(("x", "a", "layer"), ("a", "b", "layer")).has_one_order


def test_what_is_not_known_stays_between_the_same_steps() -> None:
    fenced = flow(
        ("x", "a", "layer"), ("x", "b", "layer"), ("x", "c", "opaque"), ("x", "d", "layer")
    )
    assert list(map(set, fenced.earlier)) == [set(), set(), {0, 1}, {0, 1, 2}]


def test_two_steps_that_write_the_same_keep_their_order() -> None:
    twice = flow(("x", "a", "layer"), ("x", "a", "layer"), ("a", "b", "layer"))
    assert list(map(set, twice.earlier)) == [set(), {0}, {0, 1}]
