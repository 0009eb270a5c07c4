"""The study of a sweep, kept beside its tables: what their rows are of."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from zigzag_imc.core.errors import ResultError
from zigzag_imc.core.paths import path_text
from zigzag_imc.results.messages import explained
from zigzag_imc.results.reading import read_text
from zigzag_imc.results.writing import format_json, write_text
from zigzag_imc.sweep.study.entries import Study

FILE = "study.json"
"""Name of the file."""


def write_study(study: Study, folder: Path) -> None:
    """Write a study into the folder of its tables.

    Raises
    ------
    OptionError
        When it cannot be written.
    """
    write_text(format_json(study.model_dump(mode="json")) + "\n", folder / FILE)


def kept_study(folder: str | os.PathLike[str]) -> Study:
    """Read the study of the tables in a folder.

    Raises
    ------
    ResultError
        When it cannot be read.
    """
    path = Path(folder) / FILE
    try:
        return Study.model_validate_json(read_text(path))
    except ValidationError as error:
        raise ResultError(f"{path_text(path)}: {explained(error, Study)}") from None
