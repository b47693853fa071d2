"""Instructions: as much as fits, never more than the service accepts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trackproof.handoff.instructions import Place, full_instruction, short_instruction


def place(start: int, end: int | None = None, *, clip: str = "000129.jpg", **more: str) -> Place:
    end = start if end is None else end
    names = (f"{start + 129:06d}.jpg", f"{end + 129:06d}.jpg")
    plain = {"object_name": "Vehicle:1", "evidence": "width -20 %"}
    return Place(clip, start, end, *names, **{**plain, **more})


def test_short_text_names_ranges_after_the_original() -> None:
    text = short_instruction([place(10, 11), place(12), place(30)], original="Draw tight boxes.")
    assert text == "Draw tight boxes. Check frames 10-12, 30 first (counted from 0)."


def test_short_text_tells_clips_apart_by_their_first_file() -> None:
    text = short_instruction([place(3), place(4, clip="000700.jpg")])
    assert text == (
        "Check first, by first file of the clip: 000129.jpg: frame 3; 000700.jpg: frame 4."
    )


def test_short_text_falls_back_to_counting() -> None:
    many = [place(2 * i, clip=f"{c:06d}.jpg") for c in range(8) for i in range(40)]
    assert short_instruction(many) == "Flagged: 320 places in 8 clips."


def test_full_text_gives_object_files_and_evidence() -> None:
    text = full_instruction([place(10, 11)], original="<p>Be exact.</p>")
    assert text == (
        "<p>Be exact.</p>\n"
        "<p>Check these places first. Frame numbers count from 0 in each clip.</p>"
        "<ul><li>Clip from 000129.jpg: Vehicle:1 in frames 10-11 (000139.jpg to 000140.jpg): "
        "width -20 %</li></ul>"
    )


def test_full_text_sheds_evidence_then_objects_then_ranges() -> None:
    some = [place(3 * i, evidence="x" * 40) for i in range(60)]
    assert "x" not in full_instruction(some).replace("ex", "")
    assert "Vehicle:1 in frames 0, 3, 6" in full_instruction(some)
    objects = [place(5 * i, object_name=f"A very long name:{i}") for i in range(60)]
    assert "A very long name" not in full_instruction(objects)
    assert "frames 0, 5, 10" in full_instruction(objects)
    clips = [place(5, clip=f"{c:060d}.jpg") for c in range(60)]
    assert full_instruction(clips) == "<p>Flagged: 60 places in 60 clips.</p>"


def test_original_gives_way_only_when_nothing_fits_beside_it() -> None:
    assert short_instruction([place(1)], original="x" * 250) == (
        "Check frame 1 first (counted from 0)."
    )
    assert short_instruction([], original="x" * 300) == "x" * 254


def test_names_cannot_smuggle_markup() -> None:
    text = full_instruction([place(1, object_name="<script>", evidence="a < b")])
    assert "<script>" not in text
    assert "a &lt; b" in text


@given(
    st.lists(
        st.builds(place, st.integers(0, 1_999), clip=st.text(min_size=1, max_size=40)), max_size=80
    ),
    st.text(max_size=2_500),
)
def test_lengths_hold_whatever_is_flagged(places: list[Place], original: str) -> None:
    assert len(short_instruction(places, original=original)) < 255
    assert len(full_instruction(places, original=original)) < 2_048
