"""What the symbol of an open size tells."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_BATCH_LETTERS = frozenset(("n", "b"))
_BATCH_WORDS = frozenset(("batch", "batches", "batchsize", "minibatch", "batchdim", "bs", "bsz"))
# Words of sizes that are no batch, also where "batch" stands beside them ("batch_sequence").
_OTHER_WORDS = re.compile(
    r"seq|tok|len|time|step|frame|chunk|past|cache|total|height|width|channel|feature|point|box|"
    r"head"
)
# Names that tools make up where a size has none.
_GENERATED = re.compile(
    r"(unk_*|s|d|dim_?|axis_?|none_?|DynamicDimension\.?|[^ ]{0,80}dynamic_axes_)\d{1,9}"
    r"|\?|-1|0|none|unknown|unk|dynamic|any",
    re.IGNORECASE,
)


def is_batch_name(symbol: str) -> bool:
    """Whether a symbol means the batch wherever it stands, such as ``batch_size``."""
    words = [word.lower() for word in _WORD.findall(symbol[:200])]
    named = any(word in _BATCH_WORDS for word in words)
    return named and not any(_OTHER_WORDS.match(word) for word in words)


def is_batch_letter(symbol: str) -> bool:
    """Whether a symbol means the batch where it stands first, such as ``N``."""
    return symbol.lower() in _BATCH_LETTERS


def is_anonymous(symbol: str) -> bool:
    """Whether a symbol is no name that a person chose, such as ``unk__12`` or ``?``."""
    return not symbol.strip() or _GENERATED.fullmatch(symbol.strip()) is not None


def is_shared(symbol: str) -> bool:
    """Whether a symbol stands for the same size wherever it is written."""
    return bool(symbol.strip()) and any(map(str.isalpha, symbol)) and not _says_nothing(symbol)


def _says_nothing(symbol: str) -> bool:
    return symbol.strip().lower() in ("none", "unknown", "unk", "dynamic", "any")
