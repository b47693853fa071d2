"""Keys that owners of labels added to a ``SeqLabel.json``, which no other format has room for."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof.errors import StorageError
from trackproof.formats.ground_truth_tolerant import LIST_KEYS
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

FILES_REMEMBERED = 64

TOP_KEYS = frozenset({"tracking-annotations", "detection-annotations"})
FRAME_KEYS = frozenset({"frame-no", "frame", "frame-attributes", *LIST_KEYS})
ANNOTATION_KEYS = frozenset(
    {
        *("left", "top", "width", "height", "vertices", "x", "y"),
        *("class-id", "label-category-attributes", "object-id", "object-name"),
    }
)


@lru_cache(maxsize=FILES_REMEMBERED)
def own_keys(path: Path, sha256: str) -> Mapping[str, int]:  # noqa: ARG001 - tells versions apart
    """Return how often every key stands in a label file that is none of the service's.

    The same version of a file is read once: losses are told again after every edit. A file that
    cannot be read any more has none: whoever reads it tells what is wrong.
    """
    try:
        document = msgspec.json.decode(read_bytes(path).removeprefix(b"\xef\xbb\xbf"))
    except (StorageError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    found: Counter[str] = Counter()
    for top in _objects([document]):
        found.update(top.keys() - TOP_KEYS)
        for key in TOP_KEYS & top.keys():
            for frame in _objects(top[key]):
                found.update(frame.keys() - FRAME_KEYS)
                for shapes in LIST_KEYS:
                    for annotation in _objects(frame.get(shapes)):
                        found.update(annotation.keys() - ANNOTATION_KEYS)
    return MappingProxyType(found)


def _objects(values: object) -> Iterable[Mapping[str, Any]]:
    return (one for one in values if isinstance(one, dict)) if isinstance(values, list) else ()
