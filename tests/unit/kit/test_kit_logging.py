"""Nothing about a person reaches a log, a span or a metric."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import TracerProvider

from services.kit import tracing
from services.kit.logging import REMOVED, configure, get_logger, passes_eleven_test, redact, without_personal_data
from services.kit.tracing import configure as configure_tracing
from services.kit.tracing import current_traceparent, span

BSN = "999900006"


@pytest.fixture
def lines() -> Iterator[Any]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure("council", "info", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_is_one_object(lines: Any) -> None:
    get_logger("relay").info("published", events=12, partition=3)
    get_logger("relay").debug("too quiet")
    (line,) = lines()
    expected = {"service": "council", "part": "relay", "event": "published", "events": 12, "level": "info"}
    assert {name: line[name] for name in expected} == expected
    assert line["timestamp"].endswith("Z")


def test_values_under_a_persons_keys_are_removed(lines: Any) -> None:
    get_logger("x").warning("w", bsn=BSN, firstName="Jan", thing={"postal-code": "6511", "sizes": [1, 2]})
    (line,) = lines()
    assert line["refused"] == ["bsn", "firstName"]
    assert line["bsn"] == line["firstName"] == line["thing"]["postal-code"] == REMOVED
    assert line["thing"]["sizes"] == [1, 2]


def test_numbers_of_persons_are_blanked_everywhere(lines: Any) -> None:
    logging.getLogger("library").error("row %s of %s", BSN, int(BSN))
    try:
        raise ValueError(f"duplicate key ({BSN})")
    except ValueError:
        get_logger("x").exception(f"failed for {BSN[:3]}.{BSN[3:6]}.{BSN[6:]}", rows=[{"a": int(BSN)}], **{BSN: "key"})
    text = json.dumps(lines())
    assert BSN not in text
    assert "999.900" not in text
    failed = lines()[1]
    assert failed["error"] == "ValueError"
    assert "test_numbers_of_persons" in failed["error_at"][-1]


@given(st.integers(0, 999_999_999).map("{:09d}".format), st.text("ab 0.-", max_size=5))
def test_redaction_follows_the_eleven_test(number: str, around: str) -> None:
    alone = redact(f"x{number}x")
    assert (number not in alone) == passes_eleven_test(number)
    assert redact(redact(around + number)) == redact(around + number)


@given(st.integers(10**9, 10**18))
def test_longer_numbers_are_left_alone(number: int) -> None:
    assert redact(str(number)) == str(number)
    assert without_personal_data(number) == number


def test_the_test_numbers_pass() -> None:
    assert passes_eleven_test(BSN)
    assert not passes_eleven_test("999900007")
    assert not passes_eleven_test("000000000")


def test_spans_nest_and_tell_their_place() -> None:
    configure_tracing("council")
    configure_tracing("council")
    assert current_traceparent() is None
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with span("outer", parent, size=1):
        outer = current_traceparent()
        with span("inner"):
            inner = current_traceparent()
    assert outer is not None
    assert inner is not None
    assert outer.split("-")[1] == inner.split("-")[1] == parent.split("-")[1]
    assert outer != inner
    with span("begin", "garbage"):
        assert current_traceparent()


def test_a_failed_span_keeps_the_kind_of_error_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_tracer", TracerProvider().get_tracer("somebody collects"))
    with pytest.raises(ValueError, match=BSN), span("work") as failed:
        raise ValueError(BSN)
    assert failed.status.description == "ValueError"  # type: ignore[attr-defined]
    assert not failed.events  # type: ignore[attr-defined]
