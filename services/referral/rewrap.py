"""``python -m services.referral.rewrap``: moves every data key to the current wrapping key, a thousand at a time.

May run beside the service and be broken off at any moment: what was moved stays moved, and it goes on from there.
"""

import os
import sys

from services.kit.actor import Actor
from services.kit.database import Database
from services.kit.process import run_process
from services.kit.settings import ServiceSettings
from services.referral.store import keys
from services.referral.vault.opening import vault_of
from services.referral.vault.vault import Vault


async def rewrap(database: Database, vault: Vault) -> int:
    """Move every key; gives how many."""
    total = 0
    while True:
        async with database.unit(Actor.system()) as unit:
            moved = await keys.rewrap(unit, vault)
        if not moved:
            return total
        total += moved


async def main() -> None:
    """Move them, and say which wrapping keys are in use afterwards."""
    settings = ServiceSettings.for_service("referral")
    database = await Database.open(settings.database_url.get_secret_value(), "referral")
    async with database:
        moved = await rewrap(database, vault_of(os.environ))
        async with database.reading(Actor.system()) as unit:
            used = await keys.in_use(unit)
    told = ", ".join(f"{key_id} wraps {number}" for key_id, number in used.items()) or "nothing is wrapped"
    sys.stdout.write(f"{moved} keys moved; {told}.\n")


if __name__ == "__main__":
    sys.exit(run_process("referral-rewrap", main))
