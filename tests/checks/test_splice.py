from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trackproof.checks.splice import Splice

lengths = st.dictionaries(st.integers(0, 9), st.integers(1, 4), max_size=6)


def rows_of(scene: dict[int, int], *, version: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    tracks = np.array(sorted(scene), dtype=np.int32)
    counts = np.array([scene[track] for track in sorted(scene)], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)])
    return starts, tracks, np.repeat(tracks * 10 + version, counts)


@given(old=lengths, new=lengths, removed=st.sets(st.integers(0, 9), max_size=3))
def test_spliced_rows_are_those_of_the_edited_scene(
    old: dict[int, int], new: dict[int, int], removed: set[int]
) -> None:
    touched = set(new) | removed
    new = {track: count for track, count in new.items() if track not in removed}
    old_starts, old_tracks, old_rows = rows_of(old, version=0)
    new_starts, new_tracks, new_rows = rows_of(new, version=1)
    starts, tracks = [old_starts, new_starts], [old_tracks, new_tracks]
    splice = Splice.of(starts, tracks, owner=dict.fromkeys(touched, 1))
    after = {**{track: n for track, n in old.items() if track not in touched}, **new}
    expected = [track * 10 + (track in new) for track, n in sorted(after.items()) for _ in range(n)]
    assert splice.joined([old_rows, new_rows]).tolist() == expected
    numbers = splice.of_tracks().joined(tracks).tolist()
    assert numbers == sorted((set(old) - touched) | set(new))
