"""The portal shows business time, as the services tell it, and never jumps when one of them is away."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.portal.business_clock import BusinessClock

MACHINE = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORY = datetime(2026, 8, 14, 7, tzinfo=UTC)


class Services:
    """Answers for three services; what each says may be changed."""

    def __init__(self) -> None:
        self.said: dict[str, httpx.Response | Exception] = {}
        self.asked: list[str] = []

    def tell(self, host: str, now: datetime) -> None:
        self.said[host] = httpx.Response(200, json={"now": now.isoformat()})

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/clock"
        self.asked.append(request.url.host)
        answer = self.said.get(request.url.host, httpx.ConnectError("away"))
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, content=answer.content)


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
async def clock(services: Services) -> BusinessClock:
    http = httpx.AsyncClient(transport=httpx.MockTransport(services))
    return BusinessClock(http, ("http://first", "http://second", "http://third"), lambda: MACHINE)


async def test_before_anybody_told_it_is_the_time_of_the_machine(clock: BusinessClock) -> None:
    assert clock.now() == MACHINE
    assert not await clock.refresh()
    assert clock.now() == MACHINE


async def test_it_follows_a_clock_that_moves(clock: BusinessClock, services: Services) -> None:
    for moment in (STORY, STORY + timedelta(days=28), MACHINE):
        services.tell("first", moment)
        assert await clock.refresh()
        assert clock.now() == moment
    assert services.asked == ["first"] * 3


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("slow"),
        httpx.Response(503),
        httpx.Response(200, json={"now": "tomorrow"}),
        httpx.Response(200, json={"now": "2026-08-14T07:00:00"}),
        httpx.Response(200, text="<html>"),
    ],
)
async def test_another_service_is_asked_when_one_has_no_answer(
    clock: BusinessClock, services: Services, answer: httpx.Response | Exception
) -> None:
    services.said["first"] = answer
    services.tell("second", STORY)
    assert await clock.refresh()
    assert clock.now() == STORY
    assert services.asked == ["first", "second"]


async def test_the_date_stays_when_all_services_are_away(clock: BusinessClock, services: Services) -> None:
    services.tell("third", STORY)
    await clock.refresh()
    services.said.clear()
    assert not await clock.refresh()
    assert clock.now() == STORY


async def test_the_time_that_an_answer_takes_moves_nothing(clock: BusinessClock, services: Services) -> None:
    services.tell("first", MACHINE + timedelta(milliseconds=120))
    assert await clock.refresh()
    assert clock.now() == MACHINE
