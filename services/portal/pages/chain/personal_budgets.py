"""The personal budgets (pgb) of one client: on their page, recorded, changed, and taken away (iStandaarden OP043)."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.commissioning.client import CommissioningClient
from services.kit.problems import NotFound, Problem
from services.portal.care.allocated import page_of as page_of_allocation
from services.portal.care.allocated import said
from services.portal.care.budgets import period
from services.portal.care.clients import AccessWorker, Commissioning, Referrals
from services.portal.care.directory import Directory
from services.portal.care.forms import compact, key_of, once, require, take, today, with_key
from services.portal.care.silence import flash_sent
from services.portal.care.words import LAWS
from services.portal.care.words import said as word_for
from services.portal.components import BadgeTone
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.chain.relations import page_of
from services.portal.pages.chain.words import what
from services.portal.people import Person
from services.portal.views import flash, render, translate, views
from services.referral.client import (
    CATEGORY_NAMES,
    AllocationBeside,
    ChainAllocation,
    ChangeReason,
    PersonalBudgetView,
    ReferralClient,
    Remedy,
)

router = APIRouter()

FIELDS: Final = {
    "/law": "what",
    "/category": "what",
    "/productCode": "product_code",
    "/startsOn": "starts_on",
    "/endsOn": "ends_on",
}
_WORDS: Final = {
    "/productCode": N_("A product code has five characters, for example 02A03."),
    "/startsOn": N_("Give the first day as a date."),
    "/endsOn": N_("Give the last day as a date."),
}
_NEEDED: Final = (
    ("what", N_("Choose for what help the budget is.")),
    ("starts_on", N_("Give the first day of the budget.")),
)
_REMEDIES: Final = {
    Remedy.END: N_("ends on %(day)s. The provider gets a message (301), and reports when the help stopped."),
    Remedy.REMOVE: N_("begins only when the budget runs. It does not end by itself: remove it afterwards."),
    Remedy.AGREE: N_(
        "does not end by itself: the budget began before today, and help that was given since must be paid. Agree with"
        " the provider on a last day, and change the allocation afterwards."
    ),
    Remedy.LOOK: N_(
        "does not end: it is for any help within an amount. Agree with the provider that this help is not a part of it."
    ),
}
_TO_DO: Final = {
    Remedy.END: N_("runs on beside the budget. Let it end on %(day)s at the latest."),
    Remedy.REMOVE: N_("begins when the budget runs. Remove it, or let it begin after the budget."),
    Remedy.AGREE: N_("runs on beside the budget. Agree with the provider on a last day, and change it."),
}


class Names(NamedTuple):
    """What providers are called, and products."""

    providers: Mapping[str, str]
    products: Mapping[str, str]


_FORMER: Final = "(2015)"
"""In the name of a category that is granted no more."""


@dataclass(frozen=True, slots=True)
class Beside:
    """An allocation beside a budget, in words."""

    number: int
    url: str
    what: str
    told: str


@dataclass(frozen=True, slots=True)
class Card:
    """One personal budget in words, with what is to be mended."""

    url: str
    name: str
    law: str
    code: str | None
    period: str
    status: str
    tone: BadgeTone
    beside: Sequence[Beside]


async def cards(
    request: Request, person: Person, referrals: ReferralClient, commissioning: CommissioningClient, client: UUID
) -> list[Card]:
    """What the page of a client shows of it."""
    found = await referrals.personal_budgets(client)
    stand_beside = [each for budget in found for each in budget.beside]
    names = await _names(request, referrals, commissioning, person, stand_beside)
    return [_card(request, client, each, names) for each in found]


@router.get("/access/clients/{client}/personal-budgets/new")
async def empty(request: Request, client: UUID, person: AccessWorker, referrals: Referrals) -> HTMLResponse:
    """The empty form."""
    return await _show(request, referrals, client, Form())


@router.post("/access/clients/{client}/personal-budgets/new")
async def record(
    request: Request, client: UUID, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """Show what would end, and record it once that was seen."""
    return await _record(request, person, referrals, commissioning, client, None)


@router.get("/access/clients/{client}/personal-budgets/{budget_id}")
async def form_of(
    request: Request, client: UUID, budget_id: UUID, person: AccessWorker, referrals: Referrals
) -> HTMLResponse:
    """The form, filled with what is recorded."""
    found = await _one(referrals, client, budget_id)
    form = Form.of(
        {
            "what": f"{found.law}:{found.category}",
            "product_code": found.product_code,
            "starts_on": found.starts_on,
            "ends_on": found.ends_on,
        }
    )
    return await _show(request, referrals, client, form, found)


@router.post("/access/clients/{client}/personal-budgets/{budget_id}")
async def change(
    request: Request,
    client: UUID,
    budget_id: UUID,
    person: AccessWorker,
    referrals: Referrals,
    commissioning: Commissioning,
) -> Response:
    """Say anew for what and when it is; so it is ended too."""
    return await _record(request, person, referrals, commissioning, client, await _one(referrals, client, budget_id))


@router.get("/access/clients/{client}/personal-budgets/{budget_id}/remove")
async def question(
    request: Request, client: UUID, budget_id: UUID, person: AccessWorker, referrals: Referrals
) -> HTMLResponse:
    """Ask whether it is meant."""
    return _ask(request, client, await _one(referrals, client, budget_id), Form())


@router.post("/access/clients/{client}/personal-budgets/{budget_id}/remove")
async def remove(
    request: Request, client: UUID, budget_id: UUID, person: AccessWorker, referrals: Referrals
) -> Response:
    """It was recorded by mistake."""
    form = await Form.read(request)
    try:
        await once(lambda: referrals.withdraw_personal_budget(client, budget_id, idempotency_key=key_of(form)))
    except Problem as problem:
        take(request, form, problem, {})
        return _ask(request, client, await _one(referrals, client, budget_id), form, 422)
    flash(request, translate(request, N_("Removed. What ended for it stays so.")))
    return RedirectResponse(page_of(client), status_code=303)


async def _record(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    commissioning: CommissioningClient,
    client: UUID,
    found: PersonalBudgetView | None,
) -> Response:
    form = await Form.read(request)
    require(request, form, _NEEDED)
    shown: list[Beside] = []
    if form.is_valid:
        budget = _budget(form)
        try:
            stand_beside = await referrals.overlapping_allocations(client, budget)
            seen = _mark(form, stand_beside)
            if seen in ("", form.value("seen")):
                return await _done(request, referrals, client, form, found, budget, stand_beside)
            # Nothing ends unseen: the same form once more, with what would end.
            form.values["seen"] = seen
            names = await _names(request, referrals, commissioning, person, stand_beside)
            first = date.fromisoformat(form.value("starts_on"))
            shown = [_beside(request, each, names, first, _REMEDIES) for each in stand_beside]
        except Problem as problem:
            take(request, form, problem, FIELDS, _better(problem))
    return await _show(request, referrals, client, form, found, shown, 200 if form.is_valid else 422)


async def _done(
    request: Request,
    referrals: ReferralClient,
    client: UUID,
    form: Form,
    found: PersonalBudgetView | None,
    budget: dict[str, Any],
    stand_beside: Sequence[AllocationBeside],
) -> Response:
    body = {**budget, "ending": [each.allocation.number for each in stand_beside if each.remedy is Remedy.END]}
    key = key_of(form)
    if found is None:
        state = await once(lambda: referrals.record_personal_budget(client, body, idempotency_key=key))
    else:
        budget_id = found.budget_id
        state = await once(lambda: referrals.change_personal_budget(client, budget_id, body, idempotency_key=key))
    if state.ended:
        told = N_("Recorded. The provider hears by message (301) that the allocation ends.")
        await flash_sent(request, referrals, client, translate(request, told))
    else:
        flash(request, translate(request, N_("Recorded.")))
    return RedirectResponse(page_of(client), status_code=303)


def _budget(form: Form) -> dict[str, Any]:
    """``what`` is a law with a category of it."""
    law, _, category = form.value("what").partition(":")
    return compact(
        {
            "law": law,
            "category": category,
            "productCode": form.value("product_code").upper(),
            "startsOn": form.value("starts_on"),
            "endsOn": form.value("ends_on"),
        }
    )


def _mark(form: Form, found: Iterable[AllocationBeside]) -> str:
    """What was on show: something else on show has to be seen anew. Nothing when nothing stands beside it."""
    listed = [f"{each.remedy}{each.allocation.number}" for each in found]
    return " ".join([form.value("starts_on"), *listed]) if listed else ""


def _better(problem: Problem) -> dict[str, str]:
    """Words of ours for what is no date or code at all; the service's own for the rest."""
    kinds = {"recorded-already", "ends-before-start"}
    return {} if any(error.code in kinds for error in problem.errors) else dict(_WORDS)


