"""Lock files: one holder at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trackproof.storage import locks
from trackproof.storage.locks import exclusive

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_second_holder_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    with exclusive(path) as first, exclusive(path) as second:
        assert (first, second) == (True, False)
    with exclusive(path) as third:
        assert third
    assert not path.exists()


def test_a_lock_file_that_was_removed_while_it_was_opened_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever held it removes it as the last thing; a lock on what is removed keeps nobody out."""
    path = tmp_path / "one.lock"
    real = locks._lock
    removed: list[int] = []

    def lock(handle: int) -> bool:
        if not removed:
            path.unlink()
            removed.append(handle)
        return real(handle)

    monkeypatch.setattr(locks, "_lock", lock)
    with exclusive(path) as first, exclusive(path) as second:
        assert (first, second) == (True, False)


def test_a_place_where_nothing_can_be_locked_counts_as_held(tmp_path: Path) -> None:
    with exclusive(tmp_path / "nowhere" / "one.lock") as is_ours:
        assert not is_ours
