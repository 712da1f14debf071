"""The pages of who directs for a municipality or region: home, agreements, stories, commissions, providers, figures."""

from fastapi import APIRouter

from services.portal.directing.people import COMMISSIONING, DIRECTING
from services.portal.i18n import N_
from services.portal.pages import Home, NavigationItem
from services.portal.pages.contract_manager import agreements, home, imports, providers, scenarios, spending

_ALL = frozenset(DIRECTING)
_MANAGERS = frozenset(COMMISSIONING)

NAVIGATION = (NavigationItem(N_("Today"), "/manager/home", _ALL, order=5),)
HOME = (Home("/manager/home", _ALL, order=10),)

router = APIRouter()
for _module in (home, imports, agreements, spending, scenarios, providers):
    router.include_router(_module.router)
