"""An XML Schema written from the description, so that libxml2 gives the verdict of level 1 at full speed.

The official schemas are not shipped; this one says the same in its own words, and a test compares the two on examples
and on thousands of damaged messages.
"""

import threading
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from services.referral.istandaarden.description import (
    ClassDescription,
    ElementDescription,
    MessageDescription,
    describe,
)
from services.referral.istandaarden.simple_types import SimpleType

_SHARED_FILE = "shared.xsd"
_local = threading.local()


def schema_of(kind: str) -> etree.XMLSchema:
    """The schema of a message kind, compiled once per thread (its error log may not be shared between threads)."""
    compiled: dict[str, etree.XMLSchema] | None = getattr(_local, "compiled", None)
    if compiled is None:
        compiled = _local.compiled = {}
    if kind not in compiled:
        compiled[kind] = _compile(describe(kind))
    return compiled[kind]


def _compile(message: MessageDescription) -> etree.XMLSchema:
    own, shared = schema_texts(message)
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(_SharedSchema(shared))
    return etree.XMLSchema(etree.fromstring(own.encode(), parser))


class _SharedSchema(etree.Resolver):
    """Answers the one import of a message schema from memory."""

    def __init__(self, text: str) -> None:
        self._text = text

    def resolve(self, system_url: Any, public_id: Any, context: Any = None) -> Any:
        if system_url is None or not system_url.endswith(_SHARED_FILE):
            raise LookupError("a message schema imports the shared schema only")
        return self.resolve_string(self._text, context, base_url=None)


def schema_texts(message: MessageDescription) -> tuple[str, str]:
    """The schema of the message's own classes, and that of the classes and types it shares with all messages."""
    classes = list(_classes(message.root, set()))
    own = "".join(_complex(c) for c in classes if not c.shared)
    simple = {e.simple.name: e.simple for c in classes for e in c.elements if e.simple is not None}
    shared = "".join(_complex(c) for c in classes if c.shared) + "".join(map(simple_text, simple.values()))
    schema = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified" xmlns:s={s} xmlns:m={m} '
        "targetNamespace={target}>{content}</xs:schema>"
    )
    s, m = quoteattr(message.shared_namespace), quoteattr(message.namespace)
    imported = f'<xs:import namespace={s} schemaLocation="{_SHARED_FILE}"/><xs:element name="Bericht" type="m:Root"/>'
    return schema.format(s=s, m=m, target=m, content=imported + own), schema.format(s=s, m=m, target=s, content=shared)


def _classes(group: ClassDescription, seen: set[int]) -> Iterator[ClassDescription]:
    if id(group) in seen:
        return
    seen.add(id(group))
    yield group
    for element in group.elements:
        if element.group is not None:
            yield from _classes(element.group, seen)


def _complex(group: ClassDescription) -> str:
    name = f"CDT_{group.name}" if group.shared else group.name
    elements = "".join(map(_element, group.elements))
    return f'<xs:complexType name="{name}"><xs:sequence>{elements}</xs:sequence></xs:complexType>'


def _element(element: ElementDescription) -> str:
    occurs = (' minOccurs="0"' if element.optional else "") + (' maxOccurs="unbounded"' if element.many else "")
    if element.group is not None:
        group = element.group
        type_name = f"s:CDT_{group.name}" if group.shared else f"m:{group.name}"
    else:
        assert element.simple is not None  # noqa: S101 - an element has one of the two
        type_name = f"s:LDT_{element.simple.name}"
    if element.constant is None:
        return f'<xs:element name="{element.name}" type="{type_name}"{occurs}/>'
    return (
        f'<xs:element name="{element.name}"{occurs}><xs:simpleType><xs:restriction base="{type_name}">'
        f'<xs:pattern value="{element.constant}"/></xs:restriction></xs:simpleType></xs:element>'
    )


def simple_text(simple: SimpleType) -> str:
    """A simple type as XML Schema."""
    facets = "".join(f'<xs:enumeration value="{code}"/>' for code in simple.codes)
    for facet, value in (
        ("minLength", simple.shortest),
        ("maxLength", simple.longest),
        ("minInclusive", simple.least),
        ("maxInclusive", simple.most),
        ("pattern", simple.pattern.schema if simple.pattern else None),
    ):
        if value is not None:
            facets += f"<xs:{facet} value={quoteattr(str(value))}/>"
    return (
        f'<xs:simpleType name="LDT_{simple.name}"><xs:restriction base="xs:{simple.base}">{facets}'
        "</xs:restriction></xs:simpleType>"
    )
