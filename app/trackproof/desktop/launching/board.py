"""The jobs that the window knows: asked about politely, off the main thread."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from trackproof.desktop.notices import Banner, banner_of_error
from trackproof.errors import HandoffError, Severity, TrackproofError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from trackproof.desktop.session import Session
    from trackproof.desktop.tasks import Task, TaskRunner
    from trackproof.handoff.jobs import Job, LabelingService
    from trackproof.handoff.jobs_fetching import FetchedResults
    from trackproof.handoff.jobs_watching import Moment, Watch
    from trackproof.handoff.launching import Launched
    from trackproof.handoff.launching_sources import Launchable
    from trackproof.progress import Progress
    from trackproof.storage.s3 import Account, Connection

LIST_LINE = "jobs"
LAUNCH_LINE = "launch"
FIELDS = ("profile", "region", "endpoint_url")
MOST = 200
LONGEST_TIMER_S = 30.0
"""Timers are short, so that a computer that slept is noticed soon after it woke."""


def now() -> Moment:
    """Return this moment by both clocks."""
    from trackproof.handoff.jobs_watching import Moment

    return Moment(time.monotonic(), time.time())


class JobsBoard(QObject):
    """Knows the account, its jobs as last heard of, and when to ask again.

    Parameters
    ----------
    clock : callable
        Returns the `Moment`.
    chance : callable
        Random numbers from 0 to 1, for the jitter.
    """

    changed = Signal()
    asked = Signal()
    launched = Signal(object)
    fetched = Signal(object, object)

    def __init__(
        self,
        session: Session,
        *,
        clock: Callable[[], Moment] = now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(session)
        self._session = session
        self._clock = clock
        self._chance = chance
        self._connection: Connection | None = None
        self._watch: Watch | None = None
        self._is_watching = False
        self._is_asking = False
        self._question: Task | None = None
        self.jobs: tuple[Job, ...] = ()
        self.is_launching = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        session.closing.connect(self._stop_watching)

    @classmethod
    def of(cls, session: Session) -> JobsBoard:
        """Return the one board of a session, made on first use."""
        found = session.findChild(cls)
        return found if isinstance(found, JobsBoard) else cls(session)

    @property
    def tasks(self) -> TaskRunner:
        """Where questions to the service run."""
        return self._session.tasks

    # -- account

    @property
    def account(self) -> Account:
        """How the window signs in for jobs; names only, boto3 keeps the secrets."""
        return self._session.settings.account

    def set_account(self, account: Account) -> None:
        """Sign in otherwise; what was known of jobs is forgotten."""
        if account == self.account:
            return
        for field in FIELDS:
            self._session.settings.set_text(f"jobs/{field}", getattr(account, field))
        self._connection = None
        self._watch = None
        self.jobs = ()
        self._session.tasks.cancel(LIST_LINE)
        self.changed.emit()
        if self._is_watching:
            self.refresh()

    @property
    def connection(self) -> Connection:
        """The connection of this account."""
        from trackproof.storage.s3 import Connection

        if self._connection is None:
            self._connection = Connection(self.account)
        return self._connection

    def service(self, region: str = "") -> LabelingService:
        """Return the labeling service of a Region, or of the account's own."""
        from trackproof.handoff.jobs import LabelingService

        return LabelingService(self.connection, region=region)

    # -- watching

    @property
    def problem(self) -> str:
        """Why what is on screen may be old; empty when it is not."""
        return self._watch.said if self._watch is not None else ""

    @property
    def is_asking(self) -> bool:
        """Whether an answer is on its way."""
        return self._is_asking

    @property
    def was_heard(self) -> bool:
        """Whether the service ever answered."""
        return self._watch is not None and not self._watch.said

    def watch(self, *, is_wanted: bool = True) -> None:
        """Keep the list up to date, or stop asking."""
        self._is_watching = is_wanted
        if is_wanted and self._watch is None:
            self.refresh()
        elif is_wanted:
            self._tick()
        else:
            self._timer.stop()

    def _stop_watching(self) -> None:
        self.watch(is_wanted=False)

    def refresh(self) -> None:
        """Ask now."""
        self._is_asking = True
        service = self.service()
        self._question = self._session.tasks.start(
            "Asking about labeling jobs",
            lambda progress: service.jobs(most=MOST, progress=progress),
            succeeded=self._take,
            failed=self._fail,
            cancelled=self._dropped,
            line=LIST_LINE,
        )
        self.changed.emit()

    def _tick(self) -> None:
        if not self._is_watching or self._is_asking or self._watch is None:
            return
        moment = self._clock()
        self._watch = self._watch.awake(moment)
        left_s = self._watch.due_in_s(moment)
        if left_s <= 0:
            self.refresh()
            return
        self._timer.start(round(min(left_s, LONGEST_TIMER_S) * 1_000) + 1)

    def _take(self, jobs: list[Job]) -> None:
        from trackproof.handoff.jobs_watching import Watch, news

        self._is_asking = False
        told = news(self.jobs, jobs)
        self.jobs = tuple(jobs)
        moment = self._clock()
        watch = self._watch or Watch(moment)
        self._watch = watch.heard(jobs, moment, chance=self._chance())
        for text in told:
            self._tell(text)
        self.changed.emit()
        self.asked.emit()
        self._tick()

    def _fail(self, error: BaseException) -> None:
        from trackproof.handoff.jobs_watching import Watch
        from trackproof.storage.s3 import AwsError, Trouble

        self._is_asking = False
        if not isinstance(error, TrackproofError):
            self._session.message.emit(banner_of_error(error, doing="asking about jobs"))
        trouble = error.trouble if isinstance(error, AwsError) else Trouble.OTHER
        words = error.message if isinstance(error, TrackproofError) else str(error)
        moment = self._clock()
        watch = self._watch or Watch(moment)
        self._watch = watch.failed(trouble, _sentence(words), moment, chance=self._chance())
        self.changed.emit()
        self.asked.emit()
        self._tick()

    def _dropped(self) -> None:
        # A newer question may be on its way.
        self._is_asking = self._question is not None and not self._question.is_over
        self.changed.emit()

    def _tell(self, text: str) -> None:
        from PySide6.QtWidgets import QApplication

        bad = any(word in text for word in ("failed", "without labels", "stopped"))
        severity = Severity.WARNING if bad else Severity.NOTE
        self._session.message.emit(Banner(text, severity=severity, topic=f"job {text}"))
        application = QApplication.instance()
        if isinstance(application, QApplication):
            for window in application.topLevelWidgets():
                if window.objectName() == "main":
                    QApplication.alert(window)

    # -- doing

    def launch(
        self,
        jobs: Sequence[Launchable],
        requests: Sequence[Mapping[str, Any]],
        *,
        region: str,
        package: str,
    ) -> Task:
        """Create jobs in the background; the one thing here that spends money."""
        service = self.service(region)
        self.is_launching = True

        def work(progress: Progress) -> list[Launched]:
            from trackproof.handoff.launching_words import send_words

            send_words(service.connection, jobs, progress=progress)
            return [_launched(service, one, region, package, progress) for one in requests]

        return self._session.tasks.start(
            "Creating the labeling job" if len(requests) == 1 else "Creating the labeling jobs",
            work,
            succeeded=self._launched,
            failed=self._launch_failed,
            cancelled=self._launch_stopped,
            line=LAUNCH_LINE,
        )

    def _launched(self, made: list[Launched]) -> None:
        self.is_launching = False
        names = ", ".join(one.name for one in made)
        were = "was there already" if all(one.was_there for one in made) else "is created"
        many = "Jobs" if len(made) > 1 else "Job"
        self._session.say(f"{many} {names} {were if len(made) == 1 else 'are created'}.")
        self.launched.emit(made)
        self._is_watching = True
        self.refresh()

    def _launch_stopped(self) -> None:
        self._launch_failed(
            HandoffError(
                "You stopped while the job was being created, so it may exist. Look at the Jobs "
                "panel first; launching the same again makes no second job"
            )
        )

    def _launch_failed(self, error: BaseException) -> None:
        self.is_launching = False
        self._session.message.emit(banner_of_error(error, doing="creating the labeling job"))
        self.launched.emit(error)
        self.refresh()

    def stop(self, job: Job) -> None:
        """Stop a job that a person wants stopped."""
        service = self.service(_region_of(job))
        self._session.tasks.start(
            f"Stopping {job.name}",
            lambda _progress: service.stop(job.name),
            succeeded=lambda _answer: self._stopped(job),
            failed=lambda error: self._say_error(error, f"stopping {job.name}"),
        )

    def _stopped(self, job: Job) -> None:
        self._session.say(f"Job {job.name} is stopping; what is labeled is kept.")
        self.refresh()

    def fetch(self, job: Job, folder: Path) -> None:
        """Bring a job's results to this computer; `fetched` tells when they are here."""
        service = self.service(_region_of(job))

        def work(progress: Progress) -> FetchedResults:
            from trackproof.handoff.jobs_fetching import fetch_results

            described = service.describe(job.name)
            return fetch_results(service.connection, described, folder, progress=progress)

        self._session.tasks.start(
            f"Fetching results of {job.name}",
            work,
            succeeded=lambda answer: self.fetched.emit(job, answer),
            failed=lambda error: self._say_error(error, f"fetching results of {job.name}"),
            line=f"fetch {job.name}",
        )

    def open_portal(self, job: Job, open_url: Callable[[str], object]) -> None:
        """Find the workers' page of a job's team and open it."""
        service = self.service(_region_of(job))

        def take(url: str) -> None:
            if url:
                open_url(url)
            else:
                self._session.say("The service does not know a workers' page of this team.")

        self._session.tasks.start(
            "Asking for the workers' page",
            lambda _progress: service.workteam(job.workteam_arn).portal_url,
            succeeded=take,
            failed=lambda error: self._say_error(error, "asking for the workers' page"),
        )

    def _say_error(self, error: BaseException, doing: str) -> None:
        self._session.message.emit(banner_of_error(error, doing=doing))


def _launched(
    service: LabelingService,
    request: Mapping[str, Any],
    region: str,
    package: str,
    progress: Progress,
) -> Launched:
    from trackproof.handoff.jobs_book import Noted, note_job
    from trackproof.handoff.launching import launch

    made = launch(service, request, progress=progress)
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    note_job(Noted(name=made.name, arn=made.arn, region=region, package=package, launched=moment))
    return made


def _region_of(job: Job) -> str:
    parts = job.arn.split(":")
    return parts[3] if len(parts) > 3 else ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
