"""COCO documents to sequences: one per video, or one for all images."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from trackproof.errors import FormatError, Problem
from trackproof.formats.coco_shapes import CannotUse, Drawing, drawing_of
from trackproof.formats.drawn_rows import DrawnRows, categories_of
from trackproof.formats.ground_truth_tolerant import attribute_set, said, short
from trackproof.formats.json_documents import decoded
from trackproof.formats.places import finite, whole_number
from trackproof.formats.problems import Problems
from trackproof.labels import NO_ATTRIBUTES, AttributeSet, Category, Labels, Sequence, Source
from trackproof.storage import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.progress import Progress

NAME = "coco"
ORDER_KEYS = ("frame_id", "frame_index", "frame_number")
IDENTITY_KEYS = ("track_id", "instance_id")
OBJECT = "object"
STEP = 4096
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass
class _Video:
    """The images of one sequence while annotations are gathered."""

    name: str
    facts: Mapping[str, Any]
    images: list[Mapping[str, Any]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    rows: DrawnRows = field(default_factory=DrawnRows)
    masks: set[int] = field(default_factory=set)
    numbers: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Tracks:
    """What the list ``tracks`` says: object id and name by track id."""

    object_ids: Mapping[str, str]
    names: Mapping[str, str]


def read_file(
    path: Path, *, progress: Progress
) -> tuple[tuple[Sequence, ...], tuple[Problem, ...]]:
    """Return the sequences of a COCO file, and the problems that concern none alone.

    Raises
    ------
    FormatError
        When nothing in it can be used.
    StorageError
        When it cannot be read.
    Cancelled
        When ``progress`` says so.
    """
    progress.step(0, 1)
    data = read_bytes(path)
    document = decoded(data, path)
    if not isinstance(document, Mapping):
        raise FormatError(f"holds {short(document)} where an object should be", path=path)
    problems = Problems(path)
    videos, frame_of = _videos(document, path, problems)
    reader = _Reader(
        videos, frame_of, _categories(document, problems), _tracks(document, problems), problems
    )
    reader.annotations(document.get("annotations"), progress)
    hashed = sha256(data).hexdigest()
    sequences = [reader.sequence(key, path, hashed) for key in videos]
    return tuple(sequences), problems.listed()


def _videos(
    document: Mapping[str, Any], path: Path, problems: Problems
) -> tuple[dict[Any, _Video], dict[Any, tuple[Any, int]]]:
    """Return videos by id, and for every image id its video and frame index."""
    facts = {
        one["id"]: one
        for _, one in records(document, "videos", problems)
        if isinstance(one.get("id"), str | int)
    }
    videos: dict[Any, _Video] = {}
    ids: set[Any] = set()
    for place, image in records(document, "images", problems):
        image_id, location = image.get("id"), f"images[{place}]"
        if not isinstance(image_id, str | int) or image_id in ids:
            why = "is used by an earlier image" if image_id in ids else "is no id"
            problems.error(
                "images without an id of their own",
                f"the id {short(image_id)} {why}; left out",
                location=location,
            )
            continue
        ids.add(image_id)
        key = image.get("video_id")
        key = key if isinstance(key, str | int) else None
        if key not in videos:
            about = facts.get(key, {})
            videos[key] = _Video(_video_name(key, about, path), about)
        videos[key].images.append(image)
        videos[key].places.append(place)
    if not videos:
        raise FormatError("holds no list of images that can be used", path=path)
    frame_of = {}
    for key, video in videos.items():
        _order(video, problems)
        for frame, image in enumerate(video.images):
            frame_of[image["id"]] = (key, frame)
    return videos, frame_of


def records(
    document: Mapping[str, Any], key: str, problems: Problems
) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the objects of a list with their places in it; tell what else stands there."""
    values = document.get(key, [])
    if not isinstance(values, list):
        problems.error("lists that are none", f"{key} is {short(values)}, which is not a list")
        return []
    found = []
    for place, value in enumerate(values):
        if isinstance(value, Mapping):
            found.append((place, value))
        else:
            problems.error(
                f"{key} that are none",
                f"{said(value)} stands where an object should; left out",
                location=f"{key}[{place}]",
            )
    return found


