"""Bits of a network in an array: its own where nobody says any, and what differs, said once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from zigzag_imc.core.accelerator import ImcArray
from zigzag_imc.core.layer import Layer
from zigzag_imc.models.array.slicing import Slicing, bits_of_array
from zigzag_imc.models.profile import CostProfile

if TYPE_CHECKING:
    from zigzag_imc.onnx_workload.network import Network


def at_array_bits(network: Network, array: ImcArray) -> Network:
    """Give the layers the bits of the array where neither a user nor the model says others."""
    default = bits_of_array(array)
    layers = tuple(layer.with_bits(layer.given_bits, default) for layer in network.layers)
    return replace(network, layers=layers)


def with_bit_notices(network: Network, array: ImcArray, profile: CostProfile) -> Network:
    """Add to the network's notices what the array makes of bits that are not its own."""
    if profile.array_bits:
        return network
    found = Counter(
        notice for layer in network.layers for notice in _notices(layer, array, profile)
    )
    return replace(
        network, notices=(*network.notices, *(_counted(*entry) for entry in found.items()))
    )


def _notices(layer: Layer, array: ImcArray, profile: CostProfile) -> Iterator[str]:
    """Say what the array makes of the bits of one layer."""
    bits, slicing = layer.precision, Slicing.of(array, layer.precision, profile)
    if array.weight_bits > bits.W:
        yield f"a weight of {bits.W} bits takes a whole cell of {array.weight_bits}"
    if slicing.columns > 1:
        yield f"a weight of {bits.W} bits takes {slicing.columns} columns of {array.weight_bits}"
    if slicing.passes > 1:
        yield f"an input of {bits.I} bits takes {slicing.passes} passes of {array.activation_bits}"
    if slicing.additions:
        yield "the adders of slices and passes are in the energy, not in area and clock"


def _counted(notice: str, layers: int) -> str:
    """Say of how many layers a notice holds."""
    return f"{notice} ({layers} {'layer' if layers == 1 else 'layers'})"
