"""Declarations (323) and their answers (325) by themselves: periods, amounts, credits, and what a 325 lists."""

from collections.abc import Iterator

from services.referral.istandaarden.declarations import CREDIT, DEBIT, codes_in, total_of
from services.referral.istandaarden.labels import FULLY_GRANTED, NO_REMARK
from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.places import Day, dated, day, filled
from services.referral.istandaarden.rules.rule import Place, in_message

EURO = "83"
FIRST_DAY = Day(2021, 1, 1)
"""Declarations of these standards begin here (CS100)."""
YEARS_BACK = 5
_FIRST_YEAR, _LAST_YEAR = 1, 9999
"""Level 1 lets other years through; nothing can be judged against them."""
_FIRST, _LAST = "ProductPeriode/Begindatum", "ProductPeriode/Einddatum"
_REFERENCE = "ProductReferentie/ReferentieNummer"
_PREVIOUS = "ProductReferentie/VorigReferentieNummer"


def _is_credit(performance: Node) -> bool:
    return performance.text("IngediendBedrag/DebetCredit") == CREDIT


def _signed(performance: Node) -> int:
    """The submitted amount in cents, credit below zero."""
    cents = performance.number("IngediendBedrag/Bedrag")
    return -cents if _is_credit(performance) else cents


def _last_of_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@in_message(
    "TR137", "323", "325",
    nl="De productperiode eindigt voordat zij begint, of na de dagtekening van het bericht.",
    en="The product period ends before it begins, or after the date of the message.",
    right=(
        "een einddatum op of na de begindatum, en op of voor de dagtekening",
        "an end date on or after the first day, and on or before the date of the message",
    ),
)  # fmt: skip
def product_period_is_over(message: Message) -> Iterator[Place]:
    # The source names no element; of the periods in these messages the product period is the one that must be past.
    sent = dated(message)
    for performance in message.at("Prestatie"):
        begins, ends = day(performance, _FIRST), day(performance, _LAST)
        if begins is not None and ends is not None and not begins <= ends <= sent:
            yield performance, _LAST


@in_message(
    "TR335", "323",
    nl="De productperiode is langer dan vijf jaar voor de dagtekening van de declaratie geëindigd.",
    en="The product period ended more than five years before the date of the declaration.",
    right=("een productperiode van de laatste vijf jaar", "a product period of the last five years"),
)  # fmt: skip
def within_five_years(message: Message) -> Iterator[Place]:
    declared = day(message.root, "Declaratie/DeclaratieDagtekening")
    if declared is None:
        return
    if not _FIRST_YEAR <= declared.year <= _LAST_YEAR:
        yield message.root.one("Declaratie"), "DeclaratieDagtekening"
    for performance in message.at("Prestatie"):
        ends = day(performance, _LAST)
        if ends is not None and Day(ends.year + YEARS_BACK, ends.month, ends.day) < declared:
            yield performance, _LAST


@in_message(
    "TR315", "323",
    nl="Twee prestaties crediteren dezelfde eerdere prestatie.",
    en="Two performances take back the same earlier one.",
    right=("elke eerdere prestatie hoogstens één keer", "each earlier performance at most once"),
)  # fmt: skip
def previous_reference_once(message: Message) -> Iterator[Place]:
    seen: set[str] = set()
    for performance in message.at("Prestatie"):
        previous = performance.find_text(_PREVIOUS)
        if previous is not None:
            if previous in seen:
                yield performance, _PREVIOUS
            seen.add(previous)


@in_message(
    "TR316", "323",
    nl="Deze prestatie crediteert een prestatie uit hetzelfde bericht.",
    en="This performance takes back one of the same message.",
    right=("een prestatie uit een eerder bericht", "a performance of an earlier message"),
)  # fmt: skip
def credits_an_earlier_message(message: Message) -> Iterator[Place]:
    references = {performance.text(_REFERENCE) for performance in message.at("Prestatie")}
    for performance in message.at("Prestatie"):
        if performance.find_text(_PREVIOUS) in references:
            yield performance, _PREVIOUS


@in_message(
    "TR358", "323",
    nl="Het totaalbedrag is niet de som van de prestaties, met credit afgetrokken.",
    en="The total is not the sum of the performances, with credits subtracted.",
    right=(
        "debet min credit; is dat minder dan nul, dan het bedrag zonder minteken met C",
        "debits minus credits; when below zero, the amount without its sign and with C",
    ),
)  # fmt: skip
def total_is_the_sum(message: Message) -> Iterator[Place]:
    declaration = message.root.one("Declaratie")
    if total_of(declaration.one("TotaalIngediendBedrag")) != sum(map(_signed, message.at("Prestatie"))):
        yield declaration, "TotaalIngediendBedrag/TotaalBedrag"


@in_message(
    "TR416", "323",
    nl="Dit product is op deze toewijzing over dezelfde periode twee keer gedeclareerd.",
    en="This product is declared twice on this allocation for the same period.",
    right=("alle levering samen in één prestatie", "everything delivered together in one performance"),
)  # fmt: skip
def one_debit_per_product_and_period(message: Message) -> Iterator[Place]:
    seen: set[tuple[object, ...]] = set()
    for performance in message.at("Prestatie"):
        if _is_credit(performance):
            continue
        # Not per client: the number of an allocation belongs to one client already.
        product = (
            performance.number("ToewijzingNummer"), day(performance, _FIRST), day(performance, _LAST),
            performance.text("ProductCategorie"), performance.text("ProductCode"),
        )  # fmt: skip
        if product in seen:
            yield performance
        seen.add(product)


