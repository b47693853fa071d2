"""What a slip in a command line is called, instead of the framework's words for it."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Any

import typer

from trackproof.cli.terminal import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer.exceptions import TyperException

MOST_SHOWN = 60


def said(error: TyperException) -> str:
    """Return one line: which option or argument, what was given, and what could be."""
    if not isinstance(error, typer.BadParameter):
        return _said_of_call(error)
    if hasattr(error, "param_type"):
        return _said_of_missing(error)
    if error.param is None:
        return error.message
    name = _name(error.param)
    wrong = _validation(error)
    if wrong is None:
        return f"{name}: {error.message}" if error.message else error.format_message()
    given = str(wrong.get("input", ""))
    shown = _quoted(given)
    descriptor = error.param.type_descriptor
    if descriptor.choices is not None:
        return f"{name} {shown} is not known; give {_listed(descriptor.choices)}"
    what = (
        _WRONG["float_parsing"] if given.lower().strip("+-") == "nan" else _WRONG.get(wrong["type"])
    )
    if what is None or descriptor.annotation not in _KINDS:
        return f"{name} {shown}: {error.message}"
    info = descriptor.parameter_info
    wanted = f"{_KINDS[descriptor.annotation]}{_limits(info.min, info.max)}"
    return f"{name} {shown} is {what.format(kind=_KINDS[descriptor.annotation])}; give {wanted}"


_KINDS: dict[Any, str] = {int: "a whole number", float: "a number"}
_WRONG = {
    "greater_than_equal": "too small",
    "less_than_equal": "too large",
    "int_parsing": "not {kind}",
    "int_from_float": "not {kind}",
    "int_parsing_size": "too large",
    "float_parsing": "not {kind}",
}
"""By the kind of error that the framework's validation names."""


_UNKNOWN_COMMAND = re.compile(r"No such command '(.*?)'")
_SURPLUS = re.compile(r"unexpected extra argument(?:\(s\)|s)? \((.*)\)", re.DOTALL)
_GUESS = re.compile(r"'([\w-]+)'")


def _said_of_missing(error: typer.BadParameter) -> str:
    """Return what must still be written, and where."""
    if error.param is None:
        return error.format_message()
    name = _name(error.param)
    if error.param.param_type_name == "option":
        return f"{name} is missing; add it with its value. {_help(error)}"
    return f"{name} is missing; write it like: {_usage(error)}"


def _said_of_call(error: TyperException) -> str:
    """Return what is wrong with the call as a whole: options and commands that are not there.

    The framework's errors of this kind differ in what they carry, and two differ in words alone.
    """
    option = getattr(error, "option_name", None)
    if option is not None and hasattr(error, "possibilities"):
        guesses = _listed(sorted(error.possibilities)) if error.possibilities else ""
        meant = f"; did you mean {guesses}?" if guesses else "."
        return f"{_quoted(option)} is no option of {_path(error)}{meant} {_help(error)}"
    if option is not None:
        return _said_of_value(error, option)
    surplus = _SURPLUS.search(error.message)
    if surplus is not None:
        return f"{_quoted(surplus[1])} is too much here; write it like: {_usage(error)}"
    unknown = _UNKNOWN_COMMAND.match(error.message)
    if unknown is not None:
        guesses = _listed(_GUESS.findall(error.message[unknown.end() :]))
        meant = f"; did you mean {guesses}?" if guesses else "."
        return f"there is no command {_quoted(unknown[1])}{meant} {_help(error)}"
    return error.format_message()


def _said_of_value(error: TyperException, option: str) -> str:
    # The framework does not tell here which command was called.
    if "not take a value" in error.message:
        return f"{option} takes no value; write it alone"
    return f"{option} needs a value after it; --help in its place tells which"


def _context(error: TyperException) -> Any:
    return getattr(error, "ctx", None)


def _path(error: TyperException) -> str:
    context = _context(error)
    return PROGRAM if context is None else str(context.command_path)


def _help(error: TyperException) -> str:
    return f"{_path(error)} --help lists what there is"


def _usage(error: TyperException) -> str:
    context = _context(error)
    if context is None:
        return _path(error)
    return re.sub(r"[{}]", "", str(context.get_usage()).removeprefix("Usage: "))


def _quoted(text: str) -> str:
    return repr(text[:MOST_SHOWN] + "…" if len(text) > MOST_SHOWN else text)


def _name(param: Any) -> str:
    """Return ``--option`` as it is written out, or the name that help shows for an argument."""
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.name.upper())


def _validation(error: typer.BadParameter) -> dict[str, Any] | None:
    """Return the first thing that validation found; None for an error that was raised in words."""
    errors = getattr(error.__cause__, "errors", None)
    found = errors() if callable(errors) else []
    return found[0] if found else None


def _limits(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f" from {least:g} to {most:g}"
    if least is not None:
        return f" of {least:g} or more"
    return f" of {most:g} or less" if most is not None else ""


def _listed(choices: Sequence[Any]) -> str:
    names = [str(one.value) if isinstance(one, Enum) else str(one) for one in choices]
    return " or ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
