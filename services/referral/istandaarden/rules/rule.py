"""What a rule of the standard is: a code, where it applies, what it says to a person, and the function that looks.

A rule of level 2 looks at a message alone; one of level 3 or 4 also at what is ``known`` to who receives it. A rule
yields the places that break it; it assumes a message that is valid at every level below its own, and never raises on
one.

Source: iWmo/iJw 3.2, rules TR, CD, CS and RS, restated in our own words.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from services.referral.istandaarden.description import KINDS
from services.referral.istandaarden.labels import TECHNICALLY_REJECTED
from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.sentences import Sentence

Level = Literal["1", "2", "3", "4"]
Place = Node | tuple[Node, str]
"""The class that breaks a rule, and the element in it that does, when there is one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule at its level. ``kinds`` are the messages it applies to (``JW301``); ``returns`` is the return code."""

    code: str
    level: Level
    returns: str
    kinds: frozenset[str]
    wrong: Sentence
    right: Sentence | None
    looks: Callable[..., Iterable[Place]]

    @property
    def where(self) -> str:
        """The module and function that implement it, for the documentation."""
        return f"{self.looks.__module__.rpartition('.')[2]}.{self.looks.__name__}"


@dataclass(frozen=True, slots=True)
class Violation:
    """One place in a message that breaks a rule. ``path`` is the class, ``element`` the element in it."""

    rule: Rule
    path: str
    element: str | None = None

    @property
    def full_path(self) -> str:
        return f"{self.path}/{self.element}" if self.element else self.path


class Rules:
    """The rules that were declared, in the order of the modules. One registry for each level that looks alike."""

    def __init__(self) -> None:
        self.all: list[Rule] = []
        self._by_kind: dict[str, list[Rule]] = {}

    def add(self, rule: Rule) -> None:
        """Raises ValueError for a rule that is declared twice for the same message and level."""
        if any(other.code == rule.code and other.kinds & rule.kinds for other in self.all):
            raise ValueError(f"{rule.code} is declared twice")
        self.all.append(rule)
        for kind in rule.kinds:
            self._by_kind.setdefault(kind, []).append(rule)

    def of(self, kind: str) -> list[Rule]:
        return self._by_kind.get(kind, [])

    def broken(self, message: Message, *known: Any) -> Iterator[Violation]:
        """Every place of ``message`` that breaks one of these rules, each (rule, place) once."""
        for rule in self.of(message.kind):
            seen: set[tuple[str, str | None]] = set()
            for place in rule.looks(message, *known):
                node, element = place if isinstance(place, tuple) else (place, None)
                if (node.path, element) not in seen:
                    seen.add((node.path, element))
                    yield Violation(rule, node.path, element)


IN_MESSAGE = Rules()
"""Level 2."""
ACROSS = Rules()
"""Levels 3 and 4."""

Looks = TypeVar("Looks", bound=Callable[..., Iterable[Place]])


def in_message(
    code: str, *kinds: str, nl: str, en: str, right: tuple[str, str] | None = None
) -> Callable[[Looks], Looks]:
    """Declare a rule of level 2: ``@in_message("TR018", "307", nl=…, en=…) def f(message): yield node, "Einddatum"``.

    ``kinds``: ``"307"`` is both standards, ``"JW307"`` one.
    """
    return _declare(IN_MESSAGE, code, "2", TECHNICALLY_REJECTED, kinds, nl, en, right)


def across(
    code: str, returns: str, *kinds: str, nl: str, en: str, level: Level = "3", right: tuple[str, str] | None = None
) -> Callable[[Looks], Looks]:
    """Declare a rule of level 3 or 4, which also gets what is known: ``def f(message, known): …``."""
    return _declare(ACROSS, code, level, returns, kinds, nl, en, right)


def _declare(
    rules: Rules, code: str, level: Level, returns: str, kinds: tuple[str, ...], nl: str, en: str,
    right: tuple[str, str] | None,
) -> Callable[[Looks], Looks]:  # fmt: skip
    def declare(looks: Looks) -> Looks:
        where = frozenset(kind for kind in KINDS for wanted in kinds if kind in (wanted, f"JW{wanted}", f"WMO{wanted}"))
        rules.add(Rule(code, level, returns, where, Sentence(nl, en), Sentence(*right) if right else None, looks))
        return looks

    return declare
