"""Builders of Ground Truth files for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from trackproof.formats import open_labels
from trackproof.labels import Sequence


def box(
    left: float = 10, top: float = 20, width: float = 30, height: float = 40, **more: Any
) -> dict[str, Any]:
    """Return an annotation as the service writes it; keyword names use underscores."""
    made: dict[str, Any] = {
        "height": height,
        "width": width,
        "top": top,
        "left": left,
        "class-id": "2",
        "label-category-attributes": {},
        "object-id": "id-1",
        "object-name": "Vehicle:1",
    }
    return {**made, **{key.replace("_", "-"): value for key, value in more.items()}}


def frame(number: Any, *boxes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a frame entry."""
    made: dict[str, Any] = {
        "annotations": list(boxes),
        "frame-no": str(number) if isinstance(number, int) else number,
        "frame": f"{int(number) + 1:06d}.jpg",
        "frame-attributes": {},
    }
    return {**made, **{key.replace("_", "-"): value for key, value in more.items()}}


def tracking(*frames: Any) -> dict[str, Any]:
    """Return a label file."""
    return {"tracking-annotations": list(frames)}


def write(path: Path, content: Any) -> Path:
    """Write JSON (or bytes as they are) and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)
    return path


def read_one(path: Path, content: Any = None) -> Sequence:
    """Return the one sequence of a label file, written first when content is given."""
    if content is not None:
        write(path, content)
    (sequence,) = open_labels(path).sequences
    return sequence


def messages(sequence: Sequence) -> str:
    """Return all problems of a sequence as one text."""
    return "\n".join(str(problem) for problem in sequence.problems)
