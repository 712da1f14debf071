"""Declarations (323) at levels 3 and 4: against allocations, earlier approvals and the agreement.

Every rule reads the same judgement of the whole message (``services.referral.domain.declaration``): credits come before
debits, and what another rule rejects takes no room. Without ``known.declared`` nothing is assessed.
"""

from collections.abc import Iterator
from functools import wraps
from weakref import WeakKeyDictionary

from services.referral.domain.declaration import Judgement, judge
from services.referral.domain.declaration_checks import CHECKS, Broken, Where
from services.referral.domain.declared import Declared
from services.referral.istandaarden.declarations import declared_in
from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.known import Known
from services.referral.istandaarden.rules.rule import ACROSS, Level, Place, Rule, across

_OWN = frozenset(check.rule for check in CHECKS)
_latest: WeakKeyDictionary[Message, tuple[Known, Judgement]] = WeakKeyDictionary()
"""One judgement serves all rules on a message; it goes when the message goes."""


def judge_323(message: Message, known: Known, declared: Declared | None = None) -> Judgement | None:
    """The judgement of a 323 that is right at levels 1 and 2, rules on header and products included.

    ``declared`` is what ``declared_in`` gives, for who has that already.
    ``rejections`` makes of it what ``answer_325`` takes. None when ``known.declared`` is.
    """
    if known.declared is None:
        return None
    found = _latest.get(message)
    if found is not None and found[0] is known:
        return found[1]
    elsewhere = [
        broken for rule in ACROSS.of(message.kind) if rule.code not in _OWN for broken in _of(rule, message, known)
    ]
    judgement = judge(declared or declared_in(message), known.declared, elsewhere)
    _latest[message] = (known, judgement)
    return judgement


def _of(rule: Rule, message: Message, known: Known) -> Iterator[Broken]:
    """What a rule of another module finds in a 323, by position."""
    for place in rule.looks(message, known):
        node, element = place if isinstance(place, tuple) else (place, "")
        where: Where = "header" if node.path.startswith("Bericht/Header") else "declaration"
        numbers = [int(step.rpartition("[")[2][:-1]) - 1 for step in node.path.split("/") if step.endswith("]")]
        if numbers:
            where = "client" if len(numbers) == 1 else "performance"
        yield Broken(rule.code, rule.returns, where, element, *numbers)


def _declare(code: str, nl: str, en: str, right: tuple[str, str], level: Level = "3") -> None:
    """Declare the rule that the checks with this code judge."""
    check = next(check for check in CHECKS if check.rule == code)

    # By wraps, who looks for the rule finds the function that judges it.
    @wraps(check.broken)
    def looks(message: Message, known: Known) -> Iterator[Place]:
        judgement = judge_323(message, known)
        if judgement is None:
            return
        declaration = message.root.one("Declaratie")
        clients = declaration.each("Clienten/Client")
        performances: dict[int, tuple[Node, ...]] = {}
        for client, performance, element in (
            (broken.client, broken.performance, broken.element) for broken in judgement.broken if broken.rule == code
        ):
            if client is None or performance is None:
                yield declaration, element
            else:
                if client not in performances:
                    performances[client] = clients[client].each("Prestaties/Prestatie")
                yield performances[client][performance], element

    across(code, check.returns, "323", nl=nl, en=en, level=level, right=right)(looks)


