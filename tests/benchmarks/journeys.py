"""Workflow: referral journeys from the request until care starts, beside a bare Temporal workflow on the same server.

A journey takes five steps (the decision is late, two providers are reminded to answer, the first declines and the next
is asked, the start is reported late) and hears five facts. The worker is the real process: it carries each step out as
a request, with its access token, to a service that answers at once and does nothing. Each step brings the next fact,
sent encrypted and traced as the conductor does. Not measured: the services, Kafka, and where the conductor had got to.

The bare workflow has as many activities, which write a line to a pipe, and as many signals; all are empty and plain. It
has none of the timers that a journey sets. Its worker has the same settings.
"""

import asyncio
import os
import statistics
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy

from contracts.event import Event
from contracts.events.commissioning import Law, Unit
from contracts.events.referral import (
    AllocationAccepted,
    AllocationDeclined,
    AllocationGranted,
    AllocationRequested,
    Assignment,
    CareStarted,
    Channel,
    DeclineReason,
    Frequency,
    Referrer,
)
from deploy.local.engines.temporal import NAMESPACE, Temporal
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import CODE, PROCESSES, SERVICES, Addresses, OurProgram, environment
from deploy.local.program import Program, Supervised
from services.kit import tracing
from services.kit.projections import Received
from services.referral.domain.journey import Status
from services.referral.views import ReferralState
from tests.benchmarks import bare_journey, peer_dbos, peers
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.measuring import Measure
from workflows.business import Fact, Progress
from workflows.conductor import fact_of
from workflows.connection import connect
from workflows.referral.workflow import Journey, ReferralJourney
from workflows.routes import TASK_QUEUE
from workflows.settings import WorkflowSettings
from workflows.worker import AT_ONCE

JOURNEYS = int(os.environ.get("SAMENSPEL_BENCH_JOURNEYS", "50"))
"""How many are measured each time."""
TOGETHER, ROUNDS = 25, 5
ANSWER_SECONDS = 0.1
"""From a step until the fact that it brings: the step has ended, and the journey waits."""
TIMED = (False, True, False, True, True)
"""Which of its five waits a journey guards by a timer."""
STEPS = len(TIMED)


async def measure(bench: Bench) -> Measure:
    """Journeys a second, beside bare workflows a second with as many at once."""
    tell("workflow")
    async with AsyncExitStack() as running:
        temporal = Temporal(bench.state, _quiet, headless=True)
        await _start(bench, temporal, running)
        bare = await running.enter_async_context(_bare(temporal.address))
        ours = await running.enter_async_context(_ours(bench, temporal.address))
        turns = [[await _rate(once) for once in (bare.plain, ours.once, bare.timed)] for _ in range(ROUNDS + 1)]
    # The first round does not count.
    floor, rate, timed = map(statistics.median, zip(*turns[1:], strict=True))
    ratio = statistics.median(ours / under for under, ours, _ in turns[1:])
    found = {"bare with the timers": timed, "DBOS": await peer_dbos.rate(bench, STEPS, JOURNEYS, TOGETHER)}
    return Measure(
        "referral journeys",
        rate,
        floor,
        ratio,
        "journeys/s",
        JOURNEYS * ROUNDS,
        0.5,
        "Temporal's server, which writes each step, signal and timer to its database; the worker runs beside it",
        {name: peer for name, peer in found.items() if peer},
        (
            f"{STEPS} steps, {STEPS} facts and {sum(TIMED)} timers each, {TOGETHER} at once; the services and Kafka "
            "are not in it",
            *peers.absent("dbos"),
        ),
    )


async def _rate(once: Callable[[], Awaitable[None]]) -> float:
    """How many a second are done, started as others end."""
    waiting = iter(range(JOURNEYS))

    async def one_after_other() -> None:
        for _ in waiting:
            await once()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(TOGETHER):
            group.create_task(one_after_other())
    return JOURNEYS / (time.perf_counter() - began)


class _Later:
    """Does things a moment from now."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def do(self, what: Callable[[], Awaitable[None]]) -> None:
        async def wait() -> None:
            await asyncio.sleep(ANSWER_SECONDS)
            await what()

        task = asyncio.create_task(wait())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Bare:
    """Bare workflows, each told to go on when the worker wrote its line."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._later = _Later()

    async def plain(self) -> None:
        await self._once([False] * STEPS)

    async def timed(self) -> None:
        await self._once(list(TIMED))

    async def _once(self, timed: list[bool]) -> None:
        await self._client.execute_workflow(
            bare_journey.Bare.run, timed, id=str(uuid4()), task_queue=bare_journey.TASK_QUEUE
        )

    async def follow(self, lines: asyncio.StreamReader) -> None:
        async for line in lines:
            handle = self._client.get_workflow_handle(line.decode().strip())
            self._later.do(lambda handle=handle: handle.signal(bare_journey.Bare.tell))  # type: ignore[misc]


@asynccontextmanager
async def _bare(address: str) -> AsyncIterator[_Bare]:
    command = (sys.executable, "-m", bare_journey.__name__, address, str(AT_ONCE))
    worker = await asyncio.create_subprocess_exec(*command, cwd=CODE, stdout=PIPE)
    found = _Bare(await Client.connect(address))
    following = asyncio.create_task(found.follow(worker.stdout)) if worker.stdout else None
    try:
        yield found
    finally:
        if worker.returncode is None:
            worker.terminate()
        await worker.wait()
        if following is not None:
            await following


