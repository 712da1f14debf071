"""Traces: one W3C trace context from a person's click through commands, events and workflows.

Spans always exist, so that every event carries a ``traceparent``; they leave the process only when
``OTEL_EXPORTER_OTLP_ENDPOINT`` is set. Exception messages are never recorded: they might say something about a person.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, DEFAULT_ON
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("samenspel")


def configure(service: str, endpoint: str | None = None) -> None:
    """Set up tracing once per process; later calls change nothing. ``endpoint``: OTLP over HTTP, without a path."""
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return
    # What nobody collects is not recorded; its context goes along all the same.
    sampler = DEFAULT_ON if endpoint else ALWAYS_OFF
    provider = TracerProvider(sampler, Resource.create({"service.name": f"samenspel-{service}"}))
    if endpoint:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")))
    trace.set_tracer_provider(provider)


def shutdown() -> None:
    """Send what is left. Call at the end of a process."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.shutdown()


def current_traceparent() -> str | None:
    """The W3C ``traceparent`` of the span that runs now; ``None`` outside any span."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


@contextmanager
def span(
    name: str,
    traceparent: str | None = None,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    **attributes: AttributeValue,
) -> Iterator[Span]:
    """Run a block as a span, under ``traceparent`` when given (ignored when malformed), else under the current one.

    Attributes must not say anything about a person. An exception marks the span failed, by its type only.
    """
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    with _tracer.start_as_current_span(
        name, context=parent, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except Exception as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise
