"""The budget of a year as a picture: what was committed month by month, where it goes, and the ceiling."""

from collections.abc import Sequence
from datetime import date

from fastapi import Request

from services.commissioning.client import SpendingRoom
from services.portal.charts import Chart, charts
from services.portal.components import Column, Row, Table
from services.portal.directing.speech import Speech

MONTHS = 12


def committed_by_month(rooms: Sequence[SpendingRoom], year: int) -> list[int]:
    """What was committed by allocations that begin in each month of the year, in cents."""
    amounts = [0] * MONTHS
    for room in rooms:
        for each in room.months:
            if each.month.startswith(f"{year}-"):
                amounts[int(each.month[5:]) - 1] += each.committed_cents
    return amounts


async def run_rate(
    request: Request, _: Speech, rooms: Sequence[SpendingRoom], year: int, today: date, *, title: str, base: str
) -> Chart | None:
    """The picture with its table and files (at ``base``); none without an agreement that has a ceiling."""
    capped = [room for room in rooms if room.ceiling_cents]
    ceiling = sum(room.ceiling_cents or 0 for room in capped)
    if not capped:
        return None
    labels = [_.fmt.month_short(date(year, month + 1, 1)) for month in range(MONTHS)]
    amounts = committed_by_month(capped, year)
    begun = MONTHS if year < today.year else today.month if year == today.year else 0
    total, sums = 0, list[int]()
    for amount in amounts:
        total += amount
        sums.append(total)
    so_far = sums[begun - 1] if begun else 0
    expected = sum(room.forecast_cents or room.committed_cents for room in capped)
    left = MONTHS - begun
    ahead = [so_far + round((expected - so_far) * (step + 1) / left) for step in range(left)]
    chart = await charts(request).run_rate(
        _.fmt,
        title=title,
        description=_in_words(_, so_far, expected, ceiling, left),
        spent=list(zip(labels[:begun], sums[:begun], strict=True)),
        forecast=list(zip(labels[begun:], ahead, strict=True)),
        ceiling=ceiling,
    )
    columns = [
        Column("month", _("Month"), main=True),
        Column("amount", _("Committed"), "euros_whole"),
        Column("sum", _("Added up"), "euros_whole"),
    ]
    rows = [
        Row(
            {
                "month": label if index < begun else _("%(month)s (expected)", month=label),
                "amount": amounts[index] if index < begun else ahead[index - begun] - (ahead[index - begun - 1]
                                                                                       if index > begun else so_far),
                "sum": sums[index] if index < begun else ahead[index - begun],
            }
        )
        for index, label in enumerate(labels)
    ]  # fmt: skip
    table = Table(title, columns, rows, caption_hidden=True, id="run-rate-table")
    return chart.with_table(table, {form.upper(): f"{base}.{form}" for form in ("csv", "xlsx", "png")})


def _in_words(_: Speech, so_far: int, expected: int, ceiling: int, left: int) -> str:
    committed = _(
        "%(amount)s of %(ceiling)s is committed.",
        amount=_.fmt.euros_short(so_far),
        ceiling=_.fmt.euros_short(ceiling),
    )
    if not left:
        return committed
    if expected > ceiling:
        outlook = _(
            "If it goes on like this, the year ends at %(amount)s, that is %(over)s above the ceiling.",
            amount=_.fmt.euros_short(expected),
            over=_.fmt.euros_short(expected - ceiling),
        )
    else:
        outlook = _("If it goes on like this, the year ends at %(amount)s.", amount=_.fmt.euros_short(expected))
    # An amount in millions ends with a full stop of its own in Dutch.
    return f"{committed} {outlook}".replace("..", ".")
