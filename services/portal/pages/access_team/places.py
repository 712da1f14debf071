"""Who has room for a product, as choices in a form: the wait beside its norm, the room, and how far away it is."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import Request

from services.kit.problems import Invalid
from services.portal.care.forms import number
from services.portal.care.words import options
from services.portal.forms import Form
from services.portal.i18n import N_
from services.portal.people import Person
from services.portal.views import translate, views
from services.referral.client import CandidateView, Order, ReferralClient

ORDERS: Final[Mapping[str, str]] = {
    Order.WAIT: N_("Shortest waiting time"),
    Order.DISTANCE: N_("Nearest"),
    Order.ROOM: N_("Most places free"),
}
DISTANCES: Final = (10, 25, 50)
"""Kilometres between which a visitor can choose."""
DAYS_PER_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Choice:
    """One provider to choose, in words. ``beyond`` marks a wait that is longer than the norm."""

    code: str
    name: str
    said: str
    beyond: bool = False
    full: bool = False


@dataclass(frozen=True, slots=True)
class Wishes:
    """Which providers somebody wants to see, and what stands first."""

    order: Order = Order.WAIT
    has_room: bool = False
    within_norm: bool = False
    at_most_km: int | None = None

    @classmethod
    def of(cls, form: Form) -> "Wishes":
        """Read from a form; what is no choice counts as none."""
        order, away = form.value("order"), number(form.value("away"))
        return cls(
            Order(order) if order in set(Order) else Order.WAIT,
            form.value("has_room") == "yes",
            form.value("within_norm") == "yes",
            away if isinstance(away, int) and away in DISTANCES else None,
        )

    @property
    def narrow(self) -> bool:
        """Whether somebody may have been left out."""
        return self.has_room or self.within_norm or self.at_most_km is not None


def day(text: str) -> date | None:
    """A date from a field; ``None`` for anything else, which the service will tell about."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def orders(request: Request) -> list[tuple[str, str]]:
    """Choices for what stands first."""
    return options(request, ORDERS)


def distances(request: Request) -> list[tuple[str, str]]:
    """Choices for how far away at most."""
    return [(str(each), translate(request, N_("at most %(num)s km"), num=str(each))) for each in DISTANCES]


def _long(request: Request, days: int) -> str:
    """How long: in weeks when these are whole, else in days."""
    words, formats = views(request).words_for(request), views(request).formats_for(request)
    if days and days % DAYS_PER_WEEK == 0:
        weeks = days // DAYS_PER_WEEK
        return words.ngettext("%(num)s week", "%(num)s weeks", weeks) % {"num": formats.number(weeks)}
    return words.ngettext("%(num)s day", "%(num)s days", days) % {"num": formats.number(days)}


def described(request: Request, candidate: CandidateView) -> str:
    """What a provider said about its wait and room, with the norm and the distance, in one line."""
    words, formats = views(request).words_for(request), views(request).formats_for(request)
    norm = translate(request, N_("norm %(norm)s"), norm=_long(request, candidate.norm_days))
    away = []
    if candidate.distance_km is not None:
        told = N_("in your municipality") if candidate.distance_km == 0 else N_("%(num)s km away")
        away = [translate(request, told, num=formats.number(candidate.distance_km))]
    if candidate.wait_days is None or candidate.free is None or candidate.stated_at is None:
        silent = translate(request, N_("Has said nothing about waiting time and room"))
        return " · ".join((silent, norm, *away))
    wait = translate(request, N_("%(wait)s waiting time"), wait=_long(request, candidate.wait_days))
    free = words.ngettext("%(num)s place free", "%(num)s places free", candidate.free)
    stated = translate(request, N_("stated on %(day)s"), day=formats.day_short(candidate.stated_at))
    return " · ".join((f"{wait}, {norm}", free % {"num": formats.number(candidate.free)}, *away, stated))


def choice(request: Request, candidate: CandidateView) -> Choice:
    """One provider to choose."""
    return Choice(
        candidate.provider,
        candidate.name or candidate.provider,
        described(request, candidate),
        candidate.beyond_norm,
        candidate.free == 0,
    )


async def choices(
    request: Request,
    person: Person,
    referrals: ReferralClient,
    product: str,
    starts_on: date | None,
    without: Container[str] = (),
    wishes: Wishes | None = None,
) -> list[Choice]:
    """The providers for a product in the person's own municipality: who has room and the shortest wait first.

    Empty when nothing was chosen yet, or what was chosen is no product.
    """
    if not product:
        return []
    wishes = wishes or Wishes()
    try:
        found = await referrals.candidates(
            person.code,
            product,
            starts_on,
            sort=wishes.order,
            has_room=wishes.has_room,
            within_norm=wishes.within_norm,
            max_distance_km=wishes.at_most_km,
        )
    except Invalid:
        return []
    return [choice(request, each) for each in found if each.provider not in without]
