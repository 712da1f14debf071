"""``samenspel messages exchange``: wrong use, what it writes and says, and that it goes on after it was killed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.cli.main import run
from services.referral.istandaarden import Standard, read
from tests.unit.istandaarden.rules_across.messages_across import message, requested, started

COMMAND = [sys.executable, "-m", "deploy.cli.main", "messages", "exchange"]


def put(directory: Path, name: str, number: str, body: dict[str, Any], identification: str, dated: str) -> None:
    header = {"BerichtIdentificatie": {"Identificatie": identification, "Dagtekening": dated}}
    (directory / name).write_bytes(message(Standard.IJW, number, body, **header).to_bytes())


def request(number: int) -> dict[str, Any]:
    body = requested(Standard.IJW, {"ReferentieAanbieder": f"R{number}"})
    return body | {"Bsn": _bsn(number)}


def _bsn(number: int) -> str:
    from services.referral.domain.identity import fictional_bsn

    return fictional_bsn(number).digits


def exchange(directory: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    done = subprocess.run([*COMMAND, str(directory), "--json", *options], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def answers(directory: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted((directory / "out").iterdir())}


@pytest.mark.parametrize("content", [None, {}, {"agreements.json": b"{}"}], ids=["absent", "empty", "no message"])
def test_without_messages_there_is_nothing_to_exchange(
    content: dict[str, bytes] | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "messages"
    if content is not None:
        directory.mkdir()
        for name, raw in content.items():
            (directory / name).write_bytes(raw)
    assert run(["messages", "exchange", str(directory)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert run(["messages", "exchange"]) == 2


def test_out_is_never_overwritten_silently(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path, "0001-JW315.xml", "315", request(1), "A1", "2026-06-15")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "0001-JW315.JW316.xml").write_text("of somebody else")
    assert run(["messages", "exchange", str(tmp_path)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert answers(tmp_path) == {"0001-JW315.JW316.xml": b"of somebody else"}


def test_each_message_gets_a_line_and_its_answer(tmp_path: Path) -> None:
    put(tmp_path, "0001-JW315.xml", "315", request(1), "A1", "2026-06-15")
    put(tmp_path, "0002-JW305.xml", "305", started(Standard.IJW), "A2", "2026-06-15")
    put(tmp_path, "0003-JW315.xml", "315", request(2), "A3", "2026-06-16")
    (tmp_path / "0004-cut.xml").write_bytes((tmp_path / "0003-JW315.xml").read_bytes()[:300])
    (tmp_path / "0005-again.xml").write_bytes((tmp_path / "0001-JW315.xml").read_bytes())
    put(tmp_path, "0006-late.xml", "315", request(3), "A6", "2026-06-01")
    (tmp_path / "0007-zip.zip").write_bytes(b"PK\x03\x04")

    code, lines = exchange(tmp_path)
    assert code == 1
    assert [Path(line["file"]).name for line in lines] == sorted(
        each.name for each in tmp_path.iterdir() if each.is_file() and each.name[0] != "."
    )
    first, start, second, cut, again, late, archive = lines
    assert first == {
        "file": str(tmp_path / "0001-JW315.xml"),
        "message": "JW315",
        "standard": "ijw",
        "accepted": True,
        "level": None,
        "return_codes": [],
        "rules": [],
        "error": None,
        "effects": [
            "nl.samenspel.messages.received.v1",
            "nl.samenspel.messages.written.v1",
            "nl.samenspel.referrals.requested.v1",
        ],
        "replies": [str(tmp_path / "out" / "0001-JW315.JW316.xml")],
    }
    assert (start["accepted"], start["level"], start["return_codes"], start["rules"]) == (False, 3, ["9019"], ["TR019"])
    assert second["accepted"]
    assert (cut["accepted"], cut["level"], cut["replies"]) == (False, "technical", [])
    assert (again["accepted"], again["effects"], again["replies"]) == (True, [], [])
    assert late["accepted"]
    assert archive["level"] == "technical"
    written = answers(tmp_path)
    assert list(written) == [Path(each).name for line in lines for each in line["replies"]]
    assert read(written["0003-JW315.JW316.xml"]).root.text("Header/DagtekeningRetour") == "2026-06-16"
    # The clock does not go back: what comes late is judged on the day of the message before it.
    assert read(written["0006-late.JW316.xml"]).root.text("Header/DagtekeningRetour") == "2026-06-16"

    assert exchange(tmp_path) == (1, lines)
    assert answers(tmp_path) == written

    put(tmp_path, "0008-JW315.xml", "315", request(4), "A8", "2026-06-17")
    assert exchange(tmp_path)[0] == 2
    assert answers(tmp_path) == written
    code, lines = exchange(tmp_path, "--overwrite")
    assert (code, len(lines)) == (1, 8)
    assert len(answers(tmp_path)) == len(written) + 1


def test_killed_in_the_middle_it_answers_every_message_once_when_started_again(tmp_path: Path) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    for directory in (killed, whole):
        directory.mkdir()
        for number in range(1, 61):
            put(directory, f"{number:04d}-JW315.xml", "315", request(number), f"A{number}", "2026-06-15")
    process = subprocess.Popen([*COMMAND, str(killed), "--json"], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    for _ in range(20):
        assert process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    scratch = Path(json.loads((killed / ".exchange.json").read_text())["scratch"])
    half = answers(killed)
    assert 20 <= len(half) < 60
    assert scratch.exists()

    code, lines = exchange(killed)
    assert (code, len(lines)) == (0, 60)
    assert exchange(whole)[0] == 0
    assert answers(killed) == answers(whole)
    assert len(answers(killed)) == 60
    assert half.items() <= answers(killed).items()
    assert not scratch.exists()
