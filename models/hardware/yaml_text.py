"""YAML text in and out: one clear line for text that is not YAML or names a key twice."""

from __future__ import annotations

from typing import Any

import yaml

from zigzag_imc.core.errors import AcceleratorError

_MERGE_TAG = "tag:yaml.org,2002:merge"
_NUMBER_TAGS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")

LONGEST_TEXT = 1_000_000
"""Characters of the longest text that is read; an accelerator takes some thousands."""

LONGEST_NUMBER = 400
"""Characters of the longest number that is read; in base 60 they would be long to add up."""

_CONSTRUCTION_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What PyYAML raises where a text is not what its tag or its form says, such as ``!!bool foo``."""


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
                    f"line {key.start_mark.line + 1}: key {_short(key.value)} is given twice"
                )
            seen.add(key.value)
        return node

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        if node.tag in _NUMBER_TAGS and len(node.value) > LONGEST_NUMBER:
            found = f"found a number of {len(node.value):,} characters"
            raise _unreadable(node, f"{found}, expected at most {LONGEST_NUMBER}")
        try:
            return super().construct_object(node, deep=deep)
        except _CONSTRUCTION_FAULTS:
            kind = node.tag.rpartition(":")[2]
            raise _unreadable(node, f"cannot read {_short(node.value)} as {kind}") from None

    def flatten_mapping(self, node: Any) -> None:
        # Merging copies all pairs, hidden ones too: merges of merges of lists would double them at
        # every line. Of each key the last pair counts; only that one is kept.
        super().flatten_mapping(node)
        node.value = list({_identity(key): (key, value) for key, value in node.value}.values())


def _unreadable(node: Any, why: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, why, node.start_mark)


def _short(value: object) -> str:
    """Return what a node holds as a short text: its own text, or how many entries it has."""
    if not isinstance(value, str):
        return f"{len(value)} entries" if isinstance(value, list) else "this"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


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
    if len(text) > LONGEST_TEXT:
        raise AcceleratorError(
            f"{source}: found a text of more than {LONGEST_TEXT:,} characters, expected less"
        )
    try:
        document: object = yaml.load(text, Loader=_StrictLoader)
    except _RepeatedKeyError as error:
        raise AcceleratorError(f"{source}: {error}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise AcceleratorError(f"{source}: {where}not valid YAML: {_one_line(what)}") from None
    except RecursionError:
        raise AcceleratorError(f"{source}: not valid YAML: nested too deeply") from None
    except yaml.YAMLError as error:
        raise AcceleratorError(f"{source}: not valid YAML: {_one_line(str(error))}") from None
    return document


def write_yaml(data: object) -> str:
    """Return ``data`` as YAML, keys in their own order and short lists on one line."""
    text: str = yaml.safe_dump(
        data, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None
    )
    return text


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 240 else f"{line[:237]}..."
