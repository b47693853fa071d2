"""Keys that people know from other tools, as whole sets."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from trackproof import paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from trackproof.desktop.actions import Action, ActionRegistry

Keys = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class KeyPreset:
    """One set of keys.

    Parameters
    ----------
    name : str
        The tool it follows.
    description : str
        What is different, for the person who chooses.
    keys : mapping of str to tuple of str
        By action id, in place of the action's own keys; actions not named keep theirs.
    """

    name: str
    description: str
    keys: Mapping[str, tuple[str, ...]]


DEFAULT = KeyPreset("trackproof", "The keys that trackproof comes with.", {})


@cache
def key_presets() -> tuple[KeyPreset, ...]:
    """Return the default keys, then the sets of ``resources/keys`` by name."""
    read = []
    for file in paths.resource("keys").iterdir():
        if file.name.endswith(".toml"):
            content = tomllib.loads(file.read_text("utf-8"))
            keys = {action: tuple(keys) for action, keys in content["keys"].items()}
            read.append(KeyPreset(content["name"], content["description"], keys))
    return (DEFAULT, *sorted(read, key=lambda preset: preset.name.lower()))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a set of keys means for every action.

    Parameters
    ----------
    keys : dict of str to tuple of str
        Keys of every action afterwards.
    losers : tuple of (Action, tuple of str)
        Actions that give keys up because the set uses them elsewhere, with those keys.
    """

    keys: Keys
    losers: tuple[tuple[Action, tuple[str, ...]], ...]

    @property
    def words(self) -> str:
        """Which actions lose keys, in a sentence; empty for none."""
        if not self.losers:
            return ""
        parts = []
        for action, lost in self.losers:
            names = " and ".join(
                QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in lost
            )
            rest = "" if self.keys[action.id] else ", which has no key then"
            parts.append(f"{names} from “{action.text.rstrip(' …')}”{rest}")
        return f"Takes {'; '.join(parts)}."


def plan_of(preset: KeyPreset, actions: Iterable[Action]) -> Plan:
    """Return the keys of every action under a set; no key is left with two meanings."""
    table = tuple(actions)
    claimed = {
        QKeySequence(key): action.id for action in table for key in preset.keys.get(action.id, ())
    }
    keys: Keys = {}
    losers = []
    for action in table:
        wanted = preset.keys.get(action.id, action.shortcuts)
        lost = tuple(
            key for key in wanted if claimed.get(QKeySequence(key), action.id) != action.id
        )
        keys[action.id] = tuple(key for key in wanted if key not in lost)
        if lost:
            losers.append((action, lost))
    return Plan(keys, tuple(losers))


def use_preset(preset: KeyPreset, registry: ActionRegistry) -> None:
    """Give every action its keys of a set; keys that were changed by hand are replaced."""
    for action_id, keys in plan_of(preset, registry.actions).keys.items():
        if registry.shortcuts(action_id) != keys:
            registry.set_shortcuts(action_id, keys)


def preset_in_force(registry: ActionRegistry) -> KeyPreset | None:
    """Return the set whose keys are in force, None when some were changed by hand."""
    for preset in key_presets():
        keys = plan_of(preset, registry.actions).keys
        if all(registry.shortcuts(action_id) == wanted for action_id, wanted in keys.items()):
            return preset
    return None
