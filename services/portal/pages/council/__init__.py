"""The pages of a council: whose turn it is, whether it gets better, questions and letters. Reading needs no account."""

from fastapi import APIRouter

from contracts.values import Role
from services.portal.i18n import N_
from services.portal.pages import Home, NavigationItem
from services.portal.pages.council import figures, frames, home, letters, moments, questions

NAVIGATION = (NavigationItem(N_("Councils"), "/council", order=60),)
HOME = (Home("/council/mine", frozenset({Role.COUNCIL_MEMBER, Role.CLERK}), order=10),)

router = APIRouter()
for _module in (home, figures, questions, letters, moments, frames):
    router.include_router(_module.router)
