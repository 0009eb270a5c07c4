"""What is known of ports is worked out when it is first asked for, and once."""

from __future__ import annotations

from functools import partial

from zigzag_imc.solver.tables.any_sizes.lazily import Lazily, changed

ONE, OTHER = (0, 0), (1, 0)


def test_only_what_is_asked_for_is_worked_out() -> None:
    """Whether there is a port, and how many, takes nothing; its amount is worked out once."""
    asked: list[int] = []

    def amount(number: int) -> int:
        asked.append(number)
        return number

    known = Lazily({ONE: partial(amount, 3), OTHER: partial(amount, 5)})
    doubled = changed(lambda own: 2 * own, known)
    assert ONE in doubled
    assert (9, 9) not in doubled
    assert [*doubled] == [ONE, OTHER]
    assert doubled.get((9, 9)) is None
    assert not asked
    assert [doubled[ONE], doubled[ONE], known[ONE]] == [6, 6, 3]
    assert asked == [3]
