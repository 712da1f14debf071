"""The read model of spending room in PostgreSQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from contracts.events.commissioning import AgreementAmended, AgreementConcluded, Tariff
from contracts.events.commissioning import Unit as CountedIn
from services.commissioning.domain.spending import Commitment, Contribution, Price
from services.commissioning.domain.totals import Deltas
from services.commissioning.store import queries
from services.kit.unit import Connection

Agreed = AgreementConcluded | AgreementAmended

_COMMITMENT = [field.name for field in fields(Commitment)]
_CONTRIBUTION = [field.name for field in fields(Contribution)]


@dataclass(frozen=True, slots=True)
class Stored:
    """A journey as it was stored: what it commits, and what it added to which agreement."""

    commitment: Commitment
    contribution: Contribution | None


def _stored(row: asyncpg.Record) -> Stored:
    values = {name: row[name] for name in _COMMITMENT} | {"unit": CountedIn(row["unit"])}
    added = row["agreement_id"] is not None
    return Stored(
        Commitment(**values),
        Contribution(**{name: row[name] for name in _CONTRIBUTION}) if added else None,
    )


async def commitments(conn: Connection, referral_ids: Collection[UUID]) -> dict[UUID, Stored]:
    """What is stored about these journeys."""
    rows = queries.get_commitments(conn, referral_ids=list(referral_ids))
    return {row["referral_id"]: _stored(row) async for row in rows}


async def commitments_of(conn: Connection, providers: Collection[str]) -> dict[UUID, Stored]:
    """What is stored about the journeys of these providers."""
    rows = queries.commitments_of(conn, providers=list(providers))
    return {row["referral_id"]: _stored(row) async for row in rows}


async def put_commitments(conn: Connection, changed: Iterable[tuple[Commitment, Contribution | None]]) -> None:
    """What journeys commit now, and what each adds to which agreement."""
    rows = [_json(asdict(commitment) | (asdict(added) if added else {})) for commitment, added in changed]
    if rows:
        await queries.put_commitments(conn, rows=rows)


def _json(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value
        for name, value in values.items()
    }


async def prices(conn: Connection, providers: Collection[str]) -> dict[str, list[Price]]:
    """The tariff lines of these providers, by provider."""
    found: dict[str, list[Price]] = {}
    async for row in queries.get_prices(conn, providers=list(providers)):
        values = dict(row) | {"unit": CountedIn(row["unit"]), "municipalities": frozenset(row["municipalities"])}
        found.setdefault(row["provider"], []).append(Price(**values))
    return found


async def put_terms(conn: Connection, agreed: Collection[Agreed]) -> None:
    """The tariff lines and the ceiling of agreements; they replace earlier terms."""
    await queries.drop_prices(conn, agreement_ids=[terms.agreement_id for terms in agreed])
    await queries.put_prices(conn, rows=[row for terms in agreed for row in _price_rows(terms)])
    await queries.put_ceilings(
        conn,
        rows=[
            {
                "agreement_id": str(terms.agreement_id),
                "provider": terms.provider,
                "municipalities": terms.municipalities,
                "ceiling_cents": terms.ceiling_cents,
            }
            for terms in agreed
        ],
    )


def _price_rows(terms: Agreed) -> list[dict[str, Any]]:
    units = {product.product_code: product.unit for product in terms.products}
    lines: Sequence[Tariff] = terms.tariffs or [
        Tariff(
            product_code=product.product_code,
            tariff_cents=product.tariff_cents,
            valid_from=terms.valid_from,
            valid_until=terms.valid_until,
        )
        for product in terms.products
    ]
    return [
        tariff.model_dump(mode="json")
        | {
            "agreement_id": str(terms.agreement_id),
            "line": number,
            "provider": terms.provider,
            "municipalities": terms.municipalities,
            "unit": units[tariff.product_code],
            "agreed_from": terms.valid_from.isoformat(),
            "agreed_until": terms.valid_until.isoformat() if terms.valid_until else None,
        }
        for number, tariff in enumerate(lines)
        if tariff.product_code in units
    ]


async def hear(conn: Connection, heard: Mapping[tuple[str, str], datetime]) -> None:
    """When providers were last heard of, per municipality."""
    if heard:
        await queries.heard(
            conn,
            providers=[provider for provider, _ in heard],
            municipalities=[municipality for _, municipality in heard],
            times=list(heard.values()),
        )


async def add(conn: Connection, deltas: Deltas) -> None:
    """Add to the sums. What comes to nothing leaves no row, in whichever order it came to nothing."""
    if not deltas.agreements:
        return
    touched = list(deltas.agreements)
    await queries.add_to_months(
        conn,
        agreement_ids=[agreement for agreement, _ in deltas.months],
        months=[month for _, month in deltas.months],
        cents=list(deltas.months.values()),
    )
    years = deltas.years
    await queries.add_to_years(
        conn,
        agreement_ids=[agreement for agreement, _ in years],
        years=[year for _, year in years],
        cents=list(years.values()),
    )
    counts = deltas.counts
    columns = list(zip(*counts.values(), strict=True))
    await queries.add_to_progress(
        conn,
        agreement_ids=list(counts),
        **{
            name: list(column)
            for name, column in zip(("waiting", "started", "within_norm", "ended", "dropouts"), columns, strict=True)
        },
    )
    await queries.drop_empty_months(conn, agreement_ids=touched)
    await queries.drop_empty_years(conn, agreement_ids=touched)
    await queries.drop_empty_progress(conn, agreement_ids=touched)
