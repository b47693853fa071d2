"""A review on disk: flags, verdicts, edit journal."""

from trackproof.review.database import set_aside
from trackproof.review.inputs import InputsChanged, picture_facts
from trackproof.review.journal import ABANDONED, DONE, UNDONE, Entry, Step
from trackproof.review.places import ENDING, review_path
from trackproof.review.review import Opened, Review
from trackproof.review.verdicts import STATUSES, Judgement, OwnFlag, Status, Verdict
from trackproof.review.writer import Saved

__all__ = [
    "ABANDONED",
    "DONE",
    "ENDING",
    "STATUSES",
    "UNDONE",
    "Entry",
    "InputsChanged",
    "Judgement",
    "Opened",
    "OwnFlag",
    "Review",
    "Saved",
    "Status",
    "Step",
    "Verdict",
    "picture_facts",
    "review_path",
    "set_aside",
]
