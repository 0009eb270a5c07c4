"""The inputs of a model with their open sizes, and how these are filled in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import onnx

from zigzag_imc.onnx_workload.sizes.symbols import is_shared

Dimension = onnx.TensorShapeProto.Dimension


@dataclass(frozen=True)
class ModelInputs:
    """The inputs of a model that carry no stored weights.

    Attributes
    ----------
    model
        Model whose sizes are filled in, in place.
    names
        Names of the inputs, in the order of the model.
    label
        How messages name the model.
    """

    model: onnx.ModelProto
    names: tuple[str, ...]
    label: str

    def values(self) -> Iterator[onnx.ValueInfoProto]:
        """Yield the declarations of the inputs that are tensors."""
        wanted = set(self.names)
        for value in self.model.graph.input:
            if value.name in wanted and value.type.HasField("tensor_type"):
                yield value

    def dimensions(self) -> Iterator[tuple[str, int, Dimension]]:
        """Yield every dimension of every input, with the input's name and its place."""
        for value in self.values():
            for place, dim in enumerate(value.type.tensor_type.shape.dim):
                yield value.name, place, dim

    def symbols(self) -> list[str]:
        """Return the symbols of the open sizes, each once."""
        found = (dim.dim_param for _, _, dim in self.dimensions() if not is_fixed(dim))
        return list(dict.fromkeys(filter(is_shared, found)))

    def assign(self, symbol: str, size: int) -> None:
        """Write a size in place of a symbol wherever it stands, in inputs and recorded shapes."""
        graph = self.model.graph
        for value in (*graph.input, *graph.value_info, *graph.output):
            for dim in value.type.tensor_type.shape.dim:
                if dim.dim_param == symbol:  # a dimension has a symbol or a value, never both
                    dim.dim_value = size

    def fill(self, opened: Collection[Dimension], size: int) -> None:
        """Write a size in place of open dimensions, and of their symbols wherever these stand."""
        symbols = {dim.dim_param for dim in opened if is_shared(dim.dim_param)}
        for dim in opened:
            dim.dim_value = size
        for symbol in symbols:
            self.assign(symbol, size)


def is_fixed(dim: Dimension) -> bool:
    """Whether a dimension has a size; some exporters write 0 or -1 for one that is open."""
    return bool(dim.HasField("dim_value") and dim.dim_value > 0)


def written(value: onnx.ValueInfoProto) -> str:
    """Return an input with its sizes as a message shows them, such as ``x[N, 3, ?, ?]``."""
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        return f"{value.name}[no shape]"
    return f"{value.name}[{', '.join(map(_size_text, tensor.shape.dim))}]"


def _size_text(dim: Dimension) -> str:
    return str(dim.dim_value) if is_fixed(dim) else dim.dim_param or "?"
