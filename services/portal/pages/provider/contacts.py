"""Whom a provider may call around a client: those whom allocations named, with what is needed to reach them."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from services.portal.care.clients import Carer, Referrals, page_of_helped
from services.portal.care.persons import contact_of
from services.portal.care.words import LAWS, said
from services.portal.i18n import N_
from services.portal.pages.chain.relations import KINDS
from services.portal.views import render, translate
from services.referral.client import ContactsTold, NamedView

router = APIRouter()


def page_of_contacts(client: UUID) -> str:
    """The address of the page of a client."""
    return f"{page_of_helped(client)}/contacts"


@router.get("/provider/clients/{client}/contacts")
async def contacts(request: Request, client: UUID, person: Carer, referrals: Referrals) -> HTMLResponse:
    """The client and everybody whom allocations named."""
    about, told = await asyncio.gather(referrals.client(client), referrals.contacts(client))
    return render(
        request,
        "pages/provider/contacts.html",
        name=about.display_name or translate(request, N_("A client")),
        back=page_of_helped(client),
        contact=contact_of(request, about),
        laws=[_law(request, each) for each in told if each.named],
    )


def _law(request: Request, told: ContactsTold) -> dict[str, Any]:
    return {
        "name": said(request, LAWS, told.law),
        "told_on": told.told_on,
        "now": [_card(request, each) for each in told.named if each.current],
        "before": [_card(request, each) for each in told.named if not each.current],
    }


def _card(request: Request, each: NamedView) -> dict[str, Any]:
    facts = [
        (N_("Phone"), ", ".join(each.phones)),
        (N_("E-mail"), each.email),
        (N_("Address"), ", ".join(filter(None, (each.street, each.town)))),
    ]
    return {
        "name": each.name,
        "kind": said(request, KINDS, each.kind),
        "order": each.order,
        "told_on": each.told_on,
        "facts": [(translate(request, name), value) for name, value in facts if value],
    }
