"""Random content for any message, and random damage to any document; all from a seeded ``random.Random``."""

import copy
import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from lxml import etree

from services.referral.istandaarden.description import ClassDescription, ElementDescription, describe

TYPES = ("LDT_Datum", "LDT_Gemeente", "LDT_BerichtCode", "CDT_Product", "CDT_XsdVersie", "Header", "Client", "Root")
XSI = "http://www.w3.org/2001/XMLSchema-instance"
TEXTS = (
    "", " ", "\n", "\t x \t", "0", "00", "1", "2", "02", "9", "-1", "+5", "0005", "1.0", "1.0.0", "01.0.0", "٣",
    "x", "É", "ỳ", "ab\ncd", "a b", "\u00a0", "'\"<>&", "abcdefghijklmnopqrstuvwxyz" * 10, "12345678",
    "123456789", "0268", "999999999", "1000000000", "2026-02-29", "2024-02-29", "2026-13-01", "2026-1-1",
    "2026-01-01Z", "2026-01-01+01:00", "-2026-01-01", "-2025-02-29", "-2024-02-29", "123456-02-30",
    "02026-01-01", "0000-01-01", "12026-01-01", " 2026-01-01 ", "12:34:56",
    "24:00:00", "24:00:01", "12:34:60", "12:34:56.789", "12:34:56Z", "12:34", "1e5", "NL", "nl", "0001", "S300",
    "ABCDE", "\u200b", "😀", "a" * 36, "é" * 24, "é" * 25, "100000000", "99999",
)  # fmt: skip


def random_content(kind: str, dice: random.Random) -> dict[str, Any]:
    """Valid content for a message of this kind."""
    return _content(describe(kind).root, dice)


def _content(group: ClassDescription, dice: random.Random) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for element in group.elements:
        if element.constant is None and not (element.optional and dice.random() < 0.4):
            values = [_value(element, dice) for _ in range(dice.randint(1, 3) if element.many else 1)]
            content[element.name] = values if element.many else values[0]
    return content


def _value(element: ElementDescription, dice: random.Random) -> Any:
    if element.group is not None:
        return _content(element.group, dice)
    simple = element.simple
    assert simple is not None
    if simple.codes:
        return dice.choice(simple.codes)
    if simple.base == "integer":
        return dice.choice((simple.least, simple.most, dice.randint(simple.least or 0, simple.most or 0)))
    if simple.base == "date":
        return date(1900, 1, 1) + timedelta(days=dice.randrange(60_000))
    if simple.base == "time":
        return f"{dice.randrange(24):02}:{dice.randrange(60):02}:{dice.randrange(60):02}"
    digits = {"AgbCode": 8, "BurgerServicenummer": 9, "Gemeente": 4, "Telefoonnummer": dice.randint(1, 15)}
    if simple.name in digits:
        return "".join(dice.choice("0123456789") for _ in range(digits[simple.name]))
    if simple.name == "Versie":
        return f"{dice.randrange(20)}.{dice.randrange(20)}.{dice.randrange(20)}"
    longest = dice.randint(1, min(simple.longest or 300, 300))
    if simple.name in ("Voorletters", "DeclaratieNummer"):
        return "".join(dice.choice("abcXYZ") for _ in range(longest))
    alphabet = "abc XYZ é’ß<>&'\"😀 0 9" + ("\n\r\t" if simple.name == "Commentaar" else "")
    return "x" + "".join(dice.choice(alphabet) for _ in range(longest - 1))


def damage(raw: bytes, dice: random.Random) -> bytes:
    """The document with one to three things changed; it may be valid still."""
    if dice.random() < 0.08:
        return _damage_bytes(raw, dice)
    root = etree.fromstring(raw)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        elements = [e for e in root.iter() if isinstance(e.tag, str)]
        dice.choice(DAMAGES)(root, dice.choice(elements), dice)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _damage_bytes(raw: bytes, dice: random.Random) -> bytes:
    where = dice.randrange(60, len(raw))
    changed = bytearray(raw)
    match dice.randrange(3):
        case 0:
            return bytes(changed[:where])
        case 1:
            changed[where] = dice.randrange(128)
        case _:
            del changed[where]
    return bytes(changed)


def _leaf(root: etree._Element, dice: random.Random) -> etree._Element:
    return dice.choice([e for e in root.iter() if isinstance(e.tag, str) and not len(e)])


def _text(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    _leaf(root, dice).text = dice.choice(TEXTS)


def _edge(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    leaf = _leaf(root, dice)
    text = leaf.text or ""
    leaf.text = dice.choice(
        (f" {text}", f"{text} ", f"{text}{text}", text[:-1], text[1:], text.upper(), f"0{text}", f"{text}1")
    )


def _delete(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _double(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.insert(dice.randint(0, len(parent)), copy.deepcopy(element))


def _move(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    target = dice.choice([e for e in root.iter() if isinstance(e.tag, str)])
    if element is not root and element not in target.iterancestors() and element is not target:
        target.insert(dice.randint(0, len(target)), element)


def _rename(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    other = dice.choice([e for e in root.iter() if isinstance(e.tag, str)])
    if element is not root:
        element.tag = dice.choice((other.tag, etree.QName(element).localname, "{urn:x}X", f"{element.tag}x"))


def _add(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    element.insert(dice.randint(0, len(element)), etree.Element(dice.choice(("X", "{urn:x}Bsn", str(element.tag)))))


def _attribute(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    name, value = dice.choice(
        (
            ("x", "1"), (f"{{{XSI}}}nil", "true"), (f"{{{XSI}}}nil", "false"), (f"{{{XSI}}}type", "xs:string"),
            (f"{{{XSI}}}type", f"{dice.choice(list(root.nsmap))}:{dice.choice(TYPES)}"),
            (f"{{{XSI}}}schemaLocation", "urn:x x.xsd"), (f"{{{XSI}}}noNamespaceSchemaLocation", "x.xsd"),
            ("{http://www.w3.org/XML/1998/namespace}lang", "nl"),
        )
    )  # fmt: skip
    element.set(name, value)


def _mixed(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    if element is not root and dice.random() < 0.5:
        element.tail = dice.choice(("x", "\n", " \t", "\u00a0", ""))
    elif len(element):
        element.text = dice.choice(("x", "\n", "\u00a0", ""))


def _inert(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    node = dice.choice((etree.Comment("x"), etree.ProcessingInstruction("x", "y")))
    text = element.text or ""
    element.insert(0, node)
    if len(element) == 1:
        half = len(text) // 2
        element.text, node.tail = text[:half], text[half:]


def _cdata(root: etree._Element, element: etree._Element, dice: random.Random) -> None:
    leaf = _leaf(root, dice)
    leaf.text = etree.CDATA((leaf.text or "").replace("]]>", ""))


DAMAGES: tuple[Callable[[etree._Element, etree._Element, random.Random], None], ...] = (
    _text, _text, _text, _edge, _edge, _delete, _double, _move, _rename, _add, _attribute, _mixed, _inert, _cdata,
)  # fmt: skip
