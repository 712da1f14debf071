"""The reference data that lies beside the checkout (``../shared``): official schemas, rulesets, lists.

It is no part of the repository, so a test that needs it is skipped where it is not; with ``SAMENSPEL_REQUIRE_SHARED=1``
it fails there, so that nothing goes unchecked unnoticed. ``SAMENSPEL_SHARED`` names another place.
"""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("SAMENSPEL_SHARED") or Path(__file__).parents[2] / "shared")


def shared(path: str) -> Path:
    """``shared("reference/cloudevents.schema.json")``: where it is; skips or fails the test when it is not there."""
    place = SHARED / path
    if not place.exists():
        reason = f"the reference data {path} are not in {SHARED.name}/ beside the checkout"
        if os.environ.get("SAMENSPEL_REQUIRE_SHARED") == "1":
            pytest.fail(reason)
        pytest.skip(reason, allow_module_level=True)
    return place
