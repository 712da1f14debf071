"""Level 3: starts and stops of care (305, 307), as the municipality judges them against what was reported before.

Within a message removals come first, whatever their place (OP080 gives order no meaning): a start or stop that is
replaced by another in one message is not reported twice. Then each line counts for the lines after it.
"""

from collections.abc import Iterator, Sequence

from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.known import TEMPORARY, Known, KnownAllocation, Reported
from services.referral.istandaarden.rules.rule import Place, across

_REMOVED = "3"
_LINES = {"305": "StartProduct", "307": "StopProduct"}
BOTH = ("305", "307")


def _removals(message: Message) -> Iterator[tuple[Node, Reported]]:
    for line in message.at(_LINES[message.number]):
        if line.text("StatusAanlevering") == _REMOVED:
            yield line, Reported.from_node(line)


def _reports(message: Message, known: Known) -> Iterator[tuple[Node, Reported, Sequence[Reported]]]:
    """Each line that reports something, with its key and what had been reported when it is its turn."""
    removed = {key for _, key in _removals(message)}
    before = [each for each in known.reports or () if each not in removed]
    for line in message.at(_LINES[message.number]):
        if line.text("StatusAanlevering") != _REMOVED:
            key = Reported.from_node(line)
            yield line, key, tuple(before)
            before.append(key)


@across(
    "TR019",
    "9019",
    *BOTH,
    nl="Dit hoort bij geen geldige toewijzing van deze cliënt aan deze aanbieder.",
    en="This belongs to no valid allocation of this client to this provider.",
    right=(
        "Het nummer van een toewijzing van deze cliënt, met het product van die toewijzing.",
        "The number of an allocation of this client, with the product of that allocation.",
    ),
)
def belongs_to_an_allocation(message: Message, known: Known) -> Iterator[Place]:
    """iWmo's own file names the 305 only; its WJ001 names the 307 too, as iJw does, so both are judged."""
    if known.allocations is None:
        return
    for line, key, _ in _reports(message, known):
        if key.number is None and known.by_task:
            continue
        allocation = known.allocation(key.number)
        if allocation is None or not _same_product(allocation, key):
            yield line, "ToewijzingNummer"


def _same_product(allocation: KnownAllocation, key: Reported) -> bool:
    """Whether a line may be about this allocation: what the allocation says of the product, the line does not deny."""
    allocated, told = (allocation.category, allocation.code), (key.category, key.code)
    return all(mine is None or theirs in (None, mine) for mine, theirs in zip(allocated, told, strict=True))


@across(
    "TR063",
    "9063",
    *BOTH,
    nl="Er is niets gemeld dat hiermee kan worden verwijderd.",
    en="Nothing was reported that this can remove.",
    right=(
        "Precies de gegevens van de melding die vervalt.",
        "Exactly the data of the report that is taken back.",
    ),
)
def removes_what_was_reported(message: Message, known: Known) -> Iterator[Place]:
    """A removal is judged by this rule and TR071 alone: "other checks are not needed"."""
    if known.reports is None:
        return
    for line, key in _removals(message):
        if key not in known.reports:
            yield line


@across(
    "TR071",
    "9071",
    "305",
    nl="De start kan niet worden verwijderd: de stop is al gemeld.",
    en="The start cannot be removed: the stop was reported already.",
    right=("Verwijder eerst de stop.", "Remove the stop first."),
)
def start_without_stop_is_removed(message: Message, known: Known) -> Iterator[Place]:
    stopped = {each.start for each in known.reports or () if each.is_stop}
    for line, key in _removals(message):
        if key in stopped:
            yield line, "StatusAanlevering"


@across(
    "TR074",
    "9074",
    *BOTH,
    nl="Ditzelfde is al eerder gemeld.",
    en="The very same was reported before.",
    right=("Meld dit één keer.", "Report this once."),
)
def is_reported_once(message: Message, known: Known) -> Iterator[Place]:
    if known.reports is None:
        return
    for line, key, before in _reports(message, known):
        if key in before:
            yield line


@across(
    "TR326",
    "9326",
    "305",
    nl="De levering loopt al.",
    en="Care is under way already.",
    right=("Meld eerst de stop.", "Report the stop first."),
)
def care_starts_after_it_stopped(message: Message, known: Known) -> Iterator[Place]:
    """Any stop counts, a temporary one too (OP379). The very same start again is TR074's."""
    if known.reports is None:
        return
    for line, key, before in _reports(message, known):
        stopped = {each.start for each in before if each.is_stop}
        running = [each for each in before if not each.is_stop and each.care == key.care and each not in stopped]
        if running and key not in before:
            yield line


@across(
    "TR382",
    "9069",
    "307",
    nl="Er is geen start gemeld met dezelfde gegevens.",
    en="No start was reported with the same data.",
    right=(
        "Meld eerst de start, of neem haar gegevens ongewijzigd over.",
        "Report the start first, or take its data over unchanged.",
    ),
)
def stop_names_its_start(message: Message, known: Known) -> Iterator[Place]:
    """WJ001 gives 9069 to "TR069", which does not exist; this rule is meant. A definitive stop after a temporary one
    belongs to the same start (OP377), so a start that was stopped still counts here.
    """
    if known.reports is None:
        return
    for line, key, _ in _reports(message, known):
        if key.start not in known.reports:
            yield line


@across(
    "TR413",
    "9413",
    "307",
    nl="De levering is al tijdelijk gestopt.",
    en="Care was interrupted already.",
    right=("Een definitieve stop, of eerst een nieuwe start.", "A stop for good, or a new start first."),
)
def care_is_interrupted_once(message: Message, known: Known) -> Iterator[Place]:
    for line, key, earlier in _with_other_stops(message, known):
        if key.reason == TEMPORARY and any(each.reason == TEMPORARY for each in earlier):
            yield line, "RedenBeeindiging"


@across(
    "TR414",
    "9414",
    "307",
    nl="De einddatum ligt vóór die van de eerdere stop.",
    en="The end is before that of the earlier stop.",
    right=("Een einddatum op of na die van de eerdere stop.", "An end on or after that of the earlier stop."),
)
def care_ends_no_earlier_than_it_was_interrupted(message: Message, known: Known) -> Iterator[Place]:
    for line, key, earlier in _with_other_stops(message, known):
        if any(key.ends_on and each.ends_on and key.ends_on < each.ends_on for each in earlier):
            yield line, "Einddatum"


@across(
    "TR415",
    "9415",
    "307",
    nl="De levering is al definitief gestopt.",
    en="Care has stopped for good already.",
    right=(
        "Verwijder eerst de eerdere stop, als die niet klopt.",
        "Remove the earlier stop first, if it was wrong.",
    ),
)
def care_stops_for_good_once(message: Message, known: Known) -> Iterator[Place]:
    for line, _, earlier in _with_other_stops(message, known):
        if any(each.reason != TEMPORARY for each in earlier):
            yield line


def _with_other_stops(message: Message, known: Known) -> Iterator[tuple[Node, Reported, Sequence[Reported]]]:
    """Each stop with the other stops of the same care from the same first day; the very same again is TR074's."""
    if known.reports is None:
        return
    for line, key, before in _reports(message, known):
        if key not in before:
            same = (key.care, key.starts_on)
            yield line, key, [each for each in before if each.is_stop and (each.care, each.starts_on) == same]