async def _one(referrals: ReferralClient, client: UUID, budget_id: UUID) -> PersonalBudgetView:
    for each in await referrals.personal_budgets(client):
        if each.budget_id == budget_id:
            return each
    raise NotFound()


async def _names(
    request: Request,
    referrals: ReferralClient,
    commissioning: CommissioningClient,
    person: Person,
    found: Collection[AllocationBeside],
) -> Names:
    """Of the providers and products in what was found; nothing is asked when nothing was."""
    if not found:
        return Names({}, {})
    providers, products = await asyncio.gather(
        Directory(request, commissioning).providers({each.allocation.provider for each in found}),
        referrals.products(person.code, today(request)),
    )
    return Names(providers, {each.product_code: each.name for each in products})


def _card(request: Request, client: UUID, budget: PersonalBudgetView, names: Names) -> Card:
    now = today(request)
    status: str
    tone: BadgeTone
    if budget.ends_on is not None and budget.ends_on < now:
        status, tone = N_("Ended"), "quiet"
    elif budget.starts_on > now:
        status, tone = N_("Still to begin"), "neutral"
    else:
        status, tone = N_("Running"), "good"
    return Card(
        url=f"{page_of(client)}/personal-budgets/{budget.budget_id}",
        name=budget.category_name,
        law=word_for(request, LAWS, budget.law),
        code=budget.product_code,
        period=period(request, budget),
        status=translate(request, status),
        tone=tone,
        beside=[_beside(request, each, names, budget.starts_on, _TO_DO) for each in budget.beside],
    )


