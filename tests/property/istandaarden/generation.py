"""Random content for any message, from a seeded ``random.Random``."""

import random
from datetime import date, timedelta
from typing import Any

from services.referral.istandaarden.description import ClassDescription, ElementDescription, describe

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
