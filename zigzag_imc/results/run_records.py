"""What a result says of its run as a whole: network, accelerator, versions, limits, totals."""

from __future__ import annotations

from typing import Any

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt

from zigzag_imc.core.objective import Status
from zigzag_imc.results.parts import Record
from zigzag_imc.results.sparse import SparseRecord


class NetworkRecord(SparseRecord):
    """Where the layers came from.

    Attributes
    ----------
    name
        Name of the network.
    path
        File of the model; ``None`` where it came from memory.
    notices
        What a person should know about how the model was read; a sentence each.
    macs
        Multiply-accumulates of all its layers, asked about or not; only where operators with
        multiply-accumulates are left out.
    """

    name: str
    path: str | None = None
    notices: tuple[str, ...] = ()
    macs: NonNegativeInt | None = None


class AcceleratorRecord(SparseRecord):
    """The accelerator in full: its file's contents in ZigZag's format, and their SHA-256.

    Attributes
    ----------
    name
        Name of the accelerator.
    digest
        SHA-256 of the description, in hexadecimal.
    description
        Contents of its file, complete enough to rebuild it.
    notices
        What a person should know about how its file was read; a sentence each.
    """

    name: str
    digest: str
    description: dict[str, Any]
    notices: tuple[str, ...] = ()


class VersionsRecord(Record):
    """What computed the result; ``ortools`` is ``None`` where the solver took no part.

    Attributes
    ----------
    zigzag_imc, ortools, python
        Versions; ``ortools`` is ``None`` where the solver took no part.
    """

    zigzag_imc: str
    ortools: str | None
    python: str


class LimitsRecord(Record):
    """When a search was to stop short of a proof.

    Attributes
    ----------
    time_limit_s, total_time_limit_s
        Seconds for each layer, and for all; ``None`` for no limit.
    gap
        Relative gap at which a search might stop.
    """

    time_limit_s: float | None = None
    total_time_limit_s: float | None = None
    gap: NonNegativeFloat = 0.0


class UnsupportedRecord(Record):
    """Operators that multiply and accumulate but are left out.

    Attributes
    ----------
    op_type
        Operator type.
    count
        How many nodes.
    node_names
        Their names in graph order.
    reason
        Why they are left out.
    macs
        Their multiply-accumulates; ``None`` where they cannot be told.
    """

    op_type: str
    count: PositiveInt
    node_names: tuple[str, ...]
    reason: str
    macs: NonNegativeInt | None = None


class TotalsRecord(Record):
    """Sums over all mapped layers, repeats included.

    Attributes
    ----------
    layers, distinct_layers, mapped_layers
        Layers of the network, different ones among them, and how many of all have a mapping; the
        sums cover these.
    energy_pj, latency_cycles
        Sums over the mapped layers; ``None`` where no layer has a mapping.
    edp, edp_js
        Total energy x total latency, in pJ x cycles and in J x s; the latter is ``None`` in older
        files, too.
    objective_value, bound, gap, status
        Of the run as a whole: the sum over the layers, or ``edp`` under the scope ``network``. The
        value is ``None`` when some layer has no mapping, the bound when some layer has none.
    macs
        Multiply-accumulate operations of all layers.
    area_mm2, tclk_ns
        Area in mm2 and clock period in ns of the accelerator.
    status_counts
        How many layers ended with which status.
    seconds
        Time of the whole run in s.
    """

    layers: NonNegativeInt
    distinct_layers: NonNegativeInt
    mapped_layers: NonNegativeInt
    macs: NonNegativeInt
    energy_pj: float | None
    latency_cycles: float | None
    edp: float | None
    edp_js: float | None = None
    area_mm2: float
    tclk_ns: float
    objective_value: float | None
    bound: float | None
    gap: float | None
    status: Status
    status_counts: dict[Status, NonNegativeInt]
    seconds: NonNegativeFloat
