"""One journey of a simulation: asked for by form or 315, decided, answered, started and stopped, as people would.

What happens in a journey follows from the seed and its number alone. Whatever does not answer is asked again, with the
same Idempotency-Key and the same body, until it does.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID, uuid5

from contracts.events.referral import DeclineReason, Referrer, StopReason
from contracts.values import Role
from deploy.demo.history import PastTrajectory
from deploy.demo.people import DemoPerson
from deploy.demo.region import DemoProvider
from deploy.simulate.access import Access
from deploy.simulate.declaring import Declared, Declaring, Delivered
from deploy.simulate.measures import Tally, Watch
from deploy.simulate.people import Letters, client_of, dossier
from deploy.simulate.region import Place
from services.kit.problems import Problem
from services.referral.client import MessageView, ReferralClient, RefusalReason, Status, WithdrawalReason, bodies

T = TypeVar("T")
BY_MESSAGE = 0.5
REFUSED = 0.04
DECLINED = 0.08
NEVER_STARTED = 0.08
NOT_STOPPED = 0.4
PLANNED_DAYS = 120
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 2.0
PATIENCE_SECONDS = 300.0
"""How long one command may go unanswered before its journey is given up."""
STACKING = "stacking"
"""The code of a refusal because the client has this product in these days already (OP259)."""
_KEYS = UUID("5f0c7c1e-7d5a-4a52-9f0e-6d5d1f9a0001")


class GivenUp(Exception):
    """A service did not answer for too long, or refused what must be possible; the text says which command."""


@dataclass
class Journey:
    """What was done in one journey. ``accepted`` are the steps that a service said yes to, in order."""

    number: int
    place: Place
    provider: DemoProvider
    client: DemoPerson
    by_message: bool
    accepted: list[str] = field(default_factory=list)
    referral_id: UUID | None = None
    finished: bool = False
    delivered: Delivered | None = None

    @property
    def ending(self) -> str:
        """The last step."""
        return self.accepted[-1] if self.accepted else "nothing"


@dataclass
class Traveller:
    """Plays journeys. ``run`` tells runs apart, ``months`` over how many months back the starts are spread."""

    access: Access
    places: Sequence[Place]
    seed: int
    months: int
    today: date
    run: int
    tally: Tally
    watch: Watch
    pace: Callable[[], Awaitable[None]]

    def begin(self, number: int) -> tuple[Journey, random.Random]:
        """The journey with this number, and its chances."""
        chance = random.Random(f"{self.seed}/{number}")  # noqa: S311 - a reproducible load, no secret
        place = chance.choice(self.places)
        provider = chance.choice(place.providers)
        client = client_of(number, provider.product.law)
        return Journey(number, place, provider, client, chance.random() < BY_MESSAGE), chance

    async def play(self, journey: Journey, chance: random.Random) -> None:
        """From the request to the end; a refusal that the rules do not foresee is counted and ends the journey."""
        try:
            await self._play(_Way(self, journey, chance))
            journey.finished = True
        except (Problem, GivenUp) as problem:
            self.tally.refused[f"{len(journey.accepted)}:{getattr(problem, 'code', problem)}"] += 1

    async def declare(self, journeys: Iterable[Journey]) -> Declared:
        """The providers declare what they delivered; a refusal that the rules do not foresee is counted and ends it."""
        declaring = Declaring(self.access, self.seed, self.today, self.give)
        try:
            return await declaring.declare([each.delivered for each in journeys if each.delivered is not None])
        except (Problem, GivenUp) as problem:
            self.tally.refused[f"declare:{getattr(problem, 'code', problem)}"] += 1
            return declaring.declared

    async def give(self, step: str, what: str, give: Callable[[str], Awaitable[T]]) -> T:
        """Give a command until it is answered, under one key for ``what``; without a ``step`` it only looks."""
        if not step:
            return await self.persist(what, lambda: give(""))
        await self.pace()
        key = str(uuid5(_KEYS, f"{self.seed}/{self.run}/{what}"))
        began = time.perf_counter()
        answer = await self.persist(step, lambda: give(key))
        self.tally.latencies.append(time.perf_counter() - began)
        self.tally.accepted[step] += 1
        self.watch.answered()
        return answer

    async def persist(self, what: str, call: Callable[[], Awaitable[T]]) -> T:
        """Ask again for as long as the service is away."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                return await call()
            except Problem as problem:
                if problem.status < 500:
                    raise
                if time.monotonic() > give_up_at:
                    raise GivenUp(f"{what}: no answer within {PATIENCE_SECONDS:.0f} s") from problem
            self.tally.retries += 1
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _play(self, way: "_Way") -> None:
        chance = way.chance
        starts_on = self.today - timedelta(days=30 * chance.randrange(self.months) + chance.randint(0, 20))
        ends_on = self.today + timedelta(days=PLANNED_DAYS)
        if not await _has_room(way.request(starts_on, ends_on, volume=chance.randint(4, 40))):
            return
        if chance.random() < REFUSED:
            await way.refuse(RefusalReason.NOT_SUITABLE)
            return
        if not await _has_room(way.grant()):
            await way.refuse(RefusalReason.STACKING)
            return
        if chance.random() < DECLINED and not await way.decline():
            await way.withdraw()
            return
        await way.accept()
        if chance.random() < NEVER_STARTED:
            return
        await way.start()
        way.journey.delivered = way.care
        if chance.random() >= NOT_STOPPED:
            await way.stop()
            way.journey.delivered = replace(way.care, stopped_on=self.today) if way.care else None


