"""Which part of a provider's lists is on screen, and what has just been done with a row of it."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request

from services.portal.care.clients import HELPERS
from services.portal.people import Person
from services.referral.client import ReferralClient, ReferralView, Task

REJECTED: Final = "rejected"
OFFERED: Final = "offered"
TABS: Final = (Task.ANSWER.value, OFFERED, Task.REPORT_START.value, Task.REPORT_STOP.value, REJECTED)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of the worklist is on screen, as its address says: the tab, the municipality, one client."""

    task: str = Task.ANSWER.value
    municipality: str = ""
    client: str = ""

    @classmethod
    def of(cls, request: Request) -> "Selection":
        """Read from the address; an unknown tab becomes the first."""
        task, code = request.query_params.get("task", ""), request.query_params.get("municipality", "")
        client = request.query_params.get("client", "")
        return cls(
            task if task in TABS else TABS[0],
            code if len(code) == 4 and code.isdigit() else "",
            client if is_identifier(client) else "",
        )

    def query(self, **changes: str) -> str:
        """The part of the address behind the question mark."""
        values = {"task": self.task, "municipality": self.municipality, "client": self.client} | changes
        return urlencode({name: value for name, value in values.items() if value})

    def url(self, **changes: str) -> str:
        """The address of the worklist with something changed."""
        return f"/provider/worklist?{self.query(**changes)}"

    async def of_client(self, person: Person, referrals: ReferralClient) -> list[ReferralView] | None:
        """The journeys of the one client that the list is narrowed down to; ``None`` when it is about everybody."""
        if not self.client or not person.has(*HELPERS):
            return None
        found = (await referrals.care_of(UUID(self.client))).referrals
        return [each for each in found if self.municipality in ("", each.municipality)]


def is_identifier(text: str) -> bool:
    """Whether ``text`` can be the pseudonym of a client."""
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Answered:
    """What has just been done with a row, so that the page can say so and point out what comes next.

    ``wrong`` holds what is wrong by field (``reason``, ``started_on``, or ``""`` for the row); ``said`` is the
    confirmation; ``following`` the row that gets the focus.
    """

    referral_id: UUID | None = None
    act: str = ""
    values: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)
    said: str = ""
    following: str = ""
