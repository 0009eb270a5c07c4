"""What ``zigzag-imc verify`` says about a result, as records that machines read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt

from zigzag_imc.core.objective import Stopped
from zigzag_imc.results.parts import Record, SpatialRecord, TemporalRecord

VERIFICATION_ID: Literal["zigzag-imc/verification/1"] = "zigzag-imc/verification/1"
"""Value of ``schema`` in every verification."""


class ProofRecord(Record):
    """One claim of a result, and what came of proving it again.

    Attributes
    ----------
    layer
        Name of the layer; that of the network where ``objective`` is ``network_edp``, of all layers
        together.
    claim, objective, floor, points
        What is claimed, in words and as numbers: that no mapping costs less than ``floor`` (pJ,
        cycles or pJ x cycles); ``None`` where the claim is that no mapping fits, or that none lies
        below the ``points`` of a ``front``.
    method
        What proves it: ``enumeration``, ``solver``, or ``fronts`` for the layers of a network
        together.
    outcome, reason
        ``refuted``: a cheaper mapping exists. ``not proved``: a limit ended the search.
    mappings
        How many were scored.
    spatial, temporal, value
        The mapping that refutes the claim, where there is one, and its objective (``None`` below a
        front, where ``reason`` has energy and latency).
    seconds
        Time of the proof.
    """

    layer: str
    claim: str
    objective: Literal["energy", "latency", "edp", "network_edp", "front", "kept"]
    floor: float | None
    method: Literal["enumeration", "joint", "solver", "fronts", "choices"]
    outcome: Literal["proved", "refuted", "not proved"]
    reason: str | None = None
    mappings: NonNegativeInt = 0
    seconds: NonNegativeFloat = 0.0
    spatial: SpatialRecord | None = None
    temporal: TemporalRecord | None = None
    value: float | None = None
    points: NonNegativeInt | None = None


class VerificationResult(Record):
    """Outcome of the checks of a result, and of the second proofs where they were asked for.

    Attributes
    ----------
    result
        Path of the file.
    holds
        Whether all checks hold and, with proofs, all claims are proved again.
    problems
        What does not hold, in sentences.
    layers, mappings, pareto_points
        Distinct layers, mappings scored again, and points of fronts scored again.
    optima, enumerated
        Layers that claim to be optimal, and those of them enumerated by ``--exhaustive`` without
        ``--prove``.
    proofs
        ``None`` unless they were asked for; empty where a check does not hold, or nothing is
        claimed.
    stopped
        What ended the proofs early, if anything did.
    schema_id
        Name and version of the format.
    """

    schema_id: Literal["zigzag-imc/verification/1"] = Field(alias="schema")
    result: str
    holds: bool
    problems: tuple[str, ...]
    layers: NonNegativeInt
    mappings: NonNegativeInt
    pareto_points: NonNegativeInt
    optima: NonNegativeInt
    enumerated: NonNegativeInt
    proofs: tuple[ProofRecord, ...] | None = None
    stopped: Stopped | None = None
