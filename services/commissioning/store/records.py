"""From row to value and back. The columns of a table are the fields of its value."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from pydantic import BaseModel

from contracts.values import PartyId, PartyKind, municipality
from services.commissioning.domain.admission import Application, Assessment
from services.commissioning.domain.agreement import Agreement
from services.commissioning.domain.commission import Commission
from services.commissioning.domain.promises import Deadline, Promise
from services.commissioning.domain.scenario import Scenario
from services.commissioning.store import queries
from services.commissioning.views import AgreementView, Signature
from services.kit.paging import PageRequest, bad_cursor
from services.kit.problems import NotFound
from services.kit.unit import Connection, Unit

M = TypeVar("M", bound=BaseModel)


def value(model: type[M], row: asyncpg.Record | None) -> M:
    """The value of a row. Raises ``NotFound`` without one: it does not exist, or not for the caller."""
    if row is None:
        raise NotFound()
    return model.model_validate(dict(row))


def row_of(value: BaseModel) -> dict[str, Any]:
    """A value as PostgreSQL takes it in."""
    return value.model_dump(mode="json")


async def get_scenario(conn: Connection, scenario_id: UUID, *, lock: bool = False) -> Scenario:
    find = queries.lock_scenario if lock else queries.get_scenario
    return value(Scenario, await find(conn, scenario_id=scenario_id))


async def get_commission(conn: Connection, commission_id: UUID, *, lock: bool = False) -> Commission:
    """``lock`` finds only the caller's own."""
    find = queries.lock_commission if lock else queries.get_commission
    return value(Commission, await find(conn, commission_id=commission_id))


async def save_commission(conn: Connection, commission: Commission) -> None:
    await queries.update_commission(conn, commission_id=commission.commission_id, row=row_of(commission))


async def get_application(conn: Connection, application_id: UUID) -> Application:
    return value(Application, await queries.get_application(conn, application_id=application_id))


async def get_assessment(conn: Connection, application_id: UUID) -> Assessment | None:
    row = await queries.get_assessment(conn, application_id=application_id)
    return Assessment.model_validate(dict(row)) if row else None


async def get_agreement(conn: Connection, agreement_id: UUID, *, lock: bool = False) -> Agreement:
    """``lock`` finds only those of which the caller is a side."""
    find = queries.lock_agreement if lock else queries.get_agreement
    return value(Agreement, await find(conn, agreement_id=agreement_id))


async def with_signatures(agreements: Sequence[Agreement], unit: Unit) -> list[AgreementView]:
    """Agreements with who signed them, in the same order."""
    signed: dict[UUID, list[Signature]] = {agreement.agreement_id: [] for agreement in agreements}
    async for row in queries.signatures(unit.conn, agreement_ids=list(signed)):
        signed[row["agreement_id"]].append(Signature(party=row["party"], signed_at=row["signed_at"]))
    return [
        AgreementView(**agreement.model_dump(), signatures=tuple(signed[agreement.agreement_id]))
        for agreement in agreements
    ]


def position(paging: PageRequest) -> tuple[datetime | None, UUID | None]:
    """Where a list by time goes on: the instant and identifier of the last item seen. Raises ``Invalid``."""
    if paging.position is None:
        return None, None
    instant = paging.instant(0)
    try:
        identifier = UUID(paging.text(1))
    except ValueError:
        raise bad_cursor() from None
    if instant is None or instant.tzinfo is None:
        raise bad_cursor()
    return instant, identifier


async def partners(unit: Unit, owner: PartyId) -> set[str]:
    """The municipalities of the regions that ``owner`` is, or belongs to."""
    kind, _, code = owner.partition(":")
    region, town = (code, None) if kind == PartyKind.REGION else (None, code)
    return {row["code"] async for row in queries.partners(unit.conn, region_id=region, code=town)}


async def join(conn: Connection, subject: UUID, owner: PartyId, municipalities: Iterable[str]) -> None:
    """Let the municipalities take part in what ``owner`` does for them."""
    parties = [municipality(code) for code in municipalities]
    await queries.leave(conn, subject=subject)
    await queries.join(conn, subject=subject, owner=owner, parties=parties)


async def promise(conn: Connection, deadlines: Sequence[Deadline]) -> None:
    """Write promises down."""
    if deadlines:
        await queries.set_deadlines(conn, rows=[row_of(deadline) for deadline in deadlines])


async def kept(conn: Connection, subject: str, at: datetime, *kinds: Promise) -> None:
    """These promises were kept, or nothing is left to wait for."""
    await queries.keep_deadline(conn, subject=subject, kinds=[kind.value for kind in kinds], at=at)
