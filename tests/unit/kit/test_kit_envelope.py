"""Events as Kafka records: the partition that Kafka itself would choose, and headers that come back as they went."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import (
    Envelope,
    NotAnEvent,
    format_time,
    from_record,
    murmur2,
    partition_of,
    partitions_of,
    to_headers,
    to_structured,
)
from contracts.topics import BY_SERVICE

NOON = datetime(2026, 8, 14, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "hashed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_the_hash_is_that_of_kafka(key, hashed):
    """The vectors of Apache Kafka's own test (``org.apache.kafka.common.utils.UtilsTest``), signed as in Java."""
    assert murmur2(key) == hashed & 0xFFFFFFFF


def test_the_partition_is_that_of_kafkas_default_partitioner():
    assert partition_of("foobar", 8) == (-790332482 & 0x7FFFFFFF) % 8
    assert partitions_of(["foobar", "21"], 8) == [partition_of("foobar", 8), partition_of("21", 8)]


envelopes = st.builds(
    Envelope,
    service=st.sampled_from(sorted(BY_SERVICE)),
    partition=st.integers(0, 7),
    sequence=st.integers(1, 2**62),
    key=st.text(min_size=1, max_size=80).filter(str.isprintable),
    type=st.from_regex(r"nl\.samenspel\.[a-z]+\.[a-z-]+\.v[1-9]", fullmatch=True),
    time=st.datetimes(timezones=st.just(UTC)),
    data=st.binary(min_size=1, max_size=200),
    traceparent=st.none() | st.from_regex(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]", fullmatch=True),
)


@given(envelopes)
def test_a_record_gives_back_the_envelope_it_was_made_of(envelope):
    assert from_record(to_headers(envelope), envelope.data) == envelope


@given(envelopes)
def test_headers_and_structured_mode_say_the_same(envelope):
    headers = {name: value.decode() for name, value in to_headers(envelope)}
    assert headers.pop("content-type") == "application/json"
    structured = to_structured(envelope, {})
    assert headers == {f"ce_{name}": structured[name] for name in envelope.attributes}
    assert int(headers["ce_sequence"]) == envelope.sequence
    assert len(headers["ce_sequence"]) == 19  # so that text sorts as numbers do


def test_time_is_utc_whatever_the_zone():
    amsterdam = timezone(timedelta(hours=2))
    assert format_time(datetime(2026, 8, 14, 12, tzinfo=amsterdam)) == "2026-08-14T10:00:00.000000Z"
    assert format_time(NOON) == "2026-08-14T10:00:00.000000Z"


RECORD = dict(to_headers(Envelope("referral", 3, 42, "key", "nl.samenspel.x.y.v1", NOON, b"{}")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"ce_id": None},
        {"ce_id": b"three-42"},
        {"ce_sequence": b"many"},
        {"ce_source": b"urn:nld:oin:1:systeem:another"},
        {"ce_time": b"yesterday"},
        {"ce_type": b"\xff"},
        {"ce_partitionkey": "text instead of bytes"},
    ],
)
def test_what_is_no_event_of_ours_is_told_so(wrong):
    with pytest.raises(NotAnEvent):
        from_record(list({**RECORD, **wrong}.items()), b"{}")


def test_a_record_without_headers_is_no_event():
    with pytest.raises(NotAnEvent):
        from_record(None, b"{}")


def test_a_record_without_a_value_has_no_data():
    assert from_record(list(RECORD.items()), None).data == b""
