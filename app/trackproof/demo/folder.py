"""The demo on disk: rendered once into the cache, laid out as a finished labeling job."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from trackproof import paths
from trackproof.errors import StorageError
from trackproof.progress import NO_PROGRESS

if TYPE_CHECKING:
    from trackproof.checks.planting import PlantedEvent
    from trackproof.demo.scene import Scene
    from trackproof.labels import Sequence
    from trackproof.progress import Progress

LAYOUT = 2
"""Raised when rendering or labelling changes, so that an older rendering is not taken for it."""

BUCKET = "s3://trackproof-demo"
ATTRIBUTE = "street-ref"


@dataclass(frozen=True, slots=True)
class DemoScene:
    """Where the rendered demo is.

    Parameters
    ----------
    labels_path : Path
        The output manifest of the job, whose labels hold planted mistakes.
    frames_dir : Path
        JPEG frames.
    video_path : Path
        The same frames as MP4.
    truth_path : Path
        Exact labels without mistakes.
    planted_path : Path
        What was planted, as JSON.
    """

    labels_path: Path
    frames_dir: Path
    video_path: Path
    truth_path: Path
    planted_path: Path


def ensure_demo(*, progress: Progress = NO_PROGRESS, frames: int | None = None) -> DemoScene:
    """Return the demo, rendering it first when the cache does not hold it.

    Parameters
    ----------
    frames : int, optional
        Render only so many frames; all when left out.

    Raises
    ------
    StorageError
        When the cache folder cannot be written.
    Cancelled
        When the rendering is no longer wanted; nothing is left behind.
    """
    recipe = paths.resource("demo", "scene.toml").read_bytes()
    mark = hashlib.sha256(recipe + f"{LAYOUT}:{frames}".encode()).hexdigest()[:12]
    folder = paths.cache_dir() / "demo" / f"street-{mark}"
    if not folder.is_dir():
        try:
            _make(folder, frames, progress)
        except OSError as error:
            raise StorageError(
                f"the demo cannot be written: {error.strerror}", path=folder
            ) from error
    return _scene_in(folder)


def _scene_in(folder: Path) -> DemoScene:
    return DemoScene(
        labels_path=folder / "job" / "manifests" / "output" / "output.manifest",
        frames_dir=folder / "street",
        video_path=folder / "street.mp4",
        truth_path=folder / "truth" / "SeqLabel.json",
        planted_path=folder / "planted.json",
    )


def _make(folder: Path, frames: int | None, progress: Progress) -> None:
    """Render beside the target and take its name only when everything is there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".rendering-") as name:
        fresh = Path(name) / "demo"
        _fill(_scene_in(fresh), fresh, frames, progress)
        try:
            fresh.rename(folder)
        except OSError:
            # Another window finished the same rendering first; both are equal.
            if not folder.is_dir():
                raise
            shutil.rmtree(fresh, ignore_errors=True)


def _fill(demo: DemoScene, folder: Path, frames: int | None, progress: Progress) -> None:
    from dataclasses import replace

    from trackproof.checks.planting import plant
    from trackproof.demo.labelling import exact_labels
    from trackproof.demo.render import render
    from trackproof.demo.scene import load_scene
    from trackproof.formats.ground_truth_labels import encode_labels

    scene = load_scene()
    if frames is not None:
        scene = replace(scene, frames=min(frames, scene.frames))
    labels_file = folder / "job" / "annotations/consolidated-annotation/output/0/SeqLabel.json"
    files = (demo.labels_path, demo.truth_path, labels_file)
    for place in (*(file.parent for file in files), demo.frames_dir, folder / "sequences"):
        place.mkdir(parents=True, exist_ok=True)
    drawn = render(scene, demo.frames_dir, demo.video_path, progress=progress)
    exact = exact_labels(scene, drawn)
    planting = scene.planting
    planted = plant(
        exact,
        seed=planting.seed,
        difficulty=planting.difficulty,
        rate_per_1000=planting.rate_per_1000,
    )
    demo.truth_path.write_bytes(encode_labels(exact, exact.labels))
    labels_file.write_bytes(encode_labels(exact, planted.labels))
    _write_json(demo.planted_path, [_event(event, exact) for event in planted.events])
    _write_job(demo, folder, scene, exact)


def _event(event: PlantedEvent, sequence: Sequence) -> dict[str, Any]:
    known = len(sequence.labels.table.tracks)
    return {
        **asdict(event),
        "objects": [sequence.object_name(track) for track in event.tracks if track < known],
    }


def _write_job(demo: DemoScene, folder: Path, scene: Scene, sequence: Sequence) -> None:
    """Write what surrounds the labels in a real job: sequence file, configuration, manifest."""
    categories = sequence.labels.categories
    _write_json(
        folder / "sequences" / "street-sequence.json",
        {
            "seq-no": 1,
            "prefix": f"{BUCKET}/street/",
            "number-of-frames": len(sequence),
            "frames": [
                {"frame-no": number, "frame": name}
                for number, name in enumerate(sequence.frame_names)
            ],
        },
    )
    _write_json(folder / "street-labels.json", _configuration(sequence))
    (folder / "seqinfo.ini").write_text(_seqinfo(scene), "utf-8")
    line = {
        "source-ref": f"{BUCKET}/sequences/street-sequence.json",
        ATTRIBUTE: f"{BUCKET}/job/annotations/consolidated-annotation/output/0/SeqLabel.json",
        f"{ATTRIBUTE}-metadata": {
            "class-map": {category.class_id: category.name for category in categories},
            "job-name": f"labeling-job/{scene.name}",
            "human-annotated": "yes",
            "creation-date": "2026-01-01T00:00:00.000000",
            "type": "groundtruth/video-object-tracking",
        },
    }
    demo.labels_path.write_bytes(msgspec.json.encode(line) + b"\n")


def _seqinfo(scene: Scene) -> str:
    """Return the facts that Ground Truth's files have no place for, as MOTChallenge states them."""
    return (
        f"[Sequence]\nname={scene.name}\nimDir={scene.name}\nframeRate={scene.rate_fps:g}\n"
        f"seqLength={scene.frames}\nimWidth={scene.camera.width}\n"
        f"imHeight={scene.camera.height}\nimExt=.jpg\n"
    )


def _configuration(sequence: Sequence) -> dict[str, Any]:
    def attribute(name: str, choices: tuple[str, ...]) -> dict[str, Any]:
        return {"name": name, "type": "string", "enum": list(choices)}

    return {
        "documentVersion": "2020-03-01",
        "annotationType": "BoundingBox",
        "categoryGlobalAttributes": [
            attribute(spec.name, spec.choices) for spec in sequence.specs if not spec.category
        ],
        "labels": [
            {
                "label": category.name,
                "categoryAttributes": [
                    attribute(spec.name, spec.choices)
                    for spec in sequence.specs
                    if spec.category == category.name
                ],
            }
            for category in sequence.labels.categories
        ],
        "instructions": {
            "shortInstruction": "Draw a tight box around every vehicle and person.",
            "fullInstruction": "<p>Keep one name per object, also while it is covered.</p>",
        },
    }


def _write_json(path: Path, document: object) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n")
