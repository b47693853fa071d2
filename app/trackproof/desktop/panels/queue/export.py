"""The queue as a file for people who were not there."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from trackproof.desktop.notices import banner_of_error
from trackproof.errors import TrackproofError

if TYPE_CHECKING:
    from trackproof.desktop.session import Session

OWN_COLUMNS = ("kind", "status", "comment")


def queue_as_csv(session: Session) -> str:
    """Return the flags that the queue shows, in its order, with their verdicts.

    The columns are those of the command line's table, then kind, status and comment.
    """
    from trackproof.reports.flag_table import COLUMNS, flag_row

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*COLUMNS, *OWN_COLUMNS))
    analysis = session.analysis
    if analysis is not None:
        for flag in session.shown_flags:
            comment = session.verdicts.comment(flag.key)
            cells = flag_row(analysis, flag).cells()
            writer.writerow((*cells, str(flag.kind), session.verdict(flag), comment))
    return text.getvalue()


def write_queue(session: Session, path: Path) -> None:
    """Write the queue to a file that a person chose, and say so.

    The dialog has asked before an existing file is replaced.
    """
    from trackproof.storage import write_atomic

    try:
        write_atomic(path, queue_as_csv(session).encode("utf-8"), overwrite=True)
    except TrackproofError as error:
        session.message.emit(banner_of_error(error, doing=f"writing {path.name}"))
        return
    count = len(session.shown_flags)
    session.say(f"{count:,} {'flag' if count == 1 else 'flags'} written to {path}.")


def ask_and_write(session: Session) -> None:
    """Ask for a file and write the queue to it."""
    sequence = session.sequence
    name = f"{sequence.name}-queue.csv" if sequence is not None else "queue.csv"
    window = QApplication.activeWindow()
    chosen, _ = QFileDialog.getSaveFileName(window, "Export the queue", name, "CSV (*.csv)")
    if chosen:
        write_queue(session, Path(chosen))


def ask_and_picture(session: Session) -> None:
    """Ask for an empty folder and write the queue's pictures to it, in the background."""
    from trackproof.desktop.queue_pictures import export_pictures

    dialog = QFileDialog(QApplication.activeWindow(), "Empty folder for the pictures")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda chosen: export_pictures(session, Path(chosen)))
    dialog.open()