def _video_name(key: object, facts: Mapping[str, Any], path: Path) -> str:
    for value in (facts.get("name"), facts.get("file_name")):
        if isinstance(value, str) and PurePosixPath(value).stem:
            return PurePosixPath(value).stem
    return path.stem if key is None else f"video {key}"


def _order(video: _Video, problems: Problems) -> None:
    """Bring images into the order of their frame numbers, where every one has its own."""
    for key in ORDER_KEYS:
        numbers = [whole_number(image.get(key)) for image in video.images]
        own = [number for number in numbers if number is not None]
        if len(own) == len(numbers) and len(set(own)) == len(own):
            order = sorted(range(len(own)), key=own.__getitem__)
            video.images = [video.images[place] for place in order]
            video.places = [video.places[place] for place in order]
            video.numbers = [own[place] for place in order]
            return
        if own:
            problems.add(
                "frame order",
                f"not every image of {video.name} has a {key} of its own, so the order of the "
                "list is used",
            )
    video.numbers = list(range(len(video.images)))


def _categories(document: Mapping[str, Any], problems: Problems) -> dict[Any, Category]:
    found: dict[Any, Category] = {}
    taken: set[str] = set()
    for place, one in records(document, "categories", problems):
        number, name = one.get("id"), one.get("name")
        if not isinstance(number, str | int) or number in found:
            problems.error(
                "categories without an id of their own",
                f"the id {short(number)} is none, or used twice; left out",
                location=f"categories[{place}]",
            )
            continue
        text = name if isinstance(name, str) and name else f"class {number}"
        text = f"{text} ({number})" if text in taken else text
        taken.add(text)
        colour = one.get("color")
        is_colour = isinstance(colour, str) and _COLOUR.fullmatch(colour)
        found[number] = Category(text, str(number), str(colour).lower() if is_colour else None)
    return found


def _tracks(document: Mapping[str, Any], problems: Problems) -> _Tracks:
    object_ids, names = {}, {}
    for _, one in records(document, "tracks", problems):
        identity = identity_of({"track_id": one.get("id")})
        if identity is None:
            continue
        stated, name = one.get("object_id"), one.get("name")
        object_ids[identity] = stated if isinstance(stated, str) and stated else identity
        if isinstance(name, str) and name:
            names[object_ids[identity]] = name
    return _Tracks(object_ids, names)


def identity_of(annotation: Mapping[str, Any]) -> str | None:
    """Return the identity that an annotation carries, directly or among its attributes."""
    attributes = annotation.get("attributes")
    places = (annotation, attributes if isinstance(attributes, Mapping) else {})
    for values, keys in zip(places, (IDENTITY_KEYS, IDENTITY_KEYS[:1]), strict=True):
        for key in keys:
            value = values.get(key)
            if isinstance(value, str) and value:
                return value
            number = None if isinstance(value, str) else whole_number(value)
            if number is not None and number != -1:
                return str(number)
    return None


def attributes_of(annotation: Mapping[str, Any]) -> AttributeSet:
    """Return the attributes of an annotation or image; an identity among them is none."""
    values = annotation.get("attributes")
    if not isinstance(values, Mapping) or not values:
        return NO_ATTRIBUTES
    return attribute_set({key: one for key, one in values.items() if key != IDENTITY_KEYS[0]})