@in_message(
    "TR342", "325",
    nl="Het antwoord telt niet op: de afgewezen prestaties zijn samen niet ingediend min toegekend.",
    en="The answer does not add up: the rejected performances together are not submitted minus granted.",
    right=(
        "alleen afgewezen prestaties; is de declaratie zelf afgewezen, dan geen prestaties en niets toegekend",
        "rejected performances only; if the declaration itself is rejected, no performances and nothing granted",
    ),
)  # fmt: skip
def lists_what_is_rejected(message: Message) -> Iterator[Place]:
    answer = message.root.find("DeclaratieAntwoord")
    if answer is None:
        return
    granted = total_of(answer.one("TotaalToegekendBedrag"))
    performances = list(message.at("Prestatie"))
    if not {NO_REMARK, FULLY_GRANTED}.issuperset(codes_in(answer)):
        if granted:
            yield answer, "TotaalToegekendBedrag/TotaalBedrag"
        if performances:
            yield answer, "Clienten"
        return
    if sum(map(_signed, performances)) != total_of(answer.one("TotaalIngediendBedrag")) - granted:
        yield answer, "TotaalToegekendBedrag/TotaalBedrag"
    for performance in performances:
        if NO_REMARK in codes_in(performance):
            yield performance, "RetourCodes"


@in_message(
    "CD060", "323", "325",
    nl="Het vorige referentienummer hoort er te staan bij een creditprestatie, en alleen daar.",
    en="The previous reference belongs with a credit, and only there.",
    right=(
        "bij C het referentienummer van de debetprestatie; bij D niets",
        "with C the reference of the debit; with D nothing",
    ),
)  # fmt: skip
def credit_names_its_debit(message: Message) -> Iterator[Place]:
    for performance in message.at("Prestatie"):
        if filled(performance.one("ProductReferentie"), "VorigReferentieNummer") != _is_credit(performance):
            yield performance, _PREVIOUS


@in_message(
    "CD087", "323",
    nl="Het tarief hoort er te staan bij elke eenheid, behalve bij euro's.",
    en="The tariff belongs with every unit, except with euros.",
    right=("een tarief; bij eenheid 83 geen tarief", "a tariff; with unit 83 no tariff"),
)  # fmt: skip
def tariff_unless_euros(message: Message) -> Iterator[Place]:
    for performance in message.at("Prestatie"):
        if filled(performance, "ProductTarief") != (performance.text("Eenheid") != EURO):
            yield performance, "ProductTarief"


@in_message(
    "CS100", "323",
    nl="De periode ligt voor 2021.",
    en="The period is before 2021.",
    right=("een periode vanaf 1 januari 2021", "a period from 1 January 2021"),
)  # fmt: skip
def from_2021(message: Message) -> Iterator[Place]:
    for path in ("Declaratie/DeclaratiePeriode", "Prestatie/ProductPeriode"):
        for period in message.at(path):
            for element in ("Begindatum", "Einddatum"):
                found = day(period, element)
                if found is not None and found < FIRST_DAY:
                    yield period, element


@in_message(
    "CS325", "323", "325",
    nl="Bij een bedrag van nul staat credit.",
    en="An amount of zero is marked as credit.",
    right=("D bij een bedrag van nul", "D with an amount of zero"),
)  # fmt: skip
def zero_is_debit(message: Message) -> Iterator[Place]:
    totals = {"323": ("Declaratie/TotaalIngediendBedrag",)}.get(
        message.number, ("DeclaratieAntwoord/TotaalIngediendBedrag", "DeclaratieAntwoord/TotaalToegekendBedrag")
    )
    amounts = [(node, "TotaalBedrag") for path in totals for node in message.at(path)]
    amounts += [(node, "Bedrag") for node in message.at("Prestatie/IngediendBedrag")]
    for node, element in amounts:
        if node.number(element) == 0 and node.text("DebetCredit") != DEBIT:
            yield node, "DebetCredit"


@in_message(
    "CS337", "323",
    nl="De productperiode ligt niet binnen één kalendermaand.",
    en="The product period is not within one calendar month.",
    right=("begin en eind in dezelfde maand", "first and last day in the same month"),
)  # fmt: skip
def product_period_in_one_month(message: Message) -> Iterator[Place]:
    for performance in message.at("Prestatie"):
        begins, ends = day(performance, _FIRST), day(performance, _LAST)
        if begins is not None and ends is not None and begins[:2] != ends[:2]:
            yield performance, "ProductPeriode"


@in_message(
    "CS339", "323",
    nl="Bij declareren in euro's is het bedrag niet gelijk aan het geleverde volume.",
    en="For a declaration in euros the amount is not the delivered volume.",
    right=("bij eenheid 83 hetzelfde bedrag in centen", "with unit 83 the same amount in cents"),
)  # fmt: skip
def euros_are_the_volume(message: Message) -> Iterator[Place]:
    for performance in message.at("Prestatie"):
        amount = performance.number("IngediendBedrag/Bedrag")
        if performance.text("Eenheid") == EURO and amount != performance.number("GeleverdVolume"):
            yield performance, "IngediendBedrag/Bedrag"


@in_message(
    "CS340", "323",
    nl="De declaratieperiode is niet precies één kalendermaand.",
    en="The declaration period is not exactly one calendar month.",
    right=(
        "van de eerste tot en met de laatste dag van een maand",
        "from the first up to and including the last day of a month",
    ),
)  # fmt: skip
def period_is_a_month(message: Message) -> Iterator[Place]:
    for declaration in message.at("Declaratie"):
        begins = day(declaration, "DeclaratiePeriode/Begindatum")
        ends = day(declaration, "DeclaratiePeriode/Einddatum")
        if (
            begins is None
            or begins.day != 1
            or not _FIRST_YEAR <= begins.year <= _LAST_YEAR
            or ends != begins._replace(day=_last_of_month(*begins[:2]))
        ):
            yield declaration, "DeclaratiePeriode"
