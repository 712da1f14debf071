"""From plain content to the bytes of a message: right order, right namespaces, and nothing invalid leaves the house.

The file is UTF-8 without byte order mark, with CR/LF (iJw 3.2 OP192). Per kind the description is unfolded once into a
plan that holds every tag as it will be written, so that writing is one walk over the content.
"""

from collections.abc import Callable, Mapping
from datetime import date, time
from functools import cache
from typing import Any, NamedTuple

from services.referral.istandaarden import official
from services.referral.istandaarden.description import (
    XSD_VERSION,
    ClassDescription,
    ElementDescription,
    describe,
)
from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import read
from services.referral.istandaarden.sentences import Finding, InvalidStructure, Sentence

_CONTROL = bytes(set(range(32)) - {9, 10, 13})
_XSD_VERSIONS = {"BasisschemaXsdVersie": XSD_VERSION, "BerichtXsdVersie": XSD_VERSION}
_ABSENT = Sentence("Het element ontbreekt.", "The element is missing.")
_NOT_ALLOWED = Sentence("De waarde is niet toegestaan.", "The value is not allowed.")
_NOT_A_CLASS = Sentence("Hier hoort een klasse.", "A class belongs here.")
_NOT_A_LIST = Sentence("Hier hoort een lijst.", "A list belongs here.")
_UNKNOWN = Sentence("Dit element bestaat hier niet.", "This element does not exist here.")


def write(kind: str, content: Mapping[str, Any] | Node, *, line_end: str = "\r\n") -> bytes:
    """The message ``kind`` (such as ``JW305``) with ``content``: element names to values, nested as the message is.

    Values are str, int, date, time, bool for JaNee, a mapping for a class and a list for a repeated element; None and
    an absent key both leave the element out. BerichtCode, BerichtVersie and BerichtSubversie follow from the kind;
    XsdVersie is 1.0.0 unless given. Raises ``InvalidStructure`` with every finding when the result would not be valid
    at level 1, or when an official schema in force refuses it; KeyError for a kind that does not exist.
    """
    plan = _plan(kind)
    root = content.raw_content() if isinstance(content, Node) else content
    header = root.get("Header")
    if isinstance(header, Mapping) and header.get("XsdVersie") is None:
        root = {**root, "Header": {**header, "XsdVersie": _XSD_VERSIONS}}
    parts = [plan.start]
    findings: list[Finding] = []
    _write_group(plan.root, root, "Bericht", parts, findings)
    if findings:
        raise InvalidStructure(kind, findings)
    parts.append(plan.end)
    text = "".join(parts)
    encoded = _encode(kind, text if line_end == "\n" else text.replace("\n", line_end))
    schemas = official.in_force()
    if schemas is not None and (refused := schemas.findings(read(encoded))):
        raise InvalidStructure(kind, refused)
    return encoded


def _encode(kind: str, text: str) -> bytes:
    try:
        encoded = text.encode("utf-8")
    except UnicodeEncodeError:
        encoded = b"\0"
    if len(encoded.translate(None, _CONTROL)) != len(encoded) or "\ufffe" in text or "\uffff" in text:
        wrong = Sentence("De tekst bevat een teken dat XML niet kent.", "The text holds a character that XML lacks.")
        right = Sentence("alleen leesbare tekens", "readable characters only")
        raise InvalidStructure(kind, [Finding("Bericht", None, wrong, right)])
    return encoded


class _Step(NamedTuple):
    """One element of a class at one place in the message, with its tags as they are written there."""

    name: str
    opening: str
    closing: str
    accepts: Callable[[str], object] | None
    inner: "tuple[_Step, ...]"
    many: bool
    element: ElementDescription


class _Plan(NamedTuple):
    start: str
    end: str
    root: tuple[_Step, ...]


