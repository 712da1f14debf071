"""What a provider was offered beside others: whoever claims first gets it. And from where the provider delivers."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.commissioning.client import CommissioningClient
from services.kit.problems import Conflict, Problem
from services.portal.care.clients import Commissioning, Planner, Referrals, Stater
from services.portal.care.forms import compact, key_of, once, require, take
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.provider import worklist
from services.portal.pages.provider.selection import Answered, Selection
from services.portal.people import Person
from services.portal.views import flash, is_fragment, language_of, translate
from services.referral.client import ReferralClient, ReferralState

router = APIRouter()

_FIELDS: Final = {"/ownNumber": "own_number", "/reason": "reason"}
_NEEDED: Final = {
    "claim": (),
    "decline": (("reason", N_("Choose why you refuse. The access team looks for another place with it.")),),
}
_ADDRESSES: Final = {"claim": "claims", "decline": "shared-declines"}
_SAID: Final = {
    "claim": N_("You were first: it is yours. The allocation is on its way; report the start when the help has begun."),
    "decline": N_("Refused. The others can still claim it."),
}


@dataclass(frozen=True, slots=True)
class _Act:
    request: Request
    person: Person
    referrals: ReferralClient
    commissioning: CommissioningClient

    async def carry_out(self, referral_id: UUID, act: str) -> Response:
        """Do it; then the list as it is now. Who was too late reads so above the list."""
        form = await Form.read(self.request)
        values = dict(form.values)
        require(self.request, form, _NEEDED[act])
        if form.is_valid:
            body = compact({"ownNumber": form.value("own_number"), "reason": form.value("reason")})
            address = f"/referrals/{referral_id}/{_ADDRESSES[act]}"
            try:
                await once(lambda: self.referrals.post(ReferralState, address, body, idempotency_key=key_of(form)))
            except Problem as problem:
                take(self.request, form, problem, _FIELDS)
        chosen = Selection.of(self.request)
        if not form.is_valid:
            return await self._list(chosen, Answered(referral_id, act, values, dict(form.errors)), 422)
        told = translate(self.request, _SAID[act])
        if is_fragment(self.request):
            return await self._list(chosen, Answered(said=told, following=form.value("following") or "none"))
        flash(self.request, told)
        return RedirectResponse(chosen.url(), status_code=303)

    async def _list(self, chosen: Selection, answered: Answered, status: int = 200) -> Response:
        return await worklist.show(
            self.request, self.person, self.referrals, self.commissioning, chosen, answered=answered, status=status
        )


@router.post("/provider/referrals/{referral_id}/claim")
async def claim(
    request: Request, referral_id: UUID, person: Planner, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """Be the first."""
    return await _Act(request, person, referrals, commissioning).carry_out(referral_id, "claim")


@router.post("/provider/referrals/{referral_id}/pass")
async def decline(
    request: Request, referral_id: UUID, person: Planner, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """Leave it to the others, and say why."""
    return await _Act(request, person, referrals, commissioning).carry_out(referral_id, "decline")


@router.post("/provider/locations")
async def locations(request: Request, person: Stater, referrals: Referrals) -> Response:
    """Say from which municipalities the provider delivers."""
    form = await Form.read(request)
    await referrals.state_locations(form.chosen("municipalities"))
    flash(request, translate(request, N_("Your locations were kept. Access teams see how far away you are.")))
    return RedirectResponse("/provider/worklist#locations", status_code=303)


@router.post("/provider/referrals/{referral_id}/elsewhere")
async def elsewhere(request: Request, referral_id: UUID, person: Stater, referrals: Referrals) -> Response:
    """Ask the municipality that a refusal named for the same help."""
    form = await Form.read(request)
    try:
        await referrals.ask_elsewhere(referral_id, idempotency_key=key_of(form))
    except Conflict as problem:
        flash(request, problem.detail.in_language(language_of(request)), "warning")
    else:
        flash(request, translate(request, N_("Asked. The other municipality decides now.")))
    return RedirectResponse("/provider/worklist", status_code=303)
