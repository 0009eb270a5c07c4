"""What commands write must not destroy what they read, nor each other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zigzag_imc.core.errors import ZigzagImcError

RESULT_TO_STDOUT = "; --format json writes the result to stdout"


class Unwritten:
    """What could not be written, told once the result is printed: a search is not lost by it."""

    def __init__(self) -> None:
        self._first: ZigzagImcError | None = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the error of a file that cannot be written, and go on."""
        from zigzag_imc.core.errors import OptionError

        try:
            yield
        except OptionError as error:
            self._first = self._first or error

    def tell(self) -> None:
        """Raise the first of the errors, if there were any."""
        if self._first is not None:
            raise self._first


def check_outputs(
    outputs: Mapping[str, str | None], inputs: Iterable[str], *, to_stdout: str = RESULT_TO_STDOUT
) -> None:
    """Refuse outputs that are an input or each other, before anything is searched.

    Parameters
    ----------
    outputs
        Paths by option, such as ``--out``; ``None`` where the option is not given.
    inputs
        Paths that the command reads; a name that ships with the tool is none. Of a folder, its
        files count.
    to_stdout
        How to have the result on stdout, for those who write ``-``.

    Raises
    ------
    OptionError
        Naming the option.
    """
    from zigzag_imc.core.errors import OptionError

    read = [file for path in inputs if not _ships(path) for file in _files(path)]
    taken: dict[str, str] = {}
    for option, path in outputs.items():
        if path is None:
            continue
        if path == "-":
            raise OptionError(f"{option}: found '-', expected the name of a file{to_stdout}")
        if any(_same(path, file) for file in read):
            raise OptionError(
                f"{option}: {path} is read by this command and would be lost; expected another file"
            )
        for other, used in taken.items():
            if _same(path, used):
                raise OptionError(
                    f"{option}: {path} is also the file of {other}; expected another one"
                )
        taken[option] = path


def check_files(
    out: str | None,
    inputs: Iterable[str],
    *,
    plot: str | None = None,
    to_stdout: str = RESULT_TO_STDOUT,
) -> None:
    """Refuse the file of a result, or of a figure, that could not be written after the search.

    Raises
    ------
    OptionError
        Naming the option, or the file.
    """
    check_outputs({"--out": out, "--plot": plot}, inputs, to_stdout=to_stdout)
    if out is not None:
        from zigzag_imc.results.replacing import check_writable
        from zigzag_imc.results.saving import form_of

        form_of(out)
        check_writable(out)
    if plot is not None:
        from zigzag_imc.plotting.files import check_figure_path

        check_figure_path(plot)


def _ships(name: str) -> bool:
    from zigzag_imc.models.hardware.presets import preset_names

    return name in preset_names()


def _files(path: str) -> Iterator[str]:
    yield path
    try:
        yield from (str(entry) for entry in Path(path).iterdir())
    except (OSError, ValueError):  # no folder, or no path at all, which whoever reads it will say
        return


def _same(one: str, other: str) -> bool:
    """Whether two paths are one file, also by links.

    What is no regular file, such as /dev/null, cannot be lost.
    """
    try:
        if os.path.exists(one) and os.path.exists(other):
            return os.path.isfile(one) and os.path.samefile(one, other)
        return Path(one).resolve() == Path(other).resolve()
    except (OSError, ValueError):
        return False
