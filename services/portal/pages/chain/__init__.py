"""Pages about what changes in the chain: requests that are decided on as a whole, and changes of allocations."""

from fastapi import APIRouter

from services.portal.i18n import N_
from services.portal.pages import NavigationItem
from services.portal.pages.chain import allocating, allocations, asking, changing, deciding, listing

router = APIRouter()
for part in (listing, allocating, allocations, deciding, changing, asking):
    router.include_router(part.router)

NAVIGATION = (NavigationItem(N_("Requests"), "/requests", frozenset({*listing.ROLES}), order=19),)
