"""Fused attention: what goes in as queries comes out as as many rows."""

from __future__ import annotations

from zigzag_imc.onnx_workload.shape_rules.rule_view import RuleView
from zigzag_imc.onnx_workload.shapes import Dim, Shape


def attend(view: RuleView) -> tuple[Shape | None, ...]:
    """Project the input to queries, keys and values, then attend: the width is that of values."""
    rows, weights = view.shape(0), view.shape(1)
    if rows is None or weights is None or len(rows) != 3 or not weights:
        return ()
    sizes = view.integers("qkv_hidden_sizes")
    packed = weights[-1]
    width = sizes[2] if len(sizes) == 3 else packed // 3 if isinstance(packed, int) else None
    return ((rows[0], rows[1], width),)


def attend_heads(view: RuleView) -> tuple[Shape | None, ...]:
    """Attend with given queries, keys and values; queries or keys may hold the others, packed."""
    queries, keys, values = (view.shape(position) for position in range(3))
    if queries is None:
        return ()
    if len(queries) == 5:  # batch, rows, heads, 3, size
        return ((queries[0], queries[1], _times(queries[2], queries[4])),)
    if values is None and keys is not None and len(keys) == 5:
        return ((queries[0], queries[1], _times(keys[2], keys[4])),)
    if values is None or len(queries) != 3:
        return ()
    width = _times(values[1], values[3]) if len(values) == 4 else values[-1]
    return ((queries[0], queries[1], width),)


def attend_groups(view: RuleView) -> tuple[Shape | None, ...]:
    """Attend with fewer keys than queries; without keys, the queries hold all three."""
    queries, keys = view.shape(0), view.shape(1)
    if queries is None or len(queries) != 3 or keys is not None:
        return (queries,)
    heads, fewer = view.integer("num_heads"), view.integer("kv_num_heads")
    width = queries[-1]
    if not isinstance(width, int) or heads + 2 * fewer < 1:
        return ()
    return ((*queries[:2], width * heads // (heads + 2 * fewer)),)


def _times(left: Dim, right: Dim) -> Dim:
    return left * right if isinstance(left, int) and isinstance(right, int) else None


ATTENTION_RULES = {
    "Attention": attend,
    "QAttention": attend,
    "LongformerAttention": lambda view: (view.shape(0),),
    "MultiHeadAttention": attend_heads,
    "DecoderMaskedMultiHeadAttention": attend_heads,
    "GroupQueryAttention": attend_groups,
}
