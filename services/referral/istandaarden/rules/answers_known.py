"""Answers to declarations (325) at level 3: against the declaration that was sent.

There is no message to answer a 325 with, so most of these rules have no return code; what they find is for the provider
to take up with the municipality. Without ``known.declarations`` nothing is assessed.
"""

from collections.abc import Iterator

from services.referral.domain.declared import Performance
from services.referral.istandaarden.declarations import Declaration, performance_of, xsd_versions_of
from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.known import Known
from services.referral.istandaarden.rules.places import Day, day
from services.referral.istandaarden.rules.rule import Place, across
from services.referral.istandaarden.sentences import UnusableValue

NO_CODE = ""
"""WJ001 has no return code for these rules."""
_IDENTIFICATION = "Header/DeclaratieIdentificatie"


def _sent(message: Message, known: Known) -> Declaration | None:
    """The declaration that the answer names by identification and date."""
    named = message.root.one(_IDENTIFICATION)
    identification, sent_on = named.text("Identificatie"), day(named, "Dagtekening")
    for each in known.declarations or ():
        dated = each.header.dated
        if each.header.identification == identification and Day(dated.year, dated.month, dated.day) == sent_on:
            return each
    return None


@across(
    "TR337", NO_CODE, "325",
    nl="Dit antwoord noemt een declaratiebericht dat niet is verstuurd.",
    en="This answer names a declaration message that was not sent.",
    right=(
        "De identificatie en de dagtekening van het declaratiebericht.",
        "The identification and date of the declaration message.",
    ),
)  # fmt: skip
def answers_what_was_sent(message: Message, known: Known) -> Iterator[Place]:
    if known.declarations is not None and _sent(message, known) is None:
        yield message.root.one(_IDENTIFICATION), "Identificatie"


@across(
    "TR371", NO_CODE, "325",
    nl="De versie van het schema is niet die van de declaratie.",
    en="The version of the schema is not that of the declaration.",
    right=("De XsdVersie uit het declaratiebericht.", "The XsdVersie of the declaration message."),
)  # fmt: skip
def names_its_schema(message: Message, known: Known) -> Iterator[Place]:
    sent = _sent(message, known)
    header = message.root.one("Header")
    if sent is not None and xsd_versions_of(header.one("XsdVersieDeclaratie")) != sent.xsd_versions:
        yield header, "XsdVersieDeclaratie"


@across(
    "TR376", NO_CODE, "325",
    nl="Het declaratienummer is niet dat van de declaratie.",
    en="The declaration number is not that of the declaration.",
    right=("Het DeclaratieNummer uit de declaratie.", "The DeclaratieNummer of the declaration."),
)  # fmt: skip
def names_its_number(message: Message, known: Known) -> Iterator[Place]:
    sent, answer = _sent(message, known), message.root.find("DeclaratieAntwoord")
    if sent is not None and answer is not None and answer.text("DeclaratieNummer") != sent.number:
        yield answer, "DeclaratieNummer"


@across(
    "TR366", "9366", "325",
    nl="Deze prestatie staat niet in de declaratie.",
    en="This performance is not in the declaration.",
    right=("Alleen prestaties uit de declaratie.", "Performances of the declaration only."),
)  # fmt: skip
def lists_what_was_declared(message: Message, known: Known) -> Iterator[Place]:
    for node, sent in _performances(message, known):
        if sent is None:
            yield node, "ProductReferentie"


@across(
    "TR367", "9367", "325",
    nl="De gegevens van deze prestatie zijn anders dan in de declaratie.",
    en="The details of this performance are not those of the declaration.",
    right=("Dezelfde waarden als in de declaratie.", "The same values as in the declaration."),
)  # fmt: skip
def repeats_what_was_declared(message: Message, known: Known) -> Iterator[Place]:
    # The source names no elements; by its purpose it is everything that a 325 takes over of a performance.
    for node, sent in _performances(message, known):
        if sent is not None and not _is(node, sent):
            yield node


def _is(node: Node, sent: Performance) -> bool:
    try:
        return performance_of(node) == sent
    except UnusableValue:  # A year outside the calendar, which was never declared.
        return False


def _performances(message: Message, known: Known) -> Iterator[tuple[Node, Performance | None]]:
    """Each performance of the answer, with the declared one of the same ProductReferentie for the same client."""
    declaration = _sent(message, known)
    if declaration is None:
        return
    declared = {
        (client.bsn.digits, performance.reference, performance.previous_reference): performance
        for client in declaration.clients
        for performance in client.performances
    }
    for client in message.at("Client"):
        for node in client.each("Prestaties/Prestatie"):
            reference = node.one("ProductReferentie")
            key = (client.text("Bsn"), reference.text("ReferentieNummer"), reference.find_text("VorigReferentieNummer"))
            yield node, declared.get(key)
