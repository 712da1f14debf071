"""Who may commission for whom.

A municipality commissions for itself. Forming a region is the agreement to commission together (Wgr art. 1; Jeugdwet
art. 2.8): within it the regional party, or one of the municipalities as host, commissions for all or some of them.
"""

from collections.abc import Collection, Sequence

from contracts.values import PartyId, PartyKind, party_code, party_kind
from services.kit.model import wrong
from services.kit.problems import Forbidden, Text

COMMISSIONERS = frozenset({PartyKind.MUNICIPALITY, PartyKind.REGION})


def require_commissioner(party: PartyId) -> None:
    """Raise ``Forbidden`` unless ``party`` is a municipality or a region."""
    if party_kind(party) not in COMMISSIONERS:
        raise Forbidden(
            Text(
                "Alleen een gemeente of een regio kan opdracht geven. Meld u aan namens een gemeente of regio.",
                "Only a municipality or a region can commission. Sign in for a municipality or region.",
            ),
            code="not-a-commissioner",
        )


def require_provider(party: PartyId) -> None:
    """Raise ``Forbidden`` unless ``party`` is a care provider."""
    if party_kind(party) is not PartyKind.PROVIDER:
        raise Forbidden(
            Text(
                "Dit kan alleen een aanbieder. Meld u aan namens een aanbieder.",
                "Only a provider can do this. Sign in for a provider.",
            ),
            code="not-a-provider",
        )


def require_mandate(
    owner: PartyId, municipalities: Sequence[str], partners: Collection[str], pointer: str = "/municipalities"
) -> None:
    """Raise ``Invalid`` unless ``owner`` may act for all ``municipalities``.

    ``partners`` are the municipalities of the regions that ``owner`` is, or belongs to.
    """
    require_commissioner(owner)
    allowed = set(partners)
    if party_kind(owner) is PartyKind.MUNICIPALITY:
        allowed.add(party_code(owner))
    if not municipalities:
        raise wrong(pointer, "Noem ten minste één gemeente.", "Name at least one municipality.", "missing")
    if len(set(municipalities)) < len(municipalities):
        raise wrong(pointer, "Noem elke gemeente één keer.", "Name each municipality once.", "repeated")
    outside = [code for code in municipalities if code not in allowed]
    if outside:
        raise wrong(
            pointer,
            f"U kunt geen opdracht geven voor {', '.join(outside)}. Kies uw eigen gemeente of gemeenten van uw regio.",
            f"You cannot commission for {', '.join(outside)}. Choose your own municipality or those of your region.",
            "no-mandate",
        )
