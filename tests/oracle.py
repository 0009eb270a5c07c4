"""The reference cost model ``zigzag-dse``, and the accelerators that come with it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from zigzag_imc.core.layer import Layer
from zigzag_imc.core.mapping import LayerMapping
from zigzag_imc.zigzag_bridge.scoring import TimedEvaluation, evaluate, timed_evaluation


def oracle_evaluate(layer: Layer, accelerator_text: str, mapping: LayerMapping) -> Any:
    """Score a mapping with the reference cost model; returns its evaluation object."""
    return evaluate(layer, accelerator_text, mapping)


def timed_oracle(layer: Layer, accelerator_text: str, mapping: LayerMapping) -> TimedEvaluation:
    """Score a mapping and time the reference."""
    return timed_evaluation(layer, accelerator_text, mapping)


def reference_hardware(name: str) -> Path:
    """Path of an accelerator file inside the reference tool's wheel."""
    spec = find_spec("zigzag")
    assert spec is not None
    assert spec.submodule_search_locations
    return (
        Path(next(iter(spec.submodule_search_locations))) / "inputs" / "hardware" / f"{name}.yaml"
    )
