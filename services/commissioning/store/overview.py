"""The contract manager's overview: one row per agreement, as a person needs it."""

from datetime import date
from typing import Any
from uuid import UUID

from services.commissioning.domain.spending import forecast
from services.commissioning.store import queries
from services.commissioning.views import SpendingRoom
from services.kit.unit import Connection


async def spending_rooms(
    conn: Connection,
    year: int,
    today: date,
    *,
    agreement_id: UUID | None = None,
    municipality: str | None = None,
) -> list[SpendingRoom]:
    """The spending room of the concluded agreements that hold in ``year`` and that the caller may see."""
    found = queries.spending_rooms(conn, year=year, agreement_id=agreement_id, municipality=municipality)
    return [_room(dict(row), year, today) async for row in found]


def _room(row: dict[str, Any], year: int, today: date) -> SpendingRoom:
    this_month = f"{today:%Y-%m}"
    to_date = sum(month["committedCents"] for month in row["months"] if month["month"] <= this_month)
    ahead = forecast(to_date, year, today) if year <= today.year else None
    ceiling = row["ceiling_cents"]
    return SpendingRoom(
        **row,
        year=year,
        forecast_cents=ahead,
        share=row["committed_cents"] / ceiling if ceiling else None,
        forecast_share=ahead / ceiling if ceiling and ahead is not None else None,
    )
