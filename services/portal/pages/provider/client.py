"""The page of one client, for the provider: all their help with this provider, what waits, and what was asked."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.values import Role
from services.portal.care.allocated import page_of as page_of_allocation
from services.portal.care.allocated import said as extent_of
from services.portal.care.clients import Carer, Commissioning, Referrals
from services.portal.care.directory import Directory
from services.portal.care.persons import contact_of
from services.portal.care.terms import last_day, rule_of
from services.portal.care.words import LAWS, STATUS, TONES, extent, said
from services.portal.components import Action, Column, Row, Table
from services.portal.components import Task as ToDo
from services.portal.i18n import N_
from services.portal.pages.chain.words import running, standing, title, what
from services.portal.pages.provider.contacts import page_of_contacts
from services.portal.people import Person
from services.portal.views import render, translate
from services.referral.client import (
    ChainAllocation,
    ChainRequestView,
    ClientCare,
    ReferralView,
    Status,
    Task,
)

router = APIRouter()

TO_DO: Final[Mapping[Task, tuple[str, str]]] = {
    Task.ANSWER: (N_("Answer the allocation: %(product)s, %(municipality)s"), N_("Answer")),
    Task.REPORT_START: (N_("Report the start: %(product)s, %(municipality)s"), N_("Report start")),
    Task.REPORT_STOP: (N_("Report the end: %(product)s, %(municipality)s"), N_("Report end")),
}
RUNNING: Final = (Status.STARTED, Status.PAUSED)
OVER: Final = (Status.STOPPED, Status.WITHDRAWN, Status.REFUSED, Status.DECLINED)


@dataclass(frozen=True, slots=True)
class Words:
    """What products and municipalities are called."""

    products: Mapping[str, str]
    municipalities: Mapping[str, str]

    def product(self, code: str) -> str:
        return self.products.get(code, code)

    def municipality(self, code: str) -> str:
        return self.municipalities.get(code, code)


@router.get("/provider/clients/{client}")
async def one(
    request: Request, client: UUID, person: Carer, referrals: Referrals, commissioning: Commissioning
) -> HTMLResponse:
    """All help of one client with this provider, whatever municipality pays."""
    about, care, products = await asyncio.gather(
        referrals.client(client), referrals.care_of(client), referrals.products()
    )
    plans = person.has(Role.PLANNER)
    codes = {each.municipality for each in care.known_as}
    municipalities = await Directory(request, commissioning).municipalities(codes)
    words = Words({each.product_code: each.name for each in products}, municipalities)
    journeys = sorted(care.referrals, key=lambda each: each.status in OVER)
    return render(
        request,
        "pages/provider/client.html",
        name=about.display_name or translate(request, N_("A client")),
        silent=about.no_messages,
        contact=contact_of(request, about),
        own_numbers=_own_numbers(request, care, words),
        call=[(words.municipality(each.municipality), page_of_contacts(each.client)) for each in care.known_as],
        tasks=[_to_do(request, person, each, words) for each in _by_term(care.referrals)],
        journeys=[_journey(request, each, words, plans=plans) for each in journeys],
        allocations=_allocations(request, care.allocations, words, plans=plans),
        requests=_requests(request, care.requests, words),
        declare=_where_to_declare(request, care, words) if plans else [],
        plans=plans,
    )


def _own_numbers(request: Request, care: ClientCare, words: Words) -> list[tuple[str, str]]:
    """The provider's own number; with the municipality where there are different ones."""
    numbers = {each.own_number for each in care.known_as if each.own_number}
    label = translate(request, N_("Own number"))
    if len(numbers) < 2:
        return [(label, number) for number in numbers]
    return [
        (f"{label} ({words.municipality(each.municipality)})", each.own_number)
        for each in care.known_as
        if each.own_number
    ]


def _by_term(journeys: Sequence[ReferralView]) -> list[ReferralView]:
    """What waits for the provider: a crisis first, then what is due first."""
    waiting = [each for each in journeys if each.task in TO_DO]
    return sorted(waiting, key=lambda each: (not each.crisis, last_day(each.task_due) or date.max))


