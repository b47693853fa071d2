"""Image folders: order, what a file asks for, and files that cannot be read."""

from __future__ import annotations

import contextlib
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frame_clips import number_in, numbered_picture
from trackproof.errors import FrameError, Severity
from trackproof.frames import FolderSource, open_frames
from trackproof.frames.folder import decode_image, natural_key
from trackproof.frames.headers import read_header


def encoded(picture: npt.NDArray[np.uint8], suffix: str = ".jpg") -> bytes:
    return bytes(cv2.imencode(suffix, picture)[1])


def write_frames(folder: Path, names: list[str]) -> None:
    for number, name in enumerate(names):
        (folder / name).write_bytes(encoded(numbered_picture(number), Path(name).suffix.lower()))


def with_orientation(jpeg: bytes, orientation: int, *, order: str = "<") -> bytes:
    """Return a JPEG with an EXIF segment that asks for an orientation."""
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    mark = b"II" if order == "<" else b"MM"
    tiff = mark + struct.pack(order + "HIH", 42, 8, 1) + entry + struct.pack(order + "I", 0)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def test_files_come_in_natural_order_whatever_the_case_of_their_suffix(tmp_path: Path) -> None:
    names = ["f1.jpg", "f2.JPG", "f9.jpeg", "F10.png", "f11.PNG", "f100.JPEG"]
    write_frames(tmp_path, names)
    source = open_frames(tmp_path)
    assert list(source.names) == names
    assert [number_in(source.read(index)) for index in range(6)] == list(range(6))
    assert source.problems == ()
    assert source.size == (96, 64)
    assert source.rate_fps is None


def test_hidden_files_and_thumbnails_are_no_frames(tmp_path: Path) -> None:
    write_frames(tmp_path, ["a.jpg", ".b.jpg", "Thumbs.png", "._a.jpg"])
    (tmp_path / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "folder.jpg").mkdir()
    assert list(open_frames(tmp_path).names) == ["a.jpg"]


def test_listed_order_is_kept_and_absent_files_keep_their_place(tmp_path: Path) -> None:
    write_frames(tmp_path, ["a.jpg", "b.jpg", "c.jpg"])
    source = open_frames(tmp_path, names=["c.jpg", "x.jpg", "a.jpg"])
    assert len(source) == 3
    assert [number_in(source.read(0)), number_in(source.read(2))] == [2, 0]
    with pytest.raises(FrameError, match=r"x\.jpg: the file is missing"):
        source.read(1)
    (problem,) = source.problems
    assert problem.severity is Severity.ERROR
    assert problem.path.endswith("x.jpg")


def test_listed_names_that_are_all_absent_are_one_clear_error(tmp_path: Path) -> None:
    write_frames(tmp_path, ["a.jpg"])
    with pytest.raises(FrameError, match="none of the 2 listed frames is in this folder"):
        open_frames(tmp_path, names=["x.jpg", "y.jpg"])