def _beside(
    request: Request, each: AllocationBeside, names: Names, starts_on: date, words: Mapping[Remedy, str]
) -> Beside:
    formats, allocation = views(request).formats_for(request), each.allocation
    name = names.providers.get(allocation.provider, allocation.provider)
    return Beside(
        allocation.number,
        _mended_at(allocation, each.remedy),
        f"{name}, {what(request, allocation, names.products)}, {said(request, allocation)}",
        translate(request, words[each.remedy], day=formats.day(starts_on - timedelta(days=1))),
    )


def _mended_at(allocation: ChainAllocation, remedy: Remedy) -> str:
    """Where somebody changes or removes the allocation."""
    journey = allocation.referral_id
    page = page_of_allocation(allocation) if journey is None else f"/access/referrals/{journey}"
    if remedy is Remedy.LOOK:
        return page
    if remedy is Remedy.REMOVE:
        return f"{page}/remove"
    return f"{page}/change" if journey is None else f"{page}/change?reason={ChangeReason.FORM_OF_DELIVERY}"


async def _show(
    request: Request,
    referrals: ReferralClient,
    client: UUID,
    form: Form,
    found: PersonalBudgetView | None = None,
    shown: Sequence[Beside] = (),
    status: int = 200,
) -> HTMLResponse:
    about = await referrals.client(client)
    return render(
        request,
        "pages/chain/personal_budget.html",
        status=status,
        form=with_key(form),
        found=found,
        shown=shown,
        name=about.display_name or translate(request, N_("A resident")),
        choices=[
            (f"{law}:{category}", f"{name} ({word_for(request, LAWS, law)})")
            for law, categories in CATEGORY_NAMES.items()
            for category, name in categories.items()
            if not name.endswith(_FORMER)
        ],
        back=page_of(client),
    )


def _ask(request: Request, client: UUID, found: PersonalBudgetView, form: Form, status: int = 200) -> HTMLResponse:
    return render(
        request,
        "pages/chain/personal_budget_remove.html",
        status=status,
        form=with_key(form),
        name=found.category_name,
        period=period(request, found),
        back=page_of(client),
    )
