"""The pages of a provider: the worklist, care in progress, its clients, commissions to apply for, and agreements."""

from fastapi import APIRouter

from contracts.values import Role
from services.portal.i18n import N_
from services.portal.pages import Home, NavigationItem
from services.portal.pages.provider import (
    act_forms,
    acts,
    agreements,
    applying,
    care,
    client,
    commissions,
    contacts,
    find,
    offers,
    places,
    worklist,
)

_STAFF = frozenset({Role.PLANNER, Role.PROFESSIONAL, Role.PROVIDER_ADMINISTRATOR})
_HELPERS = frozenset({Role.PLANNER, Role.PROFESSIONAL})
_OFFICE = frozenset({Role.PLANNER, Role.PROVIDER_ADMINISTRATOR})

NAVIGATION = (
    NavigationItem(N_("Worklist"), "/provider/worklist", _STAFF, order=5),
    NavigationItem(N_("Care in progress"), "/provider/care", _STAFF, order=10),
    NavigationItem(N_("Find"), "/provider/clients", _HELPERS, order=11),
    NavigationItem(N_("Invitations"), "/provider/commissions", _STAFF, order=30),
    NavigationItem(N_("Agreements"), "/provider/agreements", _OFFICE, order=32),
)
HOME = (Home("/provider/worklist", _STAFF, order=20),)

router = APIRouter()
_CARE = (worklist, acts, act_forms, offers, places, care, find, client, contacts)
for _module in (*_CARE, commissions, applying, agreements):
    router.include_router(_module.router)
