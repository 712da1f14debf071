"""What must hold after every fault, looked up in the engines themselves. Each check gives what is wrong, in words."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from importlib import import_module
from inspect import isabstract
from typing import Any
from uuid import UUID

from confluent_kafka import KafkaException
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from contracts.envelope import from_record
from contracts.topics import TOPICS
from deploy.demo.loop import unhealthy_workflows
from deploy.local.supervisor import Stack
from deploy.simulate.journeys import Journey
from services.kit.projections import Projection
from services.kit.rebuild import rebuild
from tests.faults.exchanging import answered_once
from tests.faults.reading import SCHEMAS, SERVICES, fetch, logs_of, records
from tests.faults.stage import Stage

SETTLE_SECONDS = 30.0
MOST_TOLD = 5
_PREFIX, _SUFFIX = "nl.samenspel.", ".v1"

EVENT_OF_STEP = {
    "request": "referrals.requested",
    "grant": "allocations.granted",
    "refuse": "referrals.refused",
    "accept": "allocations.accepted",
    "decline": "allocations.declined",
    "withdraw": "referrals.withdrawn",
    "start": "deliveries.started",
    "stop": "deliveries.stopped",
}
LEGAL: dict[str | None, set[str]] = {
    None: {"referrals.requested"},
    "referrals.requested": {"allocations.granted", "referrals.refused", "referrals.withdrawn"},
    "allocations.granted": {
        "allocations.accepted",
        "allocations.declined",
        "deliveries.started",
        "referrals.withdrawn",
    },
    "allocations.accepted": {"deliveries.started", "referrals.withdrawn"},
    "allocations.declined": {"allocations.granted", "referrals.withdrawn"},
    "deliveries.started": {"deliveries.stopped"},
    "deliveries.stopped": {"deliveries.started"},
    "referrals.refused": set(),
    "referrals.withdrawn": set(),
}
"""Which event may follow which, in one journey; the others (reminders, escalations) may come anywhere."""
ENDING = {
    "deliveries.started": "started",
    "deliveries.stopped": "started",
    "referrals.refused": "refused",
    "referrals.withdrawn": "withdrawn",
}
"""What the workflow of a journey gives, by the last event of the journey; the others still wait."""


async def check(stage: Stage) -> list[str]:
    """Everything that is wrong; empty when nothing is."""
    url = stage.stack.admin_url
    found = list(_whole(stage))
    found += await dense(url)
    found += await _nothing_parked(url)
    found += await journeys(stage)
    found += await answered_once(stage)
    found += await _numbers(url)
    found += await _workflows(stage)
    found += await _topics_are_whole(stage.stack)
    found += await identical(stage.stack)
    return found


def _whole(stage: Stage) -> Iterator[str]:
    """Every journey went the way it was meant to go: nothing was refused, nothing stayed without an answer."""
    for simulation in stage.simulations:
        if not simulation.whole:
            lost = sum(not journey.finished for journey in simulation.journeys)
            yield f"{lost} of {len(simulation.journeys)} journeys went wrong: {dict(simulation.tally.refused)}"


async def dense(url: str) -> list[str]:
    """Each log holds every number once, up to its head, and the relay published all of it."""

    async def wrong() -> list[str]:
        return [
            f"{service}/{partition}: {log}"
            for (service, partition), log in (await logs_of(url)).items()
            if (log.count, log.first, log.last_stored, log.relayed) != (log.last, 1, log.last, log.last)
        ]

    return await _settled(wrong)


async def _nothing_parked(url: str) -> list[str]:
    query = " union all ".join(f"select '{schema}' as service, error from {schema}.dead_letter" for schema in SCHEMAS)
    return [f"parked in {row['service']}: {row['error'][:200]}" for row in await fetch(url, query)][:MOST_TOLD]


async def journeys(stage: Stage) -> list[str]:
    """Every accepted command left its event, once and in order; and there are no journeys that nobody began."""
    url = stage.stack.admin_url
    events: dict[str, list[str]] = {}
    for row in await fetch(url, "select key, type from referral.event_log order by partition, sequence"):
        kind = row["type"].removeprefix(_PREFIX).removesuffix(_SUFFIX)
        if kind in LEGAL:
            events.setdefault(row["key"], []).append(kind)
    found = []
    for key, kinds in events.items():
        for before, after in zip([None, *kinds], kinds, strict=False):
            if after not in LEGAL[before]:
                found.append(f"referral {key}: {after} after {before}")
    begun = {str(journey.referral_id): journey for simulation in stage.simulations for journey in simulation.begun}
    found += [f"referral {key} was begun by nobody" for key in events.keys() - begun.keys()]
    for key, journey in begun.items():
        expected = expected_events(journey)
        if events.get(key) != expected:
            found.append(f"journey {journey.number}: {expected} was accepted, and the log has {events.get(key)}")
    stored = await fetch(url, "select count(*) as count from referral.referral")
    if stored[0]["count"] != len(begun):
        found.append(f"{len(begun)} journeys were begun, and referral has {stored[0]['count']}")
    return _first(found)


def expected_events(journey: Journey) -> list[str]:
    """The events that the accepted commands of a journey must have left; the workflow offers a declined one again."""
    expected: list[str] = []
    for before, step in zip([None, *journey.accepted], journey.accepted, strict=False):
        if before == "decline" and step != "withdraw":
            expected.append(EVENT_OF_STEP["grant"])
        expected.append(EVENT_OF_STEP[step])
    return expected


async def _numbers(url: str) -> list[str]:
    """No allocation number was given twice in a municipality."""
    rows = await fetch(
        url,
        """select data->>'municipality' as municipality, data->>'allocationNumber' as number, count(*) as count
           from referral.event_log where type = 'nl.samenspel.allocations.granted.v1'
           group by 1, 2 having count(*) > 1""",
    )
    return _first(
        [f"allocation {row['number']} of {row['municipality']} was given {row['count']} times" for row in rows]
    )


async def _workflows(stage: Stage) -> list[str]:
    """The workflow of every journey ended as its journey did, or still waits where that is not over."""
    temporal = await stage.temporal()
    begun = [journey for simulation in stage.simulations for journey in simulation.begun]

    async def wrong() -> list[str]:
        limit = asyncio.Semaphore(16)

        async def look(journey: Journey) -> str:
            async with limit:
                return await _workflow(temporal, journey)

        return [text for text in await asyncio.gather(*(look(journey) for journey in begun)) if text]

    return await _settled(wrong) + [f"workflow {each} failed" for each in await unhealthy_workflows(temporal)]


async def _workflow(temporal: Client, journey: Journey) -> str:
    ending = ENDING.get(expected_events(journey)[-1])
    handle: Any = temporal.get_workflow_handle(f"referral/{UUID(str(journey.referral_id))}")
    try:
        status = (await handle.describe()).status
        if ending is None:
            return "" if status is WorkflowExecutionStatus.RUNNING else f"{handle.id} should wait, and is {status}"
        if status is not WorkflowExecutionStatus.COMPLETED:
            return f"{handle.id} should have ended with {ending}, and is {status}"
        given = await handle.result()
    except RPCError as error:
        return f"{handle.id}: {error.status.name}"
    return "" if given == ending else f"{handle.id} ended with {given} instead of {ending}"


async def _topics_are_whole(stack: Stack) -> list[str]:
    """Kafka holds every event of every log: also what was lost with the broker's data is there again."""
    expected = {
        (service, partition, sequence)
        for (service, partition), log in (await logs_of(stack.admin_url)).items()
        for sequence in range(1, log.last + 1)
    }

    async def wrong() -> list[str]:
        try:
            missing = expected - await asyncio.to_thread(_published, stack.kafka)
        except (KafkaException, TimeoutError) as error:
            return [f"Kafka cannot be read: {error}"]
        return [f"Kafka misses {len(missing)} events, such as {sorted(missing)[:3]}"] if missing else []

    return await _settled(wrong)


