"""Access to the elements of a message by name, typed by the description."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeVar

from services.referral.istandaarden.description import ClassDescription, ElementDescription, MessageDescription
from services.referral.istandaarden.sentences import Finding, InvalidStructure, Sentence, UnusableValue
from services.referral.istandaarden.simple_types import XML_SPACE, Standard, whole_number

_T = TypeVar("_T")
Content = dict[str, Any]
"""The content of a class: element name to text, to the content of a class, or to a list of these."""


class MissingElement(LookupError):
    """An element that was asked for is not there; a message valid at level 1 has every required element."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is missing; validate the message before reading it")


class Node:
    """One class in a message, such as a Client. Immutable.

    ``node.Begindatum`` gives a value typed by the description (date, time, int, str, Node, tuple for a repeated
    element, None when absent). The methods give the same with a static type; their path may go deeper:
    ``"Product/Code"``.
    """

    __slots__ = ("_content", "_group", "_path")

    def __init__(self, group: ClassDescription, content: Mapping[str, Any], path: str) -> None:
        self._group = group
        self._content = content
        self._path = path

    @property
    def path(self) -> str:
        """Where this class stands: ``Bericht/Client/StartProducten/StartProduct[1]``."""
        return self._path

    @property
    def name(self) -> str:
        """The name of the class."""
        return self._group.name

    @property
    def group(self) -> ClassDescription:
        return self._group

    def content(self) -> Content:
        """A copy of the content as ``write`` takes it."""
        return copy.deepcopy(dict(self._content))

    def raw_content(self) -> Mapping[str, Any]:
        """The content itself, for ``write``; not to be changed."""
        return self._content

    def find(self, path: str) -> "Node | None":
        """The class at ``path``, or None when it is absent."""
        inner = self._group.classes.get(path)
        if inner is not None:
            value = self._content.get(path)
            return None if value is None else Node(inner, value, f"{self._path}/{path}")
        first, deeper, rest = path.partition("/")
        if not deeper:
            raise KeyError(f"{path} is not a class")
        node = self.find(first)
        return None if node is None else node.find(rest)

    def one(self, path: str) -> "Node":
        """The class at ``path``; ``MissingElement`` when it is absent."""
        node = self.find(path)
        if node is None:
            raise MissingElement(f"{self._path}/{path}")
        return node

    def each(self, path: str) -> tuple["Node", ...]:
        """The repeated classes at ``path``, such as ``"StartProducten/StartProduct"``; empty when there are none."""
        if "/" in path:
            first, _, rest = path.partition("/")
            node = self.find(first)
            return () if node is None else node.each(rest)
        inner = self._group.classes[path]
        values = self._content.get(path)
        if values is None:
            return ()
        where = f"{self._path}/{path}"
        return tuple([Node(inner, value, f"{where}[{i}]") for i, value in enumerate(values, start=1)])

    def find_text(self, path: str) -> str | None:
        """The text of a single element, without surrounding space where the type ignores it; None when absent."""
        stripped = self._group.texts.get(path)
        if stripped is not None:
            text: str | None = self._content.get(path)
            return text.strip(XML_SPACE) if stripped and text is not None else text
        first, deeper, rest = path.partition("/")
        if not deeper:
            raise KeyError(f"{path} is not a value")
        node = self.find(first)
        return None if node is None else node.find_text(rest)

    def text(self, path: str) -> str:
        return _present(self.find_text(path), self._path, path)

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a repeated element, such as RetourCode."""
        return tuple(self._content.get(name, ()))

    def find_number(self, path: str) -> int | None:
        text = self.find_text(path)
        return None if text is None else whole_number(text)

    def number(self, path: str) -> int:
        return _present(self.find_number(path), self._path, path)

    def find_date(self, path: str) -> date | None:
        """The date; ``UnusableValue`` for a year outside 0001–9999, which XML Schema allows."""
        text = self.find_text(path)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise _outside_calendar(f"{self._path}/{path}") from None

    def date(self, path: str) -> date:
        return _present(self.find_date(path), self._path, path)

    def find_time(self, path: str) -> time | None:
        """The time; 24:00:00 is 00:00:00, and anything beyond microseconds is dropped."""
        text = self.find_text(path)
        if text is None:
            return None
        text, _, fraction = text.partition(".")
        try:
            whole = time.fromisoformat("00" + text[2:] if text.startswith("24") else text)
            return whole.replace(microsecond=int(f"{fraction[:6]:0<6}"))
        except ValueError:
            raise _outside_calendar(f"{self._path}/{path}") from None

    def time(self, path: str) -> time:
        return _present(self.find_time(path), self._path, path)

    def descendants(self, name: str) -> Iterator["Node"]:
        """Every class called ``name`` below this one, in order."""
        for element in self._group.elements:
            for child in self._children(element):
                if element.name == name:
                    yield child
                yield from child.descendants(name)

    def children(self) -> Iterator["Node"]:
        """The classes directly below this one, in order."""
        for element in self._group.elements:
            yield from self._children(element)

    def _children(self, element: ElementDescription) -> "tuple[Node, ...]":
        if element.group is None or element.name not in self._content:
            return ()
        return self.each(element.name) if element.many else (self.one(element.name),)

    def __getattr__(self, name: str) -> Any:
        element = self._group.by_name.get(name)
        if element is None:
            raise AttributeError(f"{self._group.name} has no element {name}")
        if element.group is not None:
            return self.each(name) if element.many else self.find(name)
        if element.many:
            return self.texts(name)
        assert element.simple is not None  # noqa: S101 - an element has one of the two
        readers = {"integer": self.find_number, "date": self.find_date, "time": self.find_time}
        return readers.get(element.simple.base, self.find_text)(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self._group.name == other._group.name and self._content == other._content

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Node {self._path}>"


def _outside_calendar(path: str) -> UnusableValue:
    return UnusableValue(
        path, "De datum of tijd bestaat niet in de kalender.", "The date or time is not in the calendar."
    )


def _present(value: _T | None, *path: str) -> _T:
    if value is None:
        raise MissingElement("/".join(path))
    return value


@dataclass(frozen=True, slots=True)
class MessageHeader:
    """Who exchanges what with whom.

    ``municipality`` is a CBS code, ``provider`` an AGB code, ``identification`` unique for the sender per kind of
    message, ``dated`` the day of sending (Dagtekening).
    """

    standard: Standard
    municipality: str
    provider: str
    identification: str
    dated: date

    def content(self, *, from_municipality: bool) -> Content:
        """The header as ``write`` takes it."""
        parties = (self.municipality, self.provider)
        sender, receiver = parties if from_municipality else parties[::-1]
        return {
            "Afzender": sender,
            "Ontvanger": receiver,
            "BerichtIdentificatie": {"Identificatie": self.identification, "Dagtekening": self.dated},
        }

    @classmethod
    def from_node(cls, description: MessageDescription, root: Node) -> "MessageHeader":
        try:
            sender, receiver = root.text("Header/Afzender"), root.text("Header/Ontvanger")
            identification = root.text("Header/BerichtIdentificatie/Identificatie")
            dated = root.date("Header/BerichtIdentificatie/Dagtekening")
        except (MissingElement, UnusableValue):
            wrong = Sentence("De header is niet volledig.", "The header is incomplete.")
            right = Sentence(
                "afzender, ontvanger, identificatie en dagtekening", "sender, receiver, identification, date"
            )
            raise InvalidStructure(description.kind, [Finding("Bericht/Header", None, wrong, right)]) from None
        if not description.from_municipality:
            sender, receiver = receiver, sender
        return cls(description.standard, sender, receiver, identification, dated)