class _Ours:
    """Journeys, and the service that their steps are asked of."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._later = _Later()
        self._coming: dict[UUID, Iterator[Fact]] = {}
        self._asked: set[bytes] = set()

    async def once(self) -> None:
        """A journey from its request to the start of care."""
        referral_id = uuid4()
        opening, *rest = _facts(referral_id)
        self._coming[referral_id] = iter(rest)
        with tracing.span("conduct", _traceparent()):
            journey = await self._client.start_workflow(
                ReferralJourney.run,
                args=[Journey(str(referral_id), progress=Progress()), opening],
                id=f"referral/{referral_id}",
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
        ending = await journey.result()
        if ending != "started" or next(self._coming.pop(referral_id), None):
            raise RuntimeError(f"a journey of the benchmark ended with {ending}, or before its time")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection: POST /v1/referrals/<id>/<act>."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
                await reader.readexactly(int(headers.get(b"content-length", 0)))
                referral_id = UUID(head.split(b"/", 4)[3].decode())
                key = headers[b"idempotency-key"]
                if key not in self._asked:
                    self._asked.add(key)
                    self._later.do(lambda about=referral_id: self._go_on(about))  # type: ignore[misc]
                state = ReferralState(referral_id=referral_id, status=Status.GRANTED, provider="73730001")
                body = state.model_dump_json(by_alias=True).encode()
                kind = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                writer.write(b"%b%d\r\n\r\n%b" % (kind, len(body), body))
        writer.close()

    async def _go_on(self, referral_id: UUID) -> None:
        with tracing.span("conduct", _traceparent()):
            handle = self._client.get_workflow_handle(f"referral/{referral_id}")
            await handle.signal("fact", next(self._coming[referral_id]))


@asynccontextmanager
async def _ours(bench: Bench, address: str) -> AsyncIterator[_Ours]:
    """The worker as it runs anywhere, against a service in this process."""
    port, service = (free_port(frozenset()) for _ in range(2))
    addresses = Addresses(
        bench.url,
        bench.bootstrap,
        "classic" if bench.classic else "consumer",
        address,
        NAMESPACE,
        bench.issuer,
        {"worker": port, **dict.fromkeys(SERVICES, service)},
    )
    process = next(each for each in PROCESSES if each.name == "worker")
    told = environment(process, addresses, bench.state)
    found = _Ours(
        await connect(
            WorkflowSettings(
                oidc_issuer=bench.issuer, temporal_address=address, workflow_key_file=told["WORKFLOW_KEY_FILE"]
            ),
            lazy=False,
        )
    )
    async with AsyncExitStack() as running:
        server = await asyncio.start_server(found.serve, LOOPBACK, service)
        running.callback(server.close)
        await _start(bench, OurProgram(process, told | {"LOG_LEVEL": "WARNING"}), running)
        yield found


async def _start(bench: Bench, program: Program, running: AsyncExitStack) -> None:
    supervised = Supervised(program, bench.state, _quiet)
    running.push_async_callback(supervised.stop)
    await supervised.start()


def _quiet(_name: str, _message: str) -> None:
    pass


def _traceparent() -> str:
    return f"00-{uuid4().hex}-{uuid4().hex[:16]}-01"


def _facts(referral_id: UUID) -> list[Fact]:
    """What happens in a journey, as the conductor tells it: with terms that ended a minute ago, or end in a month."""
    now = datetime.now(UTC)
    past, later = now - timedelta(minutes=1), now + timedelta(days=30)
    whom: dict[str, Any] = {"referral_id": referral_id, "municipality": "0268", "provider": "73730001"}
    about: dict[str, Any] = {
        "client": uuid4(),
        "assignment": Assignment(
            law=Law.YOUTH,
            product_code="45A04",
            category="45",
            unit=Unit.MINUTE,
            frequency=Frequency.WEEK,
            volume=120,
            total_units=4800,
        ),
        "referrer": Referrer.MUNICIPALITY,
    }
    granted = AllocationGranted(
        **whom,
        **about,
        allocation_number=260001,
        starts_on=now.date(),
        granted_at=now,
        accept_due=later,
        start_due=later,
        remind_accept_at=past,
        remind_start_at=later,
        report_due=later,
        remind_report_at=past,
    )
    elsewhere = whom | {"provider": "73730002"}
    events: list[Event] = [
        AllocationRequested(
            **whom, **about, channel=Channel.FORM, desired_start=now.date(), requested_at=now, decision_due=past
        ),
        granted,
        AllocationDeclined(**whom, allocation_number=260001, reason=DeclineReason.NO_ROOM, declined_at=now),
        granted.model_copy(update={"provider": "73730002", "allocation_number": 260002}),
        AllocationAccepted(**elsewhere, accepted_at=now),
        CareStarted(**elsewhere, client=about["client"], product_code="45A04", started_on=now.date(), reported_at=now),
    ]
    return [
        fact_of(Received("referral", 0, number, str(referral_id), event.type, now, event))
        for number, event in enumerate(events, start=1)
    ]