def _published(bootstrap: str) -> set[tuple[str, int, int]]:
    """The events that Kafka holds: service, partition and sequence."""
    ours = {topic.name for topic in TOPICS}
    found = set()
    for message in records(bootstrap):
        if message.topic() in ours:
            envelope = from_record(message.headers(), message.value())
            found.add((envelope.service, envelope.partition, envelope.sequence))
    return found


async def identical(stack: Stack) -> list[str]:
    """Every read model is what its rebuild from the logs gives: what ``samenspel events verify`` says."""
    sources = {service: stack.database_url(service) for service in SERVICES}
    found = []
    for service in SERVICES:
        for rebuilt in await rebuild(service, sources[service], projections_of(service), sources):
            if not rebuilt.identical:
                differing = {table.table: table.differing for table in rebuilt.tables if table.differing}
                found.append(f"{rebuilt.group} differs from its rebuild: {differing}")
    return found


def projections_of(service: str) -> list[Projection]:
    """One of each projection of a service."""
    module = import_module(f"services.{service}.projections")
    return [
        kind()
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Projection) and not isabstract(kind)
    ]


async def _settled(wrong: Callable[[], Awaitable[list[str]]]) -> list[str]:
    """What is still wrong after a while: the last step of a workflow or relay may take a moment."""
    give_up_at = time.monotonic() + SETTLE_SECONDS
    while True:
        found = await wrong()
        if not found or time.monotonic() > give_up_at:
            return _first(found)
        await asyncio.sleep(0.2)


def _first(found: Sequence[str]) -> list[str]:
    more = len(found) - MOST_TOLD
    return [*found[:MOST_TOLD], *([f"and {more} more like this"] if more > 0 else [])]
