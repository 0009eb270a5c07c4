"""Bits per element as far as somebody says them: a user, a model or a workload file."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from zigzag_imc.core.precision import MOST_BITS, Precision


@dataclass(frozen=True, slots=True)
class Bits:
    """Bits per element of each operand, ``None`` where nothing is said.

    Attributes
    ----------
    W, I, O, O_final
        Bits of a weight, an input, a partial sum and a finished output.
    """

    W: int | None = None
    I: int | None = None  # noqa: E741  (the field's name for input activations)
    O: int | None = None  # noqa: E741  (the field's name for outputs)
    O_final: int | None = None

    @classmethod
    def of(cls, precision: Precision | Bits | None) -> Bits:
        """Return what a precision says: all of it; ``None`` says nothing."""
        if precision is None:
            return cls()
        return cls(precision.W, precision.I, precision.O, precision.O_final)

    @property
    def said(self) -> dict[str, int]:
        """What is said, by the name of the operand."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: bits for name, bits in values.items() if bits is not None}

    def or_else(self, other: Bits) -> Bits:
        """Return what is said here, and where nothing is, what ``other`` says."""
        return Bits(**(other.said | self.said))

    def swapped(self) -> Bits:
        """Return the same with the bits of weights and inputs exchanged."""
        return replace(self, W=self.I, I=self.W)

    def filled(self, default: Precision) -> Precision:
        """Return a whole precision, that of the default where nothing is said.

        Partial sums of which nothing is said have the bits of a product of a weight and an input,
        of both together, where these are wider than the default's; else the default's.

        Raises
        ------
        WorkloadError
            When a number of bits is none.
        """
        filled = replace(default, **self.said)
        product = min(filled.W + filled.I, MOST_BITS)
        if self.O is not None or product <= default.W + default.I:
            return filled
        return replace(filled, O=max(product, default.O))


NOTHING_SAID = Bits()
"""Nobody says anything."""
