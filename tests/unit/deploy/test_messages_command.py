"""``samenspel messages``: files are judged by themselves, and only what is right is written."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from contracts.events.referral import StopReason
from deploy.cli.main import run
from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import (
    ClientDetails,
    MessageHeader,
    PersonName,
    Standard,
    StoppedProduct,
    read,
    stop_307,
)
from services.referral.istandaarden.codes import Gender, Submission
from services.referral.istandaarden.envelope import Envelope, EnvelopeVersion, System, wrap

BEGAN, ENDED, DATED = date(2026, 3, 2), date(2026, 7, 31), date(2026, 8, 14)
CLIENT = ClientDetails(fictional_bsn(7), PersonName("Testpersoon"), date(1950, 2, 3), Gender.FEMALE)
HEADER = MessageHeader(Standard.IWMO, "0268", "73730005", "S1", DATED)


def stop(ends_on: date = ENDED) -> bytes:
    product = StoppedProduct(
        allocation_number=12,
        category="07",
        code="07A12",
        starts_on=BEGAN,
        ends_on=ends_on,
        reason=StopReason.AS_PLANNED,
        submission=Submission.FIRST,
    )
    return stop_307(HEADER, CLIENT, [product])


def enveloped(message: bytes) -> bytes:
    return wrap(
        Envelope(
            version=EnvelopeVersion.V3_10,
            retour=False,
            sender=System("73730005", "Zorgpakket"),
            receiver=System("0268", "Samenspel"),
            reference="9c0f7b90-5c69-41e5-a837-0800200c9a66",
            sent_at=datetime(2026, 8, 14, 9, tzinfo=UTC),
            function="WMO307",
            message=message,
        )
    )


CASES: dict[str, tuple[bytes, dict[str, Any]]] = {
    "right": (stop(), {"message": "WMO307", "standard": "iwmo", "accepted": True, "level": None, "error": None}),
    "enveloped": (enveloped(stop()), {"message": "WMO307", "accepted": True, "level": None}),
    "no-xml": (b"hallo", {"message": None, "accepted": False, "level": "technical", "return_codes": [], "rules": []}),
    "entity": (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        {"accepted": False, "level": "technical"},
    ),
    "level-1": (
        stop().replace(b"07A12", b"07A12-and-too-long"),
        {"message": "WMO307", "accepted": False, "level": 1, "return_codes": [], "rules": []},
    ),
    "level-2": (
        stop(ends_on=date(2026, 3, 1)),
        {"accepted": False, "level": 2, "return_codes": ["0001"], "rules": ["TR018"]},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_is_judged_by_itself(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, expected = CASES[name]
    file = tmp_path / f"{name}.xml"
    file.write_bytes(content)
    assert run(["messages", "validate", str(file), "--json"]) == (0 if expected["accepted"] else 1)
    verdict = json.loads(capsys.readouterr().out)
    assert list(verdict) == [
        "file", "message", "standard", "accepted", "level", "return_codes", "rules", "error",
    ]  # fmt: skip
    assert expected.items() <= verdict.items()
    assert verdict["accepted"] or verdict["error"]


def test_every_file_has_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / f"{name}.xml" for name in CASES]
    for file, (content, _) in zip(files, CASES.values(), strict=True):
        file.write_bytes(content)
    assert run(["messages", "validate", *map(str, files)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert ["accepted" in line for line in lines] == [True] * len(files)


def test_content_becomes_a_message(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    source = tmp_path / "stop.json"
    content = read(stop()).root.content()
    source.write_text(json.dumps(content, default=str), encoding="utf-8")
    assert run(["messages", "produce", "--kind", "wmo307", "--from", str(source)]) == 0
    assert read(capsysbinary.readouterr().out).root == read(stop()).root


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        ("{", 2, "is not JSON"),
        ("[]", 2, "one JSON object"),
        ("{}", 1, "Bericht/Header: The element is missing."),
        (json.dumps(read(stop(date(2026, 3, 1))).root.content(), default=str), 1, "TR018"),
    ],
)
def test_what_is_wrong_is_not_written(
    content: str, code: int, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "content.json", tmp_path / "out.xml"
    source.write_text(content, encoding="utf-8")
    assert run(["messages", "produce", "--kind", "WMO307", "--from", str(source), "--out", str(out)]) == code
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_an_unknown_kind_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text("{}")
    assert run(["messages", "produce", "--kind", "JW999", "--from", str(tmp_path / "x.json")]) == 2
    assert "There is no message JW999" in capsys.readouterr().err
