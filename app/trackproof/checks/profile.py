"""Parameters of the checks for one kind of footage, as a TOML file."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from trackproof.errors import FormatError
from trackproof.paths import config_dir, resource
from trackproof.storage import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from trackproof.checks.model import Check

DEFAULT_NAME = "default"


@dataclass(frozen=True, slots=True)
class Profile:
    """Values that differ from the checks' defaults.

    Parameters
    ----------
    name : str
        What people choose it by.
    description : str
        One sentence: which footage it is for.
    values : mapping of str to mapping of str to float
        By check, then by parameter.
    switched_off : frozenset of str
        Checks that do not run.
    """

    name: str = DEFAULT_NAME
    description: str = ""
    values: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    switched_off: frozenset[str] = frozenset()

    def parameters(self, check: Check) -> Mapping[str, float]:
        """Return every parameter of a check, with this profile's values over the defaults."""
        return MappingProxyType({**check.defaults(), **self.values.get(check.name, {})})

    def with_value(self, check: str, parameter: str, value: float) -> Profile:
        """Return a profile in which one parameter has another value."""
        of_check = {**self.values.get(check, {}), parameter: float(value)}
        return replace(self, values={**self.values, check: of_check})

    def switched(self, check: str, *, is_on: bool) -> Profile:
        """Return a profile in which one check runs, or does not."""
        off = self.switched_off - {check} if is_on else self.switched_off | {check}
        return replace(self, switched_off=off)

    def without(self, check: str) -> Profile:
        """Return a profile in which one check is as it was made."""
        values = {name: own for name, own in self.values.items() if name != check}
        return replace(self, values=values, switched_off=self.switched_off - {check})

    def to_toml(self) -> str:
        """Return the text that `load_profile` reads back as this profile."""
        lines = [f"name = {_quoted(self.name)}", f"description = {_quoted(self.description)}"]
        lines += ["", "[checks]"]
        lines += [f"{_quoted(check)} = false" for check in sorted(self.switched_off)]
        for check, values in sorted(self.values.items()):
            if values and check not in self.switched_off:
                lines += ["", f"[checks.{_quoted(check)}]"]
                lines += [f"{_quoted(key)} = {value!r}" for key, value in sorted(values.items())]
        return "\n".join(lines) + "\n"

    def problems(self, known: Mapping[str, Check]) -> tuple[str, ...]:
        """Return what a profile says about checks and parameters that do not exist, in words."""
        said = [
            f"profile {self.name} names the check {name!r}, which does not exist"
            for name in (*self.values, *sorted(self.switched_off))
            if name not in known
        ]
        for name, values in self.values.items():
            if name in known:
                allowed = known[name].defaults()
                said += [
                    f"profile {self.name}: check {name} has no parameter {key!r}, only "
                    + ", ".join(allowed)
                    for key in values
                    if key not in allowed
                ]
        return tuple(said)


def load_profile(path: Path | Traversable) -> Profile:
    """Return the profile of a TOML file.

    Raises
    ------
    FormatError
        When the file is not TOML, or a value is not a number.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormatError(f"this is not a TOML profile: {error}", path=str(path)) from error
    except OSError as error:
        raise FormatError(f"the profile cannot be read: {error}", path=str(path)) from error
    checks = data.get("checks", {})
    if not isinstance(checks, dict):
        raise FormatError("[checks] must hold one table per check", path=str(path))
    values: dict[str, dict[str, float]] = {}
    switched_off = set()
    for name, table in checks.items():
        if table is False:
            switched_off.add(name)
            continue
        values[name] = _numbers(table, check=name, path=str(path))
    name = str(data.get("name", path.name.removesuffix(".toml")))
    return Profile(name, str(data.get("description", "")), values, frozenset(switched_off))


def shipped_profiles() -> tuple[Profile, ...]:
    """Return the profiles that come with the program, the default one first."""
    files = [file for file in resource("profiles").iterdir() if file.name.endswith(".toml")]
    loaded = [load_profile(file) for file in files]
    return tuple(sorted(loaded, key=lambda p: (p.name != DEFAULT_NAME, p.name)))


def own_profiles() -> tuple[Profile, ...]:
    """Return the profiles that people saved, by name; files that cannot be read are left out."""
    found = []
    for file in sorted((config_dir() / "profiles").glob("*.toml")):
        try:
            found.append(load_profile(file))
        except FormatError:
            continue
    return tuple(sorted(found, key=lambda profile: profile.name))


def known_profiles() -> dict[str, Profile]:
    """Return all profiles by name, shipped ones first; an own one goes before its namesake."""
    shipped = {profile.name: profile for profile in shipped_profiles()}
    return {**shipped, **{profile.name: profile for profile in own_profiles()}}


def keep_profile(profile: Profile) -> Path:
    """Save a profile among the own ones, over one of the same name, and return its file.

    Raises
    ------
    FormatError
        When the name has no letter or digit to make a file name of.
    OSError
        When the file cannot be written.
    """
    stem = re.sub(r"[^\w-]+", "-", profile.name).strip("-").lower()
    if not stem:
        raise FormatError("a profile needs a name with letters or digits")
    path = config_dir() / "profiles" / f"{stem}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, profile.to_toml().encode(), overwrite=True)
    return path


def _quoted(text: str) -> str:
    """Return a TOML basic string: its escapes are those of JSON, and DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _numbers(table: Any, *, check: str, path: str) -> dict[str, float]:
    if not isinstance(table, dict):
        raise FormatError(
            f"{check} must be a table of numbers, or false to switch the check off", path=path
        )
    for key, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise FormatError(
                f"{key} is {value!r}, which is not a number",
                path=path,
                location=f"[checks.{check}]",
            )
    return {key: float(value) for key, value in table.items()}
