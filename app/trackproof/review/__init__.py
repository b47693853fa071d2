"""A review on disk: flags, verdicts, edit journal."""

from trackproof.review.audit import audit, audit_format, write_audit
from trackproof.review.database import set_aside
from trackproof.review.inputs import InputsChanged, picture_facts
from trackproof.review.journal import ABANDONED, DONE, UNDONE, Entry, Step
from trackproof.review.opening import Opened, input_of
from trackproof.review.places import ENDING, review_path
from trackproof.review.review import Review
from trackproof.review.saving import proposed_path, save_corrected
from trackproof.review.verdicts import STATUSES, Judgement, OwnFlag, Raised, Status, Verdict
from trackproof.storage.saved import Saved

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
    "Raised",
    "Review",
    "Saved",
    "Status",
    "Step",
    "Verdict",
    "audit",
    "audit_format",
    "input_of",
    "picture_facts",
    "proposed_path",
    "review_path",
    "save_corrected",
    "set_aside",
    "write_audit",
]
