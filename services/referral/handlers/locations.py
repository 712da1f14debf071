"""From where a provider delivers, so that access teams see how far away it is."""

from services.kit.model import wrong
from services.kit.unit import Unit
from services.referral.commands import StateLocations
from services.referral.domain.distance import centres
from services.referral.handlers.context import Context
from services.referral.store import queries
from services.referral.views import LocationView


async def state_locations(context: Context, command: StateLocations, unit: Unit) -> list[LocationView]:
    """The provider's own locations, by municipality; replaces what it said before. Raises ``Invalid`` for a code that
    is no municipality."""
    unknown = [code for code in command.municipalities if code not in centres()]
    if unknown:
        raise wrong(
            "/municipalities",
            f"Gemeente {unknown[0]} is niet bekend. Kies een gemeente uit de lijst.",
            f"Municipality {unknown[0]} is not known. Choose a municipality from the list.",
            "unknown-municipality",
        )
    own, named = unit.actor.code, sorted(set(command.municipalities))
    await queries.drop_other_locations(unit.conn, provider=own, municipalities=named)
    await queries.put_locations(unit.conn, provider=own, municipalities=named, at=unit.now)
    return [LocationView(municipality=code, stated_at=unit.now) for code in named]
