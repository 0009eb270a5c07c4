"""Fused attention, as the products in it: projection, scores of queries and keys, their context."""

from __future__ import annotations

from dataclasses import dataclass

from zigzag_imc.core.layer import Layer
from zigzag_imc.onnx_workload.nodes import is_standard
from zigzag_imc.onnx_workload.operators.matrix_product import Factor, product_layer
from zigzag_imc.onnx_workload.operators.node_view import NodeView, Unmapped

Built = tuple[Layer, ...] | Unmapped

Names = tuple[str, str, str]
"""What to call queries, keys and values."""

_PARTS: Names = ("queries", "keys", "values")


@dataclass(frozen=True, slots=True)
class Heads:
    """Sizes of an attention.

    Attributes
    ----------
    batch, heads, shared_heads
        Sequences, heads of queries, and heads of keys and values, each shared by as many of the
        former.
    queries, keys
        Rows of queries, and of keys and values, those of the past included.
    size, value_size
        Width of a head of queries and keys, and of values.
    """

    batch: int
    heads: int
    shared_heads: int
    queries: int
    keys: int
    size: int
    value_size: int


def build_attention(view: NodeView) -> Built:
    """Turn ``Attention``, of ONNX or of ONNX Runtime, into its products.

    Raises
    ------
    WorkloadError
        If a size is unknown, or sizes contradict each other.
    """
    if is_standard(view.node.domain):
        return _products(view, _standard_heads(view), _bits(view), _names(view))
    return _projected(view)


def build_head_attention(view: NodeView) -> Built:
    """Turn an attention on given queries, keys and values into its two products.

    Raises
    ------
    WorkloadError
        If a size is unknown, or sizes contradict each other.
    """
    heads = view.integer("num_heads", 0)
    found = _vendor_heads(view, heads, view.integer("kv_num_heads", heads))
    return _products(view, found, _bits(view), _names(view))


# ------------------------------------------------------------------ sizes
def _standard_heads(view: NodeView) -> Heads:
    queries, keys, values = (_by_head(view, position) for position in range(3))
    past = view.size(4, 2) if view.has(4) else 0
    return _checked(
        view,
        Heads(queries[0], queries[1], keys[1], queries[2], keys[2] + past, queries[3], values[3]),
    )


def _by_head(view: NodeView, position: int) -> tuple[int, ...]:
    """Return batch, heads, rows and width of an operand, its heads apart or side by side."""
    sizes = view.sizes(position)
    if len(sizes) == 4:
        return sizes
    heads = view.integer("kv_num_heads" if position else "q_num_heads", 0)
    if len(sizes) != 3 or heads < 1 or sizes[2] % heads:
        raise view.error(f"input {view.tensor(position)!r} is {list(sizes)}, not of {heads} heads")
    return (sizes[0], heads, sizes[1], sizes[2] // heads)


def _vendor_heads(view: NodeView, heads: int, shared: int) -> Heads:
    if heads < 1 or shared < 1:
        raise view.error(f"num_heads is {heads}, expected at least 1")
    queries = view.sizes(0)
    grouped = view.node.op_type == "GroupQueryAttention"
    past_at = 3 if grouped else 6
    past = view.size(past_at, 2) if view.has(past_at) else 0
    if len(queries) == 5:  # batch, rows, heads, 3, width
        size = queries[4]
        found = Heads(queries[0], heads, heads, queries[1], queries[1] + past, size, size)
    elif not view.has(1):  # queries, keys and values side by side
        size = queries[2] // (heads + 2 * shared)
        found = Heads(queries[0], heads, shared, queries[1], queries[1] + past, size, size)
    else:
        size = queries[2] // heads
        keys, value_size = _vendor_keys(view, size, shared)
        found = Heads(queries[0], heads, shared, queries[1], keys + past, size, value_size)
    return _checked(view, found)


def _vendor_keys(view: NodeView, size: int, shared: int) -> tuple[int, int]:
    """Return the rows of keys and values, and the width of a head of values."""
    keys = view.sizes(1)
    if len(keys) == 5 or not view.has(2):  # keys and values in one tensor
        return keys[1], size
    if len(keys) == 4:  # batch, heads, rows, width
        return keys[2], view.size(2, 3)
    return keys[1], view.size(2, 2) // shared


def _checked(view: NodeView, heads: Heads) -> Heads:
    if heads.heads % heads.shared_heads or min(heads.size, heads.value_size) < 1:
        raise view.error(f"sizes that make no attention: {heads}")
    return heads


# ------------------------------------------------------------------ products
def _projected(view: NodeView) -> Built:
    """Build the products of an attention that projects its input first."""
    rows, weights = view.sizes(0), view.sizes(1)
    heads = view.integer("num_heads", 0)
    if len(rows) != 3 or len(weights) != 2 or heads < 1:
        return Unmapped("fused attention of another form")
    widths = view.integers("qkv_hidden_sizes") or (weights[1] // 3,) * 3
    past_at = 8 if view.node.op_type == "QAttention" else 4
    past = view.size(past_at, 3) if view.has(past_at) else 0
    projection = product_layer(
        view.part("projection"),
        Factor((rows[0],), rows[1], rows[2], view.is_constant(0), view.bits(0)),
        Factor((), weights[0], weights[1], view.is_constant(1), view.bits(1)),
    )
    size, value_size = widths[0] // heads, widths[-1] // heads
    found = Heads(rows[0], heads, heads, rows[1], rows[1] + past, size, value_size)
    return (projection, *_products(view, _checked(view, found), (None, None, None)))


def _bits(view: NodeView) -> tuple[int | None, int | None, int | None]:
    """Return the bits of queries, keys and values, which the queries may hold, too."""
    queries, keys, values = (view.bits(at) if view.has(at) else None for at in range(3))
    if not view.has(1):
        return queries, queries, queries
    return queries, keys, values if view.has(2) else keys


def _names(view: NodeView) -> Names:
    """Return the tensors of queries, keys and values; what shares one is called what it is."""
    queries, keys, values = (view.tensor(at) if view.has(at) else "" for at in range(3))
    if not keys:
        return _PARTS
    return (queries, keys, values) if values else (queries, *_PARTS[1:])


def _products(
    view: NodeView,
    heads: Heads,
    bits: tuple[int | None, int | None, int | None],
    names: Names = _PARTS,
) -> tuple[Layer, ...]:
    """Build scores and context; heads that share keys are more rows of the same product.

    ``bits`` and ``names`` are those of queries, keys and values; bits of the weights between are
    not known.
    """
    stack = (heads.batch, heads.shared_heads)
    rows = heads.queries * (heads.heads // heads.shared_heads)
    scores = product_layer(
        view.part("scores"),
        Factor(stack, rows, heads.size, False, bits[0], names[0]),
        Factor(stack, heads.size, heads.keys, False, bits[1], names[1]),
    )
    context = product_layer(
        view.part("context", last=True),
        Factor(stack, rows, heads.keys, False, None, scores.name),
        Factor(stack, heads.keys, heads.value_size, False, bits[2], names[2]),
    )
    return scores, context
