"""From a job to the dialog that shows what it brought home."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from trackproof import paths
from trackproof.desktop.launching.board import JobsBoard
from trackproof.desktop.notices import banner_of_error
from trackproof.storage import is_s3_uri

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from trackproof.desktop.home.choice import Choice
    from trackproof.desktop.session import Session
    from trackproof.handoff.jobs import Job
    from trackproof.handoff.jobs_fetching import FetchedResults
    from trackproof.handoff.results_home import Homecoming
    from trackproof.progress import Progress

LINE = "home"
PACKAGE = "home/package"
RESULTS = "home/results"


class HomeDesk(QObject):
    """Fetches, compares, and opens the dialog."""

    opened = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.board = JobsBoard.of(session)
        self._wanted: dict[str, QWidget] = {}
        self.board.fetched.connect(self._on_fetched)

    @classmethod
    def of(cls, session: Session) -> HomeDesk:
        """Return the one desk of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, HomeDesk) else cls(session)

    def fetch(self, job: Job, window: QWidget) -> None:
        """Fetch a job's results, then show what they change here."""
        self._wanted[job.arn] = window
        self.board.fetch(job, results_folder(job))

    def _on_fetched(self, job: Job, fetched: FetchedResults) -> None:
        from trackproof.handoff.jobs_book import package_of

        window = self._wanted.pop(job.arn, None)
        if window is None:
            return
        for problem in fetched.problems[:1]:
            self._session.say(str(problem))
        package = package_of(job.arn)
        if not package or self._session.sequence is None:
            said = f"The results of {job.name} are in {fetched.folder}."
            hint = " Open the labels that were sent, then merge." if package else ""
            self._session.say(said + hint)
            self._session.settings.set_text(RESULTS, str(fetched.folder))
            if self._session.sequence is not None:
                self.ask(window)
            return
        self.bring(package, str(fetched.folder), window)

    def ask(self, window: QWidget) -> None:
        """Ask for package and results."""
        from trackproof.desktop.home.asking import SourceDialog

        settings = self._session.settings
        dialog = SourceDialog(settings.text(PACKAGE), settings.text(RESULTS), window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(
            lambda: self.bring(dialog.package.text().strip(), dialog.results.text().strip(), window)
        )
        dialog.open()

    def bring(self, package: str, results: str, window: QWidget) -> None:
        """Compare results with what is open, in the background, and show them."""
        settings, book = self._session.settings, self._session.book
        review = book.review
        settings.set_text(PACKAGE, package)
        settings.set_text(RESULTS, results)
        open_now = [(one, book.labels(one)) for one in self._session.sequences]
        is_remote = is_s3_uri(package) or is_s3_uri(results)
        connection = self.board.connection if is_remote else None

        def work(progress: Progress) -> tuple[Homecoming, dict[str, list[Choice]]]:
            from trackproof.desktop.home.choice import choices
            from trackproof.handoff.results_home import fetched_places, homecoming

            folder = round_folder(package, results)
            places = fetched_places(package, results, folder, connection, progress=progress)
            coming = homecoming(places.package, places.results, open_now, progress=progress)
            coming = replace(coming, problems=(*places.problems, *coming.problems))
            merges = coming.merges.items()
            return coming, {name: choices(merge) for name, merge in merges if not merge.is_empty}

        def take(answer: tuple[Homecoming, dict[str, list[Choice]]]) -> None:
            if review is book.review:
                self._show(*answer, window)
            else:
                self._session.say("Other labels were opened meanwhile. Open those, then merge.")

        self._session.tasks.start(
            "Comparing what came back",
            work,
            succeeded=take,
            failed=lambda error: self._session.message.emit(
                banner_of_error(error, doing="comparing what came back")
            ),
            line=LINE,
        )

    def _show(self, coming: Homecoming, choices: dict[str, list[Choice]], window: QWidget) -> None:
        from trackproof.desktop.home.dialog import HomeDialog

        dialog = HomeDialog(self._session, coming, choices, parent=window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()
        self.opened.emit(dialog)


def results_folder(job: Job) -> Path:
    """Return where results are kept: jobs of one name in two accounts do not meet."""
    account = "-".join(part for part in job.arn.split(":")[3:5] if part) or "jobs"
    return paths.data_dir() / "results" / account


def round_folder(package: str, results: str) -> Path:
    """Return where the text files of a package and of results in S3 are kept."""
    name = hashlib.sha256(f"{package}\n{results}".encode()).hexdigest()[:16]
    return paths.cache_dir() / "packages" / name
