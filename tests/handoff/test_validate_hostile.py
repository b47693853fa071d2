"""Validation of anything at all: it answers with problems and never breaks."""

from __future__ import annotations

import copy
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.sound_package import CONFIG, FILES, LABELS, LINE, REQUEST, SEQUENCE, package
from trackproof.errors import Problem
from trackproof.handoff.validate import validate

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["s3://bucket/a/b.json", "cars-ref", "none", "number", "..", "s3://"]),
)
anything = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(
                st.text(max_size=8),
                st.sampled_from(
                    ["frame", "frames", "labels", "prefix", "frame-no", "class-map", "type"]
                ),
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=8,
)


def places(document: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value of a document."""
    found = [at]
    items: Any = []
    if isinstance(document, dict):
        items = document.items()
    elif isinstance(document, list):
        items = enumerate(document)
    for key, value in items:
        found += places(value, (*at, key))
    return found


def with_value(document: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    changed = copy.deepcopy(document)
    at = changed
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = value
    return changed


@st.composite
def spoilt_packages(draw: st.DrawFn) -> dict[str, Any]:
    """A sound package in which some values were replaced by anything."""
    changes: dict[str, Any] = {}
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(FILES)))
        stem = Path(name).stem
        document = changes.get(stem, FILES[name])
        place = draw(st.sampled_from(places(document)))
        changes[stem] = with_value(document, place, draw(anything))
    return changes


@settings(max_examples=60, deadline=None)
@given(spoilt_packages())
def test_spoilt_package_gives_problems_and_no_exception(changes: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        written = {key: json.dumps(value) for key, value in changes.items()}
        problems = validate(package(Path(folder), **written))
        assert all(isinstance(problem, Problem) and problem.message for problem in problems)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["a.json", "a.manifest"]), st.one_of(st.binary(max_size=80), st.text()))
def test_any_bytes_give_problems_and_no_exception(name: str, data: bytes | str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
        assert all(problem.message for problem in validate(file))


def test_deep_nesting_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "deep.manifest").write_text('{"source-ref":' * 50_000)
    assert len(validate(tmp_path)) == 2


def test_spoiling_starts_from_a_sound_package(tmp_path: Path) -> None:
    assert {"input.manifest", "labels.json", "request.json"} <= FILES.keys()
    assert all(isinstance(one, dict) for one in (CONFIG, LABELS, LINE, REQUEST, SEQUENCE))
    assert validate(package(tmp_path)) == []


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.json", b"\x00\x01binary" * 50, "not UTF-8 text: it holds zero bytes"),
        ("a.manifest", b"\x00\x01bin\nary" * 50, "not UTF-8 text: it holds zero bytes"),
        ("a.json", b'{"labels": "\xff"}', "not JSON: byte 12 is not UTF-8 text"),
        ("a.manifest", b'{"source-ref": "\xff"}\n', "byte 16 is not UTF-8 text"),
    ],
)
def test_files_that_are_no_text_are_told_once_and_in_words(
    tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(data)
    (problem,) = validate(tmp_path)
    assert words in problem.message
    assert "codec" not in problem.message
