"""Our own processes: one table of what runs, and what each is told by its environment.

A new process is one line in ``PROCESSES``. Everything secret is a file in the state directory.
"""

import asyncio
import http.client
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.identity import clients
from deploy.local.ports import LOOPBACK
from deploy.local.program import Launch, Program
from deploy.local.state import State

VAULT_KEY = {"VAULT_KEY_FILE": "vault-key"}
WORKFLOW_KEY = {"WORKFLOW_KEY_FILE": "workflow-key"}
SESSION_KEY = {"SESSION_KEY_FILE": "session-key"}
KEY_RINGS = frozenset({"vault-key", "workflow-key"})
"""Key files with lines ``<id>:<base64 of 32 bytes>``, so that a key can be rotated."""

CODE = Path(__file__).parents[2]
"""The directory that holds our packages."""


@dataclass(frozen=True)
class Process:
    """One of our processes.

    ``schema`` is the service whose database it may open; ``secrets`` maps variables to files in ``secrets/``;
    ``client`` is who it is at the identity provider.
    """

    name: str
    module: str
    schema: str | None = None
    client: str | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)


IDENTITY = Process("identity", "deploy.local.identity")

SERVICES = ("council", "commissioning", "referral", "monitoring")

PROCESSES: tuple[Process, ...] = (
    Process("council", "services.council", "council", "samenspel-council"),
    Process("commissioning", "services.commissioning", "commissioning", "samenspel-commissioning"),
    Process("referral", "services.referral", "referral", "samenspel-referral", VAULT_KEY),
    Process("monitoring", "services.monitoring", "monitoring", "samenspel-monitoring"),
    Process("worker", "workflows.worker", "workflows", clients.WORKER, WORKFLOW_KEY),
    Process("conductor", "workflows.conductor", "workflows", clients.CONDUCTOR, WORKFLOW_KEY),
    Process("portal", "services.portal", None, clients.PORTAL, SESSION_KEY),
)

MIGRATED = (*SERVICES, "workflows")
"""The schemas with migrations of their own."""


@dataclass(frozen=True)
class Addresses:
    """Where everything is; what every process may know."""

    database_url: Callable[[str], str]
    kafka: str
    kafka_group_protocol: str
    temporal: str
    temporal_namespace: str
    issuer: str
    ports: Mapping[str, int]

    def url(self, process: str) -> str:
        """The base address of one of our processes."""
        return f"http://{LOOPBACK}:{self.ports[process]}"


def environment(process: Process, addresses: Addresses, state: State) -> dict[str, str]:
    """The environment variables of a process (those of the shell it needs besides come from the supervisor)."""
    told = {
        "HOST": LOOPBACK,
        "PORT": str(addresses.ports[process.name]),
        "OIDC_ISSUER": addresses.issuer,
        "KAFKA_BOOTSTRAP_SERVERS": addresses.kafka,
        "KAFKA_GROUP_PROTOCOL": addresses.kafka_group_protocol,
        "TEMPORAL_ADDRESS": addresses.temporal,
        "TEMPORAL_NAMESPACE": addresses.temporal_namespace,
    }
    told |= {f"{name.upper()}_URL": addresses.url(name) for name in SERVICES if name in addresses.ports}
    if process is IDENTITY:
        return told | {"SAMENSPEL_STATE": str(state.directory)}
    if process.schema is not None:
        told[f"DATABASE_URL_{process.schema.upper()}"] = addresses.database_url(process.schema)
    if process.client is not None:
        told["OIDC_CLIENT_ID"] = process.client
        told["OIDC_CLIENT_SECRET_FILE"] = str(clients.secret_file(state, process.client))
    told |= {variable: str(_key_file(state, name)) for variable, name in process.secrets.items()}
    if process.name == "referral" and (folder := os.environ.get("ISTANDAARDEN_XSD_DIR")):
        told["ISTANDAARDEN_XSD_DIR"] = str(Path(folder).absolute())
    if process.name == "portal":
        told["DEMO_PEOPLE_FILE"] = str(state.path("demo-people.json"))
    return told


class OurProgram(Program):
    """Runs one process of the table and asks its health over HTTP."""

    stop_seconds = 20.0

    def __init__(self, process: Process, environ: Mapping[str, str]) -> None:
        self.name = process.name
        self._process = process
        self._environ = environ
        self.port = int(environ["PORT"])

    def launch(self) -> Launch:
        # Not the environment of the caller, but the packages of this checkout.
        environ = {"PYTHONPATH": str(CODE), **self._environ}
        return Launch([sys.executable, "-m", self._process.module], environ, directory=CODE)

    async def healthy(self) -> bool:
        return await asyncio.to_thread(is_ready, self.port)


def is_ready(port: int) -> bool:
    """Whether the process on this port says that it can do its work."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _key_file(state: State, name: str) -> Path:
    file = state.secret(name)
    if name in KEY_RINGS and ":" not in (key := file.read_text()):
        state.write_secret(name, f"local-1:{key.strip()}\n")
    return file
