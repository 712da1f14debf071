"""Personal budgets (pgb) in words; shared by the page of a client and those where somebody decides."""

from collections.abc import Iterable

from fastapi import Request

from services.portal.i18n import N_
from services.portal.views import translate, views
from services.referral.client import PersonalBudgetView


def period(request: Request, budget: PersonalBudgetView) -> str:
    """From when until when."""
    formats = views(request).formats_for(request)
    first = formats.day(budget.starts_on)
    if budget.ends_on is None:
        return translate(request, N_("from %(first)s"), first=first)
    last = formats.day(budget.ends_on)
    return translate(request, N_("%(first)s up to and including %(last)s"), first=first, last=last)


def in_the_way(request: Request, budgets: Iterable[PersonalBudgetView]) -> list[str]:
    """The periods of the budgets that stand in the way of a decision."""
    return [period(request, each) for each in budgets]
