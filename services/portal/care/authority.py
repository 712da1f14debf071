"""Who has legal authority over a young resident, as far as it was recorded (iStandaarden OP001, OP002)."""

from datetime import date
from typing import Final

from services.kit.problems import NotFound
from services.referral.client import ClientRelations, ClientView, ReferralClient

GROWN_UP: Final = 18
"""From this age nobody needs another with authority."""


def is_missing(about: ClientView, around: ClientRelations, day: date) -> bool:
    """Whether a client who may not be grown up on ``day`` has nobody with authority, as far as is recorded."""
    born = about.person.born_at_the_latest
    if born is None or around.own_authority:
        return False
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    known = any(each.relation.authority for each in around.relations if each.ended_at is None)
    return age < GROWN_UP and not known


async def missing_for(referrals: ReferralClient, about: ClientView | None, day: date) -> bool:
    """The same, looked up; the look is recorded. False for a client whose data were erased."""
    if about is None:
        return False
    try:
        return is_missing(about, await referrals.relations(about.client), day)
    except NotFound:
        return False
