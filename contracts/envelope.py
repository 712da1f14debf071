"""CloudEvents 1.0 in the NL GOV profile 1.1 <-> Kafka record or JSON.

Kafka carries binary mode (``ce_`` headers, the data alone as value); webhooks and the events API carry structured
mode. ``id`` is the persistent place in the log (partition and sequence), so that it is the same however often
an event is published; ``time`` is when it was logged; ``subject`` is the aggregate's opaque id.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contracts.topics import BY_SERVICE, BY_SOURCE

CONTENT_TYPE = "application/json"
MAX_DATA_BYTES = 64 * 1024
SEQUENCE_DIGITS = 19

Header = tuple[str, str | bytes | None]


class NotAnEvent(ValueError):
    """A record that is not one of our CloudEvents; the message says which attribute is wrong."""


@dataclass(frozen=True, slots=True)
class Envelope:
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
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def to_headers(envelope: Envelope) -> list[Header]:
    """Kafka headers of binary mode."""
    headers: list[Header] = [(f"ce_{name}", value.encode()) for name, value in envelope.attributes.items()]
    headers.append(("content-type", CONTENT_TYPE.encode()))
    return headers


def _text(raw: str | bytes) -> str:
    return raw if isinstance(raw, str) else raw.decode()


def from_record(headers: Iterable[Header] | dict[str, str | bytes | None] | None, value: bytes | None) -> Envelope:
    """The envelope of a Kafka record in binary mode.

    Raises ``NotAnEvent`` when a required attribute is missing or malformed.
    """
    pairs = headers.items() if isinstance(headers, dict) else headers or ()
    found = {name[3:]: _text(raw) for name, raw in pairs if name.startswith("ce_") and raw is not None}
    try:
        partition, _, _ = found["id"].partition("-")
        return Envelope(
            service=BY_SOURCE[found["source"]].service,
            partition=int(partition),
            sequence=int(found["sequence"]),
            key=found["partitionkey"],
            type=found["type"],
            time=datetime.fromisoformat(found["time"]),
            data=value or b"",
            traceparent=found.get("traceparent"),
        )
    except (KeyError, ValueError) as error:
        raise NotAnEvent(f"not a Samenspel CloudEvent: {error!r}") from error


def to_structured(envelope: Envelope, data: Any) -> dict[str, Any]:
    """Structured mode: one JSON object with the attributes and the (already decoded) data."""
    return {**envelope.attributes, "datacontenttype": CONTENT_TYPE, "data": data}


def murmur2(data: bytes) -> int:
    """Kafka's default key hash (32 bits, signed as Java does); keeps a key on one partition for any producer."""
    mask = 0xFFFFFFFF
    length = len(data)
    m = 0x5BD1E995
    h = (0x9747B28C ^ length) & mask
    for start in range(0, length & ~3, 4):
        k = int.from_bytes(data[start : start + 4], "little")
        k = (k * m) & mask
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


def partition_of(key: str, partitions: int) -> int:
    """The partition of a key: what Kafka's own default partitioner would choose."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def partitions_of(keys: Sequence[str], partitions: int) -> list[int]:
    """``partition_of`` for many keys."""
    return [partition_of(key, partitions) for key in keys]
