"""The accelerators of a study: one for each combination of values that keeps its conditions."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from zigzag_imc.core.accelerator import Accelerator
from zigzag_imc.core.constraints import Constraints
from zigzag_imc.core.errors import OptionError, ZigzagImcError, nearest
from zigzag_imc.core.one_line import one_line
from zigzag_imc.models.hardware.files import (
    accelerator_from_dict,
    accelerator_to_dict,
    load_accelerator,
)
from zigzag_imc.models.hardware.templates.template import Template
from zigzag_imc.sweep.study.entries import AcceleratorsEntry, Study
from zigzag_imc.sweep.study.reading import Conditions
from zigzag_imc.sweep.study.values import Value

Parameters = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An accelerator of a study, or why it cannot be built.

    Attributes
    ----------
    label
        What the accelerators of its entry are called.
    parameters
        Values that differ between these.
    accelerator
        The accelerator; ``None`` where it cannot be built.
    reason
        Why it cannot.
    """

    label: str
    parameters: Parameters
    accelerator: Accelerator | None
    reason: str | None = None

    @property
    def name(self) -> str:
        """What it is called: its entry and its parameters."""
        return name_of(self.label, self.parameters)


def name_of(label: str, parameters: Parameters) -> str:
    """Return what an accelerator is called, such as ``aimc rows=64 columns=256``.

    Of a path, the last key stands for it where no other path ends so.
    """
    last = [path.rpartition(".")[2] for path in parameters]
    short = (
        f"{key if last.count(key) == 1 else path}={value}"
        for key, (path, value) in zip(last, parameters.items(), strict=True)
    )
    return " ".join([label, *short])


class Candidates:
    """The accelerators of an entry of a study.

    Raises
    ------
    ZigzagImcError
        When the file of the entry cannot be read.
    """

    def __init__(self, study: Study, entry: AcceleratorsEntry) -> None:
        self.entry = entry
        self._conditions = Conditions.of(study, entry).of_entry
        self._source = _source_of(entry)

    def __len__(self) -> int:
        """How many there are, whether they can be built or not."""
        return sum(1 for _ in self.combinations())

    @property
    def most(self) -> int:
        """How many combinations of values there are, whatever the conditions."""
        return math.prod(len(values) for values in self.entry.ranges.values())

    def combinations(self) -> Iterator[Parameters]:
        """Yield the values of the ranges that keep all conditions, the last range fastest."""
        names = tuple(self.entry.ranges)
        for values in itertools.product(*self.entry.ranges.values()):
            chosen = dict(zip(names, values, strict=True))
            everything = {**self.entry.set, **chosen}
            if all(condition.holds(everything) for condition in self._conditions):
                yield chosen

    def built(self, chosen: Parameters) -> Candidate:
        """Build the accelerator of some values, or say why that cannot be."""
        label = self.entry.label
        try:
            accelerator = self._source.build({**self.entry.set, **chosen})
        except ZigzagImcError as error:
            return Candidate(label, chosen, None, one_line(str(error)))
        return Candidate(label, chosen, accelerator.replace(name=name_of(label, chosen)))

    def __iter__(self) -> Iterator[Candidate]:
        return map(self.built, self.combinations())


class Source:
    """What the accelerators of an entry are made from, given their parameters."""

    def build(self, parameters: Parameters) -> Accelerator:
        """Build the accelerator of some parameters.

        Raises
        ------
        ZigzagImcError
            When it cannot be built; one line says why.
        """
        raise NotImplementedError


@dataclass(frozen=True)
class FieldsOfFile(Source):
    """Accelerators that are a file with some of its fields changed.

    Attributes
    ----------
    base
        Contents of the file.
    dataflows
        What the file asks of unrollings.
    """

    base: Mapping[str, Any]
    dataflows: Constraints

    @classmethod
    def of(cls, name: str) -> FieldsOfFile:
        """Read a file or a preset."""
        accelerator = load_accelerator(name)
        return cls(accelerator_to_dict(accelerator), accelerator.dataflows)

    def build(self, parameters: Parameters) -> Accelerator:
        """Change the fields and read the contents again, with all that is checked in a file."""
        contents = copy.deepcopy(dict(self.base))
        for path, value in parameters.items():
            set_field(contents, path, value)
        built = accelerator_from_dict(contents, name_of(str(contents["name"]), parameters))
        return built.replace(dataflows=self.dataflows)


def set_field(contents: dict[str, Any], path: str, value: Value) -> None:
    """Set a field of an accelerator file.

    Parameters
    ----------
    path
        Keys with dots between them, such as ``memories.dram.r_cost``; in a list, the place from 0
        on, and for ``sizes`` the name of the dimension.

    Raises
    ------
    OptionError
        When there is no such field; with the nearest.
    """
    *above, last = path.split(".")
    parent: Any = contents
    holder = contents
    for key in above:
        holder, parent = parent, _entry(parent, key, path)
    if isinstance(parent, list):
        parent[_place(parent, last, holder.get("dimensions", ()), path)] = value
    elif isinstance(parent, dict) and (last in parent or last in _OPTIONAL):
        parent[last] = value
    else:
        known = list(parent) if isinstance(parent, dict) else []
        raise OptionError(f"{path}: no such field{nearest(last, known)}")


_OPTIONAL = ("clock_ns", "adc_resolution", "force_double_buffering", "bandwidth_gb_s")
"""Fields that a file may have, although this one does not."""


def _entry(parent: Any, key: str, path: str) -> Any:
    if isinstance(parent, dict) and key in parent:
        return parent[key]
    if isinstance(parent, list):
        return parent[_place(parent, key, (), path)]
    known = list(parent) if isinstance(parent, dict) else []
    raise OptionError(f"{path}: {key!r}: no such field{nearest(key, known)}")


def _place(entries: list[Any], key: str, names: Sequence[str], path: str) -> int:
    """Return the place of an entry of a list."""
    if key in names:
        return list(names).index(key)
    if key.isdecimal() and int(key) < len(entries):
        return int(key)
    raise OptionError(
        f"{path}: found {key!r}, expected {' or '.join(names) or 'a place'} or a number below "
        f"{len(entries)}"
    )


@dataclass(frozen=True)
class FromTemplate(Source):
    """Accelerators that a template makes.

    Attributes
    ----------
    kind
        ``aimc`` or ``dimc``.
    """

    kind: Literal["aimc", "dimc"]

    def build(self, parameters: Parameters) -> Accelerator:
        """Let the template make it."""
        asked: dict[str, Any] = dict(parameters)
        return Template(kind=self.kind, **asked).accelerator()


def _source_of(entry: AcceleratorsEntry) -> Source:
    """Return what makes the accelerators of an entry; a parameter that it lacks is a slip.

    Raises
    ------
    ZigzagImcError
        When the file cannot be read, or there is no such parameter; with the nearest.
    """
    where = f"accelerators: {entry.label}"
    asked = {**entry.set, **{name: values[0] for name, values in entry.ranges.items()}}
    if entry.template is not None:
        known = [name for name in Template.model_fields if name != "kind"]
        for name in asked:
            if name not in known:
                raise OptionError(
                    f"{where}: {name}: no parameter of a template{nearest(name, known)}; they are "
                    f"{', '.join(known)}"
                )
        return FromTemplate(entry.template)
    assert entry.accelerator is not None  # checked with the study
    source = FieldsOfFile.of(entry.accelerator)
    for path, value in asked.items():
        try:
            set_field(copy.deepcopy(dict(source.base)), path, value)
        except OptionError as error:
            raise OptionError(f"{where}: {error}") from None
    return source
