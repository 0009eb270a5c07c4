"""YAML text in and out: one clear line for text that is not YAML or names a key twice."""

from __future__ import annotations

from typing import Any

import yaml

from zigzag_imc.core.errors import AcceleratorError

_MERGE_TAG = "tag:yaml.org,2002:merge"


class _RepeatedKeyError(Exception):
    """A mapping with a key twice."""


class _StrictLoader(yaml.SafeLoader):
    """Safe loader that refuses a repeated key and keeps merges small."""

    def compose_mapping_node(self, anchor: Any) -> Any:
        # PyYAML would silently keep the last of repeated keys.
        node: Any = super().compose_mapping_node(anchor)
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE_TAG:
                continue
            if key.value in seen:
                raise _RepeatedKeyError(
                    f"line {key.start_mark.line + 1}: key {key.value!r} is given twice"
                )
            seen.add(key.value)
        return node

    def flatten_mapping(self, node: Any) -> None:
        # Merging copies all pairs, hidden ones too: merges of merges of lists would double them at
        # every line. Of each key the last pair counts; only that one is kept.
        super().flatten_mapping(node)
        node.value = list({_identity(key): (key, value) for key, value in node.value}.values())


def _identity(key: Any) -> object:
    """Return what tells the keys of a mapping apart: type and text, or the node itself."""
    return (key.tag, key.value) if isinstance(key, yaml.ScalarNode) else id(key)


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