@dataclass
class _Reader:
    """Joins annotations with images."""

    videos: dict[Any, _Video]
    frame_of: dict[Any, tuple[Any, int]]
    categories: dict[Any, Category]
    tracks: _Tracks
    problems: Problems

    def annotations(self, values: object, progress: Progress) -> None:
        if values is None:
            self.problems.add("no annotations", "holds no list called annotations")
            return
        found = records({"annotations": values}, "annotations", self.problems)
        for done, (place, one) in enumerate(found):
            if not done % STEP:
                progress.step(done, len(found))
            try:
                self._take(one, place)
            except CannotUse as wrong:
                self.problems.error(
                    "annotations that cannot be used",
                    f"{wrong}; left out",
                    location=f"annotations[{place}]",
                )
        progress.step(1, 1)

    def _take(self, one: Mapping[str, Any], place: int) -> None:
        image_id = one.get("image_id")
        if not isinstance(image_id, str | int) or image_id not in self.frame_of:
            if "bboxes" in one or "segmentations" in one:
                raise CannotUse("it holds all frames of an object at once; export one per image")
            raise CannotUse(f"image_id is {short(image_id)}, which is no image of the file")
        key, frame = self.frame_of[image_id]
        video = self.videos[key]
        drawing: Drawing = drawing_of(one)
        if drawing.has_mask:
            video.masks.add(place)
            self.problems.add(
                "masks",
                "the mask is shown as the box around it; it stays in the file as it is",
                location=f"annotations[{place}]",
            )
        identity = identity_of(one)
        score, name = finite(one.get("score")), one.get("object_name")
        video.rows.add(
            frame,
            category=self._category(one.get("category_id"), place),
            xywh=drawing.xywh,
            shape=drawing.shape,
            vertices=drawing.vertices,
            object_id=None if identity is None else self.tracks.object_ids.get(identity, identity),
            name=name if isinstance(name, str) else "",
            attributes=attributes_of(one),
            source=place,
            numbers={} if score is None else {"confidence": score},
        )

    def _category(self, number: object, place: int) -> str:
        if not isinstance(number, str | int) or number not in self.categories:
            self.problems.add(
                "categories that the file does not list",
                f"category_id is {short(number)}, which is no category of the file",
                location=f"annotations[{place}]",
            )
            return OBJECT if number is None else f"class {short(number)}"
        return self.categories[number].name

    def sequence(self, key: Any, path: Path, hashed: str) -> Sequence:
        """Return the sequence of a video; lets its rows go."""
        video = self.videos[key]
        own = Problems(path)
        table, task = video.rows.table(own, names=self.tracks.names)
        count = len(video.images)
        named = {one.name: one for one in self.categories.values()}
        frame_attributes = {
            frame: values
            for frame, image in enumerate(video.images)
            if (values := attributes_of(image))
        }
        rate = finite(video.facts.get("fps"))
        return Sequence(
            name=video.name,
            frame_names=tuple(_file_name(image, place) for place, image in enumerate(video.images)),
            frame_numbers=np.array(video.numbers, dtype=np.int64),
            labels=Labels(
                table, categories_of(video.rows, named), np.ones(count, np.bool_), frame_attributes
            ),
            task=task,
            rate_fps=rate if rate is not None and 0 < rate <= 10_000 else None,
            width=_side(video, "width"),
            height=_side(video, "height"),
            source=Source(path, str(path), hashed, NAME, np.full((count, 2), -1, dtype=np.int64)),
            frames_hint=_folder(video.images[0]),
            problems=own.listed(),
            detail={"image_places": tuple(video.places), "masks": frozenset(video.masks)},
        )


def _file_name(image: Mapping[str, Any], frame: int) -> str:
    """Return the file name of an image without its folders, which `frames_hint` tells."""
    name = image.get("file_name")
    last = PurePosixPath(name).name if isinstance(name, str) else ""
    return last or f"frame {frame}"


def _folder(image: Mapping[str, Any]) -> str:
    name = image.get("file_name")
    return str(PurePosixPath(name).parent) if isinstance(name, str) and "/" in name else ""


def _side(video: _Video, key: str) -> int | None:
    for values in (video.facts, video.images[0]):
        number = whole_number(values.get(key))
        if number is not None and 0 < number < 10**6:
            return number
    return None
