"""What more room on chip would bring a network: what is kept chosen again, with proof."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from pydantic import ConfigDict, Field, PositiveInt

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.errors import OptionError
from zigzag_imc.core.objective import Objective, Status, Stopped
from zigzag_imc.core.tolerances import COARSEST
from zigzag_imc.library.query import Query
from zigzag_imc.locality.again import LeastAgain, Manner, search_again
from zigzag_imc.models.hardware.files import accelerator_from_dict
from zigzag_imc.results.parts import Record
from zigzag_imc.results.reading import read_result
from zigzag_imc.results.result import NetworkResult
from zigzag_imc.results.totals import relative_gap
from zigzag_imc.runs.run import ProgressCallback

KILOBYTE = 8192
"""Bits of a KB, as sizes of memories are counted."""

ROOM_SCHEMA: Literal["zigzag-imc/room/1"] = "zigzag-imc/room/1"
"""Value of ``schema`` in what is said of more room."""


class MoreRoomRecord(Record):
    """The optimum of the network with more of one memory, what is kept chosen again.

    Attributes
    ----------
    memory
        Which memory.
    before, after
        Its bits; of the cells, those of a multiplier.
    status
        How far the new optimum is proved.
    objective_value, bound
        Objective of the network, and its certified lower bound.
    gain
        ``(old objective - new objective) / old objective``.
    most_gain
        No choice gains more.
    """

    memory: str
    before: PositiveInt
    after: PositiveInt
    status: Status
    objective_value: float | None
    bound: float
    gain: float | None
    most_gain: float | None


class RoomExplanation(Record):
    """What more room on chip would bring a network.

    Attributes
    ----------
    schema_id
        Which kind of record this is, under the key ``schema``.
    network, accelerator, objective
        What was mapped onto what, for what.
    objective_value
        Objective of the network as it is.
    changes
        More of one memory at a time, in their order.
    stopped
        What ended the searches early, if anything did.
    """

    model_config = ConfigDict(json_schema_extra={"$id": ROOM_SCHEMA})

    schema_id: Literal["zigzag-imc/room/1"] = Field(ROOM_SCHEMA, alias="schema")
    network: str
    accelerator: str
    objective: Objective
    objective_value: float
    changes: tuple[MoreRoomRecord, ...]
    stopped: Stopped | None = None


def explain_room(
    result: NetworkResult | str,
    *,
    jobs: int | None = None,
    time_limit: float | None = None,
    total_time_limit: float | None = None,
    progress: ProgressCallback | None = None,
) -> RoomExplanation:
    """Say what one more KB of every memory on chip would bring, chosen again and proved.

    The cells, where weights may stay in them, have one more weight.

    Parameters
    ----------
    result
        A result with tensors that stay on chip, or the path of its file.
    jobs
        Searches side by side; as many as there are cores by default.
    time_limit, total_time_limit
        Seconds for each search, and for all.
    progress
        Called whenever a search starts or ends.

    Raises
    ------
    ZigzagImcError
        When the file is no result, or the result says nothing of what stays on chip.
    """
    query = Query(
        jobs=jobs, time_limit=time_limit, total_time_limit=total_time_limit, progress=progress
    )
    found = result if isinstance(result, NetworkResult) else read_result(result)
    if found.locality is None:
        raise OptionError(
            "layer: found none, expected the name of a layer; only of a network mapped with "
            "--locality best is there something to say without one"
        )
    base = found.locality.objective_value
    if base is None:
        raise OptionError(f"the network has no whole choice, it is {found.locality.status}")
    options = replace(query.search_options, seed=found.seed)
    manner = Manner(options, jobs, query.total_budget(), progress)
    whole = accelerator_from_dict(found.accelerator.description, "accelerator.description")
    changes, stopped = [], None
    for place, after in _larger(found, whole):
        memories = list(whole.memories)
        before = memories[place]
        memories[place] = replace(before, size_bits=after)
        least = search_again(found, whole.replace(memories=tuple(memories)), manner)
        stopped = stopped or least.stopped
        changes.append(_record(before.name, (before.size_bits, after), least, base))
    return RoomExplanation(
        schema=ROOM_SCHEMA,
        network=found.network.name,
        accelerator=whole.name,
        objective=found.objective,
        objective_value=base,
        changes=tuple(changes),
        stopped=stopped,
    )


def _larger(found: NetworkResult, whole: Accelerator) -> Iterator[tuple[int, int]]:
    """Yield places of memories on chip that may keep something, and how large they are then."""
    may_stay = found.locality is not None and found.locality.inferences > 1
    for place, memory in enumerate(whole.memories[:-1]):
        if memory is whole.cells and may_stay:
            yield place, memory.size_bits + whole.array.weight_bits
        elif memory is not whole.cells and whole.instances(memory) == 1:
            yield place, memory.size_bits + KILOBYTE


def _record(memory: str, sizes: tuple[int, int], least: LeastAgain, base: float) -> MoreRoomRecord:
    value = least.value if math.isfinite(least.value) else None
    gap = relative_gap(value, least.bound)
    is_proved = gap is not None and gap <= COARSEST
    status: Status = "UNKNOWN" if value is None else "OPTIMAL" if is_proved else "FEASIBLE"
    return MoreRoomRecord(
        memory=memory,
        before=sizes[0],
        after=sizes[1],
        status=status,
        objective_value=value,
        bound=least.bound,
        gain=None if value is None or not base else (base - value) / base,
        most_gain=(base - least.bound) / base if base else None,
    )
