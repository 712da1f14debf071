"""Level 3: requests (315, 317) as the municipality judges them, and answers (301, 319) as the provider does.

A reference of the provider ties these together: it names one request, and its answers name it back.
"""

from collections.abc import Iterator

from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.known import UNDER_INVESTIGATION, Known, KnownRequest
from services.referral.istandaarden.rules.overlap import holds, spans
from services.referral.istandaarden.rules.rule import Place, across

_REQUESTS = {"315": "AangevraagdProduct", "317": "Verzoek"}


@across(
    "TR347",
    "9347",
    "315",
    "317",
    nl="Deze referentie is al gebruikt.",
    en="This reference was used before.",
    right=("Een eigen referentie per aanvraag.", "A reference of its own for every request."),
)
def reference_is_used_once(message: Message, known: Known) -> Iterator[Place]:
    for request in message.at(_REQUESTS[message.number]):
        if known.request(request.text("ReferentieAanbieder")) is not None:
            yield request, "ReferentieAanbieder"


@across(
    "TR374",
    "9374",
    "315",
    "317",
    nl="Er loopt nog een aanvraag bij u voor deze cliënt.",
    en="A request for this client at your organisation is still under way.",
    right=("Wacht het besluit af.", "Wait for the decision."),
)
def no_request_is_under_way(message: Message, known: Known) -> Iterator[Place]:
    """Per client and provider, as TR374 says; OP350 does not name the provider. What was asked by form may have no
    reference: it holds back the same product in the same days.
    """
    waiting = [each for each in known.requests or () if each.under_way and each.of_client]
    by_form = [each.asks for each in waiting if each.asks is not None]
    asked = list(message.at(_REQUESTS[message.number]))
    if len(by_form) < len(waiting):
        yield from asked
    elif by_form:
        same = [span.node for span in spans(message) if any(holds(span, each) for each in by_form)]
        yield from same if message.number == "315" or not same else asked


@across(
    "TR355",
    "9355",
    "319",
    nl="Deze referentie komt in geen eerder verzoek voor.",
    en="This reference is in no earlier request.",
    right=("De referentie van het verzoek waar dit het antwoord op is.", "The reference of the request it answers."),
)
def answer_is_to_a_request(message: Message, known: Known) -> Iterator[Place]:
    for answer in message.at("Antwoord"):
        if known.requests is not None and known.request(answer.text("ReferentieAanbieder")) is None:
            yield answer, "ReferentieAanbieder"


@across(
    "TR359",
    "9359",
    "319",
    nl="Op dit verzoek is al een toewijzing gestuurd.",
    en="This request was answered with an allocation already.",
    right=(
        "Geen antwoord meer; wijzig zo nodig de toewijzing.",
        "No answer; change the allocation if needed.",
    ),
)
def answer_comes_before_the_allocation(message: Message, known: Known) -> Iterator[Place]:
    for answer in message.at("Antwoord"):
        request = known.request(answer.text("ReferentieAanbieder"))
        if request is not None and request.granted:
            yield answer, "ReferentieAanbieder"


@across(
    "TR360",
    "9360",
    "319",
    nl="Dit verzoek heeft al een antwoord; 'in onderzoek' kan alleen het eerste zijn.",
    en="This request has an answer already; 'under investigation' can be the first one only.",
    right=("Een afwijzing of een toewijzing.", "A rejection or an allocation."),
)
def investigation_is_the_first_answer(message: Message, known: Known) -> Iterator[Place]:
    """The drafts' label of 9360 leaves the answer out; the list and the rule name it."""
    for answer in message.at("Antwoord"):
        request = known.request(answer.text("ReferentieAanbieder"))
        if answer.text("VerzoekAntwoord") == UNDER_INVESTIGATION and request is not None and request.answers:
            yield answer, "VerzoekAntwoord"


@across(
    "TR365",
    "9365",
    "319",
    nl="Dit verzoek is al afgehandeld.",
    en="This request was dealt with already.",
    right=(
        "Een tweede antwoord komt alleen na 'in onderzoek'.",
        "A second answer comes only after 'under investigation'.",
    ),
)
def answer_follows_investigation_only(message: Message, known: Known) -> Iterator[Place]:
    for answer in message.at("Antwoord"):
        request = known.request(answer.text("ReferentieAanbieder"))
        if request is not None and any(earlier != UNDER_INVESTIGATION for earlier in request.answers):
            yield answer, "VerzoekAntwoord"


@across(
    "TR379",
    "9379",
    "301",
    nl="De referentie hoort niet bij een verzoek dat hiermee wordt toegekend.",
    en="The reference is not of a request that is granted by this.",
    right=(
        "De referentie van het verzoek, alleen in de eerste toewijzing erop; anders leeg. Na een verzoek om wijziging"
        " krijgt ieder product dezelfde.",
        "The reference of the request, in the first allocation on it only; else empty. After a request for change every"
        " product gets the same.",
    ),
)
def reference_is_of_the_request_granted(message: Message, known: Known) -> Iterator[Place]:
    """Whether an allocation without a reference grants a request cannot be seen, except beside a request for change."""
    if known.requests is None:
        return
    products = list(message.at("ToegewezenProduct"))
    requests = [_asked(product.find_text("ReferentieAanbieder"), known) for product in products]
    changes = {request.reference for request in requests if request is not None and request.change}
    for product, request in zip(products, requests, strict=True):
        reference = product.find_text("ReferentieAanbieder")
        wrong = reference is not None and (request is None or request.granted)
        if wrong or (changes and reference not in changes) or len(changes) > 1:
            yield product, "ReferentieAanbieder"


def _asked(reference: str | None, known: Known) -> KnownRequest | None:
    return known.request(reference) if reference is not None else None
