"""What the program remembers about a person's choices, with types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QSettings

from trackproof import paths

if TYPE_CHECKING:
    from trackproof.storage import Place
    from trackproof.storage.s3 import Account

RECENT_LIMIT = 12
LOOP_CONTEXT_S = 0.5
FRAME_BUDGET_MB = 448


class Settings:
    """Typed access to one INI file in the configuration folder."""

    def __init__(self) -> None:
        folder = paths.config_dir()
        folder.mkdir(parents=True, exist_ok=True)
        self._file = QSettings(str(folder / "trackproof.ini"), QSettings.Format.IniFormat)

    def save(self) -> None:
        """Write what changed to disk."""
        self._file.sync()

    @property
    def theme_name(self) -> str:
        """``system``, ``dark``, ``light`` or ``contrast``."""
        return self._text("view/theme", "system")

    @theme_name.setter
    def theme_name(self, name: str) -> None:
        self._file.setValue("view/theme", name)

    @property
    def reviewer(self) -> str:
        """Who judges and edits: the name that a person gave, else the login name."""
        from trackproof.review.holder import user_name

        return self._text("review/reviewer", "") or user_name()

    @reviewer.setter
    def reviewer(self, name: str) -> None:
        self._file.setValue("review/reviewer", name)

    @property
    def frame_budget_bytes(self) -> int:
        """How much memory decoded frames may take."""
        return int(self._number("frames/budget_mb", FRAME_BUDGET_MB)) * 1_000_000

    @frame_budget_bytes.setter
    def frame_budget_bytes(self, size: int) -> None:
        self._file.setValue("frames/budget_mb", max(64, size // 1_000_000))

    @property
    def loop_context_s(self) -> float:
        """Seconds repeated before and after a flag."""
        return self._number("choice/playback/loop_context_s", LOOP_CONTEXT_S)

    @loop_context_s.setter
    def loop_context_s(self, seconds: float) -> None:
        self.set_number("playback/loop_context_s", seconds)

    @property
    def recent(self) -> tuple[str, ...]:
        """Paths opened before, newest first."""
        return tuple(str(path) for path in self._list("recent/paths"))

    def add_recent(self, path: Place | str) -> None:
        """Put a path in front of the recent ones."""
        kept = [str(path), *(old for old in self.recent if old != str(path))]
        self._put("recent/paths", kept[:RECENT_LIMIT])

    def forget_recent(self) -> None:
        """Empty the list of recent paths."""
        self._put("recent/paths", [])

    def rate_fps(self, key: str) -> float | None:
        """Return the frame rate that a person stated for an input."""
        value = self._map("inputs/rates").get(key)
        return float(value) if isinstance(value, int | float) else None

    def set_rate_fps(self, key: str, rate_fps: float) -> None:
        """Remember the frame rate of an input."""
        self._put("inputs/rates", {**self._map("inputs/rates"), key: rate_fps})

    def frames_of(self, key: str) -> tuple[str, int] | None:
        """Return the frame path and offset that a person chose for an input."""
        value = self._map("inputs/frames").get(key)
        if isinstance(value, list) and len(value) == 2:
            return str(value[0]), int(value[1])
        return None

    def set_frames_of(self, key: str, path: str, *, offset: int) -> None:
        """Remember where the frames of an input are."""
        self._put("inputs/frames", {**self._map("inputs/frames"), key: [path, offset]})

    def size_of(self, path: str) -> tuple[int, int] | None:
        """Return the size of the images, in pixels, that a person stated for labels."""
        value = self._map("inputs/sizes").get(path)
        if isinstance(value, list) and len(value) == 2:
            return int(value[0]), int(value[1])
        return None

    def set_size_of(self, path: str, size: tuple[int, int]) -> None:
        """Remember the size of the images of labels."""
        self._put("inputs/sizes", {**self._map("inputs/sizes"), path: list(size)})

    @property
    def account(self) -> Account:
        """How to sign in to AWS where nothing else is remembered: as for labeling jobs."""
        from trackproof.storage.s3 import Account

        return Account(*(self.text(f"jobs/{f}") for f in ("profile", "region", "endpoint_url")))

    def account_of(self, address: str) -> Account | None:
        """Return the profile, Region and endpoint that an S3 address was opened with."""
        from trackproof.storage.s3 import Account

        value = self._map("s3/accounts").get(address)
        if isinstance(value, list) and len(value) == 3:
            return Account(*map(str, value))
        return None

    def set_account_of(self, address: str, account: Account) -> None:
        """Remember how an S3 address is opened; its names only, never a key or a token."""
        kept = {key: one for key, one in self._map("s3/accounts").items() if key != address}
        fields = [account.profile, account.region, account.endpoint_url]
        newest = dict(list(kept.items())[-RECENT_LIMIT + 1 :])
        self._put("s3/accounts", {**newest, address: fields})

    @property
    def recent_addresses(self) -> tuple[str, ...]:
        """S3 addresses opened before, newest first."""
        return tuple(reversed(list(self._map("s3/accounts"))))

    def shortcuts(self) -> dict[str, tuple[str, ...]]:
        """Return the shortcuts that a person changed, by action id."""
        return {
            key: tuple(str(one) for one in value)
            for key, value in self._map("keys/shortcuts").items()
            if isinstance(value, list)
        }

    def set_shortcuts(self, shortcuts: dict[str, tuple[str, ...]]) -> None:
        """Remember changed shortcuts."""
        self._put("keys/shortcuts", {key: list(value) for key, value in shortcuts.items()})

    def layout(self, name: str) -> QByteArray | None:
        """Return a saved window geometry or dock layout."""
        value = self._file.value(f"layout/{name}")
        return value if isinstance(value, QByteArray) else None

    def set_layout(self, name: str, state: QByteArray | None) -> None:
        """Remember a layout; None forgets it."""
        if state is None:
            self._file.remove(f"layout/{name}")
        else:
            self._file.setValue(f"layout/{name}", state)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a remembered yes or no."""
        value = self._text(f"choice/{key}", "true" if default else "false")
        return value == "true"

    def set_flag(self, key: str, *, value: bool) -> None:
        """Remember a yes or no."""
        self._file.setValue(f"choice/{key}", "true" if value else "false")

    def number(self, key: str, default: float) -> float:
        """Return a remembered number."""
        return self._number(f"choice/{key}", default)

    def set_number(self, key: str, value: float) -> None:
        """Remember a number."""
        self._file.setValue(f"choice/{key}", value)

    def text(self, key: str, default: str = "") -> str:
        """Return a remembered text."""
        return self._text(f"choice/{key}", default)

    def set_text(self, key: str, value: str) -> None:
        """Remember a text."""
        self._file.setValue(f"choice/{key}", value)

    def _text(self, key: str, default: str) -> str:
        value = self._file.value(key, default)
        return value if isinstance(value, str) else default

    def _number(self, key: str, default: float) -> float:
        value = self._file.value(key, default)
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return default

    def _list(self, key: str) -> list[Any]:
        value = self._json(key)
        return value if isinstance(value, list) else []

    def _map(self, key: str) -> dict[str, Any]:
        value = self._json(key)
        return value if isinstance(value, dict) else {}

    def _json(self, key: str) -> object:
        try:
            return json.loads(self._text(key, "null"))
        except json.JSONDecodeError:
            return None

    def _put(self, key: str, value: object) -> None:
        self._file.setValue(key, json.dumps(value))
