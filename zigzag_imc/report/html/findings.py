"""What was worked out for single layers, beside what their results hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zigzag_imc.explain.buffer_curve import BufferCurve
from zigzag_imc.explain.records import Explanation
from zigzag_imc.report.html.timeline_view import Timeline


@dataclass(frozen=True)
class Findings:
    """What was worked out for some layers, each by the layer's name.

    Attributes
    ----------
    told
        Explanations with what-ifs.
    timelines
        Replays over time.
    curves
        The least energy against the size of a memory.
    unplayed
        Why there is no replay, of layers that one was wanted of.
    """

    told: Mapping[str, Explanation] = field(default_factory=dict)
    timelines: Mapping[str, Timeline] = field(default_factory=dict)
    curves: Mapping[str, BufferCurve] = field(default_factory=dict)
    unplayed: Mapping[str, str] = field(default_factory=dict)


NOTHING = Findings()
"""A page says of every layer what follows from its result alone."""
