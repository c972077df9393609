"""
The one layout of a pack file, so that a diff shows what changed and nothing else.

What fits on a line stays on a line; the rest has one part a line. This module
knows JSON values and nothing of what they mean.
"""

import json
from typing import Any

__all__ = ["laid_out"]

WIDTH = 120
STEP = "  "


def laid_out(value: Any) -> str:
    """
    The text of a JSON value as it stands in a pack file; keys keep their order.

    Lines have at most 120 characters, but for a single long text.

    Example:
        >>> print(laid_out({"id": "acme:tremor", "sources": []}), end="")
        {"id": "acme:tremor", "sources": []}
    """
    return _part(value, "", 0) + "\n"


def _part(value: Any, margin: str, used: int) -> str:
    """
    One value; `used` is what its line already holds.
    """
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if not value or not isinstance(value, dict | list) or used + len(line) < WIDTH:
        return line
    inner = margin + STEP
    if isinstance(value, list):
        parts = [inner + _part(part, inner, len(inner)) for part in value]
        return "[\n" + ",\n".join(parts) + f"\n{margin}]"
    keys = [f"{inner}{json.dumps(key, ensure_ascii=False)}: " for key in value]
    parts = [key + _part(part, inner, len(key)) for key, part in zip(keys, value.values(), strict=True)]
    return "{\n" + ",\n".join(parts) + f"\n{margin}}}"
