"""Secrets for ``docker-compose.yml``: ``python -m deploy.compose_secrets`` writes those that are missing, and no other.

Everything lands in ``.samenspel/compose/``: ``<process>.env`` with what only that process may know, and a file per key
or client secret, which compose lays in the container under ``/run/secrets``. Nobody but the owner can open the folder.
"""

import base64
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

from deploy.local.engines.postgres import LOGIN_ROLES
from deploy.local.identity import clients

DIRECTORY = Path(__file__).parents[1] / ".samenspel" / "compose"
CLIENTS = (clients.PORTAL, clients.WORKER, clients.CONDUCTOR, *clients.SERVICES)
DEMO_PASSWORD = "DEMO_PASSWORD"  # noqa: S105 - the name of a variable
ENGINE_ROLES = ("keycloak", "temporal")
"""Engines that keep their state in a database of their own on the same PostgreSQL server."""

Random = Callable[[int], bytes]


def client_variable(client_id: str) -> str:
    """The variable by which the realm file takes a client's secret: ``SAMENSPEL_PORTAL_SECRET``."""
    return f"{client_id.upper().replace('-', '_')}_SECRET"


def password_variable(role: str) -> str:
    """The variable with the password of an engine's database role: ``TEMPORAL_DATABASE_PASSWORD``."""
    return f"{role.upper()}_DATABASE_PASSWORD"


def files(random: Random = secrets.token_bytes) -> dict[str, str]:
    """Every secret file by name, with fresh secrets."""

    def word() -> str:
        return base64.urlsafe_b64encode(random(32)).decode().rstrip("=")

    superuser = word()
    of_role = {role: word() for role in (*LOGIN_ROLES, *ENGINE_ROLES)}
    of_client = {client: word() for client in CLIENTS}
    urls = {
        f"DATABASE_URL_{role.upper()}": f"postgresql://{role}:{of_role[role]}@postgres:5432/samenspel"
        for role in LOGIN_ROLES
    }
    env = {
        "postgres": {
            "POSTGRES_PASSWORD": superuser,
            **{password_variable(role): of_role[role] for role in ENGINE_ROLES},
        },
        "prepare": {"ADMIN_DATABASE_URL": f"postgresql://postgres:{superuser}@postgres:5432/samenspel", **urls},
        "temporal": {"POSTGRES_PWD": of_role["temporal"], "SQL_PASSWORD": of_role["temporal"]},
        "keycloak": {
            "KC_DB_PASSWORD": of_role["keycloak"],
            "KC_BOOTSTRAP_ADMIN_PASSWORD": word(),
            DEMO_PASSWORD: word(),
            **{client_variable(client): secret for client, secret in of_client.items()},
        },
        "grafana": {"GF_SECURITY_ADMIN_PASSWORD": word()},
        **{role: {name: url for name, url in urls.items() if name.endswith(role.upper())} for role in LOGIN_ROLES},
    }
    made = {f"{name}.env": "".join(f"{key}={value}\n" for key, value in told.items()) for name, told in env.items()}
    made |= {f"client-{client}": secret for client, secret in of_client.items()}
    made |= {name: f"first:{base64.b64encode(random(32)).decode()}\n" for name in ("vault-key", "workflow-key")}
    return {**made, "session-key": f"{word()}\n"}


def write(directory: Path = DIRECTORY) -> bool:
    """Write the secrets when there are none; ``False`` when they were there already and nothing was changed.

    They are made together, because several files hold the same password. Files are readable inside the folder, since
    the users in the containers are others; the folder itself is closed.
    """
    if directory.exists():
        return False
    scratch = directory.with_name(f"{directory.name}.new")
    scratch.mkdir(mode=0o700, parents=True)
    for name, text in files().items():
        (scratch / name).write_text(text, encoding="utf-8")
    scratch.rename(directory)
    return True


def main() -> int:
    """Entry point."""
    told = "made" if write() else "there already; remove the folder and the volumes to begin anew"
    sys.stdout.write(f"Secrets in {DIRECTORY.relative_to(Path(__file__).parents[1])}: {told}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
