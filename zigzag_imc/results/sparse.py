"""Records that say only what there is to say."""

from __future__ import annotations

from typing import Any

from pydantic import SerializerFunctionWrapHandler, model_serializer

from zigzag_imc.results.parts import Record


class SparseRecord(Record):
    """Base of records some of whose fields are rarely needed.

    Notices, counts and constraints are written only where there are any, so that other files stay
    as they were.
    """

    @model_serializer(mode="wrap")
    def _leave_out_nothing_to_say(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        contents: dict[str, Any] = handler(self)
        is_said = {
            "notices": bool(contents.get("notices")),
            "macs": contents.get("macs") is not None,
            "constraints": bool(contents.get("constraints")),
            "conflict": bool(contents.get("conflict")),
            "situation": contents.get("situation") is not None,
            "locality": contents.get("locality") is not None,
        }
        return {key: value for key, value in contents.items() if is_said.get(key, True)}
