"""The operator's command: what it prints, where, and how it ends."""

import json
import uuid

import httpx
import pytest

from deploy.cli.main import run
from deploy.demo.once import Demonstration
from deploy.local.identity.tokens import signing_key
from deploy.local.state import State


@pytest.fixture
def state(engines, monkeypatch):
    directory = engines.state.path(f"command-{uuid.uuid4().hex[:8]}")
    monkeypatch.setenv("SAMENSPEL_STATE", str(directory))
    monkeypatch.setenv("BROKER", "tansu")
    monkeypatch.delenv("PORT", raising=False)
    return State(directory)


def one_line(text):
    lines = text.splitlines()
    assert len(lines) == 1, text
    return lines[0]


def test_up_status_down(state, capsys):
    assert run(["up", "--only", "portal", "--json"]) == 0
    try:
        started = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        portal = next(entry["address"] for entry in started if entry["name"] == "portal")
        assert httpx.get(f"{portal}/health/ready").status_code == 200

        assert run(["status", "--json"]) == 0
        found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert {one["name"] for one in found} == {"postgres", "tansu", "temporal", "identity", "portal"}
        assert all(one["healthy"] for one in found)

        assert run(["up"]) == 1
        assert "already runs" in one_line(capsys.readouterr().err)
        assert run(["reset", "--yes"]) == 1
        assert "Stop it first with 'samenspel down'" in one_line(capsys.readouterr().err)
    finally:
        assert run(["down"]) == 0
    assert "Stopped." in capsys.readouterr().out
    assert not state.is_locked()
    assert run(["reset", "--yes"]) == 0
    assert not state.directory.exists()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["status"], 1, "Start it with 'samenspel up'"),
        (["unknown"], 2, "No such command 'unknown'"),
        (["logs", "--lines", "x"], 2, "Input should be a valid integer"),
        (["api-token"], 2, "Missing option '--person'"),
        (["api-token", "--person", "clerk"], 2, "did you mean clerk-"),
        (["logs", "portal"], 2, "nothing has run here yet"),
        (["up", "--only", "referal"], 2, "There is no process 'referal'"),
    ],
)
def test_errors_are_one_line_on_standard_error(state, capsys, arguments, code, says):
    if arguments[0] == "api-token":
        state.create()
        state.write(issuer="http://127.0.0.1:1")
    assert run(arguments) == code
    said = capsys.readouterr()
    assert says in one_line(said.err)
    assert said.out == ""


def test_reset_does_not_throw_away_without_a_yes(state, capsys):
    state.create()
    state.write(phase="stopped")
    assert run(["reset"]) == 2
    assert "--yes" in one_line(capsys.readouterr().err)
    assert state.directory.exists()


def test_what_was_cut_short_is_thrown_away_before_the_demonstration_is_loaded(state, capsys, monkeypatch):
    state.create()
    state.path("demo-begun").touch()
    state.path("engines", "postgres").mkdir()
    state.path("bench.json").write_text("{}")

    assert run(["simulate", "--municipalities", "1", "--clients", "1", "--months", "1", "--seed", "1"]) == 1
    assert "The demonstration is being loaded" in one_line(capsys.readouterr().err)
    assert run(["demo"]) == 1
    assert "samenspel reset" in one_line(capsys.readouterr().err)

    async def serve(stack, when_ready):
        assert not state.path("engines", "postgres").exists()
        assert not Demonstration(state).half_loaded

    monkeypatch.setattr("deploy.local.serve.serve", serve)
    assert run(["run"]) == 0
    assert "cut short" in capsys.readouterr().err
    assert state.path("bench.json").exists()


def test_a_demonstration_that_was_loaded_is_kept(state, monkeypatch):
    state.create()
    for name in ("demo-begun", "demo-played.json"):
        state.path(name).touch()
    state.path("engines", "postgres").mkdir()

    async def serve(stack, when_ready):
        assert state.path("engines", "postgres").exists()

    monkeypatch.setattr("deploy.local.serve.serve", serve)
    assert run(["run"]) == 0


def test_a_token_is_printed_bare_or_as_json(state, capsys):
    state.create()
    state.write(issuer="http://127.0.0.1:1")
    signing_key(state)
    assert run(["api-token", "--person", "operator"]) == 0
    assert one_line(capsys.readouterr().out).count(".") == 2
    assert run(["api-token", "--person", "operator", "--json"]) == 0
    assert json.loads(one_line(capsys.readouterr().out))["person"] == "operator"


def test_logs_shows_the_last_lines(state, capsys):
    state.create()
    state.log("portal").write_text("one\ntwo\nthree\n")
    assert run(["logs", "portal", "-n", "2"]) == 0
    assert capsys.readouterr().out == "two\nthree\n"
    assert run(["logs", "--json"]) == 0
    assert json.loads(one_line(capsys.readouterr().out))["name"] == "portal"
