"""What a caller gives for the sizes that a model leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zigzag_imc.core import arguments
from zigzag_imc.core.arguments import LARGEST, is_whole, shown, whole
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

    @classmethod
    def of(
        cls,
        batch: int | None = None,
        shapes: Mapping[str, Sequence[int]] | None = None,
        dims: Mapping[str, int] | None = None,
    ) -> GivenSizes:
        """Return what a caller gives, who may leave out each."""
        return cls(batch, {} if shapes is None else shapes, {} if dims is None else dims)

    def __post_init__(self) -> None:
        if self.batch is not None:
            object.__setattr__(self, "batch", _size("batch", self.batch))
        shapes = {name: _sizes(name, sizes) for name, sizes in _items("shapes", self.shapes)}
        dims = {symbol: _size(f"dim {symbol!r}", n) for symbol, n in _items("dims", self.dims)}
        object.__setattr__(self, "shapes", shapes)
        object.__setattr__(self, "dims", dims)


def _size(name: str, found: object) -> int:
    return whole(name, found, error=WorkloadError)


def _sizes(name: object, found: object) -> tuple[int, ...]:
    """Return all sizes of an input."""
    if isinstance(found, str) or not isinstance(found, Sequence):
        raise WorkloadError(f"shape of {name!r}: found {shown(found)}, expected a list of sizes")
    if not all(map(is_size, found)):
        raise WorkloadError(
            f"shape of {name!r}: found {_listed(found)}, expected whole numbers, at least 1"
        )
    return tuple(map(int, found))


def is_size(found: object) -> bool:
    """Whether something is a size: a whole number, at least 1, that 64 bits hold."""
    return is_whole(found) and 1 <= int(found) <= LARGEST


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
        raise WorkloadError(f"{option}: found {shown(found)}, expected a dict by name")
    for name in found:
        arguments.text(f"{option}: name", name, "a text", WorkloadError)
    return list(found.items())


def _listed(sizes: Sequence[object]) -> str:
    said = ",".join(size if isinstance(size, str) else shown(size) for size in sizes)
    return said if len(said) <= 60 else f"{said[:57]}..."
