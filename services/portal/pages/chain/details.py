"""Correcting who a client is and how to reach them, for the access team. Who changes it at the same moment is told."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.kit.problems import PreconditionFailed, Problem
from services.portal.care.addresses import addresses_in, check_addresses, filled_addresses, kinds, pointers
from services.portal.care.clients import AccessWorker, Referrals
from services.portal.care.forms import take
from services.portal.care.persons import (
    PERSON_FIELDS,
    PERSON_WORDS,
    check_person,
    filled,
    person_choices,
    person_of,
)
from services.portal.care.silence import flash_sent
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.chain.relations import page_of
from services.portal.views import flash, render, translate
from services.referral.client import ClientView, ReferralClient

router = APIRouter()


@router.get("/access/clients/{client}/details")
async def known(request: Request, client: UUID, person: AccessWorker, referrals: Referrals) -> HTMLResponse:
    """The form, filled with what is known."""
    about = await referrals.client(client)
    return _show(request, about, Form.of({**_values(about), "version": about.version}))


@router.post("/access/clients/{client}/details")
async def change(request: Request, client: UUID, person: AccessWorker, referrals: Referrals) -> Response:
    """Keep what is filled in. When a colleague changed it meanwhile, nothing is lost: both are on show."""
    form = await Form.read(request)
    check_person(request, form)
    check_addresses(request, form)
    if form.is_valid:
        try:
            changed = await _keep(referrals, client, form)
        except PreconditionFailed:
            return await _both(request, referrals, client, form)
        except Problem as problem:
            fields, words = pointers(form)
            take(request, form, problem, {**PERSON_FIELDS, **fields}, {**PERSON_WORDS, **words})
        else:
            if changed:
                told = translate(request, N_("Changed. The next allocation tells the provider."))
                await flash_sent(request, referrals, client, told)
            else:
                flash(request, translate(request, N_("Nothing was different.")))
            return RedirectResponse(page_of(client), status_code=303)
    return _show(request, await referrals.client(client), form, status=422)


def _values(about: ClientView) -> dict[str, Any]:
    """What is known, by field."""
    return {**filled(about.person), **filled_addresses(about.person)}


def _bare(text: str) -> str:
    """What somebody typed, to compare it: however a number or postcode is written."""
    return "".join(each for each in text.upper() if each.isalnum())


async def _keep(referrals: ReferralClient, client: UUID, form: Form) -> bool:
    body = {**person_of(form), **addresses_in(form)}
    state = await referrals.change_client(client, body, if_match=f'"v{form.value("version")}"')
    return state.changed


async def _both(request: Request, referrals: ReferralClient, client: UUID, form: Form) -> HTMLResponse:
    """What a colleague recorded beside what is filled in here; keeping again replaces the former."""
    about = await referrals.client(client)
    form.values["version"] = str(about.version)
    told = N_(
        "A colleague changed these data while you were busy. Nothing is kept yet, and what you filled in still stands"
        " here. Beside each difference it says what is recorded now: take over what is right, and keep it then."
    )
    form.wrong("", translate(request, told))
    choices = person_choices(request)
    words = {"gender": choices.genders, "name_usage": choices.name_usages, "birth_month": choices.months}
    for name, value in Form.of(_values(about)).values.items():
        if _bare(form.value(name)) != _bare(value):
            stands = dict(words.get(name, ())).get(value, value) or translate(request, N_("nothing"))
            form.wrong(name, translate(request, N_("Recorded now: %(value)s."), value=stands))
    return _show(request, about, form, status=409)


def _show(request: Request, about: ClientView, form: Form, *, status: int = 200) -> HTMLResponse:
    return render(
        request,
        "pages/chain/details.html",
        status=status,
        form=form,
        name=about.display_name or translate(request, N_("A resident")),
        about=person_choices(request),
        kinds=kinds(request),
        silent=about.no_messages,
        back=page_of(about.client),
    )
