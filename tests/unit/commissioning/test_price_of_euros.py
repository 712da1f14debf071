"""A volume of euros counts cents (IV042), so that it commits itself and not a hundred times itself."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from contracts.events.commissioning import Unit
from services.commissioning.domain.spending import Commitment, Price


@pytest.mark.parametrize(("unit", "cents"), [(Unit.EURO, 30_000), (Unit.PIECE, 3_000_000)])
def test_euros_commit_themselves(unit: Unit, cents: int) -> None:
    commitment = Commitment(
        referral_id=UUID(int=1),
        municipality="0268",
        provider="73730001",
        product_code="45A04",
        unit=unit,
        total_units=30_000,
        starts_on=date(2026, 9, 1),
        ends_on=date(2026, 9, 30),
        start_due=datetime(2026, 10, 13, 22, tzinfo=UTC),
    )
    price = Price(
        agreement_id=UUID(int=2),
        provider="73730001",
        municipalities=frozenset({"0268"}),
        product_code="45A04",
        unit=unit,
        municipality=None,
        tariff_cents=100,
        valid_from=date(2026, 1, 1),
        valid_until=None,
        agreed_from=date(2026, 1, 1),
        agreed_until=None,
    )
    assert price.holds_for(commitment)
    assert price.amount(commitment) == cents
