"""Say what a file is that no format knows, so that its owner sees what went wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trackproof.formats.ground_truth_tolerant import json_reason
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_EXPLAINED = 50_000_000
_MOST_CONTROLS = 0.02
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f")) + b"\x7f"


def explained(path: Path) -> str:
    """Return in words what a file holds.

    Raises
    ------
    StorageError
        When it cannot be read.
    """
    size = path.stat().st_size
    if not size:
        return "the file is empty (0 bytes)"
    if size > LARGEST_EXPLAINED:
        return f"the file of {size / 1e6:,.0f} MB holds no labels that trackproof knows"
    data = read_bytes(path)
    if not data.strip():
        return "the file is empty but for white space"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "the file is UTF-16 text; labels must be UTF-8"
    if len(data.translate(None, _CONTROLS)) < len(data) * (1 - _MOST_CONTROLS):
        return "the file is binary, not labels; give pictures and videos as frames"
    if path.suffix.lower() in (".json", ".manifest", ".jsonl") or data.lstrip()[:1] in b"{[":
        return _json(data)
    if data.lstrip().startswith(b"<"):
        return "the file is XML, but its first element is neither annotations nor annotation"
    return "the file is text, but its first line is no row of numbers that trackproof knows"


def _json(data: bytes) -> str:
    try:
        document = json.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except json.JSONDecodeError as error:
        return f"the file is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError) as error:
        return f"the file is not JSON: {json_reason(error)}"
    if not isinstance(document, dict):
        kind = "a list" if isinstance(document, list) else "a single value"
        return f"the file is JSON, but holds {kind} where an object with labels should be"
    keys = ", ".join(repr(key[:40]) for key in list(document)[:5]) or "none"
    return (
        f"the file is JSON, but no labels: its keys are {keys}, and neither tracking-annotations, "
        "detection-annotations nor source-ref is among them"
    )
