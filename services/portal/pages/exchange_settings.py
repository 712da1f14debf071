"""Who confirms what a provider receives: Samenspel at once, or the provider's own software with retours (OP090)."""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.kit.problems import Problem
from services.portal.care.clients import Administrator, Referrals
from services.portal.care.forms import key_of, require, take, with_key
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.views import flash, render, translate
from services.referral.client import ReferralClient

router = APIRouter()

SAMENSPEL: Final = "samenspel"
OWN: Final = "own"
_CHOICES: Final = (
    (
        SAMENSPEL,
        N_("Samenspel confirms for us"),
        N_("As soon as a municipality sends you a message, it hears that you have it. You do not have to do anything."),
    ),
    (
        OWN,
        N_("Our own software sends the retours"),
        N_("Choose this when your software fetches the messages and answers each with a retour (302 or 320)."),
    ),
)
_CONSEQUENCES: Final = {
    SAMENSPEL: (
        N_("Samenspel confirms every new allocation (301) and answer (319) for you, at once."),
        N_("Messages that already wait for your retour go on waiting: send those retours still."),
        N_("Let your software send no retours on new messages: Samenspel has confirmed them already."),
    ),
    OWN: (
        N_("Samenspel no longer confirms new allocations (301) and answers (319) for you."),
        N_("Your software sends a retour on each of them within three working days (iStandaarden OP090)."),
        N_("Is a retour not there in time, then the municipality hears that, and may call you."),
        N_("What you send yourself is answered as before."),
    ),
}


@router.get("/exchange-settings")
async def question(request: Request, person: Administrator, referrals: Referrals) -> HTMLResponse:
    """How it is now, and the choice."""
    return await _show(request, referrals, Form())


@router.post("/exchange-settings")
async def choose(request: Request, person: Administrator, referrals: Referrals) -> Response:
    """Show what a choice means and, when that was confirmed, make it so."""
    form = await Form.read(request)
    chosen = form.value("retours")
    if chosen not in _CONSEQUENCES:
        form.values["retours"] = ""
    require(request, form, [("retours", N_("Choose who confirms your messages."))])
    if form.is_valid and form.value("confirmed") == "yes":
        try:
            await referrals.set_exchange(own_retours=chosen == OWN, idempotency_key=key_of(form))
        except Problem as problem:
            take(request, form, problem, {})
        else:
            own = N_("From now on your own software sends the retours.")
            flash(request, translate(request, own if chosen == OWN else N_("From now on Samenspel confirms for you.")))
            return RedirectResponse("/exchange-settings", status_code=303)
    if not form.is_valid:
        return await _show(request, referrals, form, 422)
    return render(
        request,
        "pages/messages/confirm_exchange.html",
        form=with_key(form),
        chosen=chosen,
        own=chosen == OWN,
        consequences=[translate(request, each) for each in _CONSEQUENCES[chosen]],
    )


async def _show(request: Request, referrals: ReferralClient, form: Form, status: int = 200) -> HTMLResponse:
    now = OWN if (await referrals.exchange_settings()).own_retours else SAMENSPEL
    form.values.setdefault("retours", now)
    choices: list[tuple[Any, ...]] = [
        (name, translate(request, label), translate(request, told)) for name, label, told in _CHOICES
    ]
    return render(
        request,
        "pages/messages/exchange.html",
        status=status,
        form=form,
        choices=choices,
        now_chosen=next(label for name, label, _ in choices if name == now),
    )
