"""Constraints from a YAML file: our own, or a mapping file of ZigZag."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from zigzag_imc.core.arguments import shown
from zigzag_imc.core.constraint_rules import ConstraintRules, Rule, constraint_rules_of
from zigzag_imc.core.constraints import AllowedDims, Constraint, FixedLoop, InnerLoops
from zigzag_imc.core.errors import AcceleratorError, OptionError, ResultError, nearest
from zigzag_imc.models.hardware.dataflows import unrolled_as
from zigzag_imc.models.hardware.yaml_text import read_yaml
from zigzag_imc.results.reading import read_text, source_name

_KEYS = ("spatial_mapping", "spatial_mapping_hint", "temporal_ordering")
"""Entries of ZigZag's mapping files that are constraints."""

_OTHER_KEYS = ("name", "memory_operand_links", "core_allocation")
"""Further entries, which say nothing about mappings here."""

_DEFAULT = "default"
"""Name of the entry for all layers that no other one is about."""


def read_constraints(path: str | os.PathLike[str]) -> ConstraintRules:
    """Read constraints from a YAML file.

    Parameters
    ----------
    path
        A list of texts as on the command line; or texts, or lists of them, by names, patterns or
        operator types of layers; or a mapping file of ZigZag, whose ``spatial_mapping``,
        ``spatial_mapping_hint`` and ``temporal_ordering`` count.

    Raises
    ------
    OptionError
        In one line: the file, what was found, what would be valid.
    """
    source = source_name(path)
    try:
        contents = read_yaml(read_text(path, "a YAML file with constraints"), source)
        if _is_of_zigzag(contents):
            return ConstraintRules(tuple(_rules(contents, source)))
        return constraint_rules_of([] if contents is None else contents)
    except (AcceleratorError, ResultError) as error:
        raise OptionError(str(error)) from None
    except OptionError as error:
        raise OptionError(f"{source}: {error}") from None


def _is_of_zigzag(contents: object) -> TypeGuard[list[Any]]:
    """Whether a file is a list of layers as ZigZag has it."""
    return isinstance(contents, list) and any(
        isinstance(entry, Mapping) and "name" in entry for entry in contents
    )


def _rules(entries: Sequence[Any], source: str) -> Iterator[Rule]:
    """Yield what the entries ask.

    A layer's own name comes before its operator type, and that before the default.
    """
    names = [entry.get("name") if isinstance(entry, Mapping) else None for entry in entries]
    for place, (entry, name) in enumerate(zip(entries, names, strict=True)):
        where = f"{source}: [{place}]"
        if not isinstance(name, str) or not name:
            raise OptionError(f"{where}: found {shown(name)} as name, expected that of a layer")
        others = tuple(str(other) for other in names if other not in (name, _DEFAULT))
        for one in _constraints(entry, where):
            yield Rule(None if name == _DEFAULT else name, one, others)


def _constraints(entry: Mapping[str, Any], where: str) -> Iterator[Constraint]:
    """Yield the constraints of one entry."""
    for key, found in entry.items():
        if key not in _KEYS and key not in _OTHER_KEYS:
            raise OptionError(
                f"{where}: found {key!r}, expected one of {', '.join((*_KEYS, *_OTHER_KEYS))}"
                f"{nearest(str(key), (*_KEYS, *_OTHER_KEYS))}"
            )
        if key in _KEYS and found:
            yield from _of_key(key, found, f"{where}.{key}")


def _of_key(key: str, found: Any, where: str) -> Iterator[Constraint]:
    if key == "spatial_mapping":
        yield from unrolled_as(found, where)
    elif key == "spatial_mapping_hint":
        yield from _hints(found, where)
    else:
        yield InnerLoops(tuple(_loops(found, where)))


def _hints(found: Any, where: str) -> Iterator[Constraint]:
    """Yield which dimensions may lie on which array dimension."""
    if not isinstance(found, Mapping):
        raise OptionError(f"{where}: found {shown(found)}, expected such as {{D1: [K, OX]}}")
    for array_dim, dims in found.items():
        if not isinstance(dims, list) or not all(isinstance(dim, str) for dim in dims):
            raise OptionError(f"{where}.{array_dim}: found {shown(dims)}, expected such as [K, OX]")
        yield AllowedDims(tuple(dims), str(array_dim))


def _loops(found: Any, where: str) -> Iterator[FixedLoop]:
    """Yield loops from the innermost out; a star stands for all that is left of a dimension."""
    for loop in found if isinstance(found, list) else [found]:
        if not (isinstance(loop, list) and len(loop) == 2 and isinstance(loop[0], str)):
            raise OptionError(f"{where}: found {shown(loop)}, expected such as [[OX, 4], [K, '*']]")
        dim, size = loop
        if size != "*" and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
            raise OptionError(
                f"{where}: found {shown(size)} iterations of {dim}, expected a whole number, at "
                "least 1, or '*'"
            )
        yield dim, None if size == "*" else size
