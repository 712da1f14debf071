"""What a provider does with a row of its lists: accept, refuse, report a start or stop, number the client."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from services.commissioning.client import CommissioningClient
from services.kit.http import path
from services.kit.problems import Problem
from services.portal.care.clients import Commissioning, Planner, Referrals, Staff
from services.portal.care.forms import compact, key_of, once, require, take
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.provider import care, worklist
from services.portal.pages.provider.selection import Answered, Selection
from services.portal.people import Person
from services.portal.views import flash, is_fragment, translate
from services.referral.client import ReferralClient, ReferralState

router = APIRouter()

Act = Literal["accept", "decline", "expect", "start", "stop", "number"]
_ADDRESSES: Final[Mapping[str, str]] = {
    "accept": "/referrals/{id}/acceptances",
    "decline": "/referrals/{id}/declines",
    "expect": "/referrals/{id}/expected-starts",
    "start": "/referrals/{id}/starts",
    "stop": "/referrals/{id}/stops",
    "number": "/referrals/{id}/own-number",
}
_NEEDED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "accept": (),
    "decline": (("reason", N_("Choose why you refuse. The access team looks for another place with it.")),),
    "expect": (
        ("expected_on", N_("Give the day on which you expect the help to begin.")),
        ("reason", N_("Choose why the help has not begun yet.")),
    ),
    "start": (("started_on", N_("Give the day on which the help really began.")),),
    "stop": (
        ("stopped_on", N_("Give the last day of the help.")),
        ("reason", N_("Choose why the help ended.")),
    ),
    "number": (("own_number", N_("Give your own number for this client.")),),
}
_SAID: Final[Mapping[str, str]] = {
    "accept": N_("Accepted. The access team knows. Report the start when the help has begun."),
    "decline": N_("Refused. The access team looks for another place."),
    "expect": N_("Kept. The municipality sees it, and you are asked again after that day."),
    "start": N_("The start was reported."),
    "stop": N_("The end was reported."),
    "number": N_("Your own number was kept."),
}
_FIELDS: Final = {
    "/ownNumber": "own_number",
    "/reason": "reason",
    "/expectedOn": "expected_on",
    "/startedOn": "started_on",
    "/stoppedOn": "stopped_on",
}
_BETTER: Final = {
    "/ownNumber": N_("Use letters, digits, dots, dashes and slashes only, at most 36."),
    "/expectedOn": N_("Give a date, such as 31-08-2026."),
    "/startedOn": N_("Give a date, such as 31-08-2026."),
    "/stoppedOn": N_("Give a date, such as 31-08-2026."),
}


@dataclass(frozen=True, slots=True)
class Doing:
    """The parts that every act needs."""

    request: Request
    person: Person
    referrals: ReferralClient
    commissioning: CommissioningClient

    async def carry_out(self, referral_id: UUID, act: Act) -> Response:
        """Do it; then the list without the row, the focus on the next one, and a word of confirmation."""
        form = await Form.read(self.request)
        values = dict(form.values)
        require(self.request, form, _NEEDED[act])
        if form.is_valid:
            try:
                await self._send(referral_id, act, form)
            except Problem as problem:
                better = {key: words for key, words in _BETTER.items() if not _about_dates(problem)}
                take(self.request, form, problem, _FIELDS, better)
        if not form.is_valid:
            return await self._list(form, Answered(referral_id, act, values, dict(form.errors)), 422)
        said, following = translate(self.request, _SAID[act]), form.value("following")
        if is_fragment(self.request):
            return await self._list(form, Answered(said=said, following=following or "none"))
        flash(self.request, said)
        anchor = f"#row-{following}" if following else ""
        return RedirectResponse(self._address(form) + anchor, status_code=303)

    async def _send(self, referral_id: UUID, act: Act, form: Form) -> None:
        body: dict[str, Any] = compact({key[1:]: form.value(name) for key, name in _FIELDS.items()})
        address = path(_ADDRESSES[act], id=referral_id)
        if act == "number":
            await self.referrals.put(ReferralState, address, body)
        else:
            await once(lambda: self.referrals.post(ReferralState, address, body, idempotency_key=key_of(form)))

    async def _list(self, form: Form, answered: Answered, status: int = 200) -> Response:
        show = care.show if form.value("list") == "care" else worklist.show
        chosen = Selection.of(self.request)
        return await show(
            self.request,
            self.person,
            self.referrals,
            self.commissioning,
            chosen,
            answered=answered,
            status=status,
        )

    def _address(self, form: Form) -> str:
        return care.address(self.request) if form.value("list") == "care" else Selection.of(self.request).url()


def _about_dates(problem: Problem) -> bool:
    """Whether the service explains a date itself: those words say more than ours."""
    return any(error.code in _EXPLAINED for error in problem.errors)


_EXPLAINED: Final = frozenset(
    {"in-future", "in-past", "before-allocation", "after-allocation", "start-before-stop", "stop-before-start"}
)


async def _doing(request: Request, person: Staff, referrals: Referrals, commissioning: Commissioning) -> Doing:
    return Doing(request, person, referrals, commissioning)


Doer = Annotated[Doing, Depends(_doing)]


@router.post("/provider/referrals/{referral_id}/accept")
async def accept(referral_id: UUID, person: Planner, doing: Doer) -> Response:
    """The provider takes an allocation on."""
    return await doing.carry_out(referral_id, "accept")


@router.post("/provider/referrals/{referral_id}/decline")
async def decline(referral_id: UUID, person: Planner, doing: Doer) -> Response:
    """The provider does not take it on."""
    return await doing.carry_out(referral_id, "decline")


@router.post("/provider/referrals/{referral_id}/expect")
async def expect(referral_id: UUID, doing: Doer) -> Response:
    """Help did not begin yet."""
    return await doing.carry_out(referral_id, "expect")


@router.post("/provider/referrals/{referral_id}/start")
async def start(referral_id: UUID, doing: Doer) -> Response:
    """Help began."""
    return await doing.carry_out(referral_id, "start")


@router.post("/provider/referrals/{referral_id}/stop")
async def stop(referral_id: UUID, doing: Doer) -> Response:
    """Help ended, or was interrupted."""
    return await doing.carry_out(referral_id, "stop")


@router.post("/provider/referrals/{referral_id}/number")
async def number(referral_id: UUID, doing: Doer) -> Response:
    """The provider's own number for the client."""
    return await doing.carry_out(referral_id, "number")
