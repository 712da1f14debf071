"""What people are going to do, on the business clock: acts in order of time, between the moments of the workflows."""

import heapq
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from deploy.demo.clock import BusinessClock
from services.kit.working_days import AMSTERDAM, add_working_days, is_working_day

Act = Callable[[], Awaitable[None]]
OFFICE_HOURS = (time(9, 30), time(13, 30), time(16, 0))
"""People act three times a day; so a day has few moments at which to wait for quiet."""


def office_moment(after: datetime, working_days: int, part: int) -> datetime:
    """A moment in office hours, ``working_days`` after ``after``; ``part`` chooses morning, afternoon or end of day."""
    day = after.astimezone(AMSTERDAM).date()
    day = add_working_days(day, working_days) if working_days or not is_working_day(day) else day
    moment = datetime.combine(day, OFFICE_HOURS[part % len(OFFICE_HOURS)], AMSTERDAM)
    return moment if moment > after else moment + timedelta(hours=(after - moment).total_seconds() // 3600 + 1)


@dataclass(order=True)
class _Entry:
    moment: datetime
    order: int
    act: Act = field(compare=False)


class Agenda:
    """Acts of people that are still to come. An act may add others."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._order = itertools.count()

    def add(self, moment: datetime, act: Act) -> None:
        """``act`` happens at ``moment``, or at once when that has passed."""
        heapq.heappush(self._entries, _Entry(moment, next(self._order), act))

    async def play(self, clock: BusinessClock, until: datetime) -> int:
        """Move the clock to ``until`` through every act and every due moment; gives how many acts there were."""
        acts = 0
        while self._entries and self._entries[0].moment <= until:
            moment = self._entries[0].moment
            await clock.advance(moment)
            while self._entries and self._entries[0].moment <= moment:
                await heapq.heappop(self._entries).act()
                acts += 1
            await clock.quiet()
        await clock.advance(until)
        return acts