@pytest.mark.parametrize("name", ["../secret.jpg", "/etc/secret.jpg", "a/../../secret.jpg"])
def test_listed_names_never_leave_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "frames"
    folder.mkdir()
    write_frames(folder, ["a.jpg"])
    write_frames(tmp_path, ["secret.jpg"])
    source = open_frames(folder, names=["a.jpg", name])
    with pytest.raises(FrameError, match="outside the folder"):
        source.read(1)


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"plain text, not a picture", "this is not a JPEG or PNG file"),
        (None, "is cut off"),
    ],
)
def test_unreadable_file_is_named_with_its_reason_and_the_rest_goes_on(
    tmp_path: Path,
    suffix: str,
    content: bytes | None,
    reason: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    names = [f"{number}{suffix}" for number in range(3)]
    write_frames(tmp_path, names)
    bad = tmp_path / names[1]
    bad.write_bytes(bad.read_bytes()[:-20] if content is None else content)
    source = open_frames(tmp_path)
    with pytest.raises(FrameError, match=reason) as caught:
        source.read(1)
    assert caught.value.path == bad
    assert [number_in(source.read(index)) for index in (0, 2)] == [0, 2]
    assert capfd.readouterr().err == ""


def test_png_with_a_wrong_checksum_is_refused_without_noise(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(encoded(numbered_picture(1), ".png"))
    data[200] ^= 0xFF
    with pytest.raises(FrameError, match="a checksum is wrong"):
        decode_image(bytes(data), path=tmp_path)
    assert capfd.readouterr().err == ""


def test_many_unreadable_files_are_summed_up(tmp_path: Path) -> None:
    write_frames(tmp_path, ["good.jpg"])
    for number in range(50):
        (tmp_path / f"bad{number}.jpg").touch()
    source = open_frames(tmp_path)
    assert len(source.problems) == 21
    assert "30 more frames cannot be read" in source.problems[-1].message


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_orientation_is_told_and_not_applied(tmp_path: Path, order: str, orientation: int) -> None:
    jpeg = encoded(numbered_picture(5))
    (tmp_path / "a.jpg").write_bytes(with_orientation(jpeg, orientation, order=order))
    (tmp_path / "b.jpg").write_bytes(jpeg)
    source = open_frames(tmp_path)
    assert source.read(0).shape == (64, 96, 3)
    assert number_in(source.read(0)) == 5
    (problem,) = source.problems
    assert f"1 of 2 frames ask to be rotated (EXIF orientation {orientation}" in problem.message


def test_orientation_in_a_png_is_told(tmp_path: Path) -> None:
    png = encoded(numbered_picture(5), ".png")
    tiff = b"MM\0\x2a\0\0\0\x08\0\x01" + struct.pack(">HHIHH", 0x0112, 3, 1, 8, 0) + b"\0" * 4
    body = b"eXIf" + tiff
    chunk = struct.pack(">I", len(tiff)) + body + struct.pack(">I", zlib.crc32(body))
    (tmp_path / "a.png").write_bytes(png[:33] + chunk + png[33:])
    source = open_frames(tmp_path)
    assert number_in(source.read(0)) == 5
    assert "EXIF orientation 8" in source.problems[0].message


def test_upright_orientation_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(with_orientation(encoded(numbered_picture(5)), 1))
    assert open_frames(tmp_path).problems == ()


def test_mixed_sizes_are_told_with_an_example(tmp_path: Path) -> None:
    write_frames(tmp_path, ["a.jpg", "b.jpg"])
    (tmp_path / "c.jpg").write_bytes(encoded(np.zeros((32, 48, 3), dtype=np.uint8)))
    source = open_frames(tmp_path)
    assert source.size == (96, 64)
    assert "1 of 3 frames are not 96 x 64 pixels; c.jpg is 48 x 32" in source.problems[0].message
    assert source.read(2).shape == (32, 48, 3)


def test_suffix_that_lies_about_the_format_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(encoded(numbered_picture(9), ".png"))
    source = open_frames(tmp_path)
    assert source.problems == ()
    assert number_in(source.read(0)) == 9


def test_grey_and_transparent_pictures_come_as_three_channels(tmp_path: Path) -> None:
    (tmp_path / "grey.png").write_bytes(encoded(np.full((8, 8), 7, dtype=np.uint8), ".png"))
    (tmp_path / "clear.png").write_bytes(encoded(np.full((8, 8, 4), 7, dtype=np.uint8), ".png"))
    source = open_frames(tmp_path)
    assert [source.read(index).shape for index in range(2)] == [(8, 8, 3)] * 2


def test_non_ascii_folders_and_names_open(tmp_path: Path) -> None:
    folder = tmp_path / "Vidéo 動画"
    folder.mkdir()
    write_frames(folder, ["кадр 1.jpg", "кадр 2.jpg"])
    source = open_frames(folder)
    assert [number_in(source.read(index)) for index in range(2)] == [0, 1]


def test_folder_above_the_images_opens_them(tmp_path: Path) -> None:
    (tmp_path / "img1").mkdir()
    (tmp_path / "other").mkdir()
    write_frames(tmp_path / "img1", ["1.jpg"])
    write_frames(tmp_path / "other", ["1.jpg"])
    assert open_frames(tmp_path).path == tmp_path / "img1"


def test_image_file_opens_its_folder(tmp_path: Path) -> None:
    write_frames(tmp_path, ["1.jpg", "2.jpg"])
    assert len(open_frames(tmp_path / "2.jpg")) == 2


def test_folder_without_frames_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(FrameError, match="holds no jpg, jpeg or png files"):
        open_frames(tmp_path)


def test_folder_that_cannot_be_listed_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(FrameError, match="cannot be read: Permission denied"):
        open_frames(tmp_path)


def test_index_outside_the_folder_is_refused(tmp_path: Path) -> None:
    write_frames(tmp_path, ["1.jpg"])
    source = open_frames(tmp_path)
    for index in (-1, 1):
        with pytest.raises(FrameError, match="the folder holds 1"):
            source.read(index)


def test_file_removed_after_opening_is_one_clear_error(tmp_path: Path) -> None:
    write_frames(tmp_path, ["1.jpg", "2.jpg"])
    source = open_frames(tmp_path)
    (tmp_path / "1.jpg").unlink()
    with pytest.raises(FrameError, match=r"1\.jpg: the file is missing"):
        source.read(0)
    assert number_in(source.read(1)) == 1


@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_give_a_header_or_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jpg"
    path.write_bytes(start + data)
    with contextlib.suppress(ValueError):
        assert read_header(path).width >= 0


@given(st.integers(0, 400), st.integers(0, 255))
def test_any_damage_to_a_jpeg_head_gives_a_picture_or_one_clear_error(at: int, value: int) -> None:
    data = bytearray(with_orientation(encoded(numbered_picture(3)), 6))
    data[at] = value
    with contextlib.suppress(FrameError):
        assert decode_image(bytes(data), path=Path("a.jpg")).ndim == 3


@given(st.lists(st.text(alphabet="aB01²٣.", min_size=1), max_size=8))
def test_natural_order_is_total(names: list[str]) -> None:
    backwards = list(reversed(names))
    assert sorted(names, key=natural_key) == sorted(backwards, key=natural_key)


def test_folder_source_counts_progress(tmp_path: Path) -> None:
    write_frames(tmp_path, ["1.jpg", "2.jpg"])
    steps: list[tuple[int, int]] = []

    class Steps:
        def step(self, done: int, total: int) -> None:
            steps.append((done, total))

    FolderSource.open(tmp_path, progress=Steps())
    assert steps == [(0, 2), (2, 2)]


@pytest.mark.parametrize(
    ("place", "text", "rate_fps"),
    [
        ("img1/seqinfo.ini", "[Sequence]\nframeRate=12.5\n", 12.5),
        ("seqinfo.ini", "[Sequence]\nimDir=img1\nframeRate=25\n", 25.0),
        ("seqinfo.ini", "[Sequence]\nimDir=other\nframeRate=25\n", None),
        ("seqinfo.ini", "[Sequence]\nimDir=img1\nframeRate=fast\n", None),
        ("seqinfo.ini", "[Sequence]\nimDir=img1\nframeRate=-3\n", None),
        ("seqinfo.ini", "not an ini file \x00", None),
    ],
)
def test_rate_is_taken_from_the_file_beside_the_images_and_never_guessed(
    tmp_path: Path, place: str, text: str, rate_fps: float | None
) -> None:
    folder = tmp_path / "img1"
    folder.mkdir()
    cv2.imwrite(str(folder / "1.png"), np.zeros((8, 8, 3), np.uint8))
    (tmp_path / place).write_text(text)
    assert open_frames(folder).rate_fps == rate_fps


def test_files_that_merely_look_like_images_are_refused_as_frames(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number:06d}.jpg").write_text("hello")
    with pytest.raises(FrameError, match=r"none of the 3 files .* the first is 000000\.jpg"):
        open_frames(tmp_path)
