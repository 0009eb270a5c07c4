"""Write ``result.schema.json`` beside this file: the JSON Schema of a result file."""

from __future__ import annotations

from pathlib import Path

from zigzag_imc.results.result import NetworkResult
from zigzag_imc.results.writing import format_json

TARGET = Path(__file__).with_name("result.schema.json")


def schema_text() -> str:
    """Return the JSON Schema of a result."""
    return format_json(NetworkResult.model_json_schema()) + "\n"


if __name__ == "__main__":
    TARGET.write_text(schema_text(), encoding="utf-8")