def _to_do(request: Request, person: Person, journey: ReferralView, words: Words) -> ToDo:
    """One thing that waits, with the way to the row of the worklist where it is done."""
    task = Task(journey.task or "")
    sentence, act = TO_DO[task]
    names = {
        "product": words.product(journey.assignment.product_code),
        "municipality": words.municipality(journey.municipality),
    }
    # Only a planner answers; a professional looks where it stands.
    label = N_("Look") if task is Task.ANSWER and not person.has(Role.PLANNER) else act
    rule = rule_of(journey)
    return ToDo(
        translate(request, sentence, **names),
        Action(
            translate(request, label),
            f"/provider/worklist?task={task}&client={journey.client}#row-{journey.referral_id}",
        ),
        last_day(journey.task_due),
        translate(request, rule) if rule else None,
    )


def _journey(request: Request, journey: ReferralView, words: Words, *, plans: bool) -> dict[str, Any]:
    """One allocation, or the request for one, in words."""
    granted, runs = journey.allocation_number is not None, journey.status in RUNNING
    in_detail = f"/requests/allocations/{journey.municipality}/{journey.assignment.law}/{journey.allocation_number}"
    return {
        "id": str(journey.referral_id),
        "product": words.product(journey.assignment.product_code),
        "extent": extent(request, journey.assignment),
        "municipality": words.municipality(journey.municipality),
        "law": said(request, LAWS, journey.assignment.law),
        "number": journey.allocation_number,
        "first": journey.starts_on or journey.desired_start,
        "last": journey.ends_on if granted else journey.desired_end,
        "wished": not granted,
        "started_on": journey.started_on,
        "stopped_on": journey.stopped_on,
        "word": said(request, STATUS, journey.status),
        "tone": TONES[journey.status],
        "in_detail": in_detail if granted and plans else None,
        "messages": f"/messages?about={journey.referral_id}" if plans else None,
        "row": f"/provider/care?client={journey.client}#row-{journey.referral_id}" if runs else None,
        "ask": f"/provider/care/{journey.referral_id}/ask" if runs and plans else None,
    }


def _allocations(request: Request, found: Sequence[ChainAllocation], words: Words, *, plans: bool) -> Table:
    """What is allocated without a product, so that the provider chooses."""
    rows = []
    for each in found:
        word, tone = running(request, each)
        cells = {
            "what": what(request, each, words.products),
            "municipality": words.municipality(each.municipality),
            "extent": extent_of(request, each),
            "status": word,
            "tone": tone,
        }
        rows.append(Row(cells, url=page_of_allocation(each) if plans else None))
    columns = [
        Column("what", translate(request, N_("Product")), main=True),
        Column("municipality", translate(request, N_("Municipality"))),
        Column("extent", translate(request, N_("Extent"))),
        Column("status", translate(request, N_("Status")), kind="raw"),
    ]
    caption = translate(request, N_("Allocations without a product"))
    return Table(caption, columns, rows, caption_hidden=True, id="allocations")


def _requests(request: Request, found: Sequence[ChainRequestView], words: Words) -> Table:
    """What was asked for the client: what waits first."""
    rows = []
    for each in sorted(found, key=lambda each: not each.open):
        word, tone = standing(request, each)
        cells = {
            "kind": title(request, each),
            "municipality": words.municipality(each.municipality),
            "due": last_day(each.decision_due) if each.open else None,
            "status": word,
            "tone": tone,
        }
        rows.append(Row(cells, url=f"/requests/{each.request_id}", warning=each.escalated and each.open))
    columns = [
        Column("kind", translate(request, N_("Question")), main=True),
        Column("municipality", translate(request, N_("Municipality"))),
        Column("due", translate(request, N_("Decision before")), kind="day"),
        Column("status", translate(request, N_("Status")), kind="raw"),
    ]
    return Table(translate(request, N_("Requests")), columns, rows, caption_hidden=True, id="requests")


def _where_to_declare(request: Request, care: ClientCare, words: Words) -> list[tuple[str, str]]:
    """To which municipality, under which law, help of this client is declared: in words, with the address."""
    pairs = {(each.municipality, each.assignment.law) for each in care.referrals if each.started_on is not None}
    pairs |= {(each.municipality, each.law) for each in care.allocations if not each.removed}
    return [
        (
            f"{words.municipality(municipality)}, {said(request, LAWS, law)}",
            f"/declarations/new?municipality={municipality}&law={law}",
        )
        for municipality, law in sorted(pairs)
    ]
