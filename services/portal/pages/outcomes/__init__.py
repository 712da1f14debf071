"""What came of help: providers report it by form or by file, close their month, and look into the mirror."""

from fastapi import APIRouter

from services.portal.directing.people import REPORTING
from services.portal.i18n import N_
from services.portal.pages import NavigationItem
from services.portal.pages.outcomes import due, mirror, rounds, upload

NAVIGATION = (NavigationItem(N_("Results"), "/outcomes", frozenset(REPORTING), order=30),)

router = APIRouter()
for _module in (upload, mirror, rounds, due):
    router.include_router(_module.router)
