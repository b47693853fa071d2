"""From what a person typed to labels, frames and analyses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trackproof.cli.terminal import progress_bar, say, say_problems
from trackproof.errors import FrameError, TrackproofError
from trackproof.storage import S3Address, is_s3_uri, place_of

if TYPE_CHECKING:
    from trackproof.checks import Analysis, Profile
    from trackproof.errors import Problem
    from trackproof.formats import Opened, StatedSizes
    from trackproof.frames import AlignedFrames
    from trackproof.labels import Labels, Sequence
    from trackproof.review import Review
    from trackproof.storage import Place
    from trackproof.storage.s3 import Account, Connection


def opened(
    labels: Path | str,
    *,
    root: Path | None,
    size: StatedSizes | None = None,
    account: Account | None = None,
    connection: Connection | None = None,
) -> Opened:
    """Open labels and tell what was wrong with them; of S3, tell first who asks.

    Parameters
    ----------
    size : StatedSizes or None
        Image sizes that a person stated.
    account : Account or None
        How to sign in to S3; boto3's default when left out.
    connection : Connection or None
        Who signed in already.

    Raises
    ------
    TrackproofError
        When nothing in them can be used.
    """
    from trackproof.formats import open_labels

    if isinstance(labels, str) and is_s3_uri(labels):
        S3Address.parse(labels)  # a slip in the address is told before anybody signs in
        connection = connection or signed_in(account)
    else:
        check_local(Path(labels))
    with progress_bar("Reading labels") as progress:
        result = open_labels(labels, root=root, size=size, connection=connection, progress=progress)
    say_problems(problems_of(result))
    return result


def signed_in(account: Account | None) -> Connection:
    """Return a connection to AWS and tell as whom; without network, what is on the disk serves."""
    from trackproof.storage.s3 import AwsError, Connection

    connection = Connection(account)
    try:
        say(f"S3 as {connection.identity()}")
    except AwsError as error:
        say(f"S3 as nobody: {error.message}")
    return connection


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
            "S3 addresses cannot be used here; download the folder, and name it with --root where "
            "manifests point into it",
            path=f"s3://{'/'.join(path.parts[1:])}",
        )


def chosen_profile(name: str | None) -> Profile | None:
    """Return the profile that a person named: a shipped one, or a TOML file.

    Raises
    ------
    TrackproofError
        When there is none of this name.
    """
    from trackproof.checks import all_checks, known_profiles, load_profile

    if name is None:
        return None
    shipped = known_profiles()
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
    result: Opened,
    *,
    frames: Path | str | None,
    profile: Profile | None,
    links: bool = False,
    review: Review | None = None,
    account: Account | None = None,
) -> list[Analysis]:
    """Check every sequence that was opened.

    Parameters
    ----------
    frames : Path, str or None
        Frames of the only sequence, or the folder with one folder per sequence.
    account : Account or None
        How to sign in to S3 for them; by default, as for the labels.
    links : bool
        Whether detections without identity are linked into provisional tracks first, so that
        checks over time see them, too.
    review : Review or None
        Whose labels, as they are now, are checked instead of those in the file; they are linked
        there or not at all.

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
            place = place_of(frames)
            if len(result.sequences) > 1:
                place = _beneath(place, sequence.name)
            pictures = _pictures(place, sequence, account)
        labels = review.labels(sequence.name) if review else sequence.labels
        if links and review is None:
            labels = linked_detections(sequence)
        with progress_bar(f"Checking {sequence.name}") as progress:
            found = analyse(sequence, labels, frames=pictures, profile=profile, progress=progress)
        analyses.append(found)
        if pictures is not None:
            pictures.close()
    return analyses


def opened_review(
    labels: str,
    *,
    root: Path | None,
    account: Account | None = None,
    connection: Connection | None = None,
) -> tuple[Opened, Review]:
    """Open labels, or what a review file is of, with their review; never a new one.

    Raises
    ------
    TrackproofError
        When there is no review of these labels, or it cannot be used.
    """
    from trackproof.errors import ReviewError
    from trackproof.review import ENDING, Review, input_of, review_path
    from trackproof.review.holder import user_name

    file = Path(labels) if labels.endswith(ENDING) else None
    result = opened(
        input_of(file) if file is not None else labels,
        root=root,
        account=account,
        connection=connection,
    )
    place = file or review_path(result.path)
    if not place.exists():
        raise ReviewError("nobody has reviewed these labels here", path=labels)
    return result, Review.open_or_create(result, reviewer=user_name(), path=place)


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


def _beneath(place: Place, name: str) -> Place:
    return place.joined(f"{name}/") if isinstance(place, S3Address) else place / name


def _pictures(path: Place, sequence: Sequence, account: Account | None) -> AlignedFrames:
    """Open the frames of a sequence and join them with its labels."""
    from trackproof.frames import AlignedFrames, connection_of, match, open_frames
    from trackproof.storage.s3 import Connection

    is_remote = isinstance(path, S3Address)
    with progress_bar("Reading frames") as progress:
        source = open_frames(
            path,
            names=sequence.frame_names if is_remote else None,
            connection=(connection_of(sequence) or Connection(account)) if is_remote else None,
            progress=progress,
        )
    joined = match(sequence, source)
    if not joined.rate:
        raise FrameError(f"none of these frames belongs to {sequence.name}", path=str(path))
    pictures = AlignedFrames(sequence, source, joined)
    say_problems(pictures.problems)
    return pictures
