"""Who has room for a product, as choices in a form."""

from collections.abc import Container
from datetime import date

from fastapi import Request

from services.kit.problems import Invalid
from services.portal.i18n import N_
from services.portal.people import Person
from services.portal.views import translate, views
from services.referral.client import CandidateView, ReferralClient


def day(text: str) -> date | None:
    """A date from a field; ``None`` for anything else, which the service will tell about."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def described(request: Request, candidate: CandidateView) -> str:
    """What a provider said about its wait and room, in one line."""
    words, formats = views(request).words_for(request), views(request).formats_for(request)
    if candidate.wait_days is None or candidate.free is None or candidate.stated_at is None:
        return translate(request, N_("Has said nothing about waiting time and room"))
    return " · ".join(
        (
            words.ngettext("%(num)s day waiting time", "%(num)s days waiting time", candidate.wait_days)
            % {"num": formats.number(candidate.wait_days)},
            words.ngettext("%(num)s place free", "%(num)s places free", candidate.free)
            % {"num": formats.number(candidate.free)},
            translate(request, N_("stated on %(day)s"), day=formats.day_short(candidate.stated_at)),
        )
    )


async def choices(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    product: str,
    starts_on: date | None,
    without: Container[str] = (),
) -> list[tuple[str, str, str]]:
    """The providers for a product in the person's own municipality, shortest wait first: (code, name, wait and room).

    Empty when nothing was chosen yet, or what was chosen is no product.
    """
    if not product:
        return []
    try:
        found = await referrals.candidates(person.code, product, starts_on)
    except Invalid:
        return []
    return [
        (each.provider, each.name or each.provider, described(request, each))
        for each in found
        if each.provider not in without
    ]
