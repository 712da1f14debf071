"""What a person reads: always in Dutch and in English, and the errors that carry such a text."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Sentence(NamedTuple):
    """The same text in Dutch and in English."""

    nl: str
    en: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a message at level 1 (structure).

    ``path`` names the element (``Bericht/Client/Bsn``; ``[2]`` is the second of its name), ``line`` is its line in the
    file (None for a message still to be written). No text ever repeats the value found: it may be personal.
    """

    path: str
    line: int | None
    wrong: Sentence
    right: Sentence


class TechnicalReason(StrEnum):
    """Why bytes were refused before they could be read as a message."""

    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    DOCUMENT_TYPE = "document_type"
    NOT_XML = "not_xml"
    UNKNOWN_MESSAGE = "unknown_message"
    UNSUPPORTED_VERSION = "unsupported_version"
    ENVELOPE = "envelope"


class TechnicalError(Exception):
    """The bytes cannot be read as a message at all; the sender gets an error, never a retour (iWmo/iJw 3.2 IV028)."""

    def __init__(self, reason: TechnicalReason, nl: str, en: str) -> None:
        super().__init__(en)
        self.reason = reason
        self.sentence = Sentence(nl, en)

    @property
    def nl(self) -> str:
        return self.sentence.nl

    @property
    def en(self) -> str:
        return self.sentence.en


class InvalidStructure(Exception):
    """A message that was read, or content to be written, is not valid at level 1; ``findings`` says where and why."""

    def __init__(self, kind: str, findings: Sequence[Finding]) -> None:
        self.kind = kind
        self.findings = tuple(findings)
        first = self.findings[0]
        more = f" (and {len(self.findings) - 1} more)" if len(self.findings) > 1 else ""
        super().__init__(f"{kind} is not valid: {first.path}: {first.wrong.en} Right: {first.right.en}.{more}")


class UnusableValue(ValueError):
    """A value that level 1 allows but that means nothing: a date in the year 12026, a BSN that fails the 11-test.

    The receiver answers with 0001 (level 2); ``rule`` is the rule of the standard, where there is one.
    """

    def __init__(self, path: str, nl: str, en: str, rule: str | None = None) -> None:
        super().__init__(f"{path}: {en}")
        self.path = path
        self.sentence = Sentence(nl, en)
        self.rule = rule
