"""Early warning: what is committed reached 70 % of the ceiling, while there is still time to act (OV 1.5.5)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from contracts.events.commissioning import SpendingWarned
from contracts.values import municipality, provider
from services.commissioning.domain.promises import of_warning
from services.commissioning.domain.spending import decision_due, forecast, is_tight, talk_due
from services.commissioning.store import queries
from services.commissioning.store.records import promise
from services.kit.unit import Unit
from services.kit.working_days import local_date


async def warn(unit: Unit, agreement_ids: Collection[UUID], at: datetime) -> None:
    """Warn about those of these agreements that became tight, once per calendar year; ``at`` is when that happened."""
    today = local_date(at)
    rows = queries.ceilings(unit.conn, agreement_ids=list(agreement_ids), today=today)
    for row in [row async for row in rows]:
        if row["year"] < today.year or not is_tight(row["committed_cents"], row["ceiling_cents"]):
            continue
        begun = row["year"] <= today.year
        warned = SpendingWarned(
            agreement_id=row["agreement_id"],
            provider=row["provider"],
            municipalities=tuple(row["municipalities"]),
            year=row["year"],
            committed_cents=row["committed_cents"],
            ceiling_cents=row["ceiling_cents"],
            forecast_cents=forecast(row["to_date_cents"], row["year"], today) if begun else row["committed_cents"],
            talk_due=talk_due(at),
            decision_due=decision_due(at),
            warned_at=at,
        )
        owner = row["owner"] or municipality(row["municipalities"][0])
        new = await queries.warn(
            unit.conn,
            owner=owner,
            provider_party=provider(row["provider"]),
            **warned.model_dump(exclude={"provider", "municipalities"}),
        )
        if new:
            due = of_warning(warned.agreement_id, warned.year, owner, warned.talk_due, warned.decision_due)
            await promise(unit.conn, due)
            unit.emit(
                warned.agreement_id,
                warned,
                [owner, *map(municipality, warned.municipalities), provider(warned.provider)],
            )
