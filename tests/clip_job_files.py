"""Small classification jobs on disk: a manifest, real clips, raw answers of workers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av

from frame_clips import Clip, numbered_picture

LABELS = ("loading", "idle", "blocked aisle")
ATTRIBUTE = "clip-class"


def result(label: str, *, index: int | str | None = None, **changed: Any) -> dict[str, Any]:
    """Return the two keys of a label, as the service writes them."""
    metadata = {
        "class-name": label,
        "confidence": 0.91,
        "type": "groundtruth/video-classification",
        "job-name": "labeling-job/clip-class",
        "human-annotated": "yes",
        "creation-date": "2024-03-05T11:22:33.445566",
    }
    number = LABELS.index(label) if index is None else index
    return {ATTRIBUTE: number, f"{ATTRIBUTE}-metadata": {**metadata, **changed}}


def line(number: int, **keys: Any) -> dict[str, Any]:
    """Return one line of a manifest."""
    return {"source-ref": f"s3://yard/clips/clip-{number:03d}.mp4", **keys}


def write_manifest(path: Path, lines: list[Any]) -> Path:
    """Write lines, given as values or as raw text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
    path.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return path


def write_answers(job: Path, answers: dict[int, dict[str, str]]) -> None:
    """Write raw answers: by manifest line, what each worker chose."""
    for number, by_worker in answers.items():
        folder = job / "annotations" / "worker-response" / "iteration-1" / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        document = {
            "answers": [
                {
                    "answerContent": {"crowd-classifier": {"label": label}},
                    "submissionTime": "2024-03-05T11:20:58.321Z",
                    "timeSpentInSeconds": 12.5,
                    "workerId": worker,
                }
                for worker, label in by_worker.items()
            ]
        }
        (folder / "answer.json").write_text(json.dumps(document))


def write_clips(folder: Path, numbers: range, *, frames: int = 8) -> None:
    """Write small H.264 clips whose pictures carry their numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    first = folder / f"clip-{numbers[0]:03d}.mp4"
    Clip(first.name, "libx264", frames=frames).write(folder)
    for number in numbers[1:]:
        (folder / f"clip-{number:03d}.mp4").write_bytes(first.read_bytes())


def write_job(folder: Path, *, clips: int = 6, frames: int = 8) -> Path:
    """Write a job's output folder: two labelled clips, the rest open, three workers' answers.

    Clip 0 is agreed on, clip 1 has low confidence, on clip 2 two of three agree, on clip 3 nobody
    does, the others have no answers.
    """
    lines = [line(number, batch=number) for number in range(clips)]
    lines[0] |= result("loading")
    lines[1] |= result("idle", confidence=0.4)
    write_manifest(folder / "manifests" / "output" / "output.manifest", lines)
    write_answers(
        folder,
        {
            0: {"ann": "loading", "bob": "loading", "cyd": "loading"},
            1: {"ann": "idle", "bob": "idle", "cyd": "idle"},
            2: {"ann": "idle", "bob": "idle", "cyd": "loading"},
            3: {"ann": "loading", "bob": "idle", "cyd": "blocked aisle"},
        },
    )
    write_clips(folder / "clips", range(clips), frames=frames)
    return folder


def write_with_sound(path: Path, *, video: str, audio: str, pixels: str = "yuv420p") -> Path:
    """Write a clip of a few frames with a second of silence."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(video, rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, pixels
        sound = container.add_stream(audio, rate=44_100) if audio else None
        for number in range(4):
            frame = av.VideoFrame.from_ndarray(numbered_picture(number), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if sound is not None:
            _write_silence(container, sound)
    return path


def _write_silence(container: Any, sound: Any) -> None:
    import numpy as np

    context = sound.codec_context
    size = context.frame_size or 1024
    silence = np.zeros((1, size), dtype=np.float32)
    frame = av.AudioFrame.from_ndarray(silence, format="flt", layout="mono")
    frame.sample_rate = 44_100
    frame.pts = 0
    resampler = av.AudioResampler(format=context.format, layout=context.layout, rate=44_100)
    for piece in resampler.resample(frame):
        container.mux(sound.encode(piece))
    container.mux(sound.encode())
