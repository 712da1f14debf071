"""What was agreed about moments, in words: when a result is declared, and what the days of starts and ends are."""

from collections.abc import Mapping
from typing import Final

from fastapi import Request

from contracts.events.commissioning import DeclaredWhen, StartMeans, StopMeans
from services.portal.i18n import N_
from services.portal.views import translate
from services.referral.client import ReferralClient, ReferralView

DECLARED: Final[Mapping[DeclaredWhen, str]] = {
    DeclaredWhen.PER_PERIOD: N_("in every period in which it was delivered"),
    DeclaredWhen.AT_THE_END: N_("when the help has ended"),
    DeclaredWhen.IN_INSTALMENTS: N_("in instalments that both agree on"),
}
"""When a result is declared (OP264)."""
STARTS: Final[Mapping[StartMeans, str]] = {
    StartMeans.FIRST_CONTACT: N_("the first contact"),
    StartMeans.INTAKE: N_("the intake"),
    StartMeans.FIRST_TREATMENT: N_("the first treatment"),
}
"""What the day of a start is (OP270)."""
STOPS: Final[Mapping[StopMeans, str]] = {
    StopMeans.LAST_TREATMENT: N_("the last treatment"),
    StopMeans.LAST_CONTACT: N_("the last contact"),
    StopMeans.CLOSING_TALK: N_("the closing talk"),
}
"""What the day of an end is (OP270)."""


class Moments:
    """What a provider agreed with each municipality about the days of starts and ends, as sentences."""

    def __init__(self, starts: Mapping[tuple[str, str], str], stops: Mapping[tuple[str, str], str]) -> None:
        self._starts, self._stops = starts, stops

    @classmethod
    async def of(cls, request: Request, referrals: ReferralClient) -> "Moments":
        """Ask the service."""
        found = await referrals.agreed_moments()
        start, stop = N_("Agreed: the day of %(moment)s."), N_("Agreed: the last day is that of %(moment)s.")
        return cls(
            {
                (each.municipality, each.product_code): translate(
                    request, start, moment=translate(request, STARTS[each.start_means])
                )
                for each in found
                if each.start_means is not None
            },
            {
                (each.municipality, each.product_code): translate(
                    request, stop, moment=translate(request, STOPS[each.stop_means])
                )
                for each in found
                if each.stop_means is not None
            },
        )

    def row(self, referral: ReferralView) -> dict[str, str]:
        """The sentences that belong with the forms of one journey; empty where nothing was recorded."""
        key = referral.municipality, referral.assignment.product_code
        return {"start_is": self._starts.get(key, ""), "stop_is": self._stops.get(key, "")}
