"""An empty CP-SAT model."""

from __future__ import annotations

from ortools.sat.python import cp_model


class _WithoutOldNames(cp_model.CpModel):
    """A model without OR-Tools' older names of its methods.

    They are made again for every model, which takes longer than to refute a small one, and tie it
    to itself, so that it lives until garbage is looked for. A version that makes none asks for
    nothing here.
    """

    def _add_pre_pep8_methods(self) -> None:
        """Add none."""


def empty_model() -> cp_model.CpModel:
    """Return a model without variables."""
    return _WithoutOldNames()
