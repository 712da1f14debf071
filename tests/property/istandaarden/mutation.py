"""Random damage to a document, by kind of damage, from a seeded ``random.Random``; it may be valid still."""

import copy
import random
from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

from lxml import etree

from services.referral.istandaarden.description import (
    KIND_OF_NAMESPACE,
    ClassDescription,
    ElementDescription,
    describe,
)
from tests.property.istandaarden.generation import TEXTS

TYPES = ("LDT_Datum", "LDT_Gemeente", "LDT_BerichtCode", "CDT_Product", "CDT_XsdVersie", "Header", "Client", "Root")
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SPACE = (" ", "\t", "\n", "\r", "\r\n", "\u00a0", "\u2003", "\u3000")
HUGE = (1_000, 11_000, 70_000)

Mutation = Callable[[etree._Element, etree._Element, random.Random], None]


class Mutated(NamedTuple):
    """A document, and what was done to it."""

    raw: bytes
    kinds: tuple[str, ...]


def mutate(raw: bytes, dice: random.Random) -> Mutated:
    """The document with one to three things changed."""
    if dice.random() < 0.15:
        kind = dice.choice(list(ON_BYTES))
        return Mutated(ON_BYTES[kind](raw, dice), (kind,))
    root = etree.fromstring(raw)
    kinds = dice.choices(list(ON_ELEMENTS), k=dice.choice((1, 1, 1, 2, 3)))
    for kind in kinds:
        ON_ELEMENTS[kind](root, dice.choice(_elements(root)), dice)
    return Mutated(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), tuple(kinds))


def _elements(root: etree._Element) -> list[etree._Element]:
    return [e for e in root.iter() if isinstance(e.tag, str)]


def _leaf(root: etree._Element, dice: random.Random) -> etree._Element:
    return dice.choice([e for e in _elements(root) if not len(e)])


def described(element: etree._Element) -> ElementDescription | None:
    """What the standard says of an element; None where it says nothing."""
    path = [*reversed([*element.iterancestors()]), element]
    kind = KIND_OF_NAMESPACE.get(etree.QName(path[0]).namespace or "")
    found: ElementDescription | None = None
    group: ClassDescription | None = describe(kind).root if kind else None
    for step in path[1:]:
        found = group.by_name.get(etree.QName(step).localname) if group else None
        group = found.group if found else None
    return found


