"""Types of attributes that a docstring describes together, for the Python reference.

``energy_pj, latency_cycles`` under *Attributes* is one entry; the reader of docstrings looks up
the type of an entry that is one name only.
"""

from __future__ import annotations

import re
from typing import Any

from griffe import Class, Docstring, Extension

SECTION = re.compile(r"^Attributes\n-{3,}\n", re.MULTILINE)

GROUP = re.compile(r"^\w+(?:, (?:\\\n\s*)?\w+)+$", re.MULTILINE)
"""An entry of several names, which stands at the margin and says no type itself."""


class GroupedTypes(Extension):
    """Gives the entries of several attributes the types of these, each type once."""

    def on_class(self, *, cls: Class, **_: Any) -> None:
        """Write the types into the docstring of a class."""
        if cls.docstring is not None:
            text = with_types(cls.docstring.value, types_of(cls))
            cls.docstring = Docstring(text, lineno=cls.docstring.lineno, parent=cls)


def types_of(cls: Class) -> dict[str, str]:
    """Return the annotations of the attributes of a class, as they are written."""
    return {
        name: str(attribute.annotation)
        for name, attribute in cls.attributes.items()
        if attribute.annotation is not None
    }


def with_types(docstring: str, types: dict[str, str]) -> str:
    """Return a docstring whose entries of several attributes say their types."""

    def typed(entry: re.Match[str]) -> str:
        names = re.findall(r"\w+", entry[0])
        found = dict.fromkeys(types[name] for name in names if name in types)
        joined = ", ".join(names)
        return f"{joined} : {'; '.join(found)}" if found else joined  # no tuple, which , makes

    section = SECTION.search(docstring)
    if section is None:
        return docstring
    head, entries = docstring[: section.end()], docstring[section.end() :]
    return head + GROUP.sub(typed, entries)
