"""Where a simulation plays: in the demonstration's region when it is loaded, else in synthetic regions of its own."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook

from contracts.values import Role
from deploy.demo import region as demo
from deploy.demo.region import PRODUCTS, DemoProvider
from deploy.local.errors import LocalError
from deploy.simulate.access import Access
from services.commissioning import commands
from services.commissioning.client import CommissioningClient
from services.commissioning.domain.workbook import AGREEMENTS, LAW_WORDS, TARIFFS, UNIT_WORDS, Layout
from services.referral.client import ReferralClient

MEMBERS = 50
"""Municipalities in one synthetic region."""
MOST = 1000
FIRST_CODE = 5000
"""Codes of synthetic municipalities; no municipality of the Netherlands has one above 2000."""
FIRST_AGB = 73740001
PER_PRODUCT = 2
"""Providers of each product, so that a declined allocation has somewhere to go."""
AGREED_FROM = date(2022, 1, 1)
LOOK_SECONDS = 0.2
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Place:
    """A municipality, and the providers that have an agreement with it."""

    municipality: str
    providers: tuple[DemoProvider, ...]


async def settle(access: Access, municipalities: int) -> list[Place]:
    """The places to play in, made when they are not there yet. Raises LocalError when there cannot be so many."""
    if not 1 <= municipalities <= MOST:
        raise LocalError(f"Choose 1 to {MOST} municipalities.", wrong_use=True)
    system = access.client(CommissioningClient, "commissioning", "system:samenspel", Role.SYSTEM)
    known = {region.region_id for region in await system.regions()}
    if demo.REGION_ID in known and municipalities <= len(demo.MUNICIPALITIES):
        places = [Place(each.code, demo.PROVIDERS) for each in demo.MUNICIPALITIES[:municipalities]]
        if await _agreed(access, places[-1]):
            return places
    providers = synthetic_providers()
    codes = [f"{FIRST_CODE + number:04d}" for number in range(municipalities)]
    for begin in range(0, municipalities, MEMBERS):
        # Always the whole region: a later, larger simulation finds it as it is.
        members = [f"{FIRST_CODE + number:04d}" for number in range(begin, begin + MEMBERS)]
        region_id = f"simulatie-{begin // MEMBERS + 1}"
        if region_id not in known:
            await _found(access, region_id, members, providers)
    places = [Place(code, providers) for code in codes]
    await _until_agreed(access, places[-1])
    return places


def synthetic_providers() -> tuple[DemoProvider, ...]:
    """``PER_PRODUCT`` invented providers for each product of the demonstration."""
    found = []
    for number, product in enumerate(product for product in PRODUCTS for _ in range(PER_PRODUCT)):
        agb = str(FIRST_AGB + number)
        found.append(DemoProvider(agb, f"Simulatie {number + 1}", f"simulatie-{number + 1}", product, 500, 0, 1, 0, 20))
    return tuple(found)


async def _found(access: Access, region_id: str, codes: Sequence[str], providers: Sequence[DemoProvider]) -> None:
    """A region with its agreements, as its officer and the providers would do it."""
    officer = access.client(CommissioningClient, "commissioning", f"region:{region_id}", Role.REGIONAL_OFFICER)
    members = tuple(
        commands.RegionMunicipality(code=code, name=f"Simulatiegemeente {code}", inhabitants=30_000) for code in codes
    )
    formed = commands.FormRegion(region_id=region_id, name=f"Regio {region_id} (fictief)", municipalities=members)
    await officer.form_region(formed, f"simulate-{region_id}")
    for provider in providers:
        party = f"provider:{provider.agb}"
        own = access.client(CommissioningClient, "commissioning", party, Role.PROVIDER_ADMINISTRATOR)
        joins = commands.RegisterProvider(agb=provider.agb, name=provider.name, fictional=True)
        await own.register_provider(joins, f"simulate-{provider.agb}")
        room = commands.StateCapacity(
            product_code=provider.product.code, places=provider.places, free=100, wait_days=provider.wait_days
        )
        await own.state_capacity(room, f"simulate-room-{provider.agb}")
    await officer.import_agreements(_workbook(codes, providers), f"simulate-agreements-{region_id}")


def _workbook(codes: Sequence[str], providers: Sequence[DemoProvider]) -> bytes:
    book = Workbook()
    agreements = book.active
    if agreements is None:
        raise RuntimeError("a new workbook has a sheet")
    agreements.title = AGREEMENTS.title.nl
    tariffs = book.create_sheet(TARIFFS.title.nl)
    for sheet, layout in ((agreements, AGREEMENTS), (tariffs, TARIFFS)):
        sheet.append([column.header.nl for column in layout.columns])
    for provider in providers:
        product, reference = provider.product, f"SIM-{provider.agb}"
        agreements.append(
            _row(
                AGREEMENTS,
                reference=reference,
                agb=provider.agb,
                provider=provider.name,
                municipalities=",".join(codes),
                valid_from=AGREED_FROM,
            )
        )
        tariffs.append(
            _row(
                TARIFFS,
                reference=reference,
                product_code=product.code,
                category=product.category,
                name=product.name,
                law=LAW_WORDS[product.law].nl,
                unit=UNIT_WORDS[product.unit].nl,
                tariff=product.tariff_cents / 100,
            )
        )
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _row(layout: Layout, **cells: object) -> list[object]:
    return [cells.get(column.key) for column in layout.columns]


async def _agreed(access: Access, place: Place) -> bool:
    """Whether referral knows what may be asked for there."""
    worker = access.client(ReferralClient, "referral", f"municipality:{place.municipality}", Role.ACCESS_WORKER)
    offered = {product.product_code for product in await worker.products(place.municipality)}
    return {provider.product.code for provider in place.providers} <= offered


async def _until_agreed(access: Access, place: Place) -> None:
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + PATIENCE_SECONDS
    while not await _agreed(access, place):
        if loop.time() > give_up_at:
            raise LocalError(
                f"Referral did not hear of the agreements within {PATIENCE_SECONDS:.0f} s: see 'samenspel status'."
            )
        await asyncio.sleep(LOOK_SECONDS)
