"""The page of one client, for the access team: who is around them, who has authority, their help and messages."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contracts.values import provider
from services.commissioning.client import CommissioningClient
from services.kit.problems import Problem
from services.portal.care.allocated import page_of as page_of_allocation
from services.portal.care.allocated import said
from services.portal.care.authority import is_missing
from services.portal.care.clients import AccessWorker, Commissioning, Referrals
from services.portal.care.directory import Directory
from services.portal.care.forms import key_of, once, require, take, today, with_key
from services.portal.care.persons import born, contact_of, own_surname
from services.portal.care.words import LAWS, STATUS, TONES
from services.portal.care.words import said as word_for
from services.portal.components import Column, Row, Table
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.pages.chain.personal_budgets import cards
from services.portal.pages.chain.relations import KINDS, page_of
from services.portal.pages.chain.words import running, what
from services.portal.people import Person
from services.portal.views import flash, render, translate
from services.referral.client import ChainAllocation, ReferralClient, ReferralView, RelationView

router = APIRouter()


@router.get("/access/clients/{client}")
async def one(
    request: Request, client: UUID, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> HTMLResponse:
    """Everything about one client that the access team keeps."""
    return await _show(request, person, referrals, commissioning, client, Form())


@router.post("/access/clients/{client}/authority")
async def authority(
    request: Request, client: UUID, person: AccessWorker, referrals: Referrals, commissioning: Commissioning
) -> Response:
    """The client has authority over themselves, or has not any more."""
    form = await Form.read(request)
    own = form.value("own") == "yes"
    try:
        await once(lambda: referrals.set_authority(client, own=own, idempotency_key=key_of(form)))
    except Problem as problem:
        take(request, form, problem, {"/own": ""})
        return await _show(request, person, referrals, commissioning, client, form, 422)
    flash(request, translate(request, N_("Recorded.")))
    return RedirectResponse(page_of(client), status_code=303)


@router.get("/access/clients/{client}/exchange")
async def question(request: Request, client: UUID, person: AccessWorker, referrals: Referrals) -> HTMLResponse:
    """What stopping messages means, or letting them go again."""
    return await _ask(request, referrals, client, Form())


@router.post("/access/clients/{client}/exchange")
async def exchange(request: Request, client: UUID, person: AccessWorker, referrals: Referrals) -> Response:
    """Stop all messages about a client, or let them go again."""
    form = await Form.read(request)
    if form.value("allowed") != "yes":
        require(request, form, [("judged_by", N_("Say which professional judged this: name and function."))])
    if form.is_valid:
        try:
            told = await _exchange(request, referrals, client, form)
        except Problem as problem:
            take(request, form, problem, {"/judgedBy": "judged_by"})
        else:
            flash(request, *told)
            return RedirectResponse(page_of(client), status_code=303)
    return await _ask(request, referrals, client, form, 422)


async def _exchange(request: Request, referrals: ReferralClient, client: UUID, form: Form) -> tuple[str, Any]:
    """Do what was chosen; gives what to say and how."""
    key = key_of(form)
    if form.value("allowed") != "yes":
        judged_by = form.value("judged_by")
        await once(lambda: referrals.stop_messages(client, judged_by, idempotency_key=key))
        told = N_("No message about this resident is sent any more. Arrange by phone what a message would say.")
        return translate(request, told), "ok"
    done = await once(lambda: referrals.resume_messages(client, idempotency_key=key))
    if done.messages_impossible:
        told = N_(
            "Messages go again, but not everything could be sent: the dossier lacks something that a message"
            " needs. Call the provider about what was decided meanwhile."
        )
        return translate(request, told), "warning"
    sent = N_("Messages go again. What was decided meanwhile has been sent.")
    return translate(request, sent if done.messages_written else N_("Messages go again.")), "ok"


async def _ask(
    request: Request, referrals: ReferralClient, client: UUID, form: Form, status: int = 200
) -> HTMLResponse:
    about, around = await asyncio.gather(referrals.client(client), referrals.relations(client))
    return render(
        request,
        "pages/chain/client_messages.html",
        status=status,
        form=with_key(form),
        name=about.display_name or translate(request, N_("A resident")),
        silent=around.silent_since is not None,
        judged_by=around.judged_by,
        back=page_of(client),
    )


async def _show(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    commissioning: CommissioningClient,
    client: UUID,
    form: Form,
    status: int = 200,
) -> HTMLResponse:
    about, around, journeys, allocations, products, personal_budgets = await asyncio.gather(
        referrals.client(client),
        referrals.relations(client),
        referrals.referrals_of(client),
        referrals.allocations_of(client),
        referrals.products(person.code, today(request)),
        cards(request, person, referrals, commissioning, client),
    )
    names = await Directory(request, commissioning).parties({provider(each.provider) for each in allocations})
    present = [each for each in around.relations if each.ended_at is None]
    with_authority = [each.display_name for each in present if each.relation.authority]
    return render(
        request,
        "pages/chain/client.html",
        status=status,
        form=with_key(form),
        name=about.display_name or translate(request, N_("A resident")),
        contact=contact_of(request, about),
        no_address=about.person.address is None,
        relations=[_card(request, client, each) for each in present],
        ended=[(each.display_name, each.ended_at) for each in around.relations if each.ended_at is not None],
        with_authority=with_authority,
        own_authority=around.own_authority,
        may_have_authority=around.may_have_authority and not with_authority,
        needs_authority=is_missing(about, around, today(request)),
        silent_since=around.silent_since,
        judged_by=around.judged_by,
        journeys=_journeys(request, journeys, {each.product_code: each.name for each in products}),
        allocations=_allocations(request, allocations, names),
        personal_budgets=personal_budgets,
        address=page_of(client),
    )


def _card(request: Request, client: UUID, each: RelationView) -> dict[str, Any]:
    """One relation in words."""
    relation = each.relation
    facts = [
        (N_("Phone"), relation.phone),
        (N_("E-mail"), relation.email),
        (N_("Address"), ", ".join(relation.address.lines) if relation.address else None),
        (N_("Own surname"), own_surname(relation)),
        (N_("Date of birth"), born(request, relation)),
    ]
    return {
        "number": each.number,
        "name": each.display_name,
        "kind": word_for(request, KINDS, relation.kind),
        "authority": relation.authority,
        "contact": relation.contact,
        "order": relation.order,
        "facts": [(translate(request, name), value) for name, value in facts if value],
        "url": f"{page_of(client)}/relations/{each.number}",
    }


def _journeys(request: Request, found: list[ReferralView], products: dict[str, str]) -> Table:
    rows = [
        Row(
            {
                "product": products.get(each.assignment.product_code, each.assignment.product_code),
                "provider": each.provider_name or each.provider,
                "number": each.allocation_number,
                "requested": each.requested_at,
                "status": translate(request, STATUS[each.status]),
                "tone": TONES[each.status],
            },
            url=f"/access/referrals/{each.referral_id}",
        )
        for each in found
    ]
    columns = [
        Column("product", translate(request, N_("Product")), main=True),
        Column("provider", translate(request, N_("Provider"))),
        Column("requested", translate(request, N_("Requested")), kind="day"),
        Column("status", translate(request, N_("Status")), kind="raw"),
    ]
    return Table(translate(request, N_("Referrals")), columns, rows, caption_hidden=True, id="journeys")


def _allocations(request: Request, found: list[ChainAllocation], names: dict[str, str]) -> Table:
    rows = []
    for each in found:
        word, tone = running(request, each)
        cells = {
            "what": what(request, each),
            "provider": names.get(provider(each.provider), each.provider),
            "extent": said(request, each),
            "law": word_for(request, LAWS, each.law),
            "status": word,
            "tone": tone,
        }
        rows.append(Row(cells, url=page_of_allocation(each)))
    columns = [
        Column("what", translate(request, N_("Product")), main=True),
        Column("provider", translate(request, N_("Provider"))),
        Column("extent", translate(request, N_("Extent"))),
        Column("status", translate(request, N_("Status")), kind="raw"),
    ]
    caption = translate(request, N_("Allocations without a product"))
    return Table(caption, columns, rows, caption_hidden=True, id="allocations")