@cache
def _plan(kind: str) -> _Plan:
    message = describe(kind)
    own, shared = kind.lower(), message.standard.value

    def unfold(group: ClassDescription, indent: str) -> tuple[_Step, ...]:
        prefix = shared if group.shared else own
        steps = []
        for element in group.elements:
            tag = f"{prefix}:{element.name}"
            if element.group is not None:
                inner = unfold(element.group, indent + "\t")
                steps.append(
                    _Step(element.name, f"{indent}<{tag}>", f"{indent}</{tag}>", None, inner, element.many, element)
                )
            else:
                accepts = element.accepts
                steps.append(_Step(element.name, f"{indent}<{tag}>", f"</{tag}>", accepts, (), element.many, element))
        return tuple(steps)

    start = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{own}:Bericht xmlns:{shared}="{message.shared_namespace}" '
        f'xmlns:{own}="{message.namespace}">'
    )
    return _Plan(start, f"\n</{own}:Bericht>\n", unfold(message.root, "\n\t"))


def _write_group(
    steps: tuple[_Step, ...], content: Mapping[str, Any], path: str, parts: list[str], findings: list[Finding]
) -> None:
    known = 0
    for name, opening, closing, accepts, inner, many, element in steps:
        value = content.get(name)
        if value is None:
            known += name in content
            if element.constant is not None:
                value = element.constant
            else:
                if not element.optional:
                    findings.append(Finding(f"{path}/{name}", None, _ABSENT, expectation(element)))
                continue
        else:
            known += 1
        if many:
            _write_many(inner, opening, closing, element, value, f"{path}/{name}", parts, findings)
        elif accepts is None:
            if type(value) is dict or isinstance(value, Mapping):
                parts.append(opening)
                _write_group(inner, value, f"{path}/{name}", parts, findings)
                parts.append(closing)
            else:
                findings.append(Finding(f"{path}/{name}", None, _NOT_A_CLASS, expectation(element)))
        else:
            text = value if type(value) is str else _as_text(value)
            if text is None or not accepts(text):
                findings.append(Finding(f"{path}/{name}", None, _NOT_ALLOWED, expectation(element)))
            else:
                if "&" in text or "<" in text or ">" in text or "\r" in text:
                    text = _escaped(text)
                parts.append(opening + text + closing)
    if known != len(content):
        names = ", ".join(step.name for step in steps)
        for name in sorted(set(content) - {step.name for step in steps}):
            findings.append(Finding(f"{path}/{name}", None, _UNKNOWN, Sentence(f"alleen {names}", f"only {names}")))


def _write_many(
    inner: tuple[_Step, ...],
    opening: str,
    closing: str,
    element: ElementDescription,
    values: Any,
    path: str,
    parts: list[str],
    findings: list[Finding],
) -> None:
    if isinstance(values, str | Mapping) or not hasattr(values, "__iter__"):
        findings.append(Finding(path, None, _NOT_A_LIST, expectation(element)))
        return
    number = 0
    for number, value in enumerate(values, start=1):
        if element.group is None:
            text = _as_text(value)
            if text is None or not element.accepts(text):
                findings.append(Finding(f"{path}[{number}]", None, _NOT_ALLOWED, expectation(element)))
            else:
                parts.append(opening + _escaped(text) + closing)
        elif type(value) is dict or isinstance(value, Mapping):
            parts.append(opening)
            _write_group(inner, value, f"{path}[{number}]", parts, findings)
            parts.append(closing)
        else:
            findings.append(Finding(f"{path}[{number}]", None, _NOT_A_CLASS, expectation(element)))
    if not number and not element.optional:
        findings.append(Finding(path, None, _ABSENT, expectation(element)))


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def expectation(element: ElementDescription) -> Sentence:
    """What belongs in an element, for people."""
    if element.constant is not None:
        return Sentence(f"de waarde {element.constant}", f"the value {element.constant}")
    if element.simple is not None:
        return element.simple.meaning
    names = ", ".join(e.name for e in element.group.elements) if element.group else ""
    return Sentence(f"{element.name} met {names}", f"{element.name} with {names}")


def _as_text(value: object) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "2"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, str) else None
