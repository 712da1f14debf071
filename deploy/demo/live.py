"""Four weeks of live referrals: about a hundred requests by form and by iJw/iWmo 315, answered as people would.

Most go well; some are declined, some wait for an answer that never comes, some start late: so every timer of the
journey fires somewhere. Starts and stops come in as 305 and 307 as often as by form.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from contracts.events.commissioning import Municipality
from contracts.events.referral import DeclineReason, Referrer
from deploy.demo.agenda import Act, Agenda, office_moment
from deploy.demo.cast import Cast
from deploy.demo.chain import Chain
from deploy.demo.clock import BusinessClock
from deploy.demo.history import PastTrajectory
from deploy.demo.people import LIVE, DemoPerson, person
from deploy.demo.region import MUNICIPALITIES, PROVIDERS, DemoProvider
from services.kit.working_days import local_date
from services.referral import bodies
from services.referral.domain.identity import Bsn
from services.referral.domain.journey import Status
from services.referral.domain.person import Address, Person
from services.referral.domain.reasons import RefusalReason
from services.referral.views import MessageView

REQUESTS = 100
BY_MESSAGE = 0.6
STOPS = 24
DAYS = 90
"""Length of a live allocation in days."""
REGION_TOWN = "Nijmegen"


class MessageRefused(Exception):
    """A message of the demonstration was refused: the loop does not hold."""


@dataclass
class Case:
    """One live request: who needs what from whom."""

    number: int
    municipality: Municipality
    provider: DemoProvider
    client: DemoPerson
    by_message: bool
    referral_id: UUID | None = None


@dataclass
class Live:
    """The live part: plans every person's acts on the agenda."""

    cast: Cast
    clock: BusinessClock
    agenda: Agenda
    seed: int = 2026
    cases: list[Case] = field(default_factory=list)
    messages: int = 0
    overtaken: int = 0
    chain: Chain = field(default_factory=Chain)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed + 7)  # noqa: S311 - a reproducible story, no secret

    def plan(self, begin: datetime) -> None:
        """Put the requests and what follows from them on the agenda, from ``begin`` on."""
        chance = self._chance
        for number in range(REQUESTS):
            provider = chance.choices(PROVIDERS, [each.weight + 3 for each in PROVIDERS])[0]
            case = Case(
                number=number,
                municipality=chance.choices(MUNICIPALITIES, [each.inhabitants for each in MUNICIPALITIES])[0],
                provider=provider,
                client=person(LIVE + number, provider.product.law, local_date(begin)),
                by_message=chance.random() < BY_MESSAGE,
            )
            self.cases.append(case)
            moment = office_moment(begin, chance.randint(0, 9), chance.randrange(3))
            self.agenda.add(moment, self._request(case))

    # --- the client asks, through a provider's message or an access worker's form

    def _request(self, case: Case) -> Act:
        async def act() -> None:
            today = local_date(await self.clock.now())
            starts_on = today + timedelta(days=self._chance.randint(3, 12))
            if case.by_message:
                await self._send_315(case, today, starts_on)
            else:
                await self._fill_in_form(case, starts_on)
            await self._plan_decision(case)

        return act

    async def _send_315(self, case: Case, today: date, starts_on: date) -> None:
        message = self.chain.request(
            case.municipality.code,
            case.provider,
            case.client,
            today,
            reference=f"RVN{case.number:05d}",
            starts_on=starts_on,
            ends_on=starts_on + timedelta(days=DAYS),
            volume=self._volume(case),
        )
        answer = await self._send(case.provider, message)
        case.referral_id = answer.referral_ids[0]

    async def _fill_in_form(self, case: Case, starts_on: date) -> None:
        body = self._form(case, starts_on, volume=self._volume(case))
        worker = self.cast.access_worker(case.municipality.name)
        state = await worker.referral.request_allocation(body, idempotency_key=self.cast.key())
        case.referral_id = state.referral_id

    async def allocate_at_once(self, municipality: Municipality, provider: DemoProvider, *, hours: int) -> None:
        """One allocation that is asked for and granted in one sitting, by the access team."""
        case = Case(
            number=REQUESTS,
            municipality=municipality,
            provider=provider,
            client=person(LIVE + REQUESTS, provider.product.law, local_date(await self.clock.now())),
            by_message=False,
        )
        today = local_date(await self.clock.now())
        body = self._form(case, today, volume=hours)
        worker = self.cast.access_worker(municipality.name).referral
        state = await worker.request_allocation(body, idempotency_key=self.cast.key())
        await worker.grant(state.referral_id, idempotency_key=self.cast.key())

    # --- the municipality decides, the provider answers and starts

    async def _plan_decision(self, case: Case) -> None:
        now = await self.clock.now()
        fate = self._chance.random()
        if fate < 0.03:
            return  # nobody decides: the term passes and the access team hears of it
        refuse = fate > 0.97
        self.agenda.add(
            office_moment(now, self._chance.randint(1, 4), self._chance.randrange(3)), self._decide(case, refuse)
        )

    def _decide(self, case: Case, refuse: bool) -> Act:
        async def act() -> None:
            worker = self.cast.access_worker(case.municipality.name).referral
            referral_id = _known(case)
            if refuse:
                await worker.refuse(referral_id, RefusalReason.NOT_SUITABLE, idempotency_key=self.cast.key())
                return
            body = bodies.GrantBody(decision="grant", person=_vault_person(case.client) if case.by_message else None)
            await worker.grant(referral_id, body, idempotency_key=self.cast.key())
            await self._plan_answer(case)

        return act

    async def _plan_answer(self, case: Case) -> None:
        now = await self.clock.now()
        fate = self._chance.random()
        if fate < 0.07:
            self.agenda.add(office_moment(now, 6, 1), self._look_again(case))
            return  # no answer: the next provider is asked when the term has passed
        moment = office_moment(now, self._chance.randint(1, 3), self._chance.randrange(3))
        self.agenda.add(moment, self._answer(case, decline=fate < 0.16))

    def _answer(self, case: Case, *, decline: bool) -> Act:
        async def act() -> None:
            view = await self.cast.player("system").referral.referral(_known(case))
            if view.status is not Status.GRANTED:
                self.overtaken += 1
                return
            provider = next(each for each in PROVIDERS if each.agb == view.provider)
            planner = self.cast.planner(provider).referral
            if decline:
                await planner.decline(_known(case), DeclineReason.NO_ROOM, idempotency_key=self.cast.key())
                self.agenda.add(office_moment(await self.clock.now(), 1, 2), self._look_again(case))
                return
            await planner.accept(_known(case), own_number=f"C{case.number:04d}", idempotency_key=self.cast.key())
            await self._plan_start(case, provider)

        return act

    def _look_again(self, case: Case) -> Act:
        """Whoever was asked next takes it on."""
        return self._answer(case, decline=False)

    async def _plan_start(self, case: Case, provider: DemoProvider) -> None:
        now = await self.clock.now()
        working_days = self._chance.choice((2, 3, 4, 5, 6, 8, 10, 40))
        self.agenda.add(office_moment(now, working_days, self._chance.randrange(3)), self._start(case, provider))

    def _start(self, case: Case, provider: DemoProvider) -> Act:
        async def act() -> None:
            today = local_date(await self.clock.now())
            view = await self.cast.player("system").referral.referral(_known(case))
            started_on = max(today, view.starts_on or today)
            if started_on > today:
                self.agenda.add(office_moment(await self.clock.now(), 2, 0), self._start(case, provider))
                return
            if view.allocation_number is None or self._chance.random() < 0.4:
                planner = self.cast.planner(provider).referral
                await planner.report_start(_known(case), started_on, idempotency_key=self.cast.key())
                return
            message = self.chain.start(
                case.municipality.code, provider, case.client, today, started_on, view.allocation_number, view.starts_on
            )
            await self._send(provider, message)

        return act

    # --- care that ran already stops

    def plan_stops(self, running: list[PastTrajectory], begin: datetime) -> None:
        """Some of the running care of before ends in these weeks, told by 307."""
        for past in self._chance.sample(running, STOPS):
            moment = office_moment(begin, self._chance.randint(1, 18), self._chance.randrange(3))
            self.agenda.add(moment, self._stop(past))

    def _stop(self, past: PastTrajectory) -> Act:
        async def act() -> None:
            today = local_date(await self.clock.now())
            await self._send(past.provider, self.chain.stop(past, today))

        return act

    async def _send(self, provider: DemoProvider, message: bytes) -> MessageView:
        answer = await self.cast.administrator(provider).referral.send_message(message, idempotency_key=self.cast.key())
        self.messages += 1
        if not answer.accepted:
            codes = ", ".join(answer.return_codes)
            raise MessageRefused(f"a {answer.kind} of {provider.name} was refused at level {answer.level}: {codes}")
        return answer

    @staticmethod
    def _form(case: Case, starts_on: date, *, volume: int) -> bodies.RequestBody:
        return bodies.RequestBody(
            municipality=case.municipality.code,
            provider=case.provider.agb,
            person=_vault_person(case.client),
            product_code=case.provider.product.code,
            volume=volume,
            frequency=case.provider.product.frequency,
            referrer=Referrer.MUNICIPALITY,
            desired_start=starts_on,
            desired_end=starts_on + timedelta(days=DAYS),
        )

    def _volume(self, case: Case) -> int:
        return max(2, round(3_500_00 / case.provider.product.tariff_cents * self._chance.uniform(0.5, 1.5) / 4))


def _known(case: Case) -> UUID:
    if case.referral_id is None:
        raise RuntimeError(f"case {case.number} has no referral yet")
    return case.referral_id


def _vault_person(client: DemoPerson) -> Person:
    return Person(
        bsn=Bsn(client.bsn),
        last_name=client.last_name,
        initials=client.initials,
        birth_date=client.birth_date,
        gender=str(client.gender),
        address=Address(
            house_number=client.house_number, postcode=client.postcode, street="Teststraat", town="Nijmegen"
        ),
    )
