"""The status of a delivery (305, 307) and the reason of a change (301)."""

from collections.abc import Iterator

from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.places import day
from services.referral.istandaarden.rules.rule import Place, in_message

_FIRST_OR_REMOVED = frozenset("13")
_REMOVED, _WITHDRAWN_CODE = "13", "01"


@in_message(
    "CS058", "305", "307",
    nl="Deze status van aanlevering wordt niet gebruikt.",
    en="This status of submission is not used.",
    right=("1 (eerste aanlevering) of 3 (verwijderd)", "1 (first submission) or 3 (removed)"),
)  # fmt: skip
def first_or_removed(message: Message) -> Iterator[Place]:
    # The code list has 2 and 9 as well.
    for name in ("StartProduct", "StopProduct"):
        for product in message.at(name):
            if product.text("StatusAanlevering") not in _FIRST_OR_REMOVED:
                yield product, "StatusAanlevering"


@in_message(
    "CS335", "301",
    nl="De toewijzing is verwijderd, maar eindigt niet op haar eerste dag.",
    en="The allocation is removed, but does not end on its first day.",
    right=(
        "RedenWijziging 13 alleen als de einddatum gelijk is aan de ingangsdatum",
        "RedenWijziging 13 only when the end date is the first day",
    ),
)  # fmt: skip
def removed_on_first_day(message: Message) -> Iterator[Place]:
    for product in message.at("ToegewezenProduct"):
        removed = product.find_text("RedenWijziging") == _REMOVED
        if removed and day(product, "Ingangsdatum") != day(product, "Einddatum"):
            yield product, "RedenWijziging"


@in_message(
    "CS336", "301",
    nl="RedenWijziging 01 is vervallen.",
    en="RedenWijziging 01 is no longer used.",
    right=("14 voor een administratieve correctie", "14 for an administrative correction"),
)  # fmt: skip
def reason_still_used(message: Message) -> Iterator[Place]:
    for product in message.at("ToegewezenProduct"):
        if product.find_text("RedenWijziging") == _WITHDRAWN_CODE:
            yield product, "RedenWijziging"
