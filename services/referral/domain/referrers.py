"""Who may point the way to help (COD327, *TypeVerwijzer*), and what goes with each.

A doctor, a certified institution and a specialist are named by AGB code or by name, never by both (CD066, CD067);
others have no code (CD068). What a court or a certified institution decides is not weighed again: the municipality only
looks at whether it is the one that pays (SAP-GI), and the request follows within five working days of the order.
"""

from dataclasses import dataclass, field
from datetime import date

from contracts.events.referral import Referrer
from services.kit.model import wrong
from services.kit.problems import Invalid, Text
from services.referral.domain.reasons import RefusalReason

NAMED = frozenset(
    {Referrer.GENERAL_PRACTITIONER, Referrer.YOUTH_DOCTOR, Referrer.CERTIFIED_INSTITUTION, Referrer.SPECIALIST}
)
"""COD327 02–05: known by an AGB code, or by name."""
BINDING = frozenset({Referrer.COURT, Referrer.CERTIFIED_INSTITUTION})
"""Whose decision the municipality carries out without weighing the need (SAP-GI)."""
WEIGHING = frozenset({RefusalReason.NOT_SUITABLE, RefusalReason.OUTSIDE_BUDGET, RefusalReason.STACKING})
"""Reasons of refusal that weigh the need, or the money for it."""


@dataclass(frozen=True, slots=True)
class ReferrerDetails:
    """Who exactly pointed the way; ``ordered_on`` is the day of the order of a court."""

    kind: Referrer
    name: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
    ordered_on: date | None = None

    def require_complete(self, today: date) -> None:
        """Raises ``Invalid`` for what the standard does not allow together, or wants."""
        if self.kind in NAMED and self.name and self.code:
            raise wrong(
                "/referrerName",
                "Geef de AGB-code van de verwijzer of de naam, niet allebei (iStandaarden CD066). Laat de naam weg.",
                "Give the AGB code of the referrer or the name, not both (iStandaarden CD066). Leave the name out.",
                "name-beside-code",
            )
        if self.kind in NAMED and not self.name and not self.code:
            raise wrong(
                "/referrerCode",
                "Geef de AGB-code van de verwijzer, of de naam als u de code niet kent (iStandaarden CD067).",
                "Give the AGB code of the referrer, or the name when you do not know the code (iStandaarden CD067).",
                "missing",
            )
        if self.kind not in NAMED and self.code:
            raise wrong(
                "/referrerCode",
                "Deze verwijzer heeft geen AGB-code (iStandaarden CD068). Laat de code weg.",
                "This referrer has no AGB code (iStandaarden CD068). Leave the code out.",
                "no-code-here",
            )
        if self.ordered_on is not None and (self.kind not in BINDING or self.ordered_on > today):
            raise wrong(
                "/orderedOn",
                "Vul de dag van de beschikking alleen in bij een rechter of gecertificeerde instelling, en niet in de"
                " toekomst.",
                "Fill in the day of the order only with a court or certified institution, and not in the future.",
                "no-order-here",
            )


def require_not_weighed(kind: Referrer, reason: RefusalReason) -> None:
    """Raises ``Invalid`` when a refusal weighs a need that is not the municipality's to weigh."""
    if kind in BINDING and reason in WEIGHING:
        raise Invalid(
            Text(
                "Over deze hulp besliste een rechter of een gecertificeerde instelling. De gemeente weegt de noodzaak"
                " niet (SAP-GI). Zij kijkt alleen of zij betaalt: kies het woonplaatsbeginsel, of wijs toe.",
                "A court or a certified institution decided on this help. The municipality does not weigh the need"
                " (SAP-GI). It only looks at whether it pays: choose the residence principle, or allocate.",
            ),
            code="not-to-weigh",
        )
