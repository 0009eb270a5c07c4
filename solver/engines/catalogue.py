"""All engines by name, built from their options."""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Mapping, Sequence
from typing import Any

from zigzag_imc.core.errors import OptionError, nearest
from zigzag_imc.solver.engines.engine import Engine
from zigzag_imc.solver.engines.exhaustive import Exhaustive
from zigzag_imc.solver.engines.loma import Loma
from zigzag_imc.solver.engines.random_draws import RandomDraws
from zigzag_imc.solver.engines.salsa import Salsa

ENGINES: Mapping[str, type[Engine]] = {
    Exhaustive.name: Exhaustive,
    Loma.name: Loma,
    Salsa.name: Salsa,
    RandomDraws.name: RandomDraws,
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
    engine, given = ENGINES[name], dict(options or {})
    for option in given:
        _check_option(engine, option)
    return engine(**given)


def option_names(engine: type[Engine]) -> tuple[str, ...]:
    """Return the names of an engine's options."""
    fields = dataclasses.fields(engine)  # type: ignore[arg-type]
    return tuple(map(operator.attrgetter("name"), fields))


def _check_option(engine: type[Engine], option: str) -> None:
    """Raise `OptionError` where an engine has no such option."""
    known = option_names(engine)
    if option not in known:
        raise OptionError(
            f"{option}: engine {engine.name} has no such option; "
            f"{_where(option, known)}{nearest(option, known)}"
        )


def _where(option: str, known: Sequence[str]) -> str:
    """Which engines have an option; the options that are ``known`` where none has."""
    homes = [name for name, engine in ENGINES.items() if option in option_names(engine)]
    if homes:
        return f"it is an option of {', '.join(homes)}"
    return f"its options are {', '.join(known)}"
