"""XML read as a stream, with the place of every element in the file.

Documents that declare types or entities are refused: labels never need them, and entities can name
other files or grow without end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from xml.parsers import expat

from trackproof.errors import FormatError

if TYPE_CHECKING:
    from pathlib import Path

    from trackproof.progress import Progress

CHUNK = 1 << 18
DEEPEST = 60
PROLOG = (
    rb"^\s*(\xef\xbb\xbf)?\s*(<\?xml[^>]*>)?\s*"
    rb"(<!--[^>]{0,2000}-->\s*|<!DOCTYPE[^>]{0,2000}>\s*(\]>)?\s*){0,9}"
)
"""What may stand before the first element; a document type is found here and refused later."""

_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?(<\?xml[^>]*\?>)")
_STATED = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
_OTHER_UNICODE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class Element:
    """One element.

    Parameters
    ----------
    start, end : int
        First byte, and the byte after the last; ``end`` is -1 while it is open.
    line : int
        Line of its start tag, from 1.
    children : list of Element
        Those that a reader asked for.
    """

    tag: str
    attributes: dict[str, str]
    start: int
    line: int
    end: int = -1
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text directly inside, without white space around it."""
        return "".join(self.pieces).strip()

    def child(self, tag: str) -> Element | None:
        """Return the first child of a tag."""
        return next((one for one in self.children if one.tag == tag), None)

    def find(self, tag: str) -> Element | None:
        """Return the first element of a tag inside, at any depth."""
        for one in self.children:
            found = one if one.tag == tag else one.find(tag)
            if found is not None:
                return found
        return None


class Handler(Protocol):
    """What takes elements as they are read."""

    def entered(self, element: Element) -> None:
        """Take an element whose content follows one by one."""

    def left(self, element: Element) -> None:
        """Take the end of such an element."""

    def took(self, element: Element, parent: Element | None) -> None:
        """Take a complete element."""


class Broken(Exception):
    """The text is no XML from a place on; what came before has been handed out.

    Parameters
    ----------
    line : int
        Line of that place, from 1.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _Stream:
    """Follows one parser."""

    def __init__(
        self,
        data: bytes,
        path: Path,
        handler: Handler,
        *,
        passed: frozenset[str],
        whole: frozenset[str],
        kept: frozenset[str],
    ) -> None:
        self.data = data
        self.path = path
        self.handler = handler
        self.passed = passed
        self.whole = whole
        self.kept = kept
        self.parents: list[Element] = []
        self.inside: list[Element] = []
        self.depth = 0
        self.skipped = 0
        self.fresh: Element | None = None
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype

    def run(self, progress: Progress) -> None:
        total = max(len(self.data), 1)
        view = memoryview(self.data)
        try:
            for place in range(0, total, CHUNK):
                progress.step(place, total)
                self.parser.Parse(view[place : place + CHUNK], False)
            self.parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Broken(expat.ErrorString(error.code), error.lineno) from error
        progress.step(total, total)

    def _doctype(self, *_: object) -> None:
        raise FormatError(
            "declares a document type (DOCTYPE), which labels never need and which can do harm; "
            "take that line out",
            path=self.path,
            location=f"line {self.parser.CurrentLineNumber}",
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormatError(
                "elements are nested too deeply to be labels",
                path=self.path,
                location=f"line {self.parser.CurrentLineNumber}",
            )
        self.fresh = None
        known = tag in self.kept if self.inside else tag in self.passed or tag in self.whole
        if self.skipped or not known:
            self.skipped += 1
            return
        element = Element(
            tag, attributes, self.parser.CurrentByteIndex, self.parser.CurrentLineNumber
        )
        self.fresh = element
        if self.inside or tag in self.whole:
            self.inside.append(element)
        else:
            self.parents.append(element)
            self.handler.entered(element)

    def _end(self, _tag: str) -> None:
        self.depth -= 1
        if self.skipped:
            self.skipped -= 1
            self.fresh = None
            return
        element = self.inside.pop() if self.inside else self.parents.pop()
        element.end = self._after(element)
        self.fresh = None
        if self.inside:
            self.inside[-1].children.append(element)
        elif element.tag in self.whole:
            self.handler.took(element, self.parents[-1] if self.parents else None)
        else:
            self.handler.left(element)

    def _after(self, element: Element) -> int:
        """Return the byte after an element: the parser stands there, or at the end tag."""
        place = self.parser.CurrentByteIndex
        if self.fresh is element and self.data[place - 2 : place] == b"/>":
            return place
        return self.data.index(b">", place) + 1

    def _text(self, text: str) -> None:
        self.fresh = None
        if self.inside and not self.skipped:
            self.inside[-1].pieces.append(text)


def read_xml(
    data: bytes,
    path: Path,
    handler: Handler,
    *,
    passed: frozenset[str],
    whole: frozenset[str],
    kept: frozenset[str],
    progress: Progress,
) -> None:
    """Hand out the elements of an XML text.

    Parameters
    ----------
    passed : frozenset of str
        Tags of elements whose content is handed out piece by piece.
    whole : frozenset of str
        Tags of elements that are handed out when they are complete.
    kept : frozenset of str
        Tags of elements that are kept inside those; all others are skipped.

    Raises
    ------
    Broken
        Where the text is no XML; everything before has been handed out.
    FormatError
        When it declares a document type or an encoding that cannot be read, is nested without end,
        or is UTF-16.
    Cancelled
        When ``progress`` says so.
    """
    if data.startswith(_OTHER_UNICODE):
        raise FormatError("the file is UTF-16 text; XML labels must be UTF-8", path=path)
    _check_encoding(data, path)
    _Stream(data, path, handler, passed=passed, whole=whole, kept=kept).run(progress)


def _check_encoding(data: bytes, path: Path) -> None:
    """Refuse an encoding that the parser does not know.

    The declaration is parsed alone: the errors are those of Python's codecs, and with elements
    behind it they could not be told from errors of a handler.
    """
    declared = _DECLARATION.match(data)
    if declared is None:
        return
    try:
        expat.ParserCreate().Parse(declared[1], False)
    except expat.ExpatError:
        return  # told with its line when the whole text is read
    except (LookupError, ValueError) as error:
        stated = _STATED.search(declared[1])
        name = stated[1].decode("ascii", "replace")[:40] if stated else ""
        raise FormatError(
            f"the encoding {name!r} cannot be read; XML labels must be UTF-8",
            path=path,
            location="line 1",
        ) from error


_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\r": "&#13;",
    "\n": "&#10;",
    "\t": "&#9;",
}


_PLAIN = re.compile(r"[\w .,:;#/()+-]*", re.ASCII)


def xml_text(text: str) -> bytes:
    """Return text as it may stand in an element or attribute, whatever the encoding of the file.

    Characters that XML cannot hold become question marks.
    """
    if _PLAIN.fullmatch(text):
        return text.encode()
    legal = (one if one >= " " or one in "\t\r\n" else "?" for one in text)
    legal = ("?" if one in "\ufffe\uffff" or "\ud800" <= one <= "\udfff" else one for one in legal)
    return "".join(_ESCAPES.get(one, one) for one in legal).encode("ascii", "xmlcharrefreplace")


def start_tag(tag: str, attributes: dict[str, str], *, is_empty: bool = False) -> bytes:
    """Return the text of a start tag."""
    said = b"".join(b' %s="%s"' % (xml_text(k), xml_text(v)) for k, v in attributes.items())
    return b"<%s%s%s>" % (tag.encode(), said, b"/" if is_empty else b"")
