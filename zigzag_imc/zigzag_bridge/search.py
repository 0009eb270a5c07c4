"""ZigZag's own search for a mapping."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, ClassVar

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.budget import Budget
from zigzag_imc.core.layer import Layer
from zigzag_imc.core.objective import Objective
from zigzag_imc.models.profile import CostProfile
from zigzag_imc.solver.solution import STOPPED, SearchOptions, Solution
from zigzag_imc.zigzag_bridge.installed import require
from zigzag_imc.zigzag_bridge.objects import accelerator_text, mapping_of, zigzag_layer
from zigzag_imc.zigzag_bridge.scoring import known_accelerator, told, value_of

_LOOK_S = 0.05
"""Seconds between two looks at the clock."""


class _Stopped(BaseException):
    """Breaks off a search from inside ZigZag, which catches no exception of this base."""


@dataclass(frozen=True, slots=True)
class ZigzagSearch:
    """ZigZag's search with the settings of its in-memory-computing entry point.

    Output channels are unrolled along the wordlines, input channels and the filter along the
    bitlines, several of them at once; loops are ordered by its LOMA engine and cut unevenly. Data
    that stays on chip between layers is left out: layers stand alone here.

    Attributes
    ----------
    factors
        Most loops in an order.
    spatial_mappings
        Most spatial mappings tried.
    """

    name: ClassVar[str] = "zigzag"
    factors: int = 6
    spatial_mappings: int = 3

    def described(self) -> str:
        """Name and settings in one line."""
        return (
            f"zigzag: loma over {self.factors} loop factors and {self.spatial_mappings} "
            "spatial mappings"
        )

    def search(
        self,
        layer: Layer,
        accelerator: Accelerator,
        profile: CostProfile,
        objective: Objective,
        options: SearchOptions | None = None,
        budget: Budget | None = None,
    ) -> Solution:
        """Let ZigZag search.

        The profile plays no part. ZigZag walks through sets of names: its outcome is the same for
        equal values of ``PYTHONHASHSEED`` only.

        Returns
        -------
        Solution
            ``FEASIBLE`` with ZigZag's mapping and ``objective_value`` by its own cost model,
            without a cost of ours; or ``UNKNOWN``, where it failed or was stopped, with the reason.

        Raises
        ------
        OptionError
            When ZigZag is not installed.
        """
        require()
        clock = Budget.of()
        try:
            with _broken_off(budget or Budget.of((options or SearchOptions()).time_limit_s)):
                evaluation = self.evaluation(layer, accelerator_text(accelerator), objective)
            mapping, value = mapping_of(evaluation), value_of(evaluation, objective)
        except _Stopped:
            mapping, value, reason = None, None, STOPPED
        except Exception as error:  # whatever makes ZigZag give up
            mapping, value, reason = None, None, f"ZigZag failed: {told(error)}"
        else:
            reason = "ZigZag proves no bound"
        return Solution(
            "UNKNOWN" if mapping is None else "FEASIBLE",
            objective,
            mapping=mapping,
            objective_value=value,
            reason=reason,
            seconds=clock.elapsed_s,
        )

    def evaluation(self, layer: Layer, text: str, objective: Objective) -> Any:
        """Return ZigZag's evaluation of the best mapping it finds.

        ``text`` is the accelerator's file.
        """
        accelerator = known_accelerator(text)
        from zigzag.datatypes import LayerDim, OADimension
        from zigzag.mapping.spatial_mapping import SpatialMappingHint
        from zigzag.mapping.temporal_mapping import TemporalMappingType
        from zigzag.stages.evaluation.cost_model_evaluation import CostModelStage
        from zigzag.stages.main import MainStage
        from zigzag.stages.mapping.spatial_mapping_generation import SpatialMappingGeneratorStage
        from zigzag.stages.mapping.temporal_mapping_generator_stage import (
            TemporalMappingGeneratorStage,
        )
        from zigzag.stages.results.reduce_stages import (
            MinimalEDPStage,
            MinimalEnergyStage,
            MinimalLatencyStage,
        )

        node = zigzag_layer(layer)
        node.spatial_mapping_hint = SpatialMappingHint(
            {
                OADimension(array_dim): {LayerDim(dim) for dim in dims}
                for array_dim, dims in unrolled_dims(layer).items()
            }
        )
        keep_best = {
            "energy": MinimalEnergyStage,
            "latency": MinimalLatencyStage,
            "edp": MinimalEDPStage,
        }[objective]
        stages: list[Any] = [
            keep_best,
            SpatialMappingGeneratorStage,
            keep_best,
            TemporalMappingGeneratorStage,
            CostModelStage,
        ]
        search: Any = MainStage(
            stages,
            accelerator=accelerator,
            layer=node,
            loma_lpf_limit=self.factors,
            loma_show_progress_bar=False,
            nb_mappings_generated=self.spatial_mappings,
            enable_mix_spatial_mapping_generation=True,
            access_same_data_considered_as_no_access=True,
            temporal_mapping_type=TemporalMappingType.UNEVEN,
        )
        return search.run()[0][0]


def unrolled_dims(layer: Layer) -> dict[str, frozenset[str]]:
    """Return the dimensions that ZigZag unrolls, as in the mapping file it ships for these arrays.

    Output channels along the wordlines, what is summed along the bitlines: ``K``, and ``C``, ``FX``
    and ``FY``, by whatever names the layer has for them.
    """
    weights = layer.weight_dims
    return {
        "D1": (weights & layer.output_dims) - layer.input_dims,
        "D2": weights - layer.output_dims,
    }


@contextmanager
def _broken_off(budget: Budget) -> Iterator[None]:
    """Raise `_Stopped` when the budget is over.

    Only a process's main thread can be broken off.
    """
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or not hasattr(signal, "setitimer"):
        yield
        return

    def look(number: int, frame: FrameType | None) -> None:
        # Elsewhere, an exception could get lost, as in a callback of the garbage collector; the
        # next look is soon.
        if _is_in_zigzag(frame) and budget.is_over():
            raise _Stopped

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK_S, _LOOK_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _is_in_zigzag(frame: FrameType | None) -> bool:
    return frame is not None and str(frame.f_globals.get("__name__")).startswith("zigzag.")
