"""Pages about what changes in the chain: requests decided on as a whole, changes of allocations, and the client."""

from fastapi import APIRouter

from services.portal.i18n import N_
from services.portal.pages import NavigationItem
from services.portal.pages.chain import (
    allocating,
    allocations,
    asking,
    changing,
    client,
    deciding,
    details,
    listing,
    personal_budgets,
    relations,
)

router = APIRouter()
for part in (
    listing,
    allocating,
    allocations,
    deciding,
    changing,
    asking,
    relations,
    details,
    personal_budgets,
    client,
):
    router.include_router(part.router)

NAVIGATION = (NavigationItem(N_("Requests"), "/requests", frozenset({*listing.ROLES}), order=19),)
