"""The pages of the access team: what waits, refer someone, decide, follow, the list, and taking over trajectories."""

from fastapi import APIRouter

from contracts.values import Role
from services.portal.i18n import N_
from services.portal.pages import Home, NavigationItem
from services.portal.pages.access_team import (
    decide,
    find,
    follow,
    imports,
    listing,
    refer,
    residence,
    withdraw,
    worklist,
)

_TEAM = frozenset({Role.ACCESS_WORKER})

NAVIGATION = (
    NavigationItem(N_("My work"), "/access/worklist", _TEAM, order=5),
    NavigationItem(N_("Refer someone"), "/access/refer", _TEAM, order=10),
    NavigationItem(N_("Find"), "/access/clients", _TEAM, order=11),
    NavigationItem(N_("Referrals"), "/access/referrals", _TEAM, order=12),
    NavigationItem(N_("Take over trajectories"), "/access/import", _TEAM, order=40),
)
HOME = (Home("/access/worklist", _TEAM, order=20),)

router = APIRouter()
for _module in (worklist, find, refer, listing, imports, decide, residence, withdraw, follow):
    router.include_router(_module.router)
