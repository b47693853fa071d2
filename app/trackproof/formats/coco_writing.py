"""Sequences to COCO: into the document they came from, or a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trackproof.formats.annotations import (
    annotations_at,
    check_shapes,
    compared,
    unchanged_bytes,
)
from trackproof.formats.coco_reading import IDENTITY_KEYS, NAME, attributes_of, identity_of
from trackproof.formats.coco_shapes import Drawing, draw, drawing_of, plain
from trackproof.formats.identities import is_whole, whole_identities
from trackproof.formats.json_documents import decoded, encoded
from trackproof.formats.losses import Loss, LossKind
from trackproof.labels import NO_ATTRIBUTES, Labels, Shape, changed_frames
from trackproof.storage import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.formats.annotations import Annotation
    from trackproof.labels import Sequence

SHAPES = frozenset({Shape.BOX, Shape.POLYGON, Shape.KEYPOINT})
VIDEO_ID = 1


def write_file(path: Path, sequence: Sequence, labels: Labels, *, overwrite: bool = False) -> None:
    """Write a COCO file; a sequence that came from one keeps everything else in it.

    Raises
    ------
    FormatError
        When there are polylines, or the file the labels were read from has changed.
    StorageError
        When the file cannot be written, or exists and ``overwrite`` is not set.
    """
    write_atomic(path, encode_file(sequence, labels), overwrite=overwrite)


def encode_file(sequence: Sequence, labels: Labels) -> bytes:
    """Return the text of a COCO file; raises as `write_file`."""
    check_shapes(labels, SHAPES, title="COCO")
    source = sequence.source
    if source is None or source.format_name != NAME:
        return encoded(_new(sequence, labels))
    data = unchanged_bytes(source)
    changed = changed_frames(sequence.labels, labels).tolist()
    if not changed and labels.table.tracks == sequence.labels.table.tracks:
        return data
    document = decoded(data, source.path)
    _patch(document, sequence, labels, changed)
    return encoded(document, like=data)


def mask_losses(sequence: Sequence, labels: Labels) -> tuple[Loss, ...]:
    """Return the masks that an edit of their box makes void."""
    masks = sequence.detail.get("masks") if _is_own(sequence) else None
    if not masks:
        return ()
    count = 0
    for frame in changed_frames(sequence.labels, labels).tolist():
        changed = compared(sequence.labels, labels, frame).changed
        count += sum(
            source in masks and _drawing(old) != _drawing(new)
            for source, (old, new) in changed.items()
        )
    message = f"{count:,} masks do not fit the boxes that were moved, and are taken out"
    return (Loss(LossKind.SHAPES, count, message),)


def _is_own(sequence: Sequence) -> bool:
    return sequence.source is not None and sequence.source.format_name == NAME


class _Writer:
    """Turns rows into annotations under the numbers of one document."""

    def __init__(self, labels: Labels, document: dict[str, Any]) -> None:
        self.labels = labels
        self.document = document
        self.track_ids = _track_ids(labels, document)
        self.category_ids = _category_ids(labels, document)
        found = [one.get("id") for one in _objects(document, "annotations")]
        self._last = max((one for one in found if isinstance(one, int)), default=0)

    def fresh(self, one: Annotation, image_id: Any, video_id: Any) -> dict[str, Any]:
        """Return a new annotation."""
        self._last += 1
        made: dict[str, Any] = {"id": self._last, "image_id": image_id}
        if video_id is not None:
            made["video_id"] = video_id
        made |= {"category_id": self.category_ids[one.category], "bbox": [], "area": 0}
        made |= {"iscrowd": 0}
        draw(made, _drawing(one))
        self._facts(made, one)
        return made

    def update(self, annotation: dict[str, Any], old: Annotation, new: Annotation) -> None:
        """Change those keys of an annotation that say something else."""
        if _drawing(old) != _drawing(new):
            draw(annotation, _drawing(new), was=drawing_of(annotation))
        if old.category != new.category:
            annotation["category_id"] = self.category_ids[new.category]
        self._facts(annotation, new)

    def _facts(self, annotation: dict[str, Any], one: Annotation) -> None:
        if attributes_of(annotation) != one.attributes:
            kept = annotation.get("attributes")
            identity = {
                key: value
                for key, value in (kept.items() if isinstance(kept, dict) else ())
                if key == IDENTITY_KEYS[0]
            }
            annotation["attributes"] = {**dict(one.attributes), **identity}
        score = dict(one.numbers).get("confidence")
        if score is not None and annotation.get("score") != score:
            annotation["score"] = plain(score)
        table = self.labels.table
        usual = table.tracks[one.track].object_name if one.track >= 0 else ""
        if one.name != usual:
            annotation["object_name"] = one.name
        else:
            annotation.pop("object_name", None)
        if one.track >= 0:
            self._identify(annotation, self.track_ids[one.track])

    def _identify(self, annotation: dict[str, Any], number: int | str) -> None:
        if identity_of(annotation) == str(number):
            return
        attributes = annotation.get("attributes")
        key = next((key for key in IDENTITY_KEYS if key in annotation), None)
        if key is None and isinstance(attributes, dict) and IDENTITY_KEYS[0] in attributes:
            attributes[IDENTITY_KEYS[0]] = number
        else:
            annotation[key or IDENTITY_KEYS[0]] = number

    def tell_tracks(self, *, was: Labels | None) -> None:
        """List names, and ids that are no numbers, of tracks that have rows."""
        known = {str(one.get("id")): one for one in _objects(self.document, "tracks")}
        old = was.table.tracks if was is not None else ()
        for number in sorted(self.labels.table.blocks):
            if number < 0:
                continue
            track, identity = self.labels.table.tracks[number], self.track_ids[number]
            if track.occurrence or (number < len(old) and old[number] == track):
                continue
            record = known.get(str(identity))
            if record is None:
                record = {"id": identity}
                self.document.setdefault("tracks", []).append(record)
                known[str(identity)] = record
            record["name"] = track.object_name
            if str(identity) != track.object_id:
                record["object_id"] = track.object_id


def _new(sequence: Sequence, labels: Labels) -> dict[str, Any]:
    video: dict[str, Any] = {"id": VIDEO_ID, "name": sequence.name, "length": len(sequence)}
    size = {"width": sequence.width, "height": sequence.height}
    size = {key: value for key, value in size.items() if value}
    if sequence.rate_fps:
        video["fps"] = plain(sequence.rate_fps)
    document: dict[str, Any] = {
        "info": {"description": "written by trackproof"},
        "videos": [{**video, **size}],
        "images": [],
        "categories": [],
        "tracks": [],
        "annotations": [],
    }
    writer = _Writer(labels, document)
    for frame, name in enumerate(sequence.frame_names):
        image = {"id": frame + 1, "file_name": name, "video_id": VIDEO_ID, "frame_id": frame}
        image |= size
        if frame in labels.frame_attributes:
            image["attributes"] = dict(labels.frame_attributes[frame])
        document["images"].append(image)
        document["annotations"] += [
            writer.fresh(one, frame + 1, VIDEO_ID) for one in annotations_at(labels, frame)
        ]
    writer.tell_tracks(was=None)
    return document


def _patch(
    document: dict[str, Any], sequence: Sequence, labels: Labels, changed: list[int]
) -> None:
    """Bring the annotations of changed frames up to date."""
    writer = _Writer(labels, document)
    annotations: list[Any] = document.setdefault("annotations", [])
    images, places = document["images"], sequence.detail["image_places"]
    removed: set[int] = set()
    for frame in changed:
        image = images[places[frame]]
        change = compared(sequence.labels, labels, frame)
        for source, (old, new) in change.changed.items():
            writer.update(annotations[source], old, new)
        removed |= change.removed
        annotations += [
            writer.fresh(one, image["id"], image.get("video_id")) for one in change.added
        ]
        values = labels.frame_attributes.get(frame, NO_ATTRIBUTES)
        if values != sequence.labels.frame_attributes.get(frame, NO_ATTRIBUTES):
            image["attributes"] = dict(values)
    document["annotations"] = [one for place, one in enumerate(annotations) if place not in removed]
    writer.tell_tracks(was=sequence.labels)


def _track_ids(labels: Labels, document: dict[str, Any]) -> list[int | str]:
    """Return the track id of every track: the document's, its own number, or a free one."""
    stated = {
        one["object_id"]: one.get("id")
        for one in _objects(document, "tracks")
        if isinstance(one.get("object_id"), str)
    }
    used = {one: None for one in map(identity_of, _objects(document, "annotations")) if one}
    numbers = [int(one) for one in used if is_whole(one)]
    ids = whole_identities(labels, first=max(numbers, default=0) + 1)
    found: list[int | str] = []
    for track, number in zip(labels.table.tracks, ids, strict=True):
        known = stated.get(track.object_id)
        if isinstance(known, int | str):
            found.append(known)
        else:
            found.append(
                track.object_id
                if track.object_id in used and not is_whole(track.object_id)
                else number
            )
    return found


def _category_ids(labels: Labels, document: dict[str, Any]) -> list[Any]:
    """Return the id of every category; those that the document lacks are added to it."""
    listed = _objects(document, "categories")
    known = {str(one.get("id")): one["id"] for one in listed if "id" in one}
    free = max([0, *(int(one) for one in known if is_whole(one))]) + 1
    ids: list[Any] = []
    is_new_document = not known
    for category in labels.categories:
        if category.class_id in known and not is_new_document:
            ids.append(known[category.class_id])
            continue
        own = int(category.class_id) if is_whole(category.class_id) else 0
        if own <= 0 or str(own) in known:
            own = free
        known[str(own)] = own
        free = max(free, own + 1)
        record: dict[str, Any] = {"id": own, "name": category.name}
        if category.colour:
            record["color"] = category.colour
        document.setdefault("categories", []).append(record)
        ids.append(own)
    return ids


def _objects(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    values = document.get(key, [])
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def _drawing(one: Annotation) -> Drawing:
    return Drawing(one.shape, one.xywh, one.vertices)
