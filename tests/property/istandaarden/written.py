"""What a written message must be: valid by the official schema, or by the overview of elements, and readable."""

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from services.referral.istandaarden import (
    AnswerToDeclaration,
    Declaration,
    Message,
    Node,
    Retour,
    Standard,
    answer_325,
    read,
    retour,
    technical_retour,
    validate_structure,
)
from services.referral.istandaarden.retours import HEADER_PATH
from tests.property.istandaarden import overview
from tests.property.istandaarden.models import DATES, MODELS, added_up, line
from tests.unit.istandaarden.conftest import Reference

PREFIX = {Standard.IJW: "JW", Standard.IWMO: "WMO"}
QUICK, SLOW = 720, 12
"""Models per message and standard: fourteen times so many make over ten thousand. The slow ones can be shrunk."""
CODES = ("0233", "0611", "8017", "8848", "9019", "9340", "9415", "S300", "S329")
Check = Callable[[Standard, str, Random], None]


def check_many(check: Check, standard: Standard, number: str) -> None:
    """Under Hypothesis: a few models that shrink when they fail, and many of which it draws the seed only."""
    plain = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))

    @settings(plain, max_examples=SLOW)
    @given(st.randoms(use_true_random=False))
    def shrinking(dice: Random) -> None:
        check(standard, number, dice)

    @settings(plain, max_examples=QUICK)
    @given(st.integers(0, 2**64 - 1))
    def seeded(seed: int) -> None:
        check(standard, number, Random(seed))

    shrinking()
    seeded()


def valid(raw: bytes, kind: str) -> Message:
    """The message in ``raw``, which must be valid by what is not ours, and by ours."""
    schema = Reference.schema(kind) or overview.schema_of(kind)
    schema.assertValid(etree.fromstring(raw))
    message = read(raw)
    assert message.kind == kind
    assert validate_structure(message) == []
    assert raw.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\r\n')
    assert raw.count(b"\n") == raw.count(b"\r\n")
    return message


def carriers(node: Node) -> list[Node]:
    """The classes that may carry return codes: no shared ones, and none that only wraps a list."""
    found = [] if node.group.shared or node.group.is_list else [node]
    return found + [each for child in node.children() for each in carriers(child)]


def check_model(standard: Standard, number: str, dice: Random) -> None:
    """A random model is written, valid, and read back as the same; then it is answered, and the answer is valid too."""
    model = MODELS[number](standard)(dice)
    message = valid(model.to_bytes(), PREFIX[standard] + number)
    assert type(model).from_message(message) == model
    kind = message.description.retour
    assert kind is not None
    about: dict[str, Any] = {"identification": line(12)(dice), "dated": DATES(dice)}
    codes = _codes([HEADER_PATH, *(node.path for node in carriers(message.root.one(message.description.body)))], dice)
    if dice.random() < 0.1:
        answer, codes = technical_retour(message, **about), {HEADER_PATH: ("0001",)}
    else:
        answer = retour(message, codes=codes, **about)
    answered = Retour.from_message(valid(answer, kind))
    assert (answered.identification, answered.dated) == (about["identification"], about["dated"])
    assert answered.header == message.header
    rejecting = {path: tuple(each for each in found if each != "0233") for path, found in codes.items()}
    assert answered.codes == {path: found for path, found in rejecting.items() if found}


def check_declaration(standard: Standard, number: str, dice: Random) -> None:
    """As ``check_model``, with the 325 on a declaration that adds up as its answer."""
    model: Declaration = MODELS[number](standard)(dice)
    kind = PREFIX[standard] + number
    assert Declaration.from_message(valid(model.to_bytes(), kind)) == model
    message = valid(added_up(model), kind)
    codes = _codes([HEADER_PATH, *(node.path for node in carriers(message.root.one("Declaratie")))], dice)
    raw = answer_325(message, identification=line(12)(dice), dated=DATES(dice), rejected=codes)
    answer = AnswerToDeclaration.from_message(valid(raw, PREFIX[standard] + "325"))
    assert answer.fully_granted == (not codes)
    assert answer.declaration_identification == message.identification


def _codes(places: list[str], dice: Random) -> dict[str, tuple[str, ...]]:
    chosen = dice.sample(places, dice.randint(0, min(3, len(places))))
    return {place: tuple(dice.sample(CODES, dice.randint(1, 2))) for place in chosen}
