"""YAML with comments: the contents of an accelerator file, and what it says beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

Comments = Mapping[str, str]
"""What stands beside a key, by its path such as ``memories.sram.r_cost``."""

_STEP = "  "


def commented_yaml(contents: Mapping[str, Any], comments: Comments) -> str:
    """Return contents as YAML, each key with its comment; reading it gives the same contents.

    Numbers and texts are written as PyYAML does, so that it reads back the same.
    """
    return "".join(f"{line}\n" for line in _lines(contents, comments, "", ""))


def _lines(
    contents: Mapping[str, Any], comments: Comments, path: str, indent: str
) -> Iterator[str]:
    for index, (key, value) in enumerate(contents.items()):
        is_first = index == 0
        here = f"{path}{key}"
        comment = f" # {comments[here]}" if here in comments else ""
        head = f"{indent}{_scalar(key)}:"
        if isinstance(value, Mapping):
            if not is_first:
                yield ""
            yield head + comment
            yield from _lines(value, comments, f"{here}.", indent + _STEP)
        elif _is_list_of_mappings(value):
            yield head + comment
            yield from (f"{indent}{_STEP}- {_flow(entry)}" for entry in value)
        else:
            yield f"{head} {_flow(value)}{comment}"


def _is_list_of_mappings(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _flow(value: object) -> str:
    """Return a value on one line."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_scalar(key)}: {_flow(one)}' for key, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return _scalar(value)


def _scalar(value: object) -> str:
    """Return a number or a text as YAML; a text with a comma or the like in quotes."""
    if isinstance(value, str) and not value.replace("_", "").isalnum():
        return yaml.safe_dump(value, default_style='"', allow_unicode=True, width=10**6).strip()
    text = yaml.safe_dump(value, width=10**6)
    return text.removesuffix("\n").removesuffix("\n...")
