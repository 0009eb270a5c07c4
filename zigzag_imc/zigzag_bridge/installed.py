"""Whether ZigZag is there, and its import."""

from __future__ import annotations

import logging
from functools import lru_cache
from importlib import import_module, metadata
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

from zigzag_imc.core.errors import OptionError

DISTRIBUTION = "zigzag-dse"
HOW_TO_INSTALL = "pip install zigzag-dse==3.9.1 six"
"""What the extra ``zigzag`` of this package does."""

_MODULES = (
    "zigzag.datatypes",  # first: the package cannot be imported in just any order
    "zigzag.cost_model.cost_model_imc",
    "zigzag.parser.accelerator_factory",
    "zigzag.parser.accelerator_validator",
    "zigzag.parser.workload_factory",
    "zigzag.stages.main",
    "zigzag.stages.mapping.spatial_mapping_conversion",
    "zigzag.stages.mapping.spatial_mapping_generation",
    "zigzag.stages.mapping.temporal_mapping_generator_stage",
    "zigzag.stages.results.reduce_stages",
)
"""All that is used here; imported at once, so that no search pays for it."""


def is_installed() -> bool:
    """Whether ZigZag can be imported, as far as one can tell without doing so."""
    return find_spec("zigzag") is not None


def version() -> str:
    """Version of ZigZag."""
    return metadata.version(DISTRIBUTION)


def require() -> None:
    """Import ZigZag, silence its log and mend what its cost model stumbles over.

    Raises
    ------
    OptionError
        When it is missing, or something that it imports is.
    """
    if not is_installed():
        raise OptionError(f"zigzag: {DISTRIBUTION} is not installed; {HOW_TO_INSTALL} adds it")
    try:
        for module in _MODULES:
            import_module(module)
    except ImportError as error:
        raise OptionError(
            f"zigzag: {DISTRIBUTION} is installed but cannot be imported: {error}; "
            f"{HOW_TO_INSTALL} adds what it needs"
        ) from None
    _mend_precharge()
    logging.getLogger("zigzag").setLevel(logging.CRITICAL + 1)  # what goes wrong is told in results


@lru_cache(maxsize=1)
def _mend_precharge() -> None:
    """Give ZigZag's transfer patterns the attribute that its precharge energy reads.

    It reads it under an old name.

    Without it, 3.9.1 raises on every accelerator whose cells hold more than one weight.
    """
    from zigzag.hardware.architecture.memory_port import DataDirection
    from zigzag.mapping.data_movement import DataMoveAttr, DataMovePattern

    def counts(pattern: Any) -> SimpleNamespace:
        moved = pattern.get_attribute(DataMoveAttr.DATA_ELEM_MOVE_COUNT)
        return SimpleNamespace(rd_out_to_low=moved.get(DataDirection.RD_OUT_TO_LOW))

    setattr(DataMovePattern, "data_elem_move_count", property(counts))  # noqa: B010
