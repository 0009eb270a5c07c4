"""Any accelerator comes back from a file; any edit of one loads or says why not."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.hardware.small_file import (
    REMOVE,
    Keys,
    edited,
    small,
)
from zigzag_imc.core.accelerator import Accelerator, Direction, ImcArray, MemoryInstance, Port
from zigzag_imc.core.errors import AcceleratorError
from zigzag_imc.models.hardware.files import (
    accelerator_digest,
    accelerator_from_dict,
    accelerator_to_dict,
    dump_accelerator,
)
from zigzag_imc.models.hardware.yaml_text import read_yaml

NAMES = st.text(max_size=8).filter(lambda name: name.isprintable() and name.strip() != "")
ENERGIES = st.floats(0, 1e9, allow_nan=False)
MOVEMENTS = {
    "W": ("fh", "tl"),
    "I": ("fh", "tl"),
    "O": ("fh", "tl", "fl", "th"),
}


@st.composite
def memories(
    draw: st.DrawFn, name: str, size_bits: int, operands: tuple[str, ...], served: frozenset[str]
) -> Any:
    movements = [(operand, Direction(text)) for operand in operands for text in MOVEMENTS[operand]]
    movements = draw(st.permutations(movements))
    ports = []
    groups: list[tuple[str, list[tuple[str, Direction]]]] = [("read_write", movements)]
    if draw(st.booleans()):
        groups = [
            ("read", [movement for movement in movements if not movement[1].writes]),
            ("write", [movement for movement in movements if movement[1].writes]),
        ]
    for number, (kind, carried) in enumerate(groups):
        narrow = draw(st.integers(1, 512))
        wide = draw(st.integers(narrow, 4096))
        port = Port(f"port_{number}", kind, narrow, wide, tuple(carried))  # type: ignore[arg-type]
        ports.append(port)
    return MemoryInstance(
        name=name,
        size_bits=size_bits,
        read_energy_pj=draw(ENERGIES),
        write_energy_pj=draw(ENERGIES),
        area_mm2=draw(ENERGIES),
        latency_cycles=draw(st.integers(0, 9)),
        operands=operands,
        served=served,
        ports=tuple(ports),
        double_buffered=draw(st.booleans()),
    )


@st.composite
def accelerators(draw: st.DrawFn) -> Accelerator:
    analog = draw(st.booleans())
    activation_bits = draw(st.sampled_from([1, 2, 4, 8, 16]))
    weight_bits = draw(st.sampled_from([1, 2, 4, 8, 16]))
    rows = draw(st.integers(1, 100) if analog else st.sampled_from([1, 2, 64, 1024]))
    sizes = [draw(st.integers(1, 100)), rows, *draw(st.lists(st.integers(1, 8), max_size=2))]
    array = ImcArray(
        analog=analog,
        activation_bits=activation_bits,
        weight_bits=weight_bits,
        bits_per_cycle=float(
            draw(st.sampled_from([n for n in (1, 2, 4, 8, 16) if n <= activation_bits]))
        ),
        adc_bits=draw(st.floats(1, 16)) if analog else 0.0,
        dimensions=tuple((f"D{number}", size) for number, size in enumerate(sizes, start=1)),
    )
    whole = frozenset(name for name, _ in array.dimensions)
    names = draw(
        st.lists(NAMES.filter(lambda name: name != "cells"), min_size=4, max_size=4, unique=True)
    )
    chain = [draw(memories("cells", weight_bits * draw(st.integers(1, 4)), ("W",), frozenset()))]
    for name, operand in zip(names, ("I", "O"), strict=False):
        if draw(st.booleans()):
            served = frozenset(draw(st.sets(st.sampled_from(sorted(whole)))))
            chain.append(draw(memories(name, draw(st.integers(1, 64)), (operand,), served)))
    if draw(st.booleans()):
        held = tuple(
            draw(st.lists(st.sampled_from(["W", "I", "O"]), min_size=1, max_size=3, unique=True))
        )
        chain.append(draw(memories(names[2], draw(st.integers(1, 10**6)), held, whole)))
    held = tuple(draw(st.permutations(["W", "I", "O"])))
    chain.append(draw(memories(names[3], 10**12, held, whole)))
    return Accelerator(draw(NAMES), array, tuple(chain))


@settings(max_examples=80, deadline=None)
@given(accelerators())
def test_round_trip(accelerator: Accelerator) -> None:
    text = dump_accelerator(accelerator)
    again = accelerator_from_dict(read_yaml(text, "dumped"), "dumped")
    assert again == accelerator
    assert dump_accelerator(again) == text
    assert accelerator_digest(again) == accelerator_digest(accelerator)
    embedded = json.loads(json.dumps(accelerator_to_dict(accelerator)))
    assert accelerator_from_dict(embedded, "result.json") == accelerator


def leaves(place: object, keys: Keys = ()) -> list[Keys]:
    children = (
        place.items()
        if isinstance(place, dict)
        else enumerate(place)
        if isinstance(place, list)
        else ()
    )
    return [keys, *(leaf for key, child in children for leaf in leaves(child, (*keys, key)))]


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
    ),
    max_leaves=4,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(leaves(small())[1:]), JUNK | st.just(REMOVE))
def test_any_edit_loads_or_says_why_in_one_line(keys: Keys, value: object) -> None:
    try:
        accelerator = accelerator_from_dict(edited(small(), keys, value), "my.yaml")
    except AcceleratorError as error:
        assert len(str(error).splitlines()) == 1  # noqa: PT017
    else:
        assert (
            accelerator_from_dict(read_yaml(dump_accelerator(accelerator), "dumped"), "dumped")
            == accelerator
        )
