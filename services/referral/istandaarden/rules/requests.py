"""What goes with what in a request (315), a request for change (317) and the answer to both (319)."""

from collections.abc import Iterator

from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.places import filled
from services.referral.istandaarden.rules.rule import Place, in_message

_WITH_AGB_CODE = frozenset(("02", "03", "04", "05"))
"""The kinds of referrer that have an AGB code of their own."""
_REJECTED, _UNDER_INVESTIGATION = "1", "2"
_RESIDENCE_PRINCIPLE = "8"


@in_message(
    "CD043", "315",
    nl="De ingangsdatum hoort bij het nummer van de beschikking: een van de twee ontbreekt.",
    en="The first day goes with the number of the decision: one of the two is missing.",
    right=(
        "BeschikkingIngangsdatum als er een BeschikkingNummer is, anders niet",
        "BeschikkingIngangsdatum when there is a BeschikkingNummer, otherwise none",
    ),
)  # fmt: skip
def start_of_decision(message: Message) -> Iterator[Place]:
    for product in message.at("AangevraagdProduct"):
        if filled(product, "BeschikkingIngangsdatum") != filled(product, "BeschikkingNummer"):
            yield product, "BeschikkingIngangsdatum"


def _has_agb_code(referrer: Node) -> bool:
    return referrer.text("Type") in _WITH_AGB_CODE


@in_message(
    "CD066", "315",
    nl="De naam van de verwijzer staat er naast de AGB-code.",
    en="The referrer's name is there beside the AGB code.",
    right=("de AGB-code of de naam, niet allebei", "the AGB code or the name, not both"),
)  # fmt: skip
def no_name_beside_code(message: Message) -> Iterator[Place]:
    for referrer in message.at("Verwijzer"):
        if _has_agb_code(referrer) and filled(referrer, "ZorgverlenerCode") and filled(referrer, "Naam"):
            yield referrer, "Naam"


@in_message(
    "CD067", "315",
    nl="De verwijzer heeft geen naam en ook geen AGB-code.",
    en="The referrer has no name and no AGB code either.",
    right=("bij verwijzer 02 tot en met 05 een AGB-code of een naam", "for referrers 02 to 05 an AGB code or a name"),
)  # fmt: skip
def name_without_code(message: Message) -> Iterator[Place]:
    for referrer in message.at("Verwijzer"):
        if _has_agb_code(referrer) and not filled(referrer, "ZorgverlenerCode") and not filled(referrer, "Naam"):
            yield referrer, "Naam"


@in_message(
    "CD068", "315",
    nl="Bij deze soort verwijzer hoort geen AGB-code.",
    en="This kind of referrer has no AGB code.",
    right=("een AGB-code alleen bij verwijzer 02 tot en met 05", "an AGB code for referrers 02 to 05 only"),
)  # fmt: skip
def no_code_of_other_referrer(message: Message) -> Iterator[Place]:
    # The name of these is free.
    for referrer in message.at("Verwijzer"):
        if not _has_agb_code(referrer) and filled(referrer, "ZorgverlenerCode"):
            yield referrer, "ZorgverlenerCode"


@in_message(
    "TR352", "317",
    nl="Het verzoek noemt geen product dat de cliënt nu heeft.",
    en="The request names no product that the client has now.",
    right=(
        "minstens één ongewijzigd of te wijzigen product; vraag anders een nieuwe toewijzing aan (315)",
        "at least one unchanged product or product to change; otherwise ask for a new allocation (315)",
    ),
)  # fmt: skip
def names_current_product(message: Message) -> Iterator[Place]:
    for request in message.at("Verzoek"):
        if not filled(request, "OngewijzigdeProducten") and not filled(request, "TeWijzigenProducten"):
            yield request


@in_message(
    "TR353", "317",
    nl="Het verzoek vraagt om geen enkele wijziging.",
    en="The request asks for no change at all.",
    right=("minstens één te wijzigen of nieuw product", "at least one product to change or new product"),
)  # fmt: skip
def asks_for_change(message: Message) -> Iterator[Place]:
    for request in message.at("Verzoek"):
        if not filled(request, "TeWijzigenProducten") and not filled(request, "NieuweProducten"):
            yield request


@in_message(
    "CD085", "319",
    nl="Het verzoek is afgewezen, maar de reden ontbreekt.",
    en="The request is rejected, but the reason is missing.",
    right=("een reden bij een afwijzing", "a reason with a rejection"),
)  # fmt: skip
def reason_of_rejection(message: Message) -> Iterator[Place]:
    for answer in message.at("Antwoord"):
        if answer.text("VerzoekAntwoord") == _REJECTED and not filled(answer, "RedenAfwijzingVerzoek"):
            yield answer, "RedenAfwijzingVerzoek"


@in_message(
    "CD086", "319",
    nl="Er staat een reden van afwijzing bij een verzoek dat nog in onderzoek is.",
    en="There is a reason for rejection with a request that is still under investigation.",
    right=("geen reden bij een verzoek in onderzoek", "no reason with a request under investigation"),
)  # fmt: skip
def no_reason_under_investigation(message: Message) -> Iterator[Place]:
    for answer in message.at("Antwoord"):
        if answer.text("VerzoekAntwoord") == _UNDER_INVESTIGATION and filled(answer, "RedenAfwijzingVerzoek"):
            yield answer, "RedenAfwijzingVerzoek"


# TR377 and TR409 name WMO319, but stand with iJw and the class exists there only. An iWmo answer with reason 8 is
# therefore complete without it.
@in_message(
    "TR377", "JW319",
    nl="De afwijzing op grond van het woonplaatsbeginsel noemt geen gemeente.",
    en="The rejection on the ground of the residence principle names no municipality.",
    right=("de gemeente die wel verantwoordelijk is", "the municipality that is responsible"),
)  # fmt: skip
def responsible_municipality(message: Message) -> Iterator[Place]:
    for answer in message.at("Antwoord"):
        if _by_residence(answer) and not filled(answer, "Woonplaatsbeginsel"):
            yield answer, "Woonplaatsbeginsel"


@in_message(
    "TR409", "JW319",
    nl="Er staat een verantwoordelijke gemeente bij een antwoord dat niet over het woonplaatsbeginsel gaat.",
    en="There is a responsible municipality with an answer that is not about the residence principle.",
    right=("Woonplaatsbeginsel alleen bij reden 8", "Woonplaatsbeginsel with reason 8 only"),
)  # fmt: skip
def no_other_municipality(message: Message) -> Iterator[Place]:
    for answer in message.at("Antwoord"):
        if not _by_residence(answer) and filled(answer, "Woonplaatsbeginsel"):
            yield answer, "Woonplaatsbeginsel"


def _by_residence(answer: Node) -> bool:
    return answer.find_text("RedenAfwijzingVerzoek") == _RESIDENCE_PRINCIPLE
