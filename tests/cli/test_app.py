"""The command line as people meet it: help, version, window, and one line for every mistake."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trackproof import __version__

Trackproof = Callable[..., Any]


def in_a_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "trackproof", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_module_starts_the_program() -> None:
    said = in_a_process("--version")
    assert (said.returncode, said.stdout) == (0, f"trackproof {__version__}\n")


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from trackproof.__main__ import main\n"
        "sys.argv = ['trackproof', '--help']\n"
        "assert main() == 0\n"
        "heavy = {'numpy', 'pandas', 'cv2', 'av', 'PySide6', 'boto3', 'scipy', 'msgspec'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout.endswith("LOADED []\n")


def test_help_names_every_command(trackproof: Trackproof) -> None:
    said = trackproof("--help")
    assert said.status == 0
    for command in ("check", "open", "demo", "export", "validate", "merge", "bench"):
        assert f"\n  {command} " in said.out


@pytest.mark.parametrize("command", ["check", "open", "demo", "export", "validate", "merge"])
def test_every_command_explains_itself(command: str, trackproof: Trackproof) -> None:
    said = trackproof(command, "--help")
    assert said.status == 0
    assert f"Usage: trackproof {command}" in said.out
    assert said.err == ""


def test_check_help_names_columns_and_exit_statuses(trackproof: Trackproof) -> None:
    words = " ".join(trackproof("check", "--help").out.split())
    assert "frame_index (worst frame, counted from 0)" in words
    assert "0 no flags, 1 flags found, 2 the labels could not be checked" in words


def test_without_command_the_window_opens(trackproof: Trackproof, window: Any) -> None:
    window.status = 5
    assert trackproof().status == 5
    assert window.calls == [([], None, None)]


def test_open_hands_paths_to_the_window(trackproof: Trackproof, window: Any) -> None:
    trackproof("open", "a.json", "b", "--frames", "pictures", "--root", "here")
    assert window.calls == [(["a.json", "b"], "pictures", "here")]


def test_demo_opens_in_the_window(trackproof: Trackproof, window: Any) -> None:
    assert trackproof("demo").status == 0
    assert window.calls == [(["demo:"], None, None)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chek"], "there is no command 'chek'; did you mean check?"),
        (["check"], "LABELS is missing; write it like: trackproof check"),
        (["check", "x", "--format", "xml"], "'xml' is not known; give table, csv or json"),
        (["check", "no-such-file.json"], "no-such-file.json: there is no such file"),
        (["export", "x"], "say where the package goes"),
        (["check", "s3://"], "is not an address like s3://bucket/key"),
        (["validate", "s3://bucket/../review/"], "leads out of the folder"),
        (["validate", "no-such-folder"], "no-such-folder: there is no such file or folder"),
        (["--colour"], "'--colour' is no option of trackproof"),
    ],
)
def test_mistake_gives_one_line_and_status_2(
    arguments: list[str], words: str, trackproof: Trackproof
) -> None:
    said = trackproof(*arguments)
    assert said.status == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("trackproof: ")
    assert words in said.err


def test_unexpected_error_is_one_line_too(
    trackproof: Trackproof, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr("trackproof.handoff.validate.validate", broken)
    said = trackproof("validate", ".")
    assert said.status == 2
    assert said.err == (
        "trackproof: this should not have happened: ZeroDivisionError: two lines "
        "(TRACKPROOF_DEBUG=1 shows where)\n"
    )
    monkeypatch.setenv("TRACKPROOF_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        trackproof("validate", ".")


def test_interrupt_is_no_error(trackproof: Trackproof, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trackproof.handoff.validate.validate", stopped)
    said = trackproof("validate", ".")
    assert (said.status, said.err) == (130, "trackproof: stopped\n")


def test_validate_prints_problems_and_ends_with_1(trackproof: Trackproof, tmp_path: Path) -> None:
    (tmp_path / "labels.json").write_text('{"labels": [], "documentVersion": "2020-03-01"}')
    said = trackproof("validate", tmp_path)
    assert said.status == 1
    assert "labels.json, labels: has 0 entries; at least 1 are needed" in said.out
    assert said.err == "1 error\n"


def test_validate_of_sound_package_ends_with_0(trackproof: Trackproof, tmp_path: Path) -> None:
    (tmp_path / "labels.json").write_text(
        '{"labels": [{"label": "Car"}], "documentVersion": "2020-03-01"}'
    )
    said = trackproof("validate", tmp_path)
    assert (said.status, said.out, said.err) == (0, "", "every rule is kept\n")


def test_validate_finds_boxes_outside_the_image(
    trackproof: Trackproof, shared_examples: Path
) -> None:
    file = shared_examples / "SeqLabel-tracking-boundingbox.json"
    assert trackproof("validate", file, "--size", "1920x1080").status == 0
    said = trackproof("validate", file, "--size", "300x300")
    assert said.status == 1
    assert "reaches to 440, 310, outside the image of 300 x 300" in said.out
    assert trackproof("validate", file, "--size", "large").status == 2


def test_self_test_lists_what_is_installed(trackproof: Trackproof) -> None:
    said = trackproof("--self-test")
    assert "panels: queue\n" in said.out
    assert "checks: " in said.out
    assert "region table: regions.toml\n" in said.out
    assert (said.status, said.out.splitlines()[-1]) == (0, "complete")


def test_self_test_fails_when_a_registry_is_empty(
    window: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from trackproof.cli import Outside, run

    def broken() -> list[str]:
        raise LookupError("no panel was found")

    for names in (lambda: [], broken):
        outside = Outside(window=window, registries={"panels": names})
        assert run(["--self-test"], outside=outside) == 1
        out = capsys.readouterr().out
        assert "panels: NONE\n" in out
        assert out.endswith("NOT COMPLETE\n")
