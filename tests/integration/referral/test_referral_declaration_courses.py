"""One declaration after another through the database: every line is judged as by who remembers everything."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency
from services.referral.domain.declaration import judge
from services.referral.domain.declared import (
    ContractTariff,
    DeclarableAllocation,
    Declared,
    DeclaredClient,
    DeclaredKnown,
    Performance,
)
from services.referral.domain.declared_volume import AllocatedVolume, amount_for_minutes, tariff_per_minute
from services.referral.domain.identity import Bsn, fictional_bsn
from tests.integration.referral.declaring import (
    AGREEMENT,
    a_323,
    agree,
    allocated,
    know,
    recounted,
    total_spent,
)
from tests.integration.referral.referral_world import ADMINISTRATOR, World

HOURLY = 6990
CODES = ("45A04", "45A05")
CHILDREN = (fictional_bsn(1), fictional_bsn(2))
JUNE = (date(2026, 6, 1), date(2026, 6, 30))
MONTHS = [(date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30)), JUNE]
EXTENTS = (AllocatedVolume(12, Unit.HOUR, Frequency.MONTH), AllocatedVolume(1500, Unit.MINUTE, Frequency.WHOLE), None)


async def world_known(world: World) -> DeclaredKnown:
    """Two children, each with an allocation in hours, one in minutes and one with a budget, in both memories."""
    await agree(world, dict.fromkeys(CODES, HOURLY))
    clients = {bsn: await know(world, bsn) for bsn in CHILDREN}
    allocations = {}
    for number, (bsn, extent) in enumerate([(bsn, extent) for bsn in CHILDREN for extent in EXTENTS], start=1):
        first, last = date(2026, 3, 1), date(2026, 7, 31)
        allocation = DeclarableAllocation(
            number,
            clients[bsn],
            first,
            last,
            "45",
            CODES[0] if extent else None,
            extent,
            None if extent else 40 * HOURLY,
        )
        await allocated(
            world,
            clients[bsn],
            number,
            first,
            last,
            product_code=allocation.code,
            volume=extent.volume if extent else None,
            unit=extent.unit if extent else None,
            frequency=extent.frequency if extent else None,
            budget_cents=allocation.budget_cents,
        )
        allocations[number] = allocation
    tariffs = {
        code: (ContractTariff(code, HOURLY, Unit.HOUR, date(2025, 1, 1), None, None, AGREEMENT),) for code in CODES
    }
    return DeclaredKnown(clients=clients, allocations=allocations, tariffs=tariffs)


def debit(random: Random, allocation: DeclarableAllocation, reference: str) -> Performance:
    first, last = random.choice(MONTHS)
    minutes = random.random() < 0.5 or (allocation.extent is not None and allocation.extent.unit is Unit.MINUTE)
    volume = random.randint(1, 900) if minutes else random.randint(1, 14)
    return Performance(
        reference=reference,
        allocation_number=allocation.number,
        category="45",
        code=allocation.code or random.choice(CODES),
        starts_on=first,
        ends_on=last,
        volume=volume,
        unit=Unit.MINUTE if minutes else Unit.HOUR,
        amount_cents=amount_for_minutes(HOURLY, volume) if minutes else HOURLY * volume,
        tariff_cents=tariff_per_minute(HOURLY) if minutes else HOURLY,
    )


def declaration(random: Random, known: DeclaredKnown, number: str) -> Declared:
    """Debits and credits, mostly right; no product stands debited twice in one message (TR416)."""
    listed: dict[Bsn, list[Performance]] = {}
    seen = set()
    for place in range(random.randint(2, 7)):
        bsn = random.choice(CHILDREN)
        own = [each for each in known.allocations.values() if each.client == known.clients[bsn]]
        earlier = [each.performance for each in known.approved if each.client == known.clients[bsn]]
        reference = f"{number}L{place}"
        if earlier and random.random() < 0.4:
            back = random.choice(earlier)
            line = replace(back, reference=reference, previous_reference=back.reference, credit=True)
        else:
            line = debit(random, random.choice(own), reference)
        key = (line.credit, line.previous_reference or line.product_in_period)
        if (line.credit, line.product_in_period) in seen or key in seen:
            continue
        seen |= {key, (line.credit, line.product_in_period)}
        listed.setdefault(bsn, []).append(line)
    return Declared(number, *JUNE, tuple(DeclaredClient(bsn, tuple(lines)) for bsn, lines in listed.items()))


@pytest.mark.parametrize("seed", range(4))
async def test_the_database_remembers_all_that_matters(world: World, seed: int) -> None:
    random = Random(seed)
    known = await world_known(world)
    granted = 0
    for place in range(8):
        declared = declaration(random, known, f"D{place}")
        judgement = judge(declared, known)
        sent = a_323(
            f"M{place}",
            [(each.bsn, each.performances) for each in declared.clients],
            number=declared.number,
            period=JUNE,
        )
        received = await world.send(ADMINISTRATOR, sent)
        assert received["level"] in (None, "3", "4"), received["findings"]
        rows = await world.as_admin(
            "select reference, granted, codes from performance join declaration using (declaration_id)"
            " where number = $1 order by line",
            declared.number,
        )
        expected = [(each.performance.reference, each.granted, list(each.codes)) for each in judgement.verdicts]
        assert [(row["reference"], row["granted"], row["codes"]) for row in rows] == expected
        granted += judgement.granted_cents
        assert granted == await total_spent(world) == await recounted(world)
        known = judgement.after
    assert granted > 0
    left = {each.credited for each in known.approved}
    assert left == {True, False}
