"""The council service on a database of its own, with the business clock at the start of the demonstration."""

import pytest

from tests.integration.council.council_world import NOW, World


@pytest.fixture
async def world(database) -> World:
    found = await database("council")
    world = World(found.pools, found.admin_url)
    await world.at(NOW)
    return world
