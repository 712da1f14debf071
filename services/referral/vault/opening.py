"""The vault of a process, from its settings."""

from collections.abc import Mapping
from pathlib import Path

from services.kit.keyring import KeyFileError, KeyRing
from services.kit.settings import SettingsError
from services.referral.vault.vault import Vault


def vault_of(environ: Mapping[str, str]) -> Vault:
    """The vault of ``VAULT_KEY_FILE``. Raises ``SettingsError`` without a usable key file."""
    path = environ.get("VAULT_KEY_FILE", "")
    if not path:
        raise SettingsError(
            "VAULT_KEY_FILE is missing: set it to a file outside the database with a line <id>:<base64 of 32 bytes>."
        )
    try:
        return Vault(KeyRing.read(Path(path), "VAULT_KEY_FILE"))
    except KeyFileError as error:
        raise SettingsError(str(error)) from None
