"""From what a person typed to labels, frames and analyses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.cli.terminal import progress_bar, say, say_problems
from trackproof.errors import FrameError, TrackproofError

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.checks import Analysis, Profile
    from trackproof.errors import Problem
    from trackproof.formats import Opened
    from trackproof.frames import AlignedFrames
    from trackproof.labels import Labels, Sequence


def opened(labels: Path, *, root: Path | None, size: tuple[int, int] | None = None) -> Opened:
    """Open labels and tell what was wrong with them.

    Raises
    ------
    TrackproofError
        When nothing in them can be used.
    """
    from trackproof.formats import open_labels

    check_local(labels)
    with progress_bar("Reading labels") as progress:
        result = open_labels(labels, root=root, size=size, progress=progress)
    say_problems(problems_of(result))
    return result


def problems_of(result: Opened) -> list[Problem]:
    """Return what was wrong in the input as a whole and in each sequence."""
    return [*result.problems, *(p for one in result.sequences for p in one.problems)]


def check_local(path: Path) -> None:
    """Refuse S3 addresses, which a file system would take for odd file names.

    Raises
    ------
    TrackproofError
        When the path is one.
    """
    if path.parts[:1] == ("s3:",):
        raise TrackproofError(
            "S3 addresses cannot be read here; download the folder, and name it with --root where "
            "manifests point into it"
        )


def chosen_profile(name: str | None) -> Profile | None:
    """Return the profile that a person named: a shipped one, or a TOML file.

    Raises
    ------
    TrackproofError
        When there is none of this name.
    """
    from pathlib import Path

    from trackproof.checks import all_checks, load_profile, shipped_profiles

    if name is None:
        return None
    shipped = {profile.name: profile for profile in shipped_profiles()}
    file = Path(name)
    if name not in shipped and not file.exists():
        known = ", ".join(shipped)
        raise TrackproofError(f"no profile is called {name!r}; give a TOML file or one of {known}")
    profile = shipped[name] if name in shipped else load_profile(file)
    wrong = profile.problems(all_checks())
    if wrong:
        raise TrackproofError("; ".join(wrong))
    return profile


def analysed(
    result: Opened, *, frames: Path | None, profile: Profile | None, links: bool = False
) -> list[Analysis]:
    """Check every sequence that was opened.

    Parameters
    ----------
    links : bool
        Whether detections without identity are linked into provisional tracks first, so that
        checks over time see them, too.

    Raises
    ------
    TrackproofError
        When frames were given and cannot be used.
    """
    from trackproof.checks import analyse

    analyses = []
    for sequence in result.sequences:
        pictures = None
        if frames is not None:
            place = frames if len(result.sequences) == 1 else frames / sequence.name
            pictures = _pictures(place, sequence)
        labels = linked_detections(sequence) if links else sequence.labels
        with progress_bar(f"Checking {sequence.name}") as progress:
            found = analyse(sequence, labels, frames=pictures, profile=profile, progress=progress)
        analyses.append(found)
        if pictures is not None:
            pictures.close()
    return analyses


def linked_detections(sequence: Sequence) -> Labels:
    """Return labels with their detections in provisional tracks, and say so."""
    from trackproof.agreement import link

    with progress_bar(f"Linking the detections of {sequence.name}") as progress:
        edit = link(sequence.labels, progress=progress)
    if edit is None:
        return sequence.labels
    linked, change = edit.apply(sequence.labels)
    say(f"{sequence.name}: {change.label.replace('link ', 'linked ', 1)}, matched by position")
    return linked


def _pictures(path: Path, sequence: Sequence) -> AlignedFrames:
    """Open the frames of a sequence and join them with its labels."""
    from trackproof.frames import AlignedFrames, match, open_frames

    with progress_bar("Reading frames") as progress:
        source = open_frames(path, progress=progress)
    joined = match(sequence, source)
    if not joined.rate:
        raise FrameError(f"none of these frames belongs to {sequence.name}", path=path)
    pictures = AlignedFrames(sequence, source, joined)
    say_problems(pictures.problems)
    return pictures
