"""A simulation is the same for the same seed, and says what it measured."""

from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.events.commissioning import Law
from deploy.local.errors import LocalError
from deploy.local.state import State
from deploy.simulate.access import Access
from deploy.simulate.journeys import Traveller
from deploy.simulate.measures import Tally, percentile, summary
from deploy.simulate.people import Letters, base36, client_of, dossier
from deploy.simulate.region import Place, synthetic_providers


def traveller(seed: int) -> Traveller:
    nothing: Any = None
    places = [Place(code, synthetic_providers()) for code in ("5000", "5001", "5002")]
    return Traveller(
        access=nothing, places=places, seed=seed, months=3, today=date(2026, 8, 14), run=1, tally=Tally(),
        watch=nothing, pace=nothing,
    )  # fmt: skip


def journeys(seed: int) -> list[tuple[Any, ...]]:
    begun = [traveller(seed).begin(number) for number in range(40)]
    return [
        (one.place.municipality, one.provider.agb, one.client.bsn, one.by_message, chance.random())
        for one, chance in begun
    ]


def test_the_same_seed_gives_the_same_journeys_and_another_seed_others() -> None:
    assert journeys(1) == journeys(1)
    assert journeys(1) != journeys(2)
    assert {by_message for _, _, _, by_message, _ in journeys(1)} == {True, False}


def test_children_ask_for_youth_care_and_adults_for_the_wmo() -> None:
    children = {client_of(number, Law.YOUTH).bsn for number in range(200)}
    adults = {client_of(number, Law.WMO).bsn for number in range(200)}
    assert not children & adults
    assert dossier(client_of(3, Law.YOUTH)).bsn is not None


def test_identifications_differ_between_journeys_and_runs_and_fit_the_standard() -> None:
    given = {Letters(run, journey).reference for run in (1_790_000_000_000, 1_790_000_000_001) for journey in range(50)}
    assert len(given) == 100
    assert {len(reference) for reference in given} == {10}
    assert base36(36, 2) == "10"


def test_every_product_has_two_providers_so_that_a_declined_allocation_has_somewhere_to_go() -> None:
    providers = synthetic_providers()
    products = [provider.product.code for provider in providers]
    assert all(products.count(code) == 2 for code in products)
    assert len({provider.agb for provider in providers}) == len(providers)


def test_percentiles_are_of_what_was_measured() -> None:
    seconds = [number / 1000 for number in range(1, 101)]
    assert summary(seconds) == {"p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 100.0}
    assert percentile([], 99) == 0.0
    assert summary([])["max"] == 0.0


async def test_without_a_running_stack_it_says_what_to_do(tmp_path: Path) -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(LocalError, match="Start them with 'samenspel up'"):
            Access(State(tmp_path), http)
