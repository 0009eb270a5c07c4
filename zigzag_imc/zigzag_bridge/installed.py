"""Whether ZigZag is there."""

from __future__ import annotations

import logging
from importlib import import_module, metadata
from importlib.util import find_spec

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
    """Import ZigZag.

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
            f"zigzag: {DISTRIBUTION} is installed but cannot be imported: {error}; {HOW_TO_INSTALL} adds what it needs"
        ) from None
    logging.getLogger("zigzag").setLevel(logging.CRITICAL + 1)  # what goes wrong is told in results
