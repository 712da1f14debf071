"""Level 1: is the message built as iWmo/iJw 3.2 says, and if not, where, why, and what would be right.

The verdict comes from the schema; the explanation from the description. No finding repeats a value.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from services.referral.istandaarden.description import ClassDescription, ElementDescription
from services.referral.istandaarden.reading import Message, read
from services.referral.istandaarden.schema import schema_of
from services.referral.istandaarden.sentences import Finding, Sentence
from services.referral.istandaarden.writing import expectation

MAX_FINDINGS = 100
"""A damaged message is not explained beyond this many findings."""

_STEP = re.compile(r"(?:([^/:\[\]]+):)?([^/:\[\]]+|\*)(?:\[(\d+)\])?")
_EXPECTED = re.compile(r"\{[^}]*\}(\w+)")
_ATTRIBUTE = "CVC_COMPLEX_TYPE_3"
_MIXED = "CVC_COMPLEX_TYPE_2_3"


def validate_structure(message: Message | bytes) -> list[Finding]:
    """The findings of level 1; empty when the message is valid.

    Takes a message or its bytes; bytes that cannot be read as a message raise ``TechnicalError``, as in ``read``.
    """
    if isinstance(message, bytes):
        message = read(message)
    schema = schema_of(message.kind)
    if schema.validate(message.element):
        return []
    findings: dict[str, Finding] = {}
    for entry in _entries(schema):
        finding = _explain(message, entry)
        findings.setdefault(finding.path, finding)
        if len(findings) == MAX_FINDINGS:
            break
    return list(findings.values())


def _entries(schema: etree.XMLSchema) -> Iterator[etree._LogEntry]:
    log: Any = schema.error_log  # the published types leave out that it can be walked
    yield from log


def _explain(message: Message, entry: etree._LogEntry) -> Finding:
    chain = _locate(message.element, entry.path or "")
    path, parent, description = _describe(message, chain)
    line = entry.line if entry.line > 0 else None
    kind = entry.type_name.removeprefix("SCHEMAV_")
    if kind == "ELEMENT_CONTENT" and "Missing child element" in entry.message:
        expected = _listed(_EXPECTED.findall(entry.message.partition("Expected is")[2]))
        return Finding(
            path,
            line,
            Sentence("Er ontbreekt een verplicht element.", "A required element is missing."),
            Sentence(f"als volgende: {expected.nl}", f"next: {expected.en}"),
        )
    if (
        kind == "ELEMENT_CONTENT"
        and len(chain) > 1
        and (description is None or _is_class(description) or _misplaced(entry))
    ):
        return Finding(
            path,
            line,
            Sentence(
                "Dit element hoort hier niet of staat op de verkeerde plaats.", "This element does not belong here."
            ),
            _order(parent, entry),
        )
    if kind.startswith(_ATTRIBUTE) or "attribute" in entry.message.partition(":")[0]:
        wrong = Sentence("Het element heeft een attribuut dat niet is toegestaan.", "The element has an attribute.")
        return Finding(path, line, wrong, Sentence("geen attributen", "no attributes"))
    if kind == _MIXED:
        wrong = Sentence("Er staat tekst tussen de elementen.", "There is text between the elements.")
        return Finding(path, line, wrong, Sentence("alleen elementen", "elements only"))
    right = expectation(description) if description else Sentence("volgens iWmo/iJw 3.2", "according to iWmo/iJw 3.2")
    return Finding(path, line, Sentence("De waarde is niet toegestaan.", "The value is not allowed."), right)


def _is_class(description: ElementDescription) -> bool:
    return description.group is not None


def _misplaced(entry: etree._LogEntry) -> bool:
    return "not expected" in entry.message


def _order(parent: ClassDescription | None, entry: etree._LogEntry) -> Sentence:
    named = _EXPECTED.findall(entry.message.partition("Expected is")[2])
    if named:
        expected = _listed(named)
        return Sentence(f"op deze plaats: {expected.nl}", f"in this place: {expected.en}")
    if parent is None:
        return Sentence("geen element op deze plaats", "no element in this place")
    names = ", ".join(parent.by_name)
    return Sentence(f"in deze volgorde: {names}", f"in this order: {names}")


def _listed(names: list[str]) -> Sentence:
    return Sentence(" of ".join(names), " or ".join(names))


def _locate(root: etree._Element, path: str) -> list[etree._Element]:
    """The elements from the root to the one that a libxml2 node path such as ``/a:B/*[2]/a:C[1]`` points at."""
    chain = [root]
    for prefix, name, number in _STEP.findall(path.partition("/@")[0].strip("/"))[1:]:
        wanted = int(number or 1)
        for child in _matching(chain[-1], prefix, name):
            wanted -= 1
            if wanted == 0:
                chain.append(child)
                break
        else:
            break
    return chain


def _matching(parent: etree._Element, prefix: str, name: str) -> Iterator[etree._Element]:
    for child in parent:
        if name == "*" or ((child.prefix or "") == prefix and etree.QName(child).localname == name):
            yield child


def _describe(
    message: Message, chain: list[etree._Element]
) -> tuple[str, ClassDescription | None, ElementDescription | None]:
    """The path for people, the class that holds the last element, and the description of that element."""
    path = "Bericht"
    parent: ClassDescription | None = None
    group: ClassDescription | None = message.description.root
    element: ElementDescription | None = None
    for node in chain[1:]:
        parent = group
        slot = parent.slots.get(node.tag) if parent else None
        element = parent.by_name[slot.name] if parent and slot else None
        before = sum(1 for sibling in node.itersiblings(node.tag, preceding=True))
        index = f"[{before + 1}]" if before or (element and element.many) else ""
        path += f"/{etree.QName(node).localname}{index}"
        group = element.group if element else None
    return path, parent, element
