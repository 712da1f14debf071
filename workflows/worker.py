"""The worker: runs the workflows, and carries out their steps as commands of the services."""

import sys

import httpx
from temporalio.client import Client
from temporalio.worker import Worker

from services.commissioning.client import CommissioningClient
from services.kit import logging, tracing
from services.kit.health import health_app
from services.kit.http import ClientCredentials, network
from services.kit.process import background, run_process, serve
from services.kit.settings import SettingsError
from services.monitoring.client import MonitoringClient
from services.referral.client import ReferralClient
from workflows.backlog import measure
from workflows.commissioning.activities import CommissioningSteps
from workflows.connection import connect
from workflows.ends.activities import EndsSteps
from workflows.exchange.activities import ExchangeSteps
from workflows.receipts.activities import ReceiptSteps
from workflows.referral.activities import ReferralSteps
from workflows.reporting.activities import ReportingSteps
from workflows.requests.activities import RequestSteps
from workflows.routes import TASK_QUEUE, WORKFLOWS
from workflows.settings import WorkerSettings

AT_ONCE = 50


def worker(
    temporal: Client,
    referral: ReferralClient,
    commissioning: CommissioningClient,
    monitoring: MonitoringClient,
    *,
    task_queue: str = TASK_QUEUE,
) -> Worker:
    """The worker of every process; its activities act through these clients."""
    journeys, decisions, receipts = ReferralSteps(referral), RequestSteps(referral), ReceiptSteps(referral)
    procedures, rounds = CommissioningSteps(commissioning), ReportingSteps(monitoring)
    return Worker(
        temporal,
        task_queue=task_queue,
        workflows=list(WORKFLOWS.values()),
        activities=[
            journeys.remind,
            journeys.escalate,
            journeys.register_no_answer,
            journeys.offer_to_next_provider,
            journeys.lapse_offers,
            decisions.remind_of_request,
            EndsSteps(referral).promise_ends,
            receipts.miss_receipt,
            procedures.advance,
            procedures.remind_assessment,
            rounds.open_planned_round,
            rounds.remind_round,
            rounds.close_round,
            rounds.publish_round,
            ExchangeSteps(referral).receive_batch_step,
        ],
        max_concurrent_activities=AT_ONCE,
    )


async def run() -> None:
    """Run the worker until told to stop."""
    settings = WorkerSettings.load()
    logging.configure("worker", settings.log_level)
    tracing.configure("worker", settings.otel_exporter_otlp_endpoint)
    temporal = await connect(settings, lazy=False)
    if settings.oidc_client_id is None:
        raise SettingsError("OIDC_CLIENT_ID is missing: set it to the client that the worker signs in as.")

    async def temporal_answers() -> None:
        if not await temporal.service_client.check_health():
            raise ConnectionError("Temporal does not answer")

    async with httpx.AsyncClient(transport=network(), timeout=20.0) as http:
        token = ClientCredentials(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret(), http)
        running = worker(
            temporal,
            ReferralClient(settings.address_of("referral"), http, token),
            CommissioningClient(settings.address_of("commissioning"), http, token),
            MonitoringClient(settings.address_of("monitoring"), http, token),
        )
        async with background(running.run(), measure(temporal, TASK_QUEUE)):
            await serve(health_app({"temporal": temporal_answers}), settings)


if __name__ == "__main__":
    sys.exit(run_process("worker", run))
