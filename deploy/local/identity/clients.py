"""The programs that may ask the local provider for tokens, and how they prove who they are."""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from joserfc.jwk import KeySet

from deploy.local.state import State

_LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Client:
    """A registered program. ``redirect_paths`` are allowed on this machine at any port (RFC 8252 7.3)."""

    id: str
    secret_file: Path | None = None
    key_file: Path | None = None
    """A JSON Web Key Set with the public keys by which it may sign in (``private_key_jwt``)."""
    machine: bool = False
    """Whether it may act for itself (``client_credentials``), with party ``system:samenspel``."""
    redirect_paths: tuple[str, ...] = field(default=())
    goodbye_paths: tuple[str, ...] = field(default=())

    def has_secret(self, secret: str) -> bool:
        if self.secret_file is None:
            return False
        return hmac.compare_digest(self.secret_file.read_text().strip().encode(), secret.encode())

    def keys(self) -> KeySet | None:
        if self.key_file is None or not self.key_file.exists():
            return None
        keys: Any = json.loads(self.key_file.read_text())
        return KeySet.import_key_set(keys)

    def may_return_to(self, uri: str) -> bool:
        """Whether a sign-in may end at this address."""
        return _on_this_machine(uri, self.redirect_paths)

    def may_say_goodbye_at(self, uri: str) -> bool:
        """Whether a sign-out may end at this address."""
        return _on_this_machine(uri, self.goodbye_paths)


def _on_this_machine(uri: str, paths: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(uri)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    bare = not (parts.username or parts.password or parts.fragment or parts.query)
    return parts.scheme == "http" and host in _LOOPBACK_HOSTS and bare and parts.path in paths


PORTAL = "samenspel-portal"
WORKER = "samenspel-worker"
CONDUCTOR = "samenspel-conductor"
DRIVER = "samenspel-driver"
SERVICES = ("samenspel-council", "samenspel-commissioning", "samenspel-referral", "samenspel-monitoring")


def secret_file(state: State, client_id: str) -> Path:
    """The file with the secret of a client, made when it does not exist."""
    name = f"client-{client_id}"
    file = state.path("secrets", name)
    # Without + / =, which some clients encode in a Basic header and others do not.
    return file if file.exists() else state.write_secret(name, secrets.token_urlsafe(32))


def registered(state: State) -> Mapping[str, Client]:
    """The clients of the local stack, by id.

    A public key set in ``identity/<client id>.jwks.json`` of the state lets that client sign in by its own key.
    """

    def machine(client_id: str) -> Client:
        keys = state.path("identity", f"{client_id}.jwks.json")
        return Client(client_id, secret_file(state, client_id), keys, machine=True)

    portal = Client(
        PORTAL,
        secret_file(state, PORTAL),
        state.path("identity", f"{PORTAL}.jwks.json"),
        redirect_paths=("/sign-in/callback",),
        goodbye_paths=("/",),
    )
    machines = [machine(client_id) for client_id in (WORKER, CONDUCTOR, DRIVER, *SERVICES)]
    return {client.id: client for client in (portal, *machines)}
