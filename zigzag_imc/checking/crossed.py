"""What a crosscheck compares: every layer by itself, or as it finds the chip in the network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.objective import Stopped
from zigzag_imc.library.answers import map_subject
from zigzag_imc.library.query import Query
from zigzag_imc.library.subject import Subject
from zigzag_imc.onnx_workload.network import LayerGroup
from zigzag_imc.results.locality import SituationRecord
from zigzag_imc.results.result import LayerResult


@dataclass(frozen=True, slots=True)
class Crossed:
    """Layers of one shape in one situation, which every method maps.

    Attributes
    ----------
    group
        The layers, and what their mappings have to keep.
    accelerator
        What they find.
    situation
        What stays on chip meanwhile; ``None`` where nothing was asked to.
    """

    group: LayerGroup
    accelerator: Accelerator
    situation: SituationRecord | None = None


def alone(subject: Subject) -> tuple[Crossed, ...]:
    """Return every layer by itself: all its data comes from the top memory and goes there."""
    return tuple(Crossed(group, subject.accelerator) for group in subject.groups)


def as_kept(
    subject: Subject, keeping: Query, budget: Budget
) -> tuple[tuple[Crossed, ...], Stopped | None]:
    """Return every layer as it finds the chip under what a query keeps there.

    What is kept is chosen for the network by the solver; methods are then compared in the
    situations that this makes.
    """
    result = map_subject(replace(subject, query=keeping), budget)
    layers = (one for record in result.layers for one in _crossed(record, subject.accelerator))
    return tuple(layers), result.stopped


def _crossed(record: LayerResult, whole: Accelerator) -> Iterator[Crossed]:
    """Yield what is compared of a layer; nothing where it is not known what it finds."""
    if record.situation is None:
        return
    group = LayerGroup(record.layer(), record.names, record.count, record.asked())
    yield Crossed(group, record.found_by(whole), record.situation)
