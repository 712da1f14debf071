"""The pages of who directs for a municipality or region: home, agreements, stories, commissions, providers, figures."""

from fastapi import APIRouter

from services.portal.directing.people import COMMISSIONING, DIRECTING
from services.portal.i18n import N_
from services.portal.pages import Home, NavigationItem
from services.portal.pages.contract_manager import (
    admission,
    agreements,
    commissions,
    figures,
    home,
    imports,
    providers,
    rounds,
    scenarios,
    spending,
)

_ALL = frozenset(DIRECTING)
_MANAGERS = frozenset(COMMISSIONING)

NAVIGATION = (
    NavigationItem(N_("Today"), "/manager/home", _ALL, order=5),
    NavigationItem(N_("Agreements"), "/manager/agreements", _ALL, order=10),
    NavigationItem(N_("Stories"), "/manager/scenarios", _ALL, order=12),
    NavigationItem(N_("Commissions"), "/manager/commissions", _ALL, order=14),
    NavigationItem(N_("Providers"), "/manager/providers", _ALL, order=16),
    NavigationItem(N_("Figures"), "/manager/figures", _ALL, order=18),
    NavigationItem(N_("Reporting rounds"), "/manager/rounds", _MANAGERS, order=20),
)
HOME = (Home("/manager/home", _ALL, order=10),)

router = APIRouter()
for _module in (
    home,
    imports,
    agreements,
    spending,
    scenarios,
    commissions,
    admission,
    providers,
    figures,
    rounds,
):
    router.include_router(_module.router)