async def _has_room(act: Awaitable[None]) -> bool:
    """Whether ``act`` was done; not when the client has this product in these days already, as in a loaded region."""
    try:
        await act
    except Problem as problem:
        if problem.code != STACKING:
            raise
        return False
    return True


@dataclass
class _Way:
    """The commands of one journey."""

    traveller: Traveller
    journey: Journey
    chance: random.Random

    def __post_init__(self) -> None:
        self._letters = Letters(self.traveller.run, self.journey.number)
        self._provider = self.journey.provider
        self._started_on: date | None = None
        self._number: int | None = None
        self._care: Delivered | None = None

    async def request(self, starts_on: date, ends_on: date, *, volume: int) -> None:
        """By 315 from the provider, or by form from the access worker."""
        journey, product = self.journey, self._provider.product
        if journey.by_message:
            message = self._letters.request(
                journey.place.municipality,
                self._provider,
                journey.client,
                self.traveller.today,
                reference=self._letters.reference,
                starts_on=starts_on,
                ends_on=ends_on,
                volume=volume,
            )
            answer = await self._send("request", message)
            journey.referral_id = answer.referral_ids[0]
            return
        body = bodies.RequestBody(
            municipality=journey.place.municipality,
            provider=self._provider.agb,
            person=dossier(journey.client),
            product_code=product.code,
            volume=volume,
            frequency=product.frequency,
            referrer=Referrer.MUNICIPALITY,
            desired_start=starts_on,
            desired_end=ends_on,
        )
        worker = self._worker()
        state = await self._command("request", lambda key: worker.request_allocation(body, idempotency_key=key))
        journey.referral_id = state.referral_id

    async def grant(self) -> None:
        person = dossier(self.journey.client) if self.journey.by_message else None
        body, worker, referral_id = bodies.GrantBody(decision="grant", person=person), self._worker(), self._id
        await self._command("grant", lambda key: worker.grant(referral_id, body, idempotency_key=key))

    async def refuse(self, reason: RefusalReason) -> None:
        worker, referral_id = self._worker(), self._id
        await self._command("refuse", lambda key: worker.refuse(referral_id, reason, idempotency_key=key))

    async def decline(self) -> bool:
        """The provider has no room; gives whether the workflow found another."""
        planner, referral_id = self._planner(), self._id
        await self._command(
            "decline", lambda key: planner.decline(referral_id, DeclineReason.NO_ROOM, idempotency_key=key)
        )
        worker = self._worker()
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while True:
            view = await self._persist("look", lambda: worker.referral(referral_id))
            if view.status is Status.GRANTED:
                self._provider = next(each for each in self.journey.place.providers if each.agb == view.provider)
                return True
            if "place" in view.escalated:
                return False
            if time.monotonic() > give_up_at:
                raise GivenUp("no next provider was asked")
            await asyncio.sleep(FIRST_PAUSE_SECONDS)

    async def withdraw(self) -> None:
        worker, referral_id, reason = self._worker(), self._id, WithdrawalReason.OTHER_HELP
        await self._command("withdraw", lambda key: worker.withdraw(referral_id, reason, idempotency_key=key))

    async def accept(self) -> None:
        planner, referral_id = self._planner(), self._id
        own = f"S{self.journey.number}"
        await self._command("accept", lambda key: planner.accept(referral_id, own_number=own, idempotency_key=key))

    async def start(self) -> None:
        """By form from the planner, or by 305."""
        planner, referral_id, today = self._planner(), self._id, self.traveller.today
        view = await self._persist("look", lambda: planner.referral(referral_id))
        started_on = view.starts_on or today
        self._started_on, self._number = started_on, view.allocation_number
        care = view.assignment
        if view.allocation_number is not None and view.ends_on is not None:
            place, number = self.journey.place, view.allocation_number
            self._care = Delivered(
                place.municipality, view.provider, care.law, number, care.total_units, started_on, view.ends_on
            )
        if self.journey.by_message and view.allocation_number is not None:
            message = self._letters.start(
                self.journey.place.municipality,
                self._provider,
                self.journey.client,
                today,
                started_on,
                view.allocation_number,
                view.starts_on,
            )
            await self._send("start", message)
            return
        await self._command("start", lambda key: planner.report_start(referral_id, started_on, idempotency_key=key))

    async def stop(self) -> None:
        """By form from the planner, or by 307."""
        planner, referral_id, today = self._planner(), self._id, self.traveller.today
        started_on, number = self._started_on or today, self._number
        if self.journey.by_message and number is not None:
            past = PastTrajectory(
                municipality=self.journey.place.municipality,
                number=number,
                provider=self._provider,
                person=self.journey.client,
                referrer=Referrer.MUNICIPALITY,
                granted_on=today,
                starts_on=started_on,
                ends_on=today,
                volume=1,
                started_on=started_on,
            )
            await self._send("stop", self._letters.stop(past, today))
            return
        reason = StopReason.AS_PLANNED
        await self._command("stop", lambda key: planner.report_stop(referral_id, today, reason, idempotency_key=key))

    @property
    def care(self) -> Delivered | None:
        """What there is to declare, once care began."""
        return self._care

    # --- how a command is given

    @property
    def _id(self) -> UUID:
        if self.journey.referral_id is None:
            raise RuntimeError("a journey begins with a request")
        return self.journey.referral_id

    def _worker(self) -> ReferralClient:
        party = f"municipality:{self.journey.place.municipality}"
        return self.traveller.access.client(ReferralClient, "referral", party, Role.ACCESS_WORKER)

    def _planner(self, role: Role = Role.PLANNER) -> ReferralClient:
        return self.traveller.access.client(ReferralClient, "referral", f"provider:{self._provider.agb}", role)

    async def _send(self, step: str, message: bytes) -> MessageView:
        sender = self._planner(Role.PROVIDER_ADMINISTRATOR)
        answer = await self._command(step, lambda key: sender.send_message(message, idempotency_key=key), message=True)
        if not answer.accepted:
            raise GivenUp(f"{answer.kind} refused at level {answer.level}: {' '.join(answer.return_codes)}")
        self.journey.accepted.append(step)
        return answer

    async def _command(self, step: str, give: Callable[[str], Awaitable[T]], *, message: bool = False) -> T:
        answer = await self.traveller.give(step, f"{self.journey.number}/{step}", give)
        if not message:
            self.journey.accepted.append(step)
        return answer

    async def _persist(self, what: str, call: Callable[[], Awaitable[T]]) -> T:
        return await self.traveller.persist(what, call)
