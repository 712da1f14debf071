"""The part of the client of referral that is about finding a place: offers to several, residence, locations."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from contracts.events.referral import DeclineReason
from services.kit.http import ServiceClient, path
from services.referral import bodies
from services.referral.views import LocationView, OpenOfferView, ReferralState, ReferrerView


class PlaceCalls(ServiceClient):
    """Offers to several providers, who pointed the way, who is responsible, and from where providers deliver."""

    async def offer_openly(self, referral_id: UUID, providers: Sequence[str], *, idempotency_key: str) -> ReferralState:
        """Offer a request to several providers at once, as it was requested."""
        body = bodies.OpenOfferBody(providers=tuple(providers))
        return await self._act(f"{_one(referral_id)}/shared-offers", body, idempotency_key)

    async def offers_of(self, referral_id: UUID) -> list[OpenOfferView]:
        """To whom a request was offered at once, and what each answered (municipality)."""
        return await self.get(list[OpenOfferView], f"{_one(referral_id)}/shared-offers")

    async def municipalities(self) -> list[str]:
        """Where the own provider has agreements or was allocated something."""
        return await self.get(list[str], "/municipalities")

    async def open_offers(self) -> list[OpenOfferView]:
        """What the own provider may claim, and what it no longer can since three days."""
        return await self.get(list[OpenOfferView], "/shared-offers")

    async def claim(self, referral_id: UUID, *, own_number: str | None = None, idempotency_key: str) -> ReferralState:
        """The provider claims what was offered to several. Raises ``Conflict`` when another was first."""
        return await self._act(f"{_one(referral_id)}/claims", bodies.ClaimBody(own_number=own_number), idempotency_key)

    async def decline_offer(self, referral_id: UUID, reason: DeclineReason, *, idempotency_key: str) -> ReferralState:
        """The provider does not claim what was offered to several."""
        body = bodies.DeclineBody(reason=reason)
        return await self._act(f"{_one(referral_id)}/shared-declines", body, idempotency_key)

    async def lapse_offers(self, referral_id: UUID, *, idempotency_key: str) -> ReferralState:
        """Nobody claimed in time (workflow)."""
        return await self._act(f"{_one(referral_id)}/lapses", None, idempotency_key)

    async def referrer(self, referral_id: UUID) -> ReferrerView:
        """Who exactly pointed the way; the look is recorded."""
        return await self.get(ReferrerView, f"{_one(referral_id)}/referrer")

    async def investigate_residence(self, referral_id: UUID, *, idempotency_key: str) -> ReferralState:
        """Look into which municipality is responsible, for two weeks at most."""
        return await self._act(f"{_one(referral_id)}/residence-investigations", None, idempotency_key)

    async def ask_elsewhere(self, referral_id: UUID, *, idempotency_key: str) -> ReferralState:
        """The provider asks the municipality that a refusal named; gives the new journey."""
        return await self._act(f"{_one(referral_id)}/follow-ups", None, idempotency_key)

    async def continue_elsewhere(
        self, referral_id: UUID, municipality: str, from_day: date, *, idempotency_key: str
    ) -> ReferralState:
        """The client moved: the new municipality is asked to go on with the help; gives the new journey."""
        body = bodies.MoveBody(municipality=municipality, from_day=from_day)
        return await self._act(f"{_one(referral_id)}/moves", body, idempotency_key)

    async def locations(self) -> list[LocationView]:
        """From where the own provider says it delivers."""
        return await self.get(list[LocationView], "/locations")

    async def state_locations(self, municipalities: Sequence[str]) -> list[LocationView]:
        """Say from where the own provider delivers; replaces what it said before."""
        body = bodies.LocationsBody(municipalities=tuple(municipalities))
        return await self.put(list[LocationView], "/locations", body)

    async def _act(self, address: str, body: Any, idempotency_key: str) -> ReferralState:
        return await self.post(ReferralState, address, body, idempotency_key=idempotency_key)


def _one(referral_id: UUID) -> str:
    return path("/referrals/{id}", id=referral_id)
