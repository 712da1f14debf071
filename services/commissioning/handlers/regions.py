"""Regions, providers and what providers state about capacity."""

from contracts.events.commissioning import CapacityStated, Municipality, ProviderRegistered, RegionFormed
from contracts.values import PartyKind, municipality, provider
from services.commissioning.commands import FormRegion, RegisterProvider, StateCapacity
from services.commissioning.domain.mandate import require_provider
from services.commissioning.store import queries
from services.commissioning.views import Capacity, Provider, Region
from services.kit.model import wrong
from services.kit.problems import Forbidden, Text
from services.kit.unit import Unit


async def form_region(command: FormRegion, unit: Unit) -> Region:
    """Only the region itself, or Samenspel when a region joins."""
    if not unit.actor.is_system and unit.actor.party != f"region:{command.region_id}":
        raise Forbidden(
            Text(
                "U kunt alleen uw eigen regio vormen. Meld u aan namens die regio.",
                "You can form only your own region. Sign in for that region.",
            )
        )
    codes = [member.code for member in command.municipalities]
    if len(set(codes)) < len(codes):
        raise wrong("/municipalities", "Noem elke gemeente één keer.", "Name each municipality once.", "repeated")
    await queries.put_region(unit.conn, region_id=command.region_id, name=command.name, at=unit.now)
    await queries.leave_region(unit.conn, region_id=command.region_id, codes=codes)
    await queries.join_region(
        unit.conn,
        region_id=command.region_id,
        codes=codes,
        names=[member.name for member in command.municipalities],
        inhabitants=[member.inhabitants for member in command.municipalities],
    )
    members = tuple(
        Municipality(code=member.code, name=member.name, inhabitants=member.inhabitants)
        for member in command.municipalities
    )
    unit.emit(
        command.region_id,
        RegionFormed(region_id=command.region_id, name=command.name, municipalities=members),
        [f"region:{command.region_id}", *map(municipality, codes)],
    )
    return Region(region_id=command.region_id, name=command.name, formed_at=unit.now, municipalities=members)


async def register_provider(command: RegisterProvider, unit: Unit) -> Provider:
    """The provider itself, or Samenspel. Saying the same again changes nothing."""
    if unit.actor.kind is PartyKind.PROVIDER and unit.actor.code != command.agb:
        raise Forbidden(
            Text(
                "U kunt alleen uw eigen organisatie aanmelden. De AGB-code hoort bij een andere aanbieder.",
                "You can register only your own organisation. The AGB code belongs to another provider.",
            )
        )
    changed = await queries.put_provider(
        unit.conn, agb=command.agb, name=command.name, fictional=command.fictional, at=unit.now
    )
    if changed:
        unit.emit(
            command.agb,
            ProviderRegistered(agb=command.agb, name=command.name, fictional=command.fictional),
            [provider(command.agb)],
        )
    return Provider(agb=command.agb, name=command.name, fictional=command.fictional, registered_at=unit.now)


async def state_capacity(command: StateCapacity, unit: Unit) -> Capacity:
    """The latest statement of a provider about a product replaces the earlier one."""
    require_provider(unit.actor.party)
    if command.free > command.places:
        raise wrong(
            "/free",
            "Er zijn meer vrije plaatsen dan plaatsen. Vul het aantal vrije plaatsen opnieuw in.",
            "There are more free places than places. Fill in the number of free places again.",
            "more-free-than-places",
        )
    stated = {
        "provider": unit.actor.code,
        "product_code": command.product_code,
        "places": command.places,
        "free": command.free,
        "wait_days": command.wait_days,
    }
    await queries.put_capacity(unit.conn, provider_party=unit.actor.party, at=unit.now, **stated)
    unit.emit(unit.actor.code, CapacityStated(**stated, stated_at=unit.now), [unit.actor.party])
    return Capacity(**stated, stated_at=unit.now)
