"""What handlers need besides their transaction."""

from dataclasses import dataclass, field

from services.referral.domain.terms import Terms
from services.referral.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Context:
    """The vault that seals and opens, and the agreed terms."""

    vault: Vault
    terms: Terms = field(default_factory=Terms)
