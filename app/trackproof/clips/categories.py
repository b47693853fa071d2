"""The labels of a classification job: their order, and the index that manifests hold for each."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from trackproof.clips.model import Categories
from trackproof.errors import FormatError, StorageError
from trackproof.formats.ground_truth_config import read_label_config
from trackproof.formats.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from trackproof.clips.model import Clip, ClipSet
    from trackproof.formats.ground_truth_config import LabelConfig

DOCUMENT_VERSION = "2018-11-28"
"""``document-version`` of label category configurations of classification jobs."""
LONGEST_LABEL = 256
"""Characters, by the general quota page; the guide of classification names no limit."""
LARGEST = 1_000_000
MOST = 60
LEVELS = 3


def read_categories(path: Path) -> tuple[str, ...]:
    """Return the labels of a label category configuration, in its order.

    Raises
    ------
    FormatError
        When it is none.
    StorageError
        When it cannot be read.
    """
    return tuple(read_label_config(path, Problems(path)).categories)


def encode_categories(names: Sequence[str]) -> bytes:
    """Return the label category configuration of a classification job.

    Raises
    ------
    FormatError
        When there is no label, one occurs twice, or one is empty or longer than is taken.
    """
    if not names:
        raise FormatError("a classification job needs at least one label")
    if not all(name.strip() for name in names):
        raise FormatError("a label is empty")
    longest = max(names, key=len)
    if len(longest) > LONGEST_LABEL:
        raise FormatError(
            f"the label {longest[:30]!r}... has {len(longest):,} characters; at most "
            f"{LONGEST_LABEL} are allowed"
        )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FormatError(f"the label {twice[0]!r} is listed twice")
    document = {"document-version": DOCUMENT_VERSION, "labels": [{"label": n} for n in names]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def listed_beside(manifest: Path, clips: Sequence[Clip]) -> tuple[str, ...]:
    """Return the labels of the nearest configuration that covers the labels in use, if there is.

    Configurations of tasks on frames, which have attributes or an annotation type, are passed over.
    """
    used = {clip.label for clip in clips if clip.label}
    folder = manifest.absolute().parent
    for level in (folder, *list(folder.parents)[: LEVELS - 1]):
        for config in _configs(level):
            if used <= config.categories.keys():
                return tuple(config.categories)
    return ()


def categories_of(
    stated: Mapping[str, int], clips: Sequence[Clip], *, order: Sequence[str] = ()
) -> Categories:
    """Return the labels of a manifest.

    Parameters
    ----------
    stated : mapping of str to int
        Class index by name, as lines state them; they win over places in a list.
    order : sequence of str
        Labels of the job's configuration.
    """
    index_of = dict(stated)
    taken = set(index_of.values())
    for place, name in enumerate(order):
        if name not in index_of and place not in taken:
            index_of[name] = place
            taken.add(place)
    in_order = [name for name in order if name in index_of]
    in_order += sorted(index_of.keys() - set(order), key=lambda name: (index_of[name], name))
    known = Categories({name: index_of[name] for name in in_order})
    used = {clip.label for clip in clips if clip.label}
    said = {answer.label for clip in clips for answer in clip.answers}
    return known.plus(*order, *sorted(used), *sorted(said))


def with_remembered(clips: ClipSet, remembered: Mapping[str, int]) -> ClipSet:
    """Return clips whose labels keep the indices and the order that they had before.

    A label whose last line was changed is named by no line any more; its index must not go to
    another one. What lines state wins over what is remembered.

    Parameters
    ----------
    remembered : mapping of str to int
        Class index by name, as of an earlier reading.
    """
    index_of = dict(clips.stated)
    for source in (remembered, clips.categories.index_of):
        for name, index in source.items():
            if name not in index_of and index not in index_of.values():
                index_of[name] = index
    order = tuple(dict.fromkeys((*remembered, *clips.categories.names)))
    known = Categories({name: index_of[name] for name in order if name in index_of})
    return replace(clips, categories=known.plus(*order))


def _configs(folder: Path) -> Iterator[LabelConfig]:
    try:
        files = sorted(file for file in folder.glob("*.json") if file.stat().st_size <= LARGEST)
    except OSError:
        return
    for file in islice(files, MOST):
        try:
            config = read_label_config(file, Problems(file))
        except (FormatError, StorageError):
            continue
        is_for_frames = config.specs or config.audited or "annotationType" in config.document
        if not is_for_frames:
            yield config