def _text(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    _leaf(root, dice).text = dice.choice(TEXTS)


def _border(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    """A value at the border of what its type allows, or just over."""
    leaf = _leaf(root, dice)
    element_of = described(leaf)
    simple = element_of.simple if element_of else None
    if simple is None:
        return
    choices = [code + dice.choice(("", " ", "0")) for code in simple.codes[:3]] + [c.lower() for c in simple.codes[:2]]
    if simple.codes:
        choices.append(dice.choice(simple.codes))
    for border in (simple.least, simple.most):
        if border is not None:
            choices += [str(border - 1), str(border), str(border + 1), f"0{border}", f"+{border}", f"{border}.0"]
    for length in (simple.shortest, simple.longest):
        if length is not None:
            choices += [sign * (length + step) for sign in ("1", "x", "é", "😀") for step in (-1, 0, 1)]
    if simple.base == "date":
        choices += ["0001-01-01", "9999-12-31", "10000-01-01", "2023-02-29", "1900-02-29", "2000-02-29", "-0001-12-31"]
    if simple.base == "time":
        choices += ["00:00:00", "23:59:59.999", "24:00:00.0", "24:00:00.1", "23:60:00", "00:00:00+00:00", "00:00:00."]
    leaf.text = dice.choice(choices or ["", " "])


def _edge(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    leaf = _leaf(root, dice)
    text = leaf.text or ""
    changed = (f"{text}{text}", text[:-1], text[1:], text.upper(), text.swapcase(), f"0{text}", f"{text}1", text[::-1])
    leaf.text = dice.choice(changed)


def _space(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    leaf, space = _leaf(root, dice), dice.choice(SPACE)
    text = leaf.text or ""
    leaf.text = dice.choice((space + text, text + space, space, space + text + space, text[:1] + space + text[1:]))


def _empty(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    for child in list(element):
        element.remove(child)
    element.text = dice.choice((None, ""))


def _huge(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    leaf = _leaf(root, dice)
    length = dice.choice(HUGE)
    leaf.text = (dice.choice(("9", "0", "x", " ", "é", "&", leaf.text or "1")) * length)[:length]


def _delete(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _double(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    parent = element.getparent()
    if parent is not None:
        place = dice.choice((parent.index(element), dice.randint(0, len(parent))))
        parent.insert(place, copy.deepcopy(element))


def _many(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    parent = element.getparent()
    if parent is not None:
        for _ in range(dice.randint(2, 12)):
            element.addnext(copy.deepcopy(element))


def _swap(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    other = element.getnext()
    if other is not None:
        element.addprevious(other)


def _order(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    children = list(element)
    dice.shuffle(children)
    element.extend(children)


def _move(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    target = dice.choice(_elements(root))
    if element is not root and element not in target.iterancestors() and element is not target:
        target.insert(dice.randint(0, len(target)), element)


def _rename(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    other = dice.choice(_elements(root))
    if element is not root or dice.random() < 0.1:
        local = etree.QName(element).localname
        element.tag = dice.choice(
            (other.tag, f"{element.tag}x", str(element.tag).lower(), str(element.tag)[:-1], local)
        )


def _namespace(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    other = etree.QName(dice.choice(_elements(root))).namespace
    spaces = ("", "urn:x", other, f"{etree.QName(element).namespace}/", "http://www.w3.org/2001/XMLSchema")
    local = etree.QName(element).localname
    for each in islice(element.iter("*"), dice.choice((1, 1, 1000))):
        space = dice.choice(spaces)
        each.tag = f"{{{space}}}{local if each is element else etree.QName(each).localname}"
        if each is element:
            spaces = (space,)


def _add(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    element.insert(dice.randint(0, len(element)), etree.Element(dice.choice(("X", "{urn:x}Bsn", str(element.tag)))))


def _wrap(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    parent = element.getparent()
    if parent is not None:
        wrapper = etree.Element(dice.choice((str(element.tag), str(parent.tag))))
        parent.replace(element, wrapper)
        wrapper.append(element)


def _attribute(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    names = ("x", "{urn:x}y", "{http://www.w3.org/XML/1998/namespace}lang", "{http://www.w3.org/XML/1998/namespace}id")
    element.set(dice.choice(names), dice.choice(("1", "nl", "")))


def _nil(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    if dice.random() < 0.5:
        _empty(root, element, dice)
    element.set(f"{{{XSI}}}nil", dice.choice(("true", "false", "1", "0", "x")))


def _type(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    known = described(element)
    own = []
    if known is not None:
        own = [f"CDT_{known.group.name}", known.group.name] if known.group else []
        own += [f"LDT_{known.simple.name}"] if known.simple else []
    prefixes = [prefix for prefix in root.nsmap if prefix]
    name = dice.choice(own) if own and dice.random() < 0.6 else dice.choice(TYPES)
    prefixed = [f"{prefix}:{name}" for prefix in prefixes]
    element.set(f"{{{XSI}}}type", dice.choice([*prefixed, *prefixed, name, "xs:string", "x:y", "", f" {prefixed[0]} "]))


def _location(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    name = dice.choice(("schemaLocation", "noNamespaceSchemaLocation", "somethingElse"))
    element.set(f"{{{XSI}}}{name}", dice.choice(("urn:x x.xsd", "x.xsd", "", "http://127.0.0.1:9/x.xsd", "a b c")))


def _mixed(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    if element is not root and dice.random() < 0.5:
        element.tail = dice.choice(("x", "\n", " \t", "\u00a0", ""))
    elif len(element):
        element.text = dice.choice(("x", "\n", "\u00a0", ""))


def _inert(node: Callable[[], etree._Element]) -> Mutation:
    def put(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
        for _ in range(dice.choice((1, 1, 2))):
            added = node()
            text = element.text or ""
            if len(element) and dice.random() < 0.5:
                dice.choice(list(element)).addnext(added)
            else:
                element.insert(0, added)
                half = dice.randint(0, len(text))
                element.text, added.tail = text[:half], text[half:]

    return put


def _cdata(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    target = element if dice.random() < 0.3 else _leaf(root, dice)
    target.text = etree.CDATA((target.text or "").replace("]]>", "") + dice.choice(("", "", " ", "<x/>")))


ON_ELEMENTS: dict[str, Mutation] = {
    "text": _text,
    "border value": _border,
    "edge of a value": _edge,
    "space in a value": _space,
    "empty": _empty,
    "huge": _huge,
    "delete": _delete,
    "double": _double,
    "many": _many,
    "swap": _swap,
    "order": _order,
    "move": _move,
    "rename": _rename,
    "namespace": _namespace,
    "add": _add,
    "wrap": _wrap,
    "attribute": _attribute,
    "xsi:nil": _nil,
    "xsi:type": _type,
    "xsi:schemaLocation": _location,
    "mixed": _mixed,
    "comment": _inert(lambda: etree.Comment("x")),
    "processing instruction": _inert(lambda: etree.ProcessingInstruction("x", "y")),
    "cdata": _cdata,
}


def _cut(raw: bytes, dice: random.Random) -> bytes:
    return raw[: dice.randrange(60, len(raw))]


def _byte(raw: bytes, dice: random.Random) -> bytes:
    changed = bytearray(raw)
    where = dice.randrange(60, len(raw))
    if dice.random() < 0.5:
        changed[where] = dice.randrange(128)
    else:
        del changed[where]
    return bytes(changed)


def _prefix(raw: bytes, dice: random.Random) -> bytes:
    """Prefixes are only names: all renamed, one made the default, or one bound to something else."""
    prefixes = [prefix for prefix in etree.fromstring(raw).nsmap if prefix]
    old = dice.choice(prefixes).encode()
    match dice.randrange(4):
        case 0:
            return raw.replace(old + b":", b"p:").replace(b"xmlns:" + old + b"=", b"xmlns:p=")
        case 1:
            return (
                raw.replace(b"<" + old + b":", b"<")
                .replace(b"</" + old + b":", b"</")
                .replace(b"xmlns:" + old + b"=", b"xmlns=")
            )
        case 2:
            return raw.replace(b"<" + old + b":", b"<", 1)
        case _:
            other = dice.choice(prefixes).encode()
            return raw.replace(b"xmlns:" + old + b"=", b"xmlns:q=").replace(b"xmlns:" + other + b"=", b"xmlns:o=")


def _redeclare(raw: bytes, dice: random.Random) -> bytes:
    """A namespace declared again, on the way, where it makes a difference or not."""
    where = dice.choice(
        [at for at in range(60, len(raw)) if raw[at : at + 1] == b">" and raw[at - 1 : at] not in b"?/"]
    )
    declared = dice.choice(
        (b' xmlns="urn:x"', b' xmlns=""', b' xmlns:ijw="urn:x"', b' xmlns:iwmo="urn:x"', b' xmlns:z="urn:z"')
    )
    return raw[:where] + declared + raw[where:]


def _reference(raw: bytes, dice: random.Random) -> bytes:
    where = raw.index(b">", dice.randrange(60, len(raw) - 20)) + 1
    found = (b"&#48;", b"&#x41;", b"&#13;", b"&#32;", b"&amp;", b"&#0;", b"&x;", b"&#xFFFE;", b"&#x1F600;")
    return raw[:where] + dice.choice(found) + raw[where:]


def _around(raw: bytes, dice: random.Random) -> bytes:
    return dice.choice(
        (raw + b"<!-- x -->\n", raw + b"x", raw + b"<x/>", b"\xef\xbb\xbf" + raw, raw + b"\n\n", b"\n" + raw)
    )


ON_BYTES: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "cut off": _cut,
    "a byte": _byte,
    "prefix": _prefix,
    "namespace declared again": _redeclare,
    "character reference": _reference,
    "around the root": _around,
}
