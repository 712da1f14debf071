"""The conductor: turns events into workflow starts and signals, in parallel across workflows, in order within one.

What it did to Temporal may be done twice (its position is stored afterwards): a start with the same id is refused by
Temporal, a signal with a known sequence by the workflow.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from contracts.topics import COMMISSIONING, MONITORING, REFERRAL
from services.kit import logging, metrics, tracing
from services.kit.consumer import EventConsumer
from services.kit.database import Database
from services.kit.health import health_app
from services.kit.process import background, run_process, serve
from services.kit.projections import Projection, Received
from services.kit.unit import Unit
from workflows.business import Fact, Progress
from workflows.connection import connect
from workflows.routes import ROUTES, TASK_QUEUE, WORKFLOWS, Route
from workflows.settings import ConductorSettings

log = structlog.get_logger(__name__)

AT_ONCE = 24
"""Workflows that are started or signalled at the same time."""
RPC_TIMEOUT = timedelta(seconds=10)


def fact_of(event: Received) -> Fact:
    """The signal that carries an event into its workflow."""
    if event.data is None:
        raise ValueError(f"{event.type} is not known here")
    return Fact(event.source, event.key, event.sequence, event.type, event.data.model_dump(mode="json", by_alias=True))


class Conductor(Projection):
    """A consumer like any other; its read model is the set of running workflows."""

    group = "workflows-conductor"
    sources = (COMMISSIONING, REFERRAL, MONITORING)
    tables = ()

    def __init__(self, client: Client, *, task_queue: str = TASK_QUEUE) -> None:
        self._client = client
        self._task_queue = task_queue

    async def apply(self, unit: Unit, events: Sequence[Received]) -> None:
        """Start and signal the workflows that a batch is about; facts before their opening event are kept for it."""
        by_workflow: dict[str, list[tuple[Route, Received]]] = {}
        for event in events:
            for route in ROUTES.get(type(event.data), ()) if event.data is not None else ():
                if event.data is not None and route.only_if(event.data):
                    by_workflow.setdefault(route.workflow_id(event.data), []).append((route, event))
        if not by_workflow:
            return
        started = await self._lock_and_look(unit, sorted(by_workflow))
        progress = Progress(offset_seconds=await unit.conn.fetchval(_OFFSET))
        limit = asyncio.Semaphore(AT_ONCE)

        async def conduct(workflow_id: str) -> None:
            async with limit:
                await self._conduct(workflow_id, by_workflow[workflow_id], workflow_id in started, early, progress)

        early = await self._early_facts(unit, by_workflow)
        async with asyncio.TaskGroup() as group:
            for workflow_id in by_workflow:
                if workflow_id in started or self._opening(by_workflow[workflow_id]):
                    group.create_task(conduct(workflow_id))
        await self._remember(unit, by_workflow, started)

    async def _lock_and_look(self, unit: Unit, workflow_ids: Sequence[str]) -> set[str]:
        """The ids that were started before; the others are locked, so that no fact slips past their opening."""
        started = await self._started(unit, workflow_ids)
        unknown = [workflow_id for workflow_id in workflow_ids if workflow_id not in started]
        if unknown:
            await unit.conn.execute(
                """select pg_advisory_xact_lock(id)
                   from (select distinct hashtextextended(name, 0) as id from unnest($1::text[]) name order by 1) x""",
                unknown,
            )
            started |= await self._started(unit, unknown)
        return started

    @staticmethod
    async def _started(unit: Unit, workflow_ids: Sequence[str]) -> set[str]:
        rows = await unit.conn.fetch(
            "select workflow_id from workflow_started where workflow_id = any($1::text[])", list(workflow_ids)
        )
        return {row["workflow_id"] for row in rows}

    @staticmethod
    def _opening(events: Sequence[tuple[Route, Received]]) -> Received | None:
        return next((event for route, event in events if route.opens is not None), None)

    async def _early_facts(
        self, unit: Unit, by_workflow: dict[str, list[tuple[Route, Received]]]
    ) -> dict[str, list[Fact]]:
        opening = [workflow_id for workflow_id, events in by_workflow.items() if self._opening(events)]
        rows = await unit.conn.fetch(
            """delete from early_fact where workflow_id = any($1::text[]) returning workflow_id, fact""", opening
        )
        early: dict[str, list[Fact]] = {}
        for row in rows:
            early.setdefault(row["workflow_id"], []).append(Fact(**row["fact"]))
        return early

    async def _conduct(
        self,
        workflow_id: str,
        events: Sequence[tuple[Route, Received]],
        started: bool,
        early: dict[str, list[Fact]],
        progress: Progress,
    ) -> None:
        for route, event in events:
            with tracing.span("conduct", event.traceparent, event_type=event.type):
                if route.opens is not None and not started:
                    await self._start(workflow_id, route, event, progress)
                    started = True
                    for fact in sorted(early.get(workflow_id, []), key=lambda fact: (fact.source, fact.sequence)):
                        await self._signal(workflow_id, fact)
                else:
                    await self._signal(workflow_id, fact_of(event))

    async def _start(self, workflow_id: str, route: Route, event: Received, progress: Progress) -> None:
        if route.opens is None:
            raise ValueError(f"{event.type} does not open a workflow")
        try:
            await self._client.start_workflow(
                WORKFLOWS[route.prefix].run,
                args=[route.opens(event.data, progress), fact_of(event)],
                id=workflow_id,
                task_queue=self._task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                rpc_timeout=RPC_TIMEOUT,
            )
        except WorkflowAlreadyStartedError:
            log.info("workflow_was_started", workflow_id=workflow_id)
        except RPCError as error:
            raise ConnectionError(f"Temporal: {error.status.name}") from error

    async def _signal(self, workflow_id: str, fact: Fact) -> None:
        try:
            await self._client.get_workflow_handle(workflow_id).signal("fact", fact, rpc_timeout=RPC_TIMEOUT)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise ConnectionError(f"Temporal: {error.status.name}") from error
            metrics.WORKFLOW_SIGNALS_DROPPED.labels(fact.source).inc()

    async def _remember(
        self, unit: Unit, by_workflow: dict[str, list[tuple[Route, Received]]], started: set[str]
    ) -> None:
        opened, waiting = [], []
        for workflow_id, events in by_workflow.items():
            if workflow_id in started:
                continue
            opening = self._opening(events)
            if opening is not None:
                opened.append((workflow_id, opening.type, opening.time))
            else:
                waiting += [
                    (workflow_id, event.source, event.key, event.sequence, vars(fact_of(event))) for _, event in events
                ]
        await unit.conn.executemany(
            """insert into workflow_started (workflow_id, opened_by, started_at) values ($1, $2, $3)
               on conflict do nothing""",
            opened,
        )
        await unit.conn.executemany(
            """insert into early_fact (workflow_id, source, subject, sequence, fact) values ($1, $2, $3, $4, $5)
               on conflict do nothing""",
            waiting,
        )


_OFFSET = """select extract(epoch from "offset")::float8 from clock.business_clock"""


async def run() -> None:
    """Run the conductor until told to stop."""
    settings = ConductorSettings.load(service="workflows")
    logging.configure("conductor", settings.log_level)
    tracing.configure("conductor", settings.otel_exporter_otlp_endpoint)
    client = await connect(settings)
    database = await Database.open(settings.database_url.get_secret_value(), "workflows")
    async with database:
        consumer = EventConsumer(
            database,
            Conductor(client),
            settings.kafka_bootstrap_servers,
            classic=settings.kafka_group_protocol == "classic",
        )

        async def temporal_answers() -> None:
            if not await client.service_client.check_health():
                raise ConnectionError("Temporal does not answer")

        async with background(consumer.run()):
            await serve(health_app({"database": database.ready, "temporal": temporal_answers}), settings)


if __name__ == "__main__":
    sys.exit(run_process("conductor", run))
