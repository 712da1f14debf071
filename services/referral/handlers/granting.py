"""What a granted request becomes: allocations unchanged, changed under their own number or a new one, and new.

Source: iWmo/iJw 3.2 IV093; another end, budget or total keeps the number (OP380, OP257), any other extent is a new
allocation from the desired day on, and the present one ends the day before.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from contracts.events.commissioning import Unit as CountedIn
from contracts.events.referral import Channel, Frequency, Referrer
from services.kit.model import wrong
from services.kit.problems import Conflict, Text
from services.kit.unit import Unit
from services.referral.domain.allocation import Allocation
from services.referral.domain.personal_budget import added
from services.referral.domain.reasons import ChangeReason
from services.referral.domain.referral import Referral
from services.referral.handlers import changes, decisions
from services.referral.handlers.context import Context
from services.referral.store import allocations, personal_budgets, queries, referrals
from services.referral.store.chain_requests import ChainRequest

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One product as the provider wants it; ``number`` is that of the allocation that it changes."""

    number: int | None
    category: str | None
    product_code: str | None
    starts_on: date
    ends_on: date | None
    volume: int | None
    unit: CountedIn | None
    frequency: Frequency | None
    by_effort: bool
    budget_cents: int | None

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Wanted":
        """As it was kept when the request came in."""
        ends_on = kept["endsOn"]
        return cls(
            number=kept["number"],
            category=kept["category"],
            product_code=kept["productCode"],
            starts_on=date.fromisoformat(kept["startsOn"]),
            ends_on=date.fromisoformat(ends_on) if ends_on else None,
            volume=kept["volume"],
            unit=CountedIn(kept["unit"]) if kept["unit"] else None,
            frequency=Frequency(kept["frequency"]) if kept["frequency"] else None,
            by_effort=kept["byEffort"],
            budget_cents=kept["budgetCents"],
        )

    def in_place(self, present: Allocation) -> bool:
        """Whether the present allocation can become this: another end, budget or total, but no other extent (IV093)."""
        if self.volume is None or self.frequency is Frequency.WHOLE is present.frequency:
            return True
        extent = (present.volume, present.unit, present.frequency, present.by_effort)
        return (self.volume, self.unit, self.frequency, self.by_effort) == extent

    def allows_anew(self, present: Allocation) -> Iterable[Allocation]:
        """The days that are allocated when this is granted, and not by the present allocation already."""
        if self.in_place(present):
            return added(present, self.applied(present))
        return [replace(present, starts_on=max(self.starts_on, present.starts_on), ends_on=self.ends_on)]

    def applied(self, present: Allocation) -> Allocation:
        """The present allocation, changed into this under its own number."""
        changed = replace(present, ends_on=self.ends_on, budget_cents=self.budget_cents)
        if self.volume is not None:
            changed = replace(
                changed, volume=self.volume, unit=self.unit, frequency=self.frequency, by_effort=self.by_effort
            )
        return changed


class Granting:
    """A request on its way to allocations."""

    def __init__(self, context: Context, unit: Unit, request: ChainRequest, from_day: date | None) -> None:
        self.context = context
        self.unit = unit
        self.request = request
        self.relation = request.relation
        self.from_day = from_day

    async def decide(self) -> list[Allocation]:
        """Everything that the 301 names, each with the reference of the request."""
        wanted = self.request.wanted or {}
        journeys = await referrals.of_relation(self.unit, self.relation)
        present = await allocations.of_relation(self.unit, self.relation)
        unchanged = [replace(self._running(present, number), reason=None) for number in wanted.get("unchanged", ())]
        decided: list[Allocation] = []
        anew: list[Allocation] = []
        for each in map(Wanted.read, wanted.get("changed", ())):
            running = self._running(present, each.number)
            made = await self._change(running, each, journeys)
            decided += made
            anew += added(running, made[0]) if each.in_place(running) else made[1:]
        for each in map(Wanted.read, wanted.get("new", ())):
            anew.append(await self._new(each, self._first(each.starts_on)))
            decided.append(anew[-1])
        await allocations.require_room(self.unit, *decided)
        await personal_budgets.require_none(self.unit, anew, "/decision")
        return [replace(each, reference=self.request.reference) for each in (*unchanged, *decided)]

    def _first(self, desired: date) -> date:
        return max(desired, self.from_day) if self.from_day is not None else desired

    @staticmethod
    def _running(present: dict[int, Allocation], number: int | None) -> Allocation:
        found = present.get(number) if number is not None else None
        if found is None or found.removed:
            raise Conflict(
                Text(
                    f"Toewijzing {number} loopt niet meer. Wijs het verzoek af; de aanbieder kan een nieuw doen.",
                    f"Allocation {number} does not run any more. Reject the request; the provider can make another.",
                ),
                code="not-running",
            )
        return found

    async def _change(self, present: Allocation, wanted: Wanted, journeys: dict[UUID, Referral]) -> list[Allocation]:
        if wanted.in_place(present):
            changed = replace(
                wanted.applied(present), decided_at=self.unit.now, reason=ChangeReason.PROVIDER_INITIATIVE.value
            )
            await self._record(changed, journeys)
            return [changed]
        first = self._first(wanted.starts_on)
        if first <= present.starts_on:
            ended = present.taken_back(self.unit.now)
        else:
            ended = replace(
                present,
                ends_on=first - _ONE_DAY,
                decided_at=self.unit.now,
                reason=ChangeReason.PROVIDER_INITIATIVE.value,
            )
        await self._record(ended, journeys)
        beside = replace(wanted, category=present.category, product_code=present.product_code)
        return [ended, await self._new(beside, max(first, present.starts_on))]

    async def _record(self, changed: Allocation, journeys: dict[UUID, Referral]) -> None:
        journey = journeys.get(changed.referral_id) if changed.referral_id else None
        if journey is None or journey.allocation_number != changed.number:
            await decisions.decide_broadly(self.unit, changed)
        elif changed.removed:
            await changes.remove(self.context, self.unit, journey)
        else:
            after = journey.change(assignment=changed.assignment or journey.assignment, ends_on=changed.ends_on)
            await changes.record_change(self.context, self.unit, after, changed)

    async def _new(self, wanted: Wanted, starts_on: date) -> Allocation:
        relation = self.relation
        if relation.client_id is None:
            raise LookupError("an allocation is for somebody")
        if wanted.ends_on is not None and wanted.ends_on < starts_on:
            raise wrong(
                "/fromDay",
                "Deze dag ligt na de gewenste einddatum. Kies een eerdere dag, of wijs het verzoek af.",
                "This day is after the desired end. Choose an earlier day, or reject the request.",
                "after-the-end",
            )
        number = await queries.next_allocation_number(self.unit.conn, municipality=relation.municipality)
        allocation = Allocation(
            municipality=relation.municipality,
            provider=relation.provider,
            law=relation.law,
            number=number,
            client_id=relation.client_id,
            starts_on=starts_on,
            ends_on=wanted.ends_on,
            category=wanted.category,
            product_code=wanted.product_code,
            volume=wanted.volume,
            unit=wanted.unit,
            frequency=wanted.frequency,
            by_effort=wanted.by_effort,
            budget_cents=wanted.budget_cents,
            decided_at=self.unit.now,
            reference=self.request.reference,
        )
        assignment = allocation.assignment
        if assignment is None:
            await decisions.decide_broadly(self.unit, allocation)
            return allocation
        served = await decisions.serve(self.context, self.unit, allocation, assignment, Referrer.NONE, Channel.MESSAGE)
        return replace(allocation, referral_id=served.referral_id)
