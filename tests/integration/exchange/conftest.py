"""The world of the referral tests, for what exchanges messages with it."""

from tests.integration.referral.conftest import world

__all__ = ["world"]
