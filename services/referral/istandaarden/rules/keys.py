"""Nothing twice in one message: each class by its logical key within the classes above it."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from services.referral.istandaarden.description import ClassDescription, describe
from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.rule import Place, in_message

_CLIENT = ("Bsn",)
_PERFORMANCE = ("ProductReferentie/ReferentieNummer", "ProductReferentie/VorigReferentieNummer")
_DELIVERED = ("ToewijzingNummer", "Product/Categorie", "Product/Code", "Begindatum")

KEYS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "301": {
        "Client": _CLIENT,
        "Contact": ("Soort",),
        "Relatie": ("Nummer",),
        "ToegewezenProduct": ("ToewijzingNummer",),
    },
    # The key of a start leaves out ToewijzingIngangsdatum; that of a stop has the reason and the end as well.
    "305": {"Client": _CLIENT, "StartProduct": _DELIVERED},
    "307": {"Client": _CLIENT, "StopProduct": (*_DELIVERED, "RedenBeeindiging", "Einddatum")},
    "315": {"Client": _CLIENT, "AangevraagdProduct": ("ReferentieAanbieder",)},
    "317": {
        "Client": _CLIENT,
        "Verzoek": ("ReferentieAanbieder",),
        "OngewijzigdProduct": ("ToewijzingNummer",),
        "TeWijzigenProduct": ("ToewijzingNummer",),
        "NieuwProduct": ("Product/Categorie", "Product/Code", "GewensteIngangsdatum"),
    },
    "319": {"Antwoord": ("ReferentieAanbieder", "VerzoekAntwoord"), "Woonplaatsbeginsel": ("Gemeente",)},
    "323": {"Declaratie": ("DeclaratieNummer",), "Client": _CLIENT, "Prestatie": _PERFORMANCE},
    "325": {"DeclaratieAntwoord": ("DeclaratieNummer",), "Client": _CLIENT, "Prestatie": _PERFORMANCE},
}
"""The logical key of each class, per message; together with the keys of the classes above it, it is unique."""

Key = tuple[object, ...]


def key_of(node: Node, paths: tuple[str, ...]) -> Key:
    """The values of a key; numbers as numbers, so that 007 is 7."""
    return tuple(node.find_number(path) if path == "ToewijzingNummer" else node.find_text(path) for path in paths)


@in_message(
    "TR101", "301", "305", "307", "315", "317", "323", "325",
    nl="Dit onderdeel staat twee keer in het bericht.",
    en="This part is in the message twice.",
    right=("elk onderdeel één keer", "each part once"),
)  # fmt: skip
def nothing_twice(message: Message) -> Iterator[Place]:
    # A 319 has keys too, but the rule does not name it. Most messages have one of each class.
    if all(len(message.at(name)) < 2 for name in KEYS[message.number]):
        return
    yield from _repeated(message.root, (), _steps(message.kind), set())


class _Step(NamedTuple):
    """A class below another one, with its key if it has one, and the classes below it that matter."""

    name: str
    many: bool
    paths: tuple[str, ...] | None
    below: "tuple[_Step, ...]"


@cache
def _steps(kind: str) -> tuple[_Step, ...]:
    message = describe(kind)
    return _steps_below(message.root, KEYS[message.number])


def _steps_below(group: ClassDescription, keys: Mapping[str, tuple[str, ...]]) -> tuple[_Step, ...]:
    """The ways down that lead to a class with a key; a 323 has very many others."""
    steps = [
        _Step(element.name, element.many, keys.get(element.name), _steps_below(element.group, keys))
        for element in group.elements
        if element.group is not None and not element.group.shared
    ]
    return tuple(step for step in steps if step.paths is not None or step.below)


def _repeated(node: Node, above: Key, steps: tuple[_Step, ...], seen: set[Key]) -> Iterator[Node]:
    for step in steps:
        only = None if step.many else node.find(step.name)
        for child in node.each(step.name) if step.many else (only,) if only else ():
            key = above
            if step.paths is not None:
                key = (*above, step.name, *key_of(child, step.paths))
                if key in seen:
                    yield child
                seen.add(key)
            if step.below:
                yield from _repeated(child, key, step.below, seen)


@in_message(
    "TR383", "315",
    nl="Twee aangevraagde producten hebben dezelfde referentie van de aanbieder.",
    en="Two requested products have the same reference of the provider.",
    right=("een eigen referentie voor elk aangevraagd product", "a reference of its own for each requested product"),
)  # fmt: skip
def own_reference(message: Message) -> Iterator[Place]:
    seen = set()
    for product in message.at("AangevraagdProduct"):
        reference = product.text("ReferentieAanbieder")
        if reference in seen:
            yield product, "ReferentieAanbieder"
        seen.add(reference)
