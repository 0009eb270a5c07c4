"""What a caller gives for the sizes that a model leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zigzag_imc.core.errors import OptionError, WorkloadError


@dataclass(frozen=True)
class GivenSizes:
    """Sizes for what a model leaves open.

    Attributes
    ----------
    batch
        Batch size; ``None`` takes an open batch as 1.
    shapes
        All sizes of an input, by its name.
    dims
        The size that a symbol stands for.
    """

    batch: int | None = None
    shapes: Mapping[str, Sequence[int]] = field(default_factory=dict)
    dims: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.batch is not None and not is_size(self.batch):
            raise WorkloadError(f"batch: found {self.batch!r}, expected a whole number, at least 1")
        for name, sizes in _items("shapes", self.shapes):
            if isinstance(sizes, str) or not isinstance(sizes, Sequence):
                raise WorkloadError(f"shape of {name!r}: found {sizes!r}, expected a list of sizes")
            if not all(map(is_size, sizes)):
                raise WorkloadError(
                    f"shape of {name!r}: found {_listed(sizes)}, expected whole numbers, at least 1"
                )
        for symbol, size in _items("dims", self.dims):
            if not is_size(size):
                raise WorkloadError(
                    f"dim {symbol!r}: found {size!r}, expected a whole number, at least 1"
                )


def is_size(found: object) -> bool:
    """Whether something is a size: a whole number, at least 1, that 64 bits hold."""
    return isinstance(found, int) and not isinstance(found, bool) and 1 <= found < 2**63


def parse_shapes(texts: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the shapes that texts such as ``input=1,3,224,224`` say.

    Raises
    ------
    OptionError
        When a text says none, or an input is given twice.
    """
    shapes: dict[str, tuple[int, ...]] = {}
    for text in texts:
        name, _, sizes = text.rpartition("=")
        numbers = [size.strip() for size in sizes.split(",")]
        if not name or not all(map(_is_number, numbers)):
            raise OptionError(
                f"shape: found {text!r}, expected NAME=SIZE,SIZE,… such as input=1,3,224,224"
            )
        if name in shapes:
            raise OptionError(f"shape: input {name!r} is given twice")
        shapes[name] = tuple(map(int, numbers))
    return shapes


def parse_dims(texts: Sequence[str]) -> dict[str, int]:
    """Return the sizes that texts such as ``sequence=128`` say.

    Raises
    ------
    OptionError
        When a text says none, or a symbol is given twice.
    """
    dims: dict[str, int] = {}
    for text in texts:
        symbol, _, size = text.rpartition("=")
        if not symbol or not _is_number(size.strip()):
            raise OptionError(f"dim: found {text!r}, expected SYMBOL=SIZE such as sequence=128")
        if symbol in dims:
            raise OptionError(f"dim: symbol {symbol!r} is given twice")
        dims[symbol] = int(size)
    return dims


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20


def _items(option: str, found: object) -> list[tuple[str, object]]:
    if not isinstance(found, Mapping):
        raise WorkloadError(f"{option}: found {found!r}, expected a dict by name")
    return list(found.items())


def _listed(sizes: Sequence[object]) -> str:
    return ",".join(map(str, sizes))
