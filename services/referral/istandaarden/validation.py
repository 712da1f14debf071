"""Level 1: is the message built as iWmo/iJw 3.2 says, and if not, where, why, and what would be right.

Two ways to the same verdict, held together by tests. The generated schema is fastest on what is valid, which is nearly
everything; a large file is read under it (``collecting``). The walk below explains what is not valid, and stops after
``MAX_FINDINGS``; a large file is walked first, since libxml2 takes quadratic time to describe many errors in a tree (a
hostile 25 MB file kept it busy for hours). No finding repeats a value.
"""

from typing import Any

from lxml import etree

from services.referral.istandaarden import official
from services.referral.istandaarden.description import ClassDescription, ElementDescription
from services.referral.istandaarden.reading import LARGE, Message, read
from services.referral.istandaarden.schema import schema_of
from services.referral.istandaarden.sentences import Finding, Sentence
from services.referral.istandaarden.simple_types import XML_SPACE
from services.referral.istandaarden.writing import expectation

MAX_FINDINGS = 100
"""A damaged message is not explained beyond this many findings."""

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_HARMLESS = frozenset({f"{_XSI}schemaLocation", f"{_XSI}noNamespaceSchemaLocation"})

_MISSING = Sentence("Er ontbreekt een verplicht element.", "A required element is missing.")
_UNKNOWN = Sentence("Dit element bestaat hier niet.", "This element does not exist here.")
_MISPLACED = Sentence("Dit element staat op de verkeerde plaats.", "This element is in the wrong place.")
_REPEATED = Sentence("Dit element mag maar één keer voorkomen.", "This element may occur only once.")
_VALUE = Sentence("De waarde is niet toegestaan.", "The value is not allowed.")
_NO_CHILDREN = Sentence("Hier staat een element waar een waarde hoort.", "There is an element where a value belongs.")
_MIXED = Sentence("Er staat tekst tussen de elementen.", "There is text between the elements.")
_ATTRIBUTE = Sentence("Het element heeft een attribuut.", "The element has an attribute.")
_OTHER = Sentence("Het bericht is niet opgebouwd zoals het hoort.", "The message is not built as it should be.")
_STANDARD = Sentence("volgens iWmo/iJw 3.2", "according to iWmo/iJw 3.2")
_ELEMENTS_ONLY = Sentence("alleen elementen", "elements only")
_NO_ATTRIBUTES = Sentence("geen attributen", "no attributes")


def validate_structure(message: Message | bytes) -> list[Finding]:
    """The findings of level 1, at most 100, in document order; empty when the message is valid.

    Where official schemas are in force (``official``), a message that is valid by ours is judged by them as well.
    Takes a message or its bytes; bytes that cannot be read as a message raise ``TechnicalError``, as in ``read``.
    """
    if isinstance(message, bytes):
        message = read(message)
    schemas = official.in_force()
    if message.streamed:
        return [] if schemas is None else schemas.findings(message)
    if message.size >= LARGE:
        findings = explain(message)
        if findings:
            return findings
    if schema_of(message.kind).validate(message.element):
        return [] if schemas is None else schemas.findings(message)
    return explain(message) or [Finding("Bericht", None, _OTHER, _STANDARD)]


def explain(message: Message) -> list[Finding]:
    """The findings of the walk alone."""
    walk = _Walk(message)
    try:
        walk.attributes(message.element, None, message.description.root, "Bericht")
        walk.group(message.element, message.description.root, "Bericht")
    except _EnoughError:
        pass
    return walk.findings


class _EnoughError(Exception):
    """There are as many findings as anybody reads."""


class _Walk:
    def __init__(self, message: Message) -> None:
        self.findings: list[Finding] = []
        self._shared = message.description.shared_namespace
        self._own = message.description.namespace

    def group(self, parent: etree._Element, group: ClassDescription, path: str) -> None:
        if parent.text and parent.text.strip(XML_SPACE):
            self._report(parent, path, _MIXED, _ELEMENTS_ONLY)
        elements, places = group.elements, group.places
        place, seen = 0, 0  # the element that may come now, and how often it was seen already
        for child in parent:
            if child.tail and child.tail.strip(XML_SPACE):
                self._report(parent, path, _MIXED, _ELEMENTS_ONLY)
            target = places.get(child.tag)
            if target is None:
                self._report(child, f"{path}/{_local_name(child)}", _UNKNOWN, _next(group, place, seen))
                continue
            element = elements[target]
            if target != place:
                if target < place:
                    self._report(child, f"{path}/{element.name}", _MISPLACED, _next(group, place, seen))
                    continue
                self._missing(parent, group, place, target, seen, path)
                place, seen = target, 0
            seen += 1
            where = f"{path}/{element.name}"
            if element.many or seen > 1:
                where += f"[{seen}]"
                if not element.many:
                    self._report(child, where, _REPEATED, _next(group, place, seen))
            if child.attrib:
                self.attributes(child, element, element.group, where)
            if element.group is not None:
                self.group(child, element.group, where)
            elif len(child):
                self._report(child, where, _NO_CHILDREN, expectation(element))
            elif not element.allows(child.text or ""):
                self._report(child, where, _VALUE, expectation(element))
        self._missing(parent, group, place, len(elements), seen, path)

    def attributes(
        self, node: etree._Element, element: ElementDescription | None, group: ClassDescription | None, path: str
    ) -> None:
        """No attribute is allowed but where a schema lies, and the name of the type that the element has anyway."""
        for name, value in node.attrib.items():
            if name in _HARMLESS:
                continue
            if name == f"{_XSI}type":
                prefix, colon, local = str(value).rpartition(":")
                namespace = node.nsmap.get(prefix if colon else None)
                if (namespace, local) == self._type_name(element, group):
                    continue
            self._report(node, path, _ATTRIBUTE, _NO_ATTRIBUTES)
            return

    def _type_name(self, element: ElementDescription | None, group: ClassDescription | None) -> tuple[str, str] | None:
        if group is not None:
            return (self._shared, f"CDT_{group.name}") if group.shared else (self._own, group.name)
        if element is None or element.simple is None or element.constant is not None:
            return None
        return self._shared, f"LDT_{element.simple.name}"

    def _missing(
        self, parent: etree._Element, group: ClassDescription, first: int, last: int, seen: int, path: str
    ) -> None:
        for element in group.elements[first + (seen > 0) : last]:
            if not element.optional:
                self._report(parent, f"{path}/{element.name}", _MISSING, expectation(element))

    def _report(self, node: etree._Element, path: str, wrong: Sentence, right: Sentence) -> None:
        line: Any = node.sourceline  # the published types do not say that this is a number
        self.findings.append(Finding(path, line, wrong, right))
        if len(self.findings) == MAX_FINDINGS:
            raise _EnoughError


def _next(group: ClassDescription, place: int, seen: int) -> Sentence:
    """What may stand at this place: up to and including the first required element."""
    names = []
    for number, element in enumerate(group.elements[place:], start=place):
        if number == place and seen and not element.many:
            continue
        names.append(element.name)
        if not element.optional and not (number == place and seen):
            break
    if not names:
        return Sentence("geen element op deze plaats", "no element in this place")
    return Sentence(f"op deze plaats: {' of '.join(names)}", f"in this place: {' or '.join(names)}")


def _local_name(node: etree._Element) -> str:
    """At most forty characters of it: the name is the sender's."""
    return etree.QName(node).localname[:40]
