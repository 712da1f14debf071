"""CloudEvents 1.0 in the NL GOV profile 1.1 <-> Kafka record or JSON.

Kafka carries binary mode (``ce_`` headers, the data alone as value); webhooks and the events API carry structured
mode. ``id`` is the persistent place in the log (partition and sequence), so that it is the same however often
an event is published; ``time`` is when it was logged; ``subject`` is the aggregate's opaque id.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from struct import unpack_from
from typing import Any, NamedTuple

from contracts.topics import BY_SERVICE

CONTENT_TYPE = "application/json"
MAX_DATA_BYTES = 64 * 1024
SEQUENCE_DIGITS = 19

Header = tuple[str, str | bytes | None]


class NotAnEvent(ValueError):
    """A record that is not one of our CloudEvents; the message says which attribute is wrong."""


class Envelope(NamedTuple):
    """An event in its log: where it stands, what it is about, and its data as JSON bytes.

    ``partition`` and ``sequence`` are its place in the log of ``service``; ``time`` is UTC; ``traceparent`` is W3C.
    """

    service: str
    partition: int
    sequence: int
    key: str
    type: str
    time: datetime
    data: bytes
    traceparent: str | None = None

    @property
    def id(self) -> str:
        return f"{self.partition}-{self.sequence}"

    @property
    def attributes(self) -> dict[str, str]:
        """The CloudEvents context attributes, all as text."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": BY_SERVICE[self.service].source,
            "type": self.type,
            "subject": self.key,
            "time": format_time(self.time),
            "sequence": f"{self.sequence:0{SEQUENCE_DIGITS}d}",
            "partitionkey": self.key,
            **({"traceparent": self.traceparent} if self.traceparent else {}),
        }


def format_time(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    return f"{instant.isoformat('T', 'microseconds')[:-6]}Z"


def to_headers(envelope: Envelope) -> list[Header]:
    """Kafka headers of binary mode."""
    return headers_of(
        envelope.service,
        envelope.partition,
        envelope.sequence,
        envelope.key.encode(),
        envelope.type,
        envelope.time,
        envelope.traceparent,
    )


def headers_of(
    service: str, partition: int, sequence: int, subject: bytes, type_: str, time: datetime, traceparent: str | None
) -> list[Header]:
    """Kafka headers of binary mode for an event that is not in an envelope: the relay makes thousands a second."""
    headers: list[Header] = [
        _SPECVERSION,
        ("ce_id", b"%d-%d" % (partition, sequence)),
        _SOURCES[service],
        _type_header(type_),
        ("ce_subject", subject),
        _time_header(time),
        ("ce_sequence", b"%0*d" % (SEQUENCE_DIGITS, sequence)),
        ("ce_partitionkey", subject),
        _CONTENT_TYPE,
    ]
    if traceparent:
        headers.append(("ce_traceparent", traceparent.encode()))
    return headers


@lru_cache(maxsize=1_000)
def _type_header(type_: str) -> Header:
    return "ce_type", type_.encode()


@lru_cache(maxsize=1_000)
def _time_header(time: datetime) -> Header:
    """Events of one transaction have one time: those of a batch of messages are hundreds."""
    return "ce_time", format_time(time).encode()


_SPECVERSION: Header = ("ce_specversion", b"1.0")
_CONTENT_TYPE: Header = ("content-type", CONTENT_TYPE.encode())
_SOURCES: dict[str, Header] = {name: ("ce_source", topic.source.encode()) for name, topic in BY_SERVICE.items()}
_SERVICES: dict[bytes, str] = {topic.source.encode(): topic.service for topic in BY_SERVICE.values()}


def from_record(headers: Iterable[Header] | dict[str, str | bytes | None] | None, value: bytes | None) -> Envelope:
    """The envelope of a Kafka record in binary mode.

    Raises ``NotAnEvent`` when a required attribute is missing or malformed.
    """
    found: dict[str, Any] = dict(headers or ())
    try:
        trace = found.get("ce_traceparent")
        return Envelope(
            _SERVICES[found["ce_source"]],
            int(found["ce_id"].partition(b"-")[0]),
            int(found["ce_sequence"]),
            found["ce_partitionkey"].decode(),
            found["ce_type"].decode(),
            datetime.fromisoformat(found["ce_time"].decode()),
            value or b"",
            trace and trace.decode(),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise NotAnEvent(f"not a Samenspel CloudEvent: {error!r}") from error


def to_structured(envelope: Envelope, data: Any) -> dict[str, Any]:
    """Structured mode: one JSON object with the attributes and the (already decoded) data."""
    return {**envelope.attributes, "datacontenttype": CONTENT_TYPE, "data": data}


def murmur2(data: bytes) -> int:
    """Kafka's default key hash, as 32 bits without a sign; keeps a key on one partition for any producer."""
    mask = 0xFFFFFFFF
    length = len(data)
    m = 0x5BD1E995
    h = (0x9747B28C ^ length) & mask
    for word in unpack_from(f"<{length >> 2}I", data):
        k = (word * m) & mask
        k ^= k >> 24
        k = (k * m) & mask
        h = ((h * m) & mask) ^ k
    tail = data[length & ~3 :]
    if tail:
        h ^= int.from_bytes(tail, "little")
        h = (h * m) & mask
    h ^= h >> 13
    h = (h * m) & mask
    return h ^ (h >> 15)


@lru_cache(maxsize=10_000)
def partition_of(key: str, partitions: int) -> int:
    """The partition of a key: what Kafka's own default partitioner would choose. Events come several to a key."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def partitions_of(keys: Sequence[str], partitions: int) -> list[int]:
    """``partition_of`` for many keys."""
    return [partition_of(key, partitions) for key in keys]
