"""The demonstration from beginning to end: founding, history, four live weeks, figures before the council."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx
from temporalio.client import Client

from contracts.events.referral import Referrer
from deploy.demo import council_story, history, setting
from deploy.demo.agenda import Agenda, office_moment
from deploy.demo.cast import Cast
from deploy.demo.clock import BusinessClock
from deploy.demo.declaring import Sending, declarations
from deploy.demo.live import Live, MessageRefused
from deploy.demo.loop import Evidence, examine, unhealthy_workflows
from deploy.demo.people import LIVE, person
from deploy.demo.region import MUNICIPALITIES, NOORDSTER, PROVIDERS, REGION_ID, REIGER, DemoProvider
from deploy.demo.streams import groups
from deploy.local.program import Report
from deploy.local.supervisor import Stack
from services.commissioning.client import SpendingRoom
from services.kit.http import network
from workflows.connection import connect
from workflows.settings import WorkflowSettings

LIVE_DAYS = 28
ROUNDS = ("2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07")
"""Months for which outcomes are asked; the last is the one that runs live."""
WARNING_PERCENT = 70
DECLARE_AT_ONCE = 2
"""How many declarations are under way together."""
TIMEOUT_SECONDS = 120.0


@dataclass
class Played:
    """What came of it: the links with their evidence, the figures per municipality, and how long each part took."""

    links: list[Evidence]
    figures: list[council_story.CouncilFigures]
    euros: dict[str, int]
    spent: dict[str, int]
    failed_workflows: list[str]
    requests: int
    messages: int
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def as_json(self) -> dict[str, Any]:
        """Everything, for ``demo.json``."""
        return {
            "ok": not self.problems,
            "problems": self.problems,
            "links": [one.as_json for one in self.links],
            "councils": [
                {
                    "municipality": one.code,
                    "name": one.name,
                    "figures": [figure.model_dump(mode="json", by_alias=True) for figure in one.figures],
                }
                for one in self.figures
            ],
            "committedCents": self.euros,
            "spentCents": self.spent,
            "requests": self.requests,
            "messages": self.messages,
            "seconds": self.seconds,
        }

    @property
    def problems(self) -> list[str]:
        """What does not hold; empty when the loop is whole."""
        found = [f"{one.link.step}: {one.missing}" for one in self.links if one.missing]
        found += [
            f"the council of {one.name} sees {one.shown} figures over a rolling year, not five"
            for one in self.figures
            if one.shown < council_story.ENOUGH
        ]
        found += [f"workflow {workflow_id} failed" for workflow_id in self.failed_workflows]
        if not self.euros:
            found.append("no spending room is shown to the contract manager")
        found += [f"nothing is shown as spent with {name}" for name in self.euros if not self.spent.get(name)]
        return found


class Stopwatch:
    """How long each part took, told as it goes."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.seconds: dict[str, float] = {}

    async def part(self, name: str, work: Awaitable[object]) -> object:
        """Do ``work`` and tell how long it took."""
        self._report("demo", f"{name} …")
        began = time.monotonic()
        result = await work
        self.seconds[name] = round(time.monotonic() - began, 2)
        self._report("demo", f"{name}: {self.seconds[name]:.1f} s")
        return result


@asynccontextmanager
async def theatre(stack: Stack) -> AsyncIterator[tuple[Cast, BusinessClock, Client]]:
    """The cast, the clock and Temporal of a running stack."""
    temporal = await connect(WorkflowSettings.load(stack.environment("worker")))
    async with (
        httpx.AsyncClient(transport=network(), timeout=TIMEOUT_SECONDS) as http,
        BusinessClock.open(stack.admin_url, temporal, groups()) as clock,
    ):
        yield Cast(stack, http), clock, temporal


async def play(stack: Stack, report: Report, *, seed: int = 2026) -> Played:
    """Play everything on a fresh stack. Raises the ``Problem`` of whatever a service refuses."""
    watch = Stopwatch(report)
    async with theatre(stack) as (cast, clock, temporal):
        await clock.move_to(setting.BEGIN)
        await watch.part("region, providers and frames", _found(cast, clock))
        await watch.part("commission and agreements", _commission(cast, clock))
        past = history.trajectories(seed)
        await watch.part(f"history of {len(past)} trajectories", _bring_history(cast, clock, past))
        sent = list(declarations(past, setting.STORY.date(), seed))
        lines = sum(one.lines for one in sent)
        await watch.part(f"{len(sent)} declarations of {lines} lines", _declare(cast, clock, sent))
        await watch.part("70 % of the spending room", _cross_seventy_percent(cast, clock))
        live = await _live(watch, cast, clock, past)
        await watch.part("letter and question", council_story.close(cast, clock))
        await clock.quiet()
        report("demo", "examining every link …")
        rooms = await cast.officer.commissioning.spending_rooms(year=2026)
        return Played(
            links=await examine(clock.connection, temporal),
            figures=await council_story.figures(cast),
            euros=_by_provider(rooms.items, lambda room: room.committed_cents),
            spent=_by_provider(rooms.items, lambda room: room.spent_cents or 0),
            failed_workflows=await unhealthy_workflows(temporal),
            requests=len(live.cases),
            messages=live.messages,
            seconds=watch.seconds,
        )


def _by_provider(rooms: Iterable[SpendingRoom], cents: Callable[[SpendingRoom], int]) -> dict[str, int]:
    """Sums over the agreements of each provider: some have an old and a new one in a year."""
    sums: dict[str, int] = {}
    for room in rooms:
        name = room.provider_name or room.provider
        sums[name] = sums.get(name, 0) + cents(room)
    return sums


async def _found(cast: Cast, clock: BusinessClock) -> None:
    await setting.found_region(cast)
    await council_story.adopt_frames(cast)
    await council_story.schedule_moments(cast)
    await setting.import_agreements(cast)
    await clock.quiet()


async def _commission(cast: Cast, clock: BusinessClock) -> None:
    scenario = await setting.publish_scenario(cast)
    await setting.commission_day_activities(cast, clock, scenario)
    await setting.state_capacities(cast)
    await clock.quiet()
    await clock.advance(setting.STORY)


async def _bring_history(cast: Cast, clock: BusinessClock, past: list[history.PastTrajectory]) -> None:
    for municipality in MUNICIPALITIES:
        content = history.as_csv(one for one in past if one.municipality == municipality.code)
        worker = cast.access_worker(municipality.name).referral
        await worker.import_trajectories(content, idempotency_key=cast.key())
    await clock.quiet()
    for provider in PROVIDERS:
        outcomes = history.outcomes_csv(one for one in past if one.provider is provider)
        monitoring = cast.administrator(provider).monitoring
        await monitoring.import_outcomes(outcomes.encode(), idempotency_key=cast.key())
    await clock.quiet()


async def _declare(cast: Cast, clock: BusinessClock, sent: list[Sending]) -> None:
    """Every provider declares, one message after the other; the municipalities answer each at once."""

    limit = asyncio.Semaphore(DECLARE_AT_ONCE)

    async def provider_declares(provider: DemoProvider) -> None:
        administrator = cast.administrator(provider).referral
        for one in sent:
            if one.provider is not provider:
                continue
            async with limit:
                answer = await administrator.send_message(one.content, idempotency_key=cast.key())
            if not answer.accepted:
                codes = ", ".join(answer.return_codes)
                raise MessageRefused(f"a {answer.kind} of {provider.name} was refused at level {answer.level}: {codes}")

    await asyncio.gather(*(provider_declares(provider) for provider in PROVIDERS))
    await clock.quiet()


async def _cross_seventy_percent(cast: Cast, clock: BusinessClock) -> None:
    """What is imported is brought to just under 70 % of the Reiger's ceiling; four more hours pass it."""
    rooms = await cast.officer.commissioning.spending_rooms(year=2026)
    room = next(room for room in rooms.items if room.provider == REIGER.agb)
    tariff = REIGER.product.tariff_cents
    hours = (REIGER.ceiling_cents * WARNING_PERCENT // 100 - 1 - room.committed_cents) // tariff
    today = setting.STORY.date()
    filler = history.PastTrajectory(
        municipality=MUNICIPALITIES[0].code,
        number=99_999,
        provider=REIGER,
        person=person(LIVE - 1, REIGER.product.law, today),
        referrer=Referrer.MUNICIPALITY,
        granted_on=today - timedelta(days=1),
        starts_on=today,
        ends_on=date(2026, 12, 31),
        volume=hours,
    )
    worker = cast.access_worker(MUNICIPALITIES[0].name).referral
    await worker.import_trajectories(history.as_csv([filler]), idempotency_key=cast.key())
    await clock.quiet()
    live = Live(cast, clock, Agenda())
    await live.allocate_at_once(MUNICIPALITIES[0], REIGER, hours=4)
    await clock.quiet()


async def _live(watch: Stopwatch, cast: Cast, clock: BusinessClock, past: list[history.PastTrajectory]) -> Live:
    begin = await clock.now()
    agenda = Agenda()
    live = Live(cast, clock, agenda)
    live.plan(begin)
    running = [one for one in past if one.started_on is not None and one.stopped_on is None]
    live.plan_stops(running, begin)
    await _plan_rounds(cast, clock, agenda, begin)
    until = begin + timedelta(days=LIVE_DAYS)
    await watch.part(f"four live weeks with {len(live.cases)} requests", agenda.play(clock, until))
    return live


async def _plan_rounds(cast: Cast, clock: BusinessClock, agenda: Agenda, begin: datetime) -> None:
    """Reporting rounds open; providers report in the days after, and Noordster lets the last one pass."""
    chance = random.Random(cast.seed + 3)  # noqa: S311 - a reproducible story, no secret

    def declare(provider: str, round_id: object) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            one = next(each for each in PROVIDERS if each.agb == provider)
            await cast.administrator(one).monitoring.declare_reported(round_id, idempotency_key=cast.key())  # type: ignore[arg-type]

        return act

    for month in ROUNDS:
        opened = await cast.officer.monitoring.open_round(REGION_ID, month, idempotency_key=cast.key())
        for provider in PROVIDERS:
            if month == ROUNDS[-1] and provider is NOORDSTER:
                continue
            moment = begin if month != ROUNDS[-1] else office_moment(begin, chance.randint(1, 4), chance.randrange(3))
            agenda.add(moment, declare(provider.agb, opened.round_id))
    await clock.quiet()
