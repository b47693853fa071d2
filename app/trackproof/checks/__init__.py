"""Checks: from labels (and pixels) to measurements, findings and ranked flags."""

from trackproof.checks.analysis import Analysis, analyse
from trackproof.checks.model import (
    NO_TRACK,
    Check,
    Events,
    Finding,
    Flag,
    FlagKind,
    Measured,
    Measurement,
    Parameter,
)
from trackproof.checks.profile import (
    Profile,
    keep_profile,
    known_profiles,
    load_profile,
    shipped_profiles,
)
from trackproof.checks.registry import all_checks
from trackproof.checks.scene import Scene
from trackproof.checks.track_summary import TrackSummary

__all__ = [
    "NO_TRACK",
    "Analysis",
    "Check",
    "Events",
    "Finding",
    "Flag",
    "FlagKind",
    "Measured",
    "Measurement",
    "Parameter",
    "Profile",
    "Scene",
    "TrackSummary",
    "all_checks",
    "analyse",
    "keep_profile",
    "known_profiles",
    "load_profile",
    "shipped_profiles",
]
