"""Clip classification: manifests of videos, verdicts, workers' answers and what they add up to."""

from trackproof.clips.board import Board, Tally, Want
from trackproof.clips.model import Categories, Clip, ClipSet, WorkerAnswer
from trackproof.clips.opening import holds_clips, open_clips
from trackproof.clips.saving import Decision, Written, encode_manifest, write_manifest
from trackproof.clips.store import VerdictStore, saved_review, saved_verdicts, store_path

__all__ = [
    "Board",
    "Categories",
    "Clip",
    "ClipSet",
    "Decision",
    "Tally",
    "VerdictStore",
    "Want",
    "WorkerAnswer",
    "Written",
    "encode_manifest",
    "holds_clips",
    "open_clips",
    "saved_review",
    "saved_verdicts",
    "store_path",
    "write_manifest",
]
