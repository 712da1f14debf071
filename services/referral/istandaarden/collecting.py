"""From a document to plain content: of the whole tree, or while a large file is still being read.

A tree of 25 MB of XML takes some 170 MB, the content alone a third of that. So a large file is judged by the schema and
collected in one pass, and what was collected is thrown away behind it.
"""

import re
from typing import Any

from lxml import etree

from services.referral.istandaarden.description import (
    KIND_OF_NAMESPACE,
    ClassDescription,
    MessageDescription,
    describe,
)
from services.referral.istandaarden.nodes import Content
from services.referral.istandaarden.schema import schema_of

SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "dtd_validation": False,
    "no_network": True,
    "remove_comments": True,
    "remove_pis": True,
    "encoding": "utf-8",
}
"""How anything of a sender is parsed: nothing is loaded, nothing replaced."""

_CHUNK = 1 << 16
_UNUSUAL = re.compile(rb"<(?:[!?]|[^<]{20000})")
_Collected = dict[etree._Element, dict[str, list[Any]]]
_Repeated = dict[tuple[str, str], ClassDescription]
"""The classes that may occur many times, by the tags of what they stand in and of their own."""


def kind_of(root: etree._Element) -> str | None:
    """The kind of message that a document with this root is; None when it is none."""
    tag = root.tag
    namespace, _, name = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    return KIND_OF_NAMESPACE.get(namespace) if name == "Bericht" else None


def collect(element: etree._Element, group: ClassDescription, before: _Collected | None = None) -> Content:
    """The content of a class; elements that the description does not know are left out.

    ``before`` holds what was collected of repeated classes already, by the element they stood in.
    """
    content: Content = {}
    earlier = before.pop(element, None) if before else None
    if earlier is not None:
        content.update(earlier)
    leaves, groups = group.leaf_names, group.slots
    for child in element:
        tag = child.tag
        name = leaves.get(tag)
        if name is not None:
            content[name] = child.text or ""
            continue
        slot = groups.get(tag)
        if slot is None or (earlier is not None and slot.name in earlier):
            continue
        name, inner, many = slot
        value = (child.text or "") if inner is None else collect(child, inner, before)
        if many:
            content.setdefault(name, []).append(value)
        else:
            content[name] = value
    return content


def stream(raw: bytes) -> tuple[MessageDescription, Content] | None:
    """Kind and content of a message that is valid at level 1, in one pass; None when it is anything else.

    What is not valid is for who has the whole tree to explain. So is what nobody writes: very long texts, and texts in
    pieces, which the schema would put together in quadratic time.
    """
    description = None if _UNUSUAL.search(raw, 2) else _announced(raw)
    if description is None:
        return None
    root_tag, repeated = f"{{{description.namespace}}}Bericht", _repeated(description)
    tags = {root_tag, *(tag for _, tag in repeated)}
    parser = etree.XMLPullParser(
        events=("end",), tag=tuple(tags), schema=schema_of(description.kind), huge_tree=False, **SAFE
    )
    before: _Collected = {}
    try:
        for start in range(0, len(raw), _CHUNK):
            parser.feed(raw[start : start + _CHUNK])
            if len(parser.feed_error_log):
                return None
            for _, element in parser.read_events():
                assert isinstance(element, etree._Element)  # noqa: S101 - what an end event gives
                if element.tag == root_tag:
                    found = collect(element, description.root, before)
                    parser.close()
                    return None if len(parser.feed_error_log) else (description, found)
                _keep(element, repeated, before)
    except etree.XMLSyntaxError:
        return None
    return None


def _announced(raw: bytes) -> MessageDescription | None:
    """What the first element says the message is."""
    parser = etree.XMLPullParser(events=("start",), **SAFE)
    try:
        parser.feed(raw[:_CHUNK])
        for _, element in parser.read_events():
            assert isinstance(element, etree._Element)  # noqa: S101 - what a start event gives
            kind = kind_of(element)
            return describe(kind) if kind else None
    except etree.XMLSyntaxError:
        pass
    return None


def _repeated(description: MessageDescription) -> _Repeated:
    found: _Repeated = {}

    def look(group: ClassDescription, tag: str) -> None:
        for element in group.elements:
            if element.group is not None:
                if element.many:
                    found[tag, element.tag] = element.group
                look(element.group, element.tag)

    look(description.root, f"{{{description.namespace}}}Bericht")
    return found


def _keep(element: etree._Element, repeated: _Repeated, before: _Collected) -> None:
    """Collect a repeated class that has been read, and throw away its elements and those before it."""
    parent = element.getparent()
    group = None if parent is None else repeated.get((parent.tag, element.tag))
    if parent is None or group is None:
        return
    name = etree.QName(element).localname
    before.setdefault(parent, {}).setdefault(name, []).append(collect(element, group, before))
    forget(element)


def forget(element: Any) -> None:
    """Throw away the content of an element that has been read, and its like before it."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and (previous := element.getprevious()) is not None and previous.tag == element.tag:
        parent.remove(previous)
