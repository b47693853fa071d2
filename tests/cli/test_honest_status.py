"""Exit statuses that a pipeline may trust."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def test_labels_that_cannot_be_used_in_part_are_never_called_clean(
    trackproof: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "SeqLabel.json"
    file.write_text('{"tracking-annotations":["x",3,null]}')
    said = trackproof("check", file)
    assert said.status == 2
    assert "could not be used" in said.err


def test_taken_folder_is_refused_before_anything_is_checked(
    trackproof: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = tmp_path / "package"
    taken.mkdir()
    (taken / "mine.txt").write_text("mine")
    monkeypatch.setattr("trackproof.cli.packages.opened", pytest.fail)
    said = trackproof("export", tmp_path / "SeqLabel.json", "--output", taken)
    assert said.status == 2
    assert "exists already" in said.err


def test_conversion_of_a_file_that_was_cut_short_is_never_called_lossless(
    trackproof: Callable[..., Any], tmp_path: Path
) -> None:
    whole = tmp_path / "gt.txt"
    whole.write_text("1,1,10,20,30,40,1,1,1\n2,1,12,20,30,40,1,1,1\n")
    trackproof("convert", whole, tmp_path / "whole.xml", "--size", "640x480")
    cut = tmp_path / "cut.xml"
    cut.write_bytes((tmp_path / "whole.xml").read_bytes().split(b'<box frame="1"')[0])
    said = trackproof("convert", cut, tmp_path / "next.xml")
    assert said.status == 1
    assert "cut short" in said.err


def test_names_in_files_neither_break_lines_nor_steer_the_terminal(
    trackproof: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "SeqLabel.json"
    file.write_text(
        '{"tracking-annotations":[{"frame-no":"0","frame":"a.jpg","annotations":'
        '[{"class-id":"0","object-id":"1","object-name":"Car\\n\\u001b[2J:1",'
        '"left":1,"top":"x","width":5,"height":5}]}]}'
    )
    said = trackproof("check", tmp_path / "a\n\x1b[2Jb.json")
    assert said.err.count("\n") == 1
    assert "\x1b" not in said.err
    assert "\x1b" not in trackproof("check", file).err


def test_home_of_nobody_is_told(trackproof: Callable[..., Any]) -> None:
    said = trackproof("check", "~nobody-is-called-this/labels.json")
    assert said.status == 2
    assert "there is no such home folder" in said.err


def test_names_that_the_disk_refuses_are_told_with_the_reason(
    trackproof: Callable[..., Any], tmp_path: Path
) -> None:
    for command in ("check", "clips"):
        said = trackproof(command, tmp_path / ("x" * 300))
        assert said.status == 2
        assert "cannot be read: the name is too long" in said.err
