"""Data frames as text or bytes, for other programs and for documents."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from polars import DataFrame


def frame_bytes(frame: DataFrame, form: str) -> bytes:
    """Return a data frame in a form: ``csv``, ``json``, ``md`` or ``parquet``."""
    if form == "parquet":
        stream = io.BytesIO()
        frame.write_parquet(stream)
        return stream.getvalue()
    if form == "md":
        return frame_markdown(frame).encode()
    return (frame.write_csv() if form == "csv" else frame.write_json() + "\n").encode()


def frame_markdown(frame: DataFrame) -> str:
    """Return a data frame as a table in Markdown, every number in full."""
    rules = ["--:" if kind.is_numeric() else "---" for kind in frame.dtypes]
    lines = [list(map(_cell, frame.columns)), rules]
    lines += [list(map(_cell, row)) for row in frame.iter_rows()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: Any) -> str:
    """Return what stands in a cell: no character of it begins another cell or line."""
    if value is None:
        return ""
    return " ".join(str(value).replace("\\", "\\\\").replace("|", "\\|").split())
