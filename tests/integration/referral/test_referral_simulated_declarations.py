"""What a simulation declares comes out as it should: spend, rejected lines and credits, the same for the same seed."""

import random
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, TypeVar

from contracts.events.commissioning import Law
from deploy.simulate.declaring import Declaring, Delivered, last_whole_month, lines_of
from services.referral.client import ReferralClient
from services.referral.domain.identity import fictional_bsn
from tests.integration.referral.declaring import agree, allocated, know
from tests.integration.referral.referral_world import ADMINISTRATOR, NIJMEGEN, REIGER, World

T = TypeVar("T")
TODAY = date(2026, 8, 14)
MANY = 60


def care(number: int, starts_on: date = date(2026, 5, 11), stopped_on: date | None = None) -> Delivered:
    return Delivered(NIJMEGEN, REIGER, Law.YOUTH, number, 60, starts_on, date(2026, 12, 31), stopped_on)


def test_what_is_declared_never_exceeds_the_allocation_but_for_what_is_meant_to_be_rejected() -> None:
    found = lines_of([care(number) for number in range(1, MANY)], last_whole_month(TODAY), random.Random(1))
    assert found == lines_of([care(number) for number in range(1, MANY)], last_whole_month(TODAY), random.Random(1))
    assert {line.month for line in found} == {date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)}
    wrong = [line for line in found if line.volume == 600]
    assert 0 < len(wrong) < len(found) / 5
    for number in range(1, MANY):
        right = [line.volume or 0 for line in found if line.allocation_number == number and line not in wrong]
        assert sum(right) <= 60


def test_care_that_ended_or_began_this_month_is_declared_no_further() -> None:
    chance = random.Random(1)
    assert lines_of([care(1, date(2026, 8, 3))], last_whole_month(TODAY), chance) == []
    ended = lines_of([care(1, stopped_on=date(2026, 6, 20))], last_whole_month(TODAY), chance)
    assert {line.month for line in ended} == {date(2026, 5, 1), date(2026, 6, 1)}


class Access:
    """Gives clients of a service that runs here."""

    def __init__(self, world: World) -> None:
        self._client = ReferralClient("http://referral", world.http).acting_for(ADMINISTRATOR)

    def client(self, *_: object) -> ReferralClient:
        return self._client


async def test_declarations_have_spend_rejected_lines_and_credits(world: World) -> None:
    await agree(world, {"45A04": 6000})
    client = await know(world, fictional_bsn(1))
    for number in range(1, MANY + 1):
        details: dict[str, Any] = {"volume": 60, "frequency": "whole"}
        await allocated(world, client, 5300 + number, date(2026, 5, 11), date(2026, 12, 31), **details)
    steps: dict[str, int] = {}
    run = 1

    async def give(step: str, what: str, act: Callable[[str], Awaitable[T]]) -> T:
        steps[step] = steps.get(step, 0) + 1
        return await act(f"key-{run}-{what}")

    access: Any = Access(world)
    declaring = Declaring(access, 7, TODAY, give)
    found = await declaring.declare([care(5300 + number) for number in range(1, MANY + 1)])
    # May, June and July, each with credits.
    assert (found.declarations, steps["declare"], steps["credit"]) == (6, 3, 3)
    assert found.granted_cents > 0
    assert 0 < found.rejected_lines < found.lines
    assert found.credits > 0
    # What is declared once more is declared already; the care of May goes with the month that was declared last.
    run = 2
    again = await Declaring(access, 8, TODAY, give).declare([care(5301)])
    assert (again.declarations, again.granted_cents) == (1, 0)
    [latest] = (await world.get(ADMINISTRATOR, "/declarations", limit=1))["items"]
    assert latest["period"] == "2026-07-01"
    spent = sum(data["cents"] for kind, data in await world.events() if kind == "amounts.spent")
    assert spent == found.granted_cents