_declare(
    "TR333",
    "Dit declaratienummer is al eerder gebruikt.",
    "This declaration number was used before.",
    ("Een nieuw nummer voor elke declaratie.", "A new number for each declaration."),
)
_declare(
    "TR318",
    "De declaratieperiode sluit niet aan op de vorige.",
    "The declaration period does not follow the previous one.",
    (
        "De laatst ingediende maand, of de eerste maand daarna met zorg.",
        "The month declared last, or the first month after it with care.",
    ),
)
_declare(
    "TR314",
    "Dit referentienummer is al eerder gebruikt, of staat twee keer in het bericht.",
    "This reference was used before, or is in the message twice.",
    ("Een nieuw nummer voor elke prestatie.", "A new number for each performance."),
)
_declare(
    "TR323",
    "Er is geen goedgekeurde prestatie die deze credit terugneemt.",
    "There is no approved performance that this credit takes back.",
    (
        "Het referentienummer van een eerder goedgekeurde prestatie, en verder dezelfde gegevens.",
        "The reference of a performance approved earlier, and otherwise the same details.",
    ),
)
_declare(
    "TR390",
    "Deze prestatie is al eerder gecrediteerd.",
    "This performance was taken back before.",
    ("Elke prestatie hoogstens één keer crediteren.", "Take back each performance at most once."),
)
_declare(
    "TR338",
    "Deze cliënt heeft bij u geen toewijzing met dit nummer.",
    "This client has no allocation with this number with you.",
    ("Het nummer van een toewijzing van deze cliënt.", "The number of an allocation to this client."),
)
_declare(
    "TR384",
    "De toewijzing is verwijderd.",
    "The allocation was removed.",
    ("Een toewijzing die niet is verwijderd.", "An allocation that was not removed."),
)
_declare(
    "TR339",
    "De productcategorie is een andere dan die van de toewijzing.",
    "The product category is not that of the allocation.",
    ("De categorie van de toewijzing.", "The category of the allocation."),
)
_declare(
    "TR340",
    "De productcode is een andere dan die van de toewijzing.",
    "The product code is not that of the allocation.",
    ("De code van de toewijzing.", "The code of the allocation."),
)
_declare(
    "TR341",
    "De eenheid past niet bij die van de toewijzing.",
    "The unit does not fit that of the allocation.",
    (
        "De eenheid van de toewijzing, of minuten bij uren; staat daar geen eenheid, dan die van het contract.",
        "The unit of the allocation, or minutes for hours; if it has no unit, that of the agreement.",
    ),
)
_declare(
    "TR307",
    "De productperiode begint voor de toewijzing.",
    "The product period begins before the allocation.",
    ("Een begindatum binnen de toewijzing.", "A first day within the allocation."),
)
_declare(
    "TR308",
    "De productperiode eindigt na de toewijzing.",
    "The product period ends after the allocation.",
    ("Een einddatum binnen de toewijzing.", "A last day within the allocation."),
)
_declare(
    "TR387",
    "De productperiode begint niet op de eerste dag van de maand of van de toewijzing.",
    "The product period does not begin on the first day of the month or of the allocation.",
    (
        "De eerste van de maand, of de ingangsdatum van de toewijzing als die later in de maand ligt.",
        "The first of the month, or the first day of the allocation when that is later in the month.",
    ),
)
_declare(
    "TR388",
    "De productperiode eindigt niet op de laatste dag van de maand of van de toewijzing.",
    "The product period does not end on the last day of the month or of the allocation.",
    (
        "De laatste van de maand, of de einddatum van de toewijzing als die eerder in de maand ligt.",
        "The last of the month, or the last day of the allocation when that is earlier in the month.",
    ),
)
_declare(
    "TR319",
    "De productperiode ligt na de declaratieperiode.",
    "The product period is after the declaration period.",
    ("Een productperiode in deze of een eerdere maand.", "A product period in this month or an earlier one."),
)
_declare(
    "TR321",
    "Het volume is meer dan de toewijzing voor deze periode toestaat.",
    "The volume is more than the allocation allows for this period.",
    ("Hoogstens het volume van de toewijzing.", "At most the volume of the allocation."),
)
_declare(
    "TR322",
    "Samen met wat al is gedeclareerd is het volume meer dan de hele toewijzing toestaat.",
    "Together with what was declared before, the volume is more than the whole allocation allows.",
    ("Samen hoogstens het volume over de hele looptijd.", "Together at most the volume over the whole period."),
)
_declare(
    "TR369",
    "Samen met wat al is gedeclareerd is het bedrag hoger dan het budget van de toewijzing.",
    "Together with what was declared before, the amount is more than the budget of the allocation.",
    ("Samen hoogstens het budget.", "Together at most the budget."),
)
_declare(
    "TR389",
    "Dit product is op deze toewijzing over deze periode al gedeclareerd en niet gecrediteerd.",
    "This product was declared on this allocation for this period already and not taken back.",
    ("Eerst de eerdere prestatie crediteren.", "First take back the earlier performance."),
)
_declare(
    "TR418",
    "Het tarief is niet het tarief van het contract.",
    "The tariff is not that of the agreement.",
    (
        "Het contracttarief voor deze eenheid; per minuut het uurtarief gedeeld door 60, afgerond op een cent.",
        "The agreed tariff for this unit; per minute the hourly tariff over 60, rounded to a cent.",
    ),
)
_declare(
    "TR346",
    "Het bedrag is niet het volume maal het tarief.",
    "The amount is not the volume times the tariff.",
    (
        "Volume maal tarief; bij minuten het uurtarief maal de minuten, gedeeld door 60, dan afgerond.",
        "Volume times tariff; for minutes the hourly tariff times the minutes, over 60, then rounded.",
    ),
    level="4",
)
