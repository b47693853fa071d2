"""Whole JSON documents, and where they are broken."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof.errors import FormatError
from trackproof.formats.ground_truth_tolerant import json_reason, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BOM = b"\xef\xbb\xbf"


def decoded(data: bytes, path: Path) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    FormatError
        When it is not JSON; the location is the line and column.
    """
    text = data.removeprefix(BOM)
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return parsed(text)
    except json.JSONDecodeError as error:
        raise FormatError(
            f"is not JSON: {error.msg}",
            path=path,
            location=f"line {error.lineno}, column {error.colno}",
        ) from error
    except (ValueError, RecursionError) as error:
        raise FormatError(f"is not JSON: {json_reason(error)}", path=path) from error


def encoded(document: Mapping[str, Any], *, like: bytes = b"") -> bytes:
    """Return a document as text, in the style of another text."""
    head = like.lstrip(BOM)[:4096]
    indent: str | int | None = None
    if head[:1] == b"{" and head[1:2] in (b"\n", b"\r"):
        line = head[1:].lstrip(b"\r\n")
        indent = line[: len(line) - len(line.lstrip())].decode() or None
    is_spaced = not like or b'": ' in head
    separators = (",", ": ") if indent else ((", ", ": ") if is_spaced else (",", ":"))
    text = json.dumps(document, ensure_ascii=like.isascii(), indent=indent, separators=separators)
    return text.encode("utf-8", "replace") + (b"\n" if like.endswith(b"\n") or not like else b"")
