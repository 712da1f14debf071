"""What a process measures, for Prometheus. Labels are names of our own making: never an identifier of a person."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

REGISTRY = CollectorRegistry(auto_describe=True)
"""This process's own registry; the library's global one stays empty."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

HTTP_REQUEST_SECONDS = Histogram(
    "samenspel_http_request_seconds",
    "Time to answer a request, by route template.",
    ("service", "method", "route", "status"),
    buckets=_SECONDS,
    registry=REGISTRY,
)
COMMANDS = Counter(
    "samenspel_commands",
    "Commands carried out, by outcome: done, refused (a problem for the caller) or failed.",
    ("service", "command", "outcome"),
    registry=REGISTRY,
)
LOG_HEAD = Gauge(
    "samenspel_event_log_head",
    "Last sequence in the event log.",
    ("service", "partition"),
    registry=REGISTRY,
)
RELAY_LAG = Gauge(
    "samenspel_relay_lag",
    "Events in the log that are not yet acknowledged by Kafka.",
    ("service", "partition"),
    registry=REGISTRY,
)
RELAY_PUBLISHED = Counter("samenspel_relay_published", "Events acknowledged by Kafka.", ("service",), registry=REGISTRY)
RELAY_FAILURES = Counter(
    "samenspel_relay_failures", "Deliveries that failed and were started over.", ("service",), registry=REGISTRY
)
CONSUMER_LAG = Gauge(
    "samenspel_consumer_lag",
    "Events published by a source that a consumer group has not applied yet.",
    ("group", "source", "partition"),
    registry=REGISTRY,
)
CONSUMER_APPLIED = Counter(
    "samenspel_consumer_applied", "Events applied to a read model.", ("group", "source"), registry=REGISTRY
)
CONSUMER_GAPS = Counter(
    "samenspel_consumer_gaps",
    "Times that an event was missing, so that nothing was applied and a refill was asked.",
    ("group", "source"),
    registry=REGISTRY,
)
EVENT_DELAY_SECONDS = Histogram(
    "samenspel_event_delay_seconds",
    "Time from Kafka to the read model, of the oldest event of each batch.",
    ("group", "source"),
    buckets=_SECONDS,
    registry=REGISTRY,
)
DEAD_LETTERS = Gauge(
    "samenspel_dead_letters", "Events parked and not yet resolved.", ("group", "source"), registry=REGISTRY
)
WORKFLOW_BACKLOG = Gauge(
    "samenspel_workflow_backlog",
    "Tasks waiting for a worker, by kind: workflow or activity.",
    ("queue", "kind"),
    registry=REGISTRY,
)
WORKFLOW_SIGNALS_DROPPED = Counter(
    "samenspel_workflow_signals_dropped",
    "Events for a workflow that was already closed.",
    ("source",),
    registry=REGISTRY,
)


def render() -> bytes:
    """The measurements in the Prometheus text format (``CONTENT_TYPE``)."""
    return generate_latest(REGISTRY)
