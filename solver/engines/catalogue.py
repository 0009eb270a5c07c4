"""All engines by name, built from their options."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.solver.engines.engine import Engine
from zigzag_imc.solver.engines.exhaustive import Exhaustive
from zigzag_imc.solver.engines.loma import Loma
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.solver.engines.salsa import Salsa

ENGINES: Mapping[str, type[Engine]] = {
    engine.name: engine for engine in (Exhaustive, Loma, Salsa, RandomDraws)
}
"""Every engine by its name."""


def engine_named(name: str, options: Mapping[str, Any] | None = None) -> Engine:
    """Return an engine by its name, with the given options and the defaults of the others.

    Raises
    ------
    OptionError
        When there is no such engine, or it has no such option, or the value is out of its range.
    """
    if name not in ENGINES:
        raise OptionError(
            f"engine: found {name!r}, expected one of {', '.join(ENGINES)}{nearest(name, ENGINES)}"
        )
    engine = ENGINES[name]
    known = option_names(engine)
    for option in options or {}:
        if option not in known:
            homes = ", ".join(
                other.name for other in ENGINES.values() if option in option_names(other)
            )
            where = (
                f"it is an option of {homes}" if homes else f"its options are {', '.join(known)}"
            )
            raise OptionError(
                f"{option}: engine {name} has no such option; {where}{nearest(option, known)}"
            )
    return engine(**(options or {}))


def option_names(engine: type[Engine]) -> tuple[str, ...]:
    """Return the names of an engine's options."""
    return tuple(field.name for field in dataclasses.fields(engine))  # type: ignore[arg-type]
