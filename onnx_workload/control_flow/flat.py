"""What a model is without the bodies of its ``If``, ``Loop`` and ``Scan``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zigzag_imc.onnx_workload.control_flow.regions import Path


@dataclass(frozen=True)
class Flat:
    """A model without the bodies that hold products.

    Attributes
    ----------
    paths
        For every node the bodies that it comes from; empty if there are none in the model.
    stored
        Names of the tensors that bodies store values for.
    """

    paths: tuple[Path, ...] = ()
    stored: frozenset[str] = frozenset()
