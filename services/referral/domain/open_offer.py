"""One request offered to several providers at once: who may claim it, and what stands in the way.

open ─claim─► claimed        the first only; the other offers of the journey are *gone* at that instant
  ├─decline (with a reason)─► declined
  ├─nobody claims in time──► lapsed
  └─the team takes it back─► withdrawn
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from contracts.events.referral import Assignment, DeclineReason
from services.kit.problems import Conflict, Text

AT_LEAST, AT_MOST = 2, 20
"""To how many providers a request can be offered at once."""


class OfferStatus(StrEnum):
    """Where one offer stands."""

    OPEN = "open"
    CLAIMED = "claimed"
    GONE = "gone"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


_WHY_NOT = {
    OfferStatus.CLAIMED: Text("U hebt deze aanvraag al geclaimd.", "You claimed this request already."),
    OfferStatus.GONE: Text(
        "Een andere aanbieder was u voor: deze aanvraag is al geclaimd.",
        "Another provider was first: this request has been claimed.",
    ),
    OfferStatus.DECLINED: Text("U hebt dit aanbod al geweigerd.", "You declined this offer already."),
    OfferStatus.LAPSED: Text(
        "De termijn van dit aanbod is voorbij. De gemeente zoekt zelf verder.",
        "The term of this offer has passed. The municipality looks further itself.",
    ),
    OfferStatus.WITHDRAWN: Text(
        "De gemeente heeft dit aanbod teruggetrokken.", "The municipality has taken this offer back."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOffer:
    """The offer of one journey to one provider. It says nothing about who the client is."""

    referral_id: UUID
    provider: str
    provider_name: str | None = None
    municipality: str
    assignment: Assignment
    starts_on: date
    ends_on: date | None
    offered_at: datetime
    claim_due: datetime
    crisis: bool = False
    status: OfferStatus
    reason: DeclineReason | None = None
    ended_at: datetime | None = None

    def require_open(self) -> None:
        """Raises ``Conflict`` (code ``offer-closed``) that says why nothing can be done with it any more."""
        if self.status is not OfferStatus.OPEN:
            why = _WHY_NOT[self.status]
            raise Conflict(
                Text(f"{why.nl} Er is niets gewijzigd.", f"{why.en} Nothing was changed."), code="offer-closed"
            )
