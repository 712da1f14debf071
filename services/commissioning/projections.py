"""What commissioning follows: frames of the councils, and what referral commits under which agreement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.events import declarations, referral
from contracts.events.commissioning import AgreementAmended, AgreementConcluded
from contracts.events.council import FrameAdopted
from contracts.topics import COMMISSIONING, COUNCIL, REFERRAL, Topic
from services.commissioning.domain.spending import Commitment, Contribution, ReferralEvent, after, price_of
from services.commissioning.domain.spent import Reservation, SpentLines
from services.commissioning.domain.totals import Deltas
from services.commissioning.early_warning import warn
from services.commissioning.store import queries, spending, spent
from services.kit.projections import Projection, Received
from services.kit.unit import Unit

_REFERRAL_EVENTS = (
    referral.AllocationGranted,
    referral.AllocationChanged,
    referral.TrajectoryImported,
    referral.AllocationDeclined,
    referral.ReferralWithdrawn,
    referral.CareStarted,
    referral.CareStopped,
    referral.DeliveryCorrected,
)
Amount = declarations.AmountSpent | declarations.AmountReserved
_AMOUNTS = (declarations.AmountSpent, declarations.AmountReserved)
_AGREED = (AgreementConcluded, AgreementAmended)


class Frames(Projection):
    """The frames that a scenario may cite."""

    group: ClassVar[str] = "commissioning-frames"
    sources: ClassVar[tuple[Topic, ...]] = (COUNCIL,)
    tables: ClassVar[tuple[str, ...]] = ("frame",)

    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        adopted = {event.data.frame_id: event.data for event in events if isinstance(event.data, FrameAdopted)}
        if adopted:
            await queries.put_frames(unit.conn, rows=[frame.model_dump(mode="json") for frame in adopted.values()])


class Spending(Projection):
    """Spending room: what every journey commits, what is reserved for it, and what declarations really cost.

    The sums are a function of the journeys, the declared amounts and the tariff lines alone, so the order in which the
    two topics arrive does not matter. Warnings are given while events arrive, never again by a rebuild: their table is
    not a read model.
    """

    group: ClassVar[str] = "commissioning-spending"
    sources: ClassVar[tuple[Topic, ...]] = (COMMISSIONING, REFERRAL)
    tables: ClassVar[tuple[str, ...]] = (
        "commitment",
        "price",
        "agreed_ceiling",
        "committed_month",
        "committed_year",
        "agreement_progress",
        "heard_from",
        "spent",
        "reservation",
        "reserved_month",
    )

    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        agreed = {event.data.agreement_id: event.data for event in events if isinstance(event.data, _AGREED)}
        told = [(event.time, event.data) for event in events if isinstance(event.data, (*_REFERRAL_EVENTS, *_AMOUNTS))]
        if not agreed and not told:
            return
        await queries.hold_prices(unit.conn, exclusive=bool(agreed))
        touched = set(agreed)
        if agreed:
            providers = {terms.provider for terms in agreed.values()}
            await spending.put_terms(unit.conn, agreed.values())
            stored = await spending.commitments_of(unit.conn, providers)
            touched |= await self._price(unit, stored, [found.commitment for found in stored.values()])
            await spent.attribute_again(unit.conn, providers, await spending.prices(unit.conn, providers))
        if told:
            touched |= await self._follow(unit, told)
        await warn(unit, touched, max(event.time for event in events))

    async def _follow(self, unit: Unit, told: Sequence[tuple[datetime, ReferralEvent | Amount]]) -> set[UUID]:
        journeys = {fact.referral_id for _, fact in told if not isinstance(fact, declarations.AmountSpent)}
        stored = await spending.commitments(unit.conn, journeys)
        now: dict[UUID, Commitment | None] = {key: found.commitment for key, found in stored.items()}
        heard: dict[tuple[str, str], datetime] = {}
        declared = SpentLines()
        reserved: dict[tuple[UUID, int], Reservation] = {}
        for time, fact in told:
            place = fact.provider, fact.municipality
            heard[place] = max(time, heard.get(place, time))
            if isinstance(fact, declarations.AmountSpent):
                declared.add(fact)
            elif isinstance(fact, declarations.AmountReserved):
                # One by one: it counts by what its journey was just then, in whichever batches the events come.
                reserved[fact.referral_id, fact.allocation_number] = Reservation.of(fact, now.get(fact.referral_id))
            else:
                now[fact.referral_id] = after(now.get(fact.referral_id), fact)
                if isinstance(fact, referral.TrajectoryImported):
                    imported = Reservation.of_imported(fact)
                    reserved[imported.referral_id, imported.allocation_number] = imported
        await spending.hear(unit.conn, heard)
        if declared.cents or reserved:
            prices = await spending.prices(unit.conn, {provider for provider, _ in heard})
            await spent.add_spent(unit.conn, declared, prices)
            await spent.reserve(unit.conn, reserved.values(), prices)
        return await self._price(unit, stored, [each for each in now.values() if each is not None])

    async def _price(
        self, unit: Unit, before: Mapping[UUID, spending.Stored], commitments: Sequence[Commitment]
    ) -> set[UUID]:
        """Store the commitments with what each adds now; gives the agreements whose sums changed."""
        prices = await spending.prices(unit.conn, {commitment.provider for commitment in commitments})
        deltas = Deltas()
        changed: list[tuple[Commitment, Contribution | None]] = []
        for commitment in commitments:
            added = Contribution.of(commitment, price_of(commitment, prices.get(commitment.provider, ())))
            stored = before.get(commitment.referral_id)
            deltas.replace(stored.contribution if stored else None, added)
            if stored is None or (stored.commitment, stored.contribution) != (commitment, added):
                changed.append((commitment, added))
        await spending.put_commitments(unit.conn, changed)
        await spending.add(unit.conn, deltas)
        return deltas.agreements


PROJECTIONS: tuple[type[Projection], ...] = (Frames, Spending)
"""Every projection of this service."""
