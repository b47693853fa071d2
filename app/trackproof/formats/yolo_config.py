"""``data.yaml`` and ``classes.txt``: the class names of a YOLO data set, and its image size.

Only the few forms of YAML are read in which tools write class names; a library for the whole
language would be a large part of a small reader.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackproof.formats.places import whole_number
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

YAML_NAMES = ("data.yaml", "data.yml", "dataset.yaml")
TEXT_NAMES = ("classes.txt", "obj.names", "labels.txt")
MOST_CLASSES = 30_000
_KEY = re.compile(r"^(\w+)\s*:\s*(.*?)\s*$")
_ENTRY = re.compile(r"^\s+(\d{1,6})\s*:\s*(.+?)\s*$")
_ITEM = re.compile(r"^\s*-\s+(.+?)\s*$")
_NUMBERED = re.compile(r"(\d{1,6})\s*:\s*(.+)", re.DOTALL)
_PARTS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"|[^,'"]+""")


@dataclass(frozen=True)
class YoloConfig:
    """Class names by number, and the image size in pixels where a file states it."""

    names: Mapping[int, str]
    width: int | None = None
    height: int | None = None
    path: Path | None = None


def find_config(folder: Path) -> YoloConfig:
    """Return what the files of a folder say; an empty configuration when there are none.

    Raises
    ------
    StorageError
        When such a file cannot be read.
    """
    for name in YAML_NAMES:
        if (folder / name).is_file():
            return from_yaml(_text(folder / name), folder / name)
    for name in TEXT_NAMES:
        path = folder / name
        if path.is_file():
            lines = [line.strip() for line in _text(path).splitlines()][:MOST_CLASSES]
            return YoloConfig({n: line for n, line in enumerate(lines) if line}, path=path)
    return YoloConfig({})


def from_yaml(text: str, path: Path | None = None) -> YoloConfig:
    """Return what a ``data.yaml`` says about names, ``width`` and ``height``."""
    names: dict[int, str] = {}
    sides: dict[str, int] = {}
    section = ""
    for line in text.splitlines():
        bare = line.split(" #", 1)[0] if "'" not in line and '"' not in line else line
        key = _KEY.match(bare)
        if key:
            section = key[1]
            side = whole_number(key[2])
            if section == "names" and key[2]:
                names.update(_flow(key[2]))
            elif section in ("width", "height") and side and 0 < side < 10**6:
                sides[section] = side
            continue
        if section == "names" and len(names) < MOST_CLASSES:
            entry, item = _ENTRY.match(bare), _ITEM.match(bare)
            if entry:
                names[int(entry[1])] = _plain(entry[2])
            elif item:
                names[len(names)] = _plain(item[1])
    return YoloConfig(names, sides.get("width"), sides.get("height"), path)


def encode_yaml(names: Sequence[str], *, width: int, height: int) -> bytes:
    """Return a ``data.yaml``; trackproof's own keys ``width`` and ``height`` do not disturb others.

    JSON strings are YAML strings.
    """
    lines = [
        "train: images",
        "val: images",
        f"nc: {len(names)}",
        f"width: {width}",
        f"height: {height}",
        "names:",
        *(f"  {number}: {json.dumps(name)}" for number, name in enumerate(names)),
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _flow(text: str) -> dict[int, str]:
    """Return the names of ``[a, b]`` or ``{0: a, 1: b}``."""
    inner = text.strip()
    if inner[:1] not in "[{":
        return {}
    names = {}
    for number, part in enumerate(_joined(inner[1:].rstrip("]} \t"))[:MOST_CLASSES]):
        match = _NUMBERED.match(part.strip())
        if inner[0] == "{" and match:
            names[int(match[1])] = _plain(match[2])
        elif inner[0] == "[":
            names[number] = _plain(part)
    return names


def _joined(text: str) -> list[str]:
    """Return the parts between commas that stand in no quotes."""
    parts = [""]
    place = 0
    while place < len(text):
        if text[place] == ",":
            parts.append("")
            place += 1
            continue
        match = _PARTS.match(text, place)
        piece = match[0] if match else text[place]
        parts[-1] += piece
        place += len(piece)
    return [part for part in parts if part.strip()]


def _plain(text: str) -> str:
    """Return a scalar without its quotes."""
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        try:
            return str(json.loads(bare))
        except ValueError:
            return bare[1:-1]
    if len(bare) > 1 and bare[0] == bare[-1] == "'":
        return bare[1:-1].replace("''", "'")
    return bare


def _text(path: Path) -> str:
    return read_bytes(path).decode("utf-8-sig", "replace")
