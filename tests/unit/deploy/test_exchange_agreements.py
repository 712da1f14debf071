"""``agreements.json`` of an exchange: what it says, and what is wrong with it, in one line."""

import json
from datetime import date
from typing import Any

import pytest

from contracts.events.commissioning import AgreementConcluded, Law, ProviderRegistered, Unit
from deploy.exchange.agreements import as_received, read_agreements
from deploy.local.errors import LocalError

PRODUCT = {"code": "45A04", "category": "45", "unit": "04", "tariffCents": 6000}


def stated(**changes: Any) -> bytes:
    return json.dumps({"providers": [{"agb": "73730001", "products": [PRODUCT]} | changes]}).encode()


def test_agreements_become_the_events_that_commissioning_would_tell() -> None:
    other = {"code": "02A03", "category": "02", "unit": "day_part", "tariffCents": 4500, "name": "Begeleiding"}
    given = stated(products=[PRODUCT, other], validFrom="2025-01-01", ceilingCents=100)
    registered, concluded = [each.data for each in as_received(read_agreements(given), ["0252", "0268", "0252"])]
    assert isinstance(registered, ProviderRegistered)
    assert isinstance(concluded, AgreementConcluded)
    assert concluded.municipalities == ("0252", "0268")
    assert (concluded.valid_from, concluded.valid_until, concluded.ceiling_cents) == (date(2025, 1, 1), None, 100)
    assert [(each.law, each.unit, each.tariff_cents) for each in concluded.products] == [
        (Law.YOUTH, Unit.HOUR, 6000),
        (Law.WMO, Unit.DAY_PART, 4500),
    ]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"{", ""),
        (b"{}", "/providers"),
        (stated(agb="1"), "/providers/0/agb"),
        (stated(products=[PRODUCT | {"unit": "99"}]), "/providers/0/products/0/unit"),
        (stated(products=[]), "/providers/0/products"),
        (stated(price=1), "/providers/0/price"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(content: bytes, place: str) -> None:
    with pytest.raises(LocalError) as caught:
        read_agreements(content)
    assert caught.value.wrong_use
    assert f"{place}:" in str(caught.value)
