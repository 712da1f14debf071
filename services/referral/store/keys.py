"""Data keys under the current wrapping key: of clients, of texts of messages, of imported files and of batches.

What is sealed stays as it is; only its key is wrapped anew. When nothing is left under an older wrapping key, that key
can be taken out of ``VAULT_KEY_FILE``, unless it stands first: the blind indexes follow from it.
"""

from services.kit.unit import Unit
from services.referral.store import queries
from services.referral.vault.vault import Vault, WrappedKey

AT_ONCE = 1000


async def rewrap(unit: Unit, vault: Vault, *, limit: int = AT_ONCE) -> int:
    """Move at most ``limit`` keys of each kind to the current wrapping key; gives how many were moved."""
    kinds = (
        (queries.clients_under_other_keys, queries.rewrap_clients),
        (queries.messages_under_other_keys, queries.rewrap_messages),
        (queries.imports_under_other_keys, queries.rewrap_imports),
        (queries.batches_under_other_keys, queries.rewrap_batches),
    )
    moved = 0
    for under_other_keys, put in kinds:
        rows = [row async for row in under_other_keys(unit.conn, key_id=vault.current_key_id, limit=limit)]
        if not rows:
            continue
        keys = [vault.rewrap(WrappedKey(row["key_id"], bytes(row["wrapped_key"])), row["owner"]) for row in rows]
        await put(
            unit.conn,
            key_id=vault.current_key_id,
            owners=[row["owner"] for row in rows],
            wrapped=[key.wrapped for key in keys],
        )
        moved += len(rows)
    return moved


async def in_use(unit: Unit) -> dict[str, int]:
    """How many data keys each wrapping key still wraps, by its id."""
    return {row["key_id"]: row["number"] async for row in queries.keys_in_use(unit.conn)}
