"""What all views of a crosscheck read and name alike."""

from __future__ import annotations

from zigzag_imc.results.crosscheck import CrosscheckResult, LayerCheck, MethodRecord


def title(result: CrosscheckResult) -> str:
    """Return what was compared on what, and what stays on chip there."""
    kept = {"none": "", "best": ", with what is best kept on chip"}
    by_rule = ", with what ZigZag's greedy rule keeps on chip"
    where = f"{result.network.name} on {result.accelerator.name}"
    return f"{where}{kept.get(result.locality, by_rule)}"


def counted_name(layer: LayerCheck) -> str:
    """Return the name of a layer, and how many layers are identical to it."""
    return f"{layer.name} x{layer.count}" if layer.count > 1 else layer.name


def found_by(layer: LayerCheck, method: str) -> MethodRecord:
    """Return what a method found for a layer."""
    found = layer.method(method)
    assert found is not None, "every method has a record for every layer"
    return found
