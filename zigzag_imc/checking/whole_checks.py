"""Checks of what layers that are mapped together claim: all of them the same, of the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zigzag_imc.results.result import LayerResult

_OF_THE_WHOLE = ("status", "objective_value", "bound", "gap")


def whole_problems(records: Sequence[LayerResult]) -> Iterator[str]:
    """Yield where a layer that is mapped together with others claims something else than they do.

    Layers without a mapping claim no value and no bound.
    """
    together = [record for record in records if record.objective == "network_edp"]
    mapped = [record for record in together if record.spatial is not None]
    for record in together:
        if record.spatial is None and record.bound is not None:
            yield f"layer {record.name!r}: bound is given, but there is no mapping"
    for record in mapped[1:]:
        for claim in _OF_THE_WHOLE:
            found, expected = getattr(record, claim), getattr(mapped[0], claim)
            if found != expected:
                yield (
                    f"layer {record.name!r}: {claim} is {found!r}, that of layer "
                    f"{mapped[0].name!r} is {expected!r}; both are of the network as a whole"
                )
