"""What a slip in a command line is called, instead of the framework's words for it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typer.exceptions import TyperException

MOST_SHOWN = 60


def said(error: TyperException) -> str:
    """Return one line: which option or argument, what was given, and what could be.

    What is not about a value keeps the framework's words.
    """
    if not isinstance(error, typer.BadParameter):
        return error.format_message()
    if error.param is None:
        return error.message
    name = _name(error.param)
    wrong = _validation(error)
    if wrong is None:
        return f"{name}: {error.message}" if error.message else error.format_message()
    given = str(wrong.get("input", ""))
    shown = repr(given[:MOST_SHOWN] + "…" if len(given) > MOST_SHOWN else given)
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
    return " or ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]
