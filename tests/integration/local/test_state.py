"""The state directory: secrets, ports and the lock."""

import socket
import stat

import pytest

from deploy.local.errors import LocalError
from deploy.local.processes import IDENTITY, PROCESSES, Addresses, environment
from deploy.local.state import State


@pytest.fixture
def state(tmp_path):
    state = State(tmp_path / "state")
    state.create()
    return state


def test_secrets_are_made_once_and_readable_by_the_owner_only(state):
    file = state.secret("key")
    key = file.read_text()
    assert len(key) == 44
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert state.secret("key").read_text() == key


def test_a_port_is_kept_until_somebody_else_has_it(state):
    port = state.port("postgres")
    assert state.port("postgres") == port
    assert State(state.directory).port("postgres") == port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert state.port("postgres") != port


def test_one_supervisor_at_a_time(state):
    second = State(state.directory)
    assert not second.is_locked()
    state.lock()
    assert second.is_locked()
    with pytest.raises(LocalError, match=r"already runs on .*'samenspel down'"):
        second.lock()
    state.unlock()
    second.lock()
    second.unlock()


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LocalError, match=r"Cannot use .*Point SAMENSPEL_STATE at a directory that can be written"):
        State(tmp_path / "file").create()


def test_a_state_that_was_cut_off_while_writing_is_read_as_empty(state):
    state.path("state.json").write_text('{"ports": {')
    assert state.read() == {}
    assert state.port("postgres")


def test_a_process_is_told_no_secret_but_its_own(state):
    names = [IDENTITY.name, *(process.name for process in PROCESSES)]
    addresses = Addresses(
        database_url=lambda service: f"postgresql://{service}:secret@127.0.0.1/samenspel",
        kafka="127.0.0.1:1",
        kafka_group_protocol="consumer",
        temporal="127.0.0.1:2",
        temporal_namespace="default",
        issuer="http://127.0.0.1:3",
        ports={name: 10_000 + number for number, name in enumerate(names)},
    )
    told = {process.name: environment(process, addresses, state) for process in PROCESSES}
    assert [name for name, environ in told.items() if "VAULT_KEY_FILE" in environ] == ["referral"]
    assert [name for name, environ in told.items() if "WORKFLOW_KEY_FILE" in environ] == ["worker", "conductor"]
    assert not any(variable.startswith("DATABASE_URL") for variable in told["portal"])
    assert [v for v in told["council"] if v.startswith("DATABASE_URL")] == ["DATABASE_URL_COUNCIL"]
    assert told["council"]["REFERRAL_URL"] == "http://127.0.0.1:10003"
    assert len({environ["OIDC_CLIENT_SECRET_FILE"] for environ in told.values()}) == len(PROCESSES)
    ring = state.path("secrets", "vault-key").read_text()
    assert ring.startswith("local-1:")
    environment(next(p for p in PROCESSES if p.name == "referral"), addresses, state)
    assert state.path("secrets", "vault-key").read_text() == ring


def test_a_full_disk_is_told_before_anything_starts(tmp_path):
    with pytest.raises(LocalError, match=r"^The disk of .* is full \(\d+ MB free, \d+ MB needed\)\. Free space"):
        State(tmp_path / "state", minimum_free_bytes=2**62).create()
