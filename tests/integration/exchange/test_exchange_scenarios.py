"""The scenarios of the standard, message by message through a fresh municipality: verdict, answer and what remains."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.exchange.directory import Directory
from deploy.exchange.municipality import FreshMunicipality
from deploy.exchange.processing import process
from services.referral.istandaarden import AnswerToDeclaration, Message, read
from tests.integration.exchange.scenario_messages import Scenario, scenarios

NOTHING_TO_REMARK = {"0200", "0233"}
SCENARIOS = scenarios()

STANDS: Mapping[str, dict[int, dict[str, Any]]] = {
    "CASUS-1": {667899: {"ends_on": "2025-12-31", "volume": 3}},
    "TOEW-2": {7001: {"ends_on": "2026-05-31"}, 7002: {"starts_on": "2026-06-01", "volume": 5}},
    "TOEW-3": {5101: {"volume": 100, "reference": "A-77"}},
    "VOW-1": {
        432: {"ends_on": "2025-08-31", "reference": "V1"},
        543: {"ends_on": "2025-12-31", "change_reason": None},
        9001: {"starts_on": "2025-09-01", "volume": 6, "change_reason": None},
    },
    "VOW-11": {7001: {"volume": 3, "ends_on": "2026-12-31"}},
}
"""What ``state`` says in words: allocations as they stand after the last message."""


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
async def test_a_scenario_goes_as_the_standard_says(scenario: Scenario, database: Any, tmp_path: Path) -> None:
    clone = await database("referral")
    scenario.write_to(tmp_path)
    directory = Directory(tmp_path)
    with directory.claimed():
        async with FreshMunicipality.on(clone.url, clone.admin_url) as fresh:
            lines = {Path(each["file"]).name: each async for each in process(directory, fresh)}
    assert list(lines) == list(scenario.steps)
    for file, expected in scenario.steps.items():
        line = lines[file]
        assert line["accepted"] is (expected["result"] == "goed"), (file, line)
        if expected["codes"] is not None:
            _check_answer(file, expected, line)
    if scenario.name in STANDS:
        await _check_allocations(clone.admin_url, STANDS[scenario.name])


def _check_answer(file: str, expected: Mapping[str, Any], line: Mapping[str, Any]) -> None:
    [reply] = [read(Path(each).read_bytes()) for each in line["replies"]]
    if reply.number == "325":
        found = _declaration_codes(reply)
        assert found.items() >= expected["codes"].items(), (file, found)
        if "TotaalToegekendBedrag" in expected:
            assert AnswerToDeclaration.from_message(reply).granted_cents == expected["TotaalToegekendBedrag"]
        return
    assert reply.kind == expected.get("reply", reply.kind), file
    found = _codes(reply)
    for name, codes in found.items():
        assert set(codes) == set(expected["codes"].get(name, ())) or (
            name not in expected["codes"] and set(codes) <= NOTHING_TO_REMARK
        ), (file, found)
    assert set(expected["codes"]) <= set(found), (file, found)
    if "rule" in expected:
        assert line["rules"] == [expected["rule"]], file
    if "level" in expected:
        assert line["level"] == expected["level"], file
    rejecting = {code for codes in expected["codes"].values() for code in codes} - NOTHING_TO_REMARK
    assert set(line["return_codes"]) == rejecting


def _codes(reply: Message) -> dict[str, list[str]]:
    """Codes by the name of the class that carries them."""
    found: dict[str, list[str]] = {}
    for node in reply.every("RetourCodes"):
        name = node.path.rpartition("/")[0].rpartition("/")[2].partition("[")[0]
        found.setdefault(name, []).extend(node.texts("RetourCode"))
    return found


def _declaration_codes(reply: Message) -> dict[str, list[str]]:
    answer = AnswerToDeclaration.from_message(reply)
    found = {"Header": list(answer.header_codes)}
    if answer.codes:
        found["DeclaratieAntwoord"] = list(answer.codes)
    for client in answer.clients:
        found["Client"] = list(client.codes)
        for rejected in client.performances:
            found[f"Prestatie {rejected.performance.reference}"] = list(rejected.codes)
    return found


async def _check_allocations(admin_url: str, expected: Mapping[int, Mapping[str, Any]]) -> None:
    connection = await asyncpg.connect(admin_url)
    try:
        rows = await connection.fetch("select * from referral.allocation where number = any($1)", list(expected))
    finally:
        await connection.close()
    stands = {row["number"]: row for row in rows}
    for number, values in expected.items():
        for name, value in values.items():
            found = stands[number][name]
            assert (found if value is None or isinstance(value, int) else str(found)) == value, (number, name)
