"""Proven-optimal mappings of neural networks onto in-memory-computing accelerators.

Public names are looked up on first use: importing the package alone loads neither the solver nor
ONNX.
"""

from __future__ import annotations

import importlib
import os.path
from typing import TYPE_CHECKING

from zigzag_imc.core.version import VERSION

if TYPE_CHECKING:
    from zigzag_imc.checking.crosschecking import crosscheck_network
    from zigzag_imc.checking.prove import prove_result
    from zigzag_imc.checking.verify import verify_result
    from zigzag_imc.core.accelerator import Accelerator
    from zigzag_imc.core.errors import ZigzagImcError
    from zigzag_imc.core.layer import Layer, Precision
    from zigzag_imc.core.layer_building import conv_layer, matmul_layer
    from zigzag_imc.core.mapping import LayerMapping, SpatialMapping, TemporalMapping
    from zigzag_imc.core.space import Space
    from zigzag_imc.exchange.loopnest import loopnest_text
    from zigzag_imc.exchange.zigzag_folder import write_zigzag_folder
    from zigzag_imc.explain.explaining import explain_layer
    from zigzag_imc.library.mapping import evaluate, map_layer, map_network, map_variants
    from zigzag_imc.library.replaying import replay
    from zigzag_imc.library.searching import search_layer, search_network
    from zigzag_imc.models.evaluate import CostModel
    from zigzag_imc.models.hardware.files import load_accelerator
    from zigzag_imc.models.hardware.templates.template import Template
    from zigzag_imc.models.profile import PROFILES
    from zigzag_imc.onnx_workload.loader import load_network
    from zigzag_imc.plotting.energy import plot_energy
    from zigzag_imc.plotting.latency import plot_latency
    from zigzag_imc.plotting.pareto import plot_pareto
    from zigzag_imc.plotting.result import plot_result
    from zigzag_imc.results.comparison import compare_results
    from zigzag_imc.results.reading import load_result
    from zigzag_imc.results.result import LayerResult, NetworkResult
    from zigzag_imc.results.saving import save_result
    from zigzag_imc.sweep.explore.exploring import explore_study
    from zigzag_imc.sweep.frames import sweep_table
    from zigzag_imc.sweep.sweeping import sweep_study
    from zigzag_imc.zigzag_bridge.objects import zigzag_objects

__version__ = VERSION

__all__ = [
    "PROFILES",
    "Accelerator",
    "CostModel",
    "Layer",
    "LayerMapping",
    "LayerResult",
    "NetworkResult",
    "Precision",
    "Space",
    "SpatialMapping",
    "Template",
    "TemporalMapping",
    "ZigzagImcError",
    "__version__",
    "compare_results",
    "conv_layer",
    "crosscheck_network",
    "evaluate",
    "explain_layer",
    "explore_study",
    "load_accelerator",
    "load_network",
    "load_result",
    "loopnest_text",
    "map_layer",
    "map_network",
    "map_variants",
    "matmul_layer",
    "plot_energy",
    "plot_latency",
    "plot_pareto",
    "plot_result",
    "prove_result",
    "replay",
    "save_result",
    "search_layer",
    "search_network",
    "sweep_study",
    "sweep_table",
    "verify_result",
    "write_zigzag_folder",
    "zigzag_objects",
]

_HOMES = {
    "PROFILES": "models.profile.PROFILES",
    "Accelerator": "core.accelerator.Accelerator",
    "CostModel": "models.evaluate.CostModel",
    "Layer": "core.layer.Layer",
    "LayerMapping": "core.mapping.LayerMapping",
    "LayerResult": "results.result.LayerResult",
    "NetworkResult": "results.result.NetworkResult",
    "Precision": "core.layer.Precision",
    "Space": "core.space.Space",
    "SpatialMapping": "core.mapping.SpatialMapping",
    "Template": "models.hardware.templates.template.Template",
    "TemporalMapping": "core.mapping.TemporalMapping",
    "ZigzagImcError": "core.errors.ZigzagImcError",
    "conv_layer": "core.layer_building.conv_layer",
    "crosscheck_network": "checking.crosschecking.crosscheck_network",
    "evaluate": "library.mapping.evaluate",
    "explain_layer": "explain.explaining.explain_layer",
    "load_accelerator": "models.hardware.files.load_accelerator",
    "load_network": "onnx_workload.loader.load_network",
    "load_result": "results.reading.load_result",
    "loopnest_text": "exchange.loopnest.loopnest_text",
    "map_layer": "library.mapping.map_layer",
    "map_network": "library.mapping.map_network",
    "map_variants": "library.mapping.map_variants",
    "matmul_layer": "core.layer_building.matmul_layer",
    "plot_energy": "plotting.energy.plot_energy",
    "plot_latency": "plotting.latency.plot_latency",
    "plot_pareto": "plotting.pareto.plot_pareto",
    "plot_result": "plotting.result.plot_result",
    "compare_results": "results.comparison.compare_results",
    "save_result": "results.saving.save_result",
    "search_layer": "library.searching.search_layer",
    "search_network": "library.searching.search_network",
    "prove_result": "checking.prove.prove_result",
    "replay": "library.replaying.replay",
    "explore_study": "sweep.explore.exploring.explore_study",
    "sweep_study": "sweep.sweeping.sweep_study",
    "sweep_table": "sweep.frames.sweep_table",
    "verify_result": "checking.verify.verify_result",
    "write_zigzag_folder": "exchange.zigzag_folder.write_zigzag_folder",
    "zigzag_objects": "zigzag_bridge.objects.zigzag_objects",
}
"""Module and name behind every public name. A module called like a public name would hide it once
it is imported."""


# In a checkout, zigzag_imc/models and its like are links to ../models and so on. Where links cannot
# be made (git on Windows writes small text files instead), the packages are looked up beside us.
if os.path.isfile(os.path.join(__path__[0], "models")):
    __path__.append(os.path.dirname(__path__[0]))


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _HOMES[name].rpartition(".")
    return getattr(importlib.import_module(f"{__name__}.{module}"), attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
