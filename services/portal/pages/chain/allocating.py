"""The municipality allocates a category, or a budget alone, which nobody asked for."""

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.commissioning.client import CommissioningClient
from services.kit.problems import Problem
from services.portal.care.clients import AccessWorker, Commissioning, Referrals
from services.portal.care.directory import Directory
from services.portal.care.forms import compact, key_of, once, require, take, today, with_key
from services.portal.care.persons import PERSON_FIELDS, PERSON_WORDS, check_person, person_choices, person_of
from services.portal.care.silence import flash_sent
from services.portal.care.words import LAWS, said
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.chain import extent
from services.portal.pages.chain.allocations import LIST
from services.portal.people import Person
from services.portal.views import render, translate
from services.referral.client import CategoryView, ReferralClient

router = APIRouter()

FIELDS: Final = {
    **PERSON_FIELDS,
    "/person": "bsn",
    "/provider": "provider",
    "/law": "what",
    "/category": "what",
    "/budgetCents": "budget",
    "/startsOn": "starts_on",
    "/endsOn": "ends_on",
}
_NEEDED: Final = (
    ("what", N_("Choose what the provider may choose from.")),
    ("provider", N_("Choose a provider.")),
    ("starts_on", N_("Give the first day of the allocation.")),
)


@router.get(f"{LIST}/new")
async def empty(
    request: Request, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> HTMLResponse:
    """The empty form."""
    return await _show(request, person, referrals, commissioning, Form.of({"starts_on": today(request)}))


@router.post(f"{LIST}/new")
async def allocate(
    request: Request, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """Allocate; the page of the new allocation follows."""
    form = await Form.read(request)
    require(request, form, _NEEDED)
    check_person(request, form, whole=True)
    body = _body(request, person, form)
    if form.is_valid:
        try:
            made = await once(lambda: referrals.allocate_broadly(body, idempotency_key=key_of(form)))
        except Problem as problem:
            take(request, form, problem, FIELDS, PERSON_WORDS)
        else:
            found = await referrals.chain_allocation(made.municipality, made.law, made.number)
            told = translate(request, N_("Allocated. The message with the allocation (301) is on its way."))
            await flash_sent(request, referrals, found.client, told)
            return RedirectResponse(f"{LIST}/{made.municipality}/{made.law}/{made.number}", status_code=303)
    return await _show(request, person, referrals, commissioning, form, 422)


def _body(request: Request, person: Person, form: Form) -> dict[str, Any]:
    """``what`` is a law with a category of it, or a law alone for a budget."""
    law, _, category = form.value("what").partition(":")
    return compact(
        {
            "municipality": person.code,
            "provider": form.value("provider"),
            "law": law,
            "person": person_of(form),
            "category": category,
            "budgetCents": extent.cents(request, form),
            "startsOn": form.value("starts_on"),
            "endsOn": form.value("ends_on"),
        }
    )


async def _show(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    commissioning: CommissioningClient,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    categories = await referrals.categories(person.code)
    agreed = {agb for each in categories for agb in each.providers}
    providers = await Directory(request, commissioning).providers(agreed)
    return render(
        request,
        "pages/chain/allocate.html",
        status=status,
        form=with_key(form),
        choices=_choices(request, categories),
        providers=sorted(providers.items(), key=lambda each: each[1]),
        about=person_choices(request),
        back=LIST,
    )


def _choices(request: Request, categories: list[CategoryView]) -> list[tuple[str, str]]:
    """Every category under its law, and for each law a budget alone."""
    laws = sorted({each.law for each in categories})
    words = {law: said(request, LAWS, law) for law in laws}
    found = [(f"{each.law}:{each.category}", f"{each.name} ({words[each.law]})") for each in categories]
    alone = N_("Everything under the law, within a budget (%(law)s)")
    return found + [(f"{law}:", translate(request, alone, law=words[law])) for law in laws]
