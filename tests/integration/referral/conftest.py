"""The world of the referral tests."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.integration.referral.referral_world import World, running


@pytest.fixture
async def world(database: Any) -> AsyncIterator[World]:
    clone = await database("referral")
    async with running(clone.pools, clone.admin_url) as found:
        yield found
