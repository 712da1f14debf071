"""What was agreed about the moments of a product: shown where they matter, and told when a result is declared early."""

from datetime import date
from typing import Any

from contracts.events.commissioning import DeclaredWhen, StartMeans, StopMeans, Variant
from services.referral.domain.identity import fictional_bsn
from tests.integration.referral.declaring import a_323, agree, allocated, hours, know
from tests.integration.referral.referral_world import ADMINISTRATOR, NIJMEGEN, PLANNER, REIGER, World

ACCESS = "access-worker-nijmegen"
CHILD = fictional_bsn(1)


async def at_the_end(world: World, **moments: Any) -> Any:
    """A result that is declared when the care has ended, and allocation 5301 of it; gives the client."""
    moments = {"declared_when": DeclaredWhen.AT_THE_END} | moments
    await agree(world, {"45A04": 6000}, variant=Variant.OUTPUT, **moments)
    client = await know(world, CHILD)
    await allocated(world, client, 5301, date(2026, 3, 1), date(2026, 8, 31))
    return client


async def ended(world: World, client: Any, last: date, reason: str = "as_planned") -> None:
    await world.as_admin(
        "insert into reported_delivery values (gen_random_uuid(), $1, $2, 'youth', $3, 5301, '45', '45A04', $4, $5, $6,"
        " now())",
        NIJMEGEN,
        REIGER,
        client,
        date(2026, 3, 1),
        reason,
        last,
    )


async def early(world: World, person: str = ACCESS) -> list[bool]:
    """Of the lines of the one declaration."""
    assert (await world.send(ADMINISTRATOR, a_323("P1", [(CHILD, [hours("P1-1")])])))["accepted"]
    [declaration] = (await world.get(person, "/declarations"))["items"]
    assert declaration["rejectedLines"] == 0
    lines = await world.get(person, f"/declarations/{declaration['declarationId']}/lines")
    return [each["tooEarly"] for each in lines["items"]]


async def test_a_result_that_is_declared_before_the_end_is_told_to_who_handles_it(world: World) -> None:
    await at_the_end(world)
    assert await early(world) == [True]


async def test_the_provider_sees_it_too(world: World) -> None:
    await at_the_end(world)
    assert await early(world, ADMINISTRATOR) == [True]


async def test_after_the_end_it_is_in_time(world: World) -> None:
    await ended(world, await at_the_end(world), date(2026, 4, 30))
    assert await early(world) == [False]


async def test_an_end_after_the_period_or_an_interruption_is_no_end_yet(world: World) -> None:
    client = await at_the_end(world)
    await ended(world, client, date(2026, 5, 1))
    await ended(world, client, date(2026, 4, 10), "temporary")
    assert await early(world) == [True]


async def test_other_moments_are_never_early(world: World) -> None:
    await at_the_end(world, declared_when=DeclaredWhen.IN_INSTALMENTS)
    assert await early(world) == [False]


async def test_both_sides_see_what_the_days_of_starts_and_ends_are(world: World) -> None:
    await at_the_end(world, start_means=StartMeans.INTAKE, stop_means=StopMeans.LAST_CONTACT)
    wanted = {
        "municipality": NIJMEGEN,
        "provider": REIGER,
        "productCode": "45A04",
        "declaredWhen": "at_the_end",
        "startMeans": "intake",
        "stopMeans": "last_contact",
    }
    for person in (ACCESS, PLANNER):
        assert await world.get(person, "/agreed-moments") == [wanted]
    assert await world.get("planner-kompas", "/agreed-moments") == []
    assert await world.get("access-worker-heumen", "/agreed-moments") == []
    assert await world.get(PLANNER, "/agreed-moments", on="2024-12-31") == []
