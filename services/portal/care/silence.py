"""Telling what was done when no message about a resident may be sent (iStandaarden OP003): then it is for the phone."""

from typing import Final
from uuid import UUID

from fastapi import Request

from services.kit.problems import NotFound
from services.portal.i18n import N_
from services.portal.views import flash, translate
from services.referral.client import ReferralClient

BY_PHONE: Final = N_(
    "Done. No message is sent about this resident: sharing data is not safe. Call the provider to arrange it."
)

SILENT: Final = N_("no messages, by phone")
"""Behind the name of a resident in the lists of a provider."""


async def silent(referrals: ReferralClient, client: UUID) -> bool:
    """Whether no message about a client is sent. The look is recorded."""
    try:
        return (await referrals.client(client)).no_messages
    except NotFound:
        return False


async def flash_sent(request: Request, referrals: ReferralClient, client: UUID, sent: str) -> None:
    """Say ``sent``, a sentence in the reader's language that speaks of a message; or that nothing was sent."""
    if await silent(referrals, client):
        flash(request, translate(request, BY_PHONE), "warning")
    else:
        flash(request, sent)
