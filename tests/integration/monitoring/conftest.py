"""Monitoring on a database of its own, with the business clock at the start of the demonstration."""

import pytest

from tests.integration.monitoring.monitoring_world import NOW, Monitoring


@pytest.fixture
async def monitoring(database) -> Monitoring:
    found = await database("monitoring")
    service = Monitoring(found.pools, found.admin_url)
    await service.at(NOW)
    return service
