"""Linking detections in the window: explicit, visible, taken back, and never written."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from trackproof import agreement
from trackproof.agreement import LinkOptions
from trackproof.desktop.linking.chip import LinkChip
from trackproof.desktop.linking.desk import LinkingDesk
from trackproof.desktop.linking.dialog import LinkDialog
from trackproof.desktop.panels.overview.panel import OverviewPanel
from trackproof.labels import NO_IDENTITY, AddDetection, PutBox, provisional_tracks
from trackproof.review.saving import save_corrected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from trackproof.desktop.notices import Banner
    from trackproof.desktop.session import Session
    from trackproof.labels import Labels, LinkDetections
    from trackproof.progress import Progress

FRAMES = 40
TEXT = "".join(
    f"{frame},-1,{10 + 4 * frame + 150 * one},{20 + 90 * one},30,40,0.9\n"
    for frame in range(1, FRAMES + 1)
    for one in range(2)
)


@pytest.fixture
def detected(session: Session, qtbot: QtBot, tmp_path: Path) -> Session:
    """A session on detections, checked."""
    path = tmp_path / "det.txt"
    path.write_text(TEXT)
    LinkingDesk.of(session)
    with qtbot.waitSignal(session.analysis_changed):
        session.open([path])
    return session


def linked(session: Session, qtbot: QtBot, options: LinkOptions | None = None) -> LinkingDesk:
    desk = LinkingDesk.of(session)
    desk.link(options or LinkOptions())
    qtbot.waitUntil(lambda: desk.provisional > 0)
    return desk


def test_opened_detections_offer_to_be_linked(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "det.txt"
    path.write_text(TEXT)
    desk = LinkingDesk.of(session)
    said = []
    session.message.connect(said.append)
    with qtbot.waitSignal(session.sequence_changed):
        session.open([path])
    (offer,) = [banner for banner in said if "do not say who is who" in banner.text]
    verb, handler = offer.choices[0]
    assert verb == "Link detections …"
    with qtbot.waitSignal(desk.asked):
        handler()


def test_linked_detections_are_objects_over_time(detected: Session, qtbot: QtBot) -> None:
    overview = OverviewPanel(detected)
    qtbot.addWidget(overview)
    assert overview.lane.heat.tracks == ()
    linked(detected, qtbot)
    qtbot.waitUntil(lambda: len(overview.lane.heat.tracks) == 2)
    assert detected.labels is not None
    assert NO_IDENTITY not in detected.labels.table.blocks


def test_sign_stays_while_there_are_provisional_tracks(detected: Session, qtbot: QtBot) -> None:
    desk = LinkingDesk.of(detected)
    chip = LinkChip(detected, desk)
    qtbot.addWidget(chip)
    assert chip.isHidden()
    linked(detected, qtbot)
    assert not chip.isHidden()
    assert chip.text() == "2 provisional tracks: matched by position, not written"
    detected.undo()
    assert chip.isHidden()
    detected.redo()
    assert not chip.isHidden()
    desk.unlink()
    assert chip.isHidden()


def test_saving_a_linked_review_writes_the_file_as_read(
    detected: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    linked(detected, qtbot)
    target = tmp_path / "saved.txt"
    assert detected.sequence is not None
    save_corrected(target, detected.sequence, detected.labels)
    assert target.read_text() == TEXT


def test_edits_of_provisional_tracks_are_written_and_outlive_unlinking(
    detected: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = linked(detected, qtbot)
    track = provisional_tracks(detected.labels)[0]
    detected.apply(PutBox(track, 0, (1.0, 2.0, 3.0, 4.0)))
    for name in ("linked.txt", "unlinked.txt"):
        target = tmp_path / name
        save_corrected(target, detected.sequence, detected.labels)
        lines = target.read_text().splitlines()
        assert lines[0] == "1,-1,1,2,3,4,0.9"
        assert lines[1:] == TEXT.splitlines()[1:]
        desk.unlink()


def test_linking_anew_replaces_what_was_linked(detected: Session, qtbot: QtBot) -> None:
    desk = linked(detected, qtbot)
    before = len(detected.labels.table.tracks)
    desk.link(LinkOptions(least_iou=0.9))
    qtbot.waitUntil(lambda: desk.can_link and desk.provisional > 0)
    assert len(detected.labels.table.tracks) >= before
    desk.link(LinkOptions())
    qtbot.waitUntil(lambda: desk.can_link and desk.provisional == 2)


def test_dialog_links_with_what_its_fields_say(detected: Session, qtbot: QtBot) -> None:
    desk = LinkingDesk.of(detected)
    dialog = LinkDialog(desk)
    qtbot.addWidget(dialog)
    dialog.gap.setValue(0)
    dialog.overlap.setValue(0.5)
    dialog.same_category.setChecked(False)
    assert dialog.options == LinkOptions(least_iou=0.5, longest_gap=0, same_category=False)
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: desk.provisional == 2)


def test_review_opened_again_is_still_linked(
    detected: Session, new_session: Callable[[], Session], qtbot: QtBot, tmp_path: Path
) -> None:
    linked(detected, qtbot)
    detected.close()
    session = new_session()
    with qtbot.waitSignal(session.analysis_changed):
        session.open([tmp_path / "det.txt"])
    assert LinkingDesk.of(session).provisional == 2


def held_back(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Hold the matching once it is done: the first event tells, the second lets it go."""
    is_matched, may_go = threading.Event(), threading.Event()
    real = agreement.link

    def link(labels: Labels, options: LinkOptions, *, progress: Progress) -> LinkDetections | None:
        edit = real(labels, options, progress=progress)
        is_matched.set()
        may_go.wait(10)
        return edit

    monkeypatch.setattr(agreement, "link", link)
    return is_matched, may_go


def test_what_was_matched_in_one_sequence_links_nothing_in_another(
    detected: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.txt"
    other.write_text(TEXT)
    desk = LinkingDesk.of(detected)
    is_matched, may_go = held_back(monkeypatch)
    desk.link(LinkOptions())
    assert is_matched.wait(10)
    with qtbot.waitSignal(detected.sequence_changed):
        detected.open([other])
    may_go.set()
    qtbot.waitUntil(lambda: not detected.tasks.running)
    assert desk.provisional == 0
    assert desk.can_link


def test_detections_that_changed_while_they_were_matched_are_not_linked(
    detected: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = LinkingDesk.of(detected)
    said: list[Banner] = []
    detected.message.connect(said.append)
    is_matched, may_go = held_back(monkeypatch)
    desk.link(LinkOptions())
    assert is_matched.wait(10)
    detected.apply(AddDetection(0, 0, (5.0, 5.0, 20.0, 20.0)))
    may_go.set()
    qtbot.waitUntil(lambda: desk.can_link)
    assert desk.provisional == 0
    assert [banner.text for banner in said if "Link them again" in banner.text]
