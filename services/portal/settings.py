"""What the portal must be told by its environment (see :mod:`services.kit.settings`)."""

from pathlib import Path

from pydantic import Field

from services.kit.settings import HttpAddress, ProcessSettings, SettingsError


class PortalSettings(ProcessSettings):
    """The settings of the portal: ``PortalSettings.load()``."""

    port: int = Field(default=8080, ge=0, le=65535, description="a port from 0 (pick a free one) to 65535")
    max_body_bytes: int = Field(default=30_000_000, ge=1_000, description="the largest file or form in bytes")
    session_key_file: Path = Field(description="a file with one secret per line; the first one encrypts sessions")
    public_url: HttpAddress | None = Field(
        default=None, description="the address that people type, such as https://portal.example"
    )
    tenants_file: Path | None = Field(default=None, description="a JSON file with names and themes of parties")
    demo_people_file: Path | None = Field(
        default=None, description="a JSON file with the demo persons; only ever set for a local demo"
    )

    def told_addresses(self) -> tuple[str, ...]:
        """The addresses of the services that were given, commissioning first."""
        given = (self.commissioning_url, self.council_url, self.referral_url, self.monitoring_url)
        return tuple(address for address in given if address)

    def session_keys(self) -> list[str]:
        """The secrets for sessions, the current one first. Raises ``SettingsError``."""
        try:
            lines = self.session_key_file.read_text(encoding="utf-8").splitlines()
        except OSError:
            lines = []
        keys = [line.strip() for line in lines if line.strip()]
        if not keys or any(len(key) < 32 for key in keys):
            raise SettingsError(
                "SESSION_KEY_FILE is missing or too short: set it to a readable file with 32 random characters a line."
            )
        return keys
