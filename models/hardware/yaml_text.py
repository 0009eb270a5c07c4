"""YAML text in and out: one clear line for text that is not YAML or names a key twice."""

from __future__ import annotations

from typing import Any

import yaml

from zigzag_imc.core.errors import AcceleratorError

_MERGE_TAG = "tag:yaml.org,2002:merge"


class _RepeatedKeyError(Exception):
    """A mapping with a key twice."""


class _StrictLoader(yaml.SafeLoader):
    """Safe loader that refuses a repeated key, of which PyYAML would silently keep the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen: set[str] = set()
        for key, _ in getattr(node, "value", ()):
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE_TAG:
                continue
            if key.value in seen:
                raise _RepeatedKeyError(
                    f"line {key.start_mark.line + 1}: key {key.value!r} is given twice"
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read_yaml(text: str, source: str) -> object:
    """Parse ``text``; ``source`` names it in messages.

    Raises
    ------
    AcceleratorError
        When the text is not one YAML document, or a mapping in it has a key twice.
    """
    try:
        document: object = yaml.load(text, Loader=_StrictLoader)
    except _RepeatedKeyError as error:
        raise AcceleratorError(f"{source}: {error}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise AcceleratorError(f"{source}: {where}not valid YAML: {_one_line(what)}") from None
    except (
        yaml.YAMLError,
        RecursionError,
        ValueError,
    ) as error:  # ValueError: an impossible date or number
        raise AcceleratorError(f"{source}: not valid YAML: {_one_line(str(error))}") from None
    return document


def write_yaml(data: object) -> str:
    """Return ``data`` as YAML, keys in their own order and short lists on one line."""
    text: str = yaml.safe_dump(
        data, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None
    )
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())
