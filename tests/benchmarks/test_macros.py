"""The accelerators of several macros that are measured."""

from __future__ import annotations

import pytest

from benchmarks.macros import with_macros
from zigzag_imc.models.hardware.files import load_accelerator


@pytest.mark.parametrize(("macros", "further"), [("16", {"D3": 16}), ("8x8", {"D3": 8, "D4": 8})])
def test_macros_share_what_serves_the_whole_array(macros: str, further: dict[str, int]) -> None:
    """SRAM and DRAM serve all macros; registers and cells are inside of each."""
    plain = load_accelerator("dimc")
    wider = with_macros(plain, macros)
    assert dict(wider.array.dimensions) == dict(plain.array.dimensions) | further
    served = {memory.name: memory.served & further.keys() for memory in wider.memories}
    shared = {name for name, dims in served.items() if dims == further.keys()}
    assert shared == {"sram_256KB", "dram"}
    assert not any(dims for name, dims in served.items() if name not in shared)
