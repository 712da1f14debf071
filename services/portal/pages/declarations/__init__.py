"""Declarations, for the provider that sent them and the municipality that got them: the list, and one line by line."""

from fastapi import APIRouter

from services.portal.i18n import N_
from services.portal.pages import NavigationItem
from services.portal.pages.declarations import listing, making, one
from services.portal.pages.declarations.words import READERS

NAVIGATION = (NavigationItem(N_("Declarations"), "/declarations", frozenset(READERS), order=25),)

router = APIRouter()
# What is made stands before what has a name of its own: "new" is no declaration.
for _module in (listing, making, one):
    router.include_router(_module.router)
