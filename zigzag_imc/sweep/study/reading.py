"""Study files in, with one clear line for everything that is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from zigzag_imc.core.arguments import path as checked_path
from zigzag_imc.core.errors import AcceleratorError, OptionError, ResultError
from zigzag_imc.core.space import Space, TileSizes
from zigzag_imc.models.hardware.yaml_text import read_yaml
from zigzag_imc.models.profile import profile_named
from zigzag_imc.results.messages import explained
from zigzag_imc.results.reading import read_text, source_name
from zigzag_imc.sweep.studies import study_names, study_text
from zigzag_imc.sweep.study.conditions import Condition, condition_of
from zigzag_imc.sweep.study.entries import AcceleratorsEntry, Study


def read_study(path: str | os.PathLike[str]) -> Study:
    """Read a study file, or one that ships with the tool.

    Files that it names are looked for beside it.

    Parameters
    ----------
    path
        Path of a YAML file, or name of a study that ships, such as ``analog-digital``.

    Raises
    ------
    OptionError
        In one line: the file, the path of the entry, what was found, what would be valid.
    """
    name = checked_path("study", path, "the path of a study file, or a Study")
    if name in study_names():
        return study_of(read_yaml(study_text(name), f"study {name}"), f"study {name}")
    source = source_name(name)
    try:
        contents = read_yaml(read_text(name, "a YAML file with a study"), source)
    except (AcceleratorError, ResultError) as error:
        raise OptionError(str(error)) from None
    return study_of(contents, source, Path(path).parent)


def study_of(contents: object, source: str = "study", folder: Path | None = None) -> Study:
    """Check the contents of a study file; ``source`` names them in messages.

    Raises
    ------
    OptionError
        In one line: the source, the path of the entry, what was found, what would be valid.
    """
    try:
        study = Study.model_validate(contents)
    except ValidationError as error:
        raise OptionError(f"{source}: {explained(error, Study)}") from None
    try:
        _check(study)
    except OptionError as error:
        raise OptionError(f"{source}: {error}") from None
    return study if folder is None else _beside(study, folder)


def study_asked(
    study: str | os.PathLike[str] | Study, tile_sizes: TileSizes | None = None
) -> Study:
    """Return a study, or read that of a path, with what is asked in place of its own.

    Parameters
    ----------
    study
        A study, or the path of a study file, or the name of one that ships.
    tile_sizes
        Sizes of the tiles; ``None`` for what the study says.

    Raises
    ------
    OptionError
        When the file is wrong, or its cost models do not know such tiles.
    """
    asked = study if isinstance(study, Study) else read_study(study)
    if tile_sizes is None:
        return asked
    changed = asked.replace(tile_sizes=Space(tile_sizes).tile_sizes)
    _check_tile_sizes(changed)
    return changed


@dataclass(frozen=True)
class Conditions:
    """Conditions that the parameters of an entry have to keep.

    Attributes
    ----------
    of_entry
        Those that speak of its parameters only.
    """

    of_entry: tuple[Condition, ...]

    @classmethod
    def of(cls, study: Study, entry: AcceleratorsEntry) -> Conditions:
        """Return those of the entry, and those of the study that speak of nothing else."""
        known = {*entry.set, *entry.ranges}
        shared = (condition_of(text) for text in study.where)
        own = (condition_of(text) for text in entry.where)
        return cls((*(one for one in shared if known.issuperset(one.names)), *own))


def _check(study: Study) -> None:
    """Refuse what no entry could say alone: unknown cost models, conditions of nothing."""
    _check_tile_sizes(study)
    _check_locality(study)
    for entry in study.accelerators:
        _check_entry(entry)
    known = {name: None for entry in study.accelerators for name in _parameters(entry)}
    for text in study.where:
        condition_of(text).check_names(known)
    labels = [entry.label for entry in study.accelerators]
    _refuse_twice("accelerators", labels)
    _refuse_twice("networks", [entry.name or entry.model for entry in study.networks])
    _refuse_twice("objectives", study.objectives)


def _check_tile_sizes(study: Study) -> None:
    """Refuse unknown cost models, and tiles of any size where none of them knows these."""
    profiles = [profile_named(name) for name in study.cost_models]
    if study.tile_sizes != "divisors" and all(one.dividing_tiles for one in profiles):
        raise OptionError(
            f"tile_sizes: found {study.tile_sizes}; tiles divide under the cost model "
            f"{study.cost_models[0]}, expected divisors"
        )


def _check_locality(study: Study) -> None:
    """Refuse what is no question about networks as wholes."""
    if not study.is_local_anywhere:
        if study.keep_ends:
            raise OptionError("keep_ends: found without locality, expected locality: best")
        return
    for network in study.networks:
        if network.layers:
            raise OptionError(
                f"networks: {network.name or network.model}: layers: found with locality, which is "
                "a choice for the network as a whole; expected all layers"
            )


def _check_entry(entry: AcceleratorsEntry) -> None:
    for name in entry.ranges:
        if name in entry.set:
            raise OptionError(f"accelerators: {entry.label}: {name}: found in set and in ranges")
    known = dict.fromkeys(_parameters(entry))
    for text in entry.where:
        condition_of(text).check_names(known)


def _parameters(entry: AcceleratorsEntry) -> Iterator[str]:
    yield from entry.set
    yield from entry.ranges


def _refuse_twice(where: str, names: Iterable[str]) -> None:
    """Refuse names that are there twice: their results could not be told apart."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise OptionError(f"{where}: found {name!r} twice; give one of them another name")
        seen.add(name)


def _beside(study: Study, folder: Path) -> Study:
    """Return the study with the paths of files that lie beside it."""

    def found(name: str) -> str:
        return str(folder / name) if (folder / name).is_file() else name

    networks = tuple(
        entry.model_copy(
            update={"model": found(entry.model), "name": entry.name or Path(entry.model).stem}
        )
        for entry in study.networks
    )
    accelerators = tuple(
        entry.model_copy(
            update={
                "accelerator": entry.accelerator and found(entry.accelerator),
                "name": entry.label,
            }
        )
        for entry in study.accelerators
    )
    return study.replace(networks=networks, accelerators=accelerators)
