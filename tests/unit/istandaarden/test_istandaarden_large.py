"""A large message is read in one pass without its tree, and means the same as when it is read as a tree."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import (
    KINDS,
    Declaration,
    Message,
    TechnicalError,
    TechnicalReason,
    official,
    read,
    reading,
    validate_structure,
    write,
)
from services.referral.istandaarden.collecting import _repeated
from services.referral.istandaarden.description import ClassDescription, describe
from services.referral.istandaarden.rules import check_content
from tests.shared_data import shared
from tests.unit.istandaarden.test_istandaarden_reading import ATTACKS

PERFORMANCES = 3


def declaration(clients: int) -> bytes:
    """A WMO323 of one kB of performances a client."""
    listed = [
        {
            "Bsn": fictional_bsn(number).digits,
            "Prestaties": {"Prestatie": [_performance(number * PERFORMANCES + n) for n in range(PERFORMANCES)]},
        }
        for number in range(clients)
    ]
    return write(
        "WMO323",
        {
            "Header": {
                "Afzender": "73730001",
                "Ontvanger": "0268",
                "BerichtIdentificatie": {"Identificatie": "D1", "Dagtekening": "2026-08-14"},
            },
            "Declaratie": {
                "DeclaratieNummer": "D1",
                "DeclaratiePeriode": {"Begindatum": "2026-07-01", "Einddatum": "2026-07-31"},
                "DeclaratieDagtekening": "2026-08-14",
                "TotaalIngediendBedrag": {"TotaalBedrag": 5000 * PERFORMANCES * clients, "DebetCredit": "D"},
                "Clienten": {"Client": listed},
            },
        },
    )


def _performance(number: int) -> dict[str, Any]:
    return {
        "ProductReferentie": {"ReferentieNummer": f"R{number}"},
        "ToewijzingNummer": number + 1,
        "ProductCategorie": "02",
        "ProductCode": "02A03",
        "ProductPeriode": {"Begindatum": "2026-07-01", "Einddatum": "2026-07-31"},
        "GeleverdVolume": 4,
        "Eenheid": "04",
        "ProductTarief": 1250,
        "IngediendBedrag": {"Bedrag": 5000, "DebetCredit": "D"},
    }


LARGE = declaration(60)
EMPTIED = b"<wmo323:Eenheid>04</wmo323:Eenheid>"


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGE", 1)


@pytest.fixture(autouse=True)
def _ours_alone_afterwards() -> Iterator[None]:
    yield
    official.put_in_force(None)


def as_tree(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> Message:
    with monkeypatch.context() as patched:
        patched.setattr(reading, "LARGE", len(raw) + 1)
        return read(raw)


def test_it_means_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    message, tree = read(LARGE), as_tree(LARGE, monkeypatch)
    assert (message.streamed, tree.streamed) == (True, False)
    assert validate_structure(message) == check_content(message) == []
    assert message.root == tree.root
    assert [node.path for node in message.every("Prestatie")] == [node.path for node in tree.every("Prestatie")]
    assert Declaration.from_message(message) == Declaration.from_message(tree)
    assert (message.header, message.size) == (tree.header, len(LARGE))
    assert message.to_bytes() == tree.to_bytes()


@pytest.mark.parametrize(
    "raw",
    [
        LARGE.replace(b"R7<", b"R<!-- x -->7<"),
        LARGE.replace(b"R7<", b"<![CDATA[R7]]><"),
        LARGE.replace(b"R7<", b"R<?x?>7<"),
        LARGE.replace(b"<wmo323:Eenheid>", b"<wmo323:Eenheid>" + b" " * 30_000, 1).replace(
            b" " * 30_000 + b"04", b"04"
        ),
    ],
)
def test_unusual_writing_is_read_as_a_tree(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    message = read(raw)
    assert validate_structure(message) == []
    assert message.root == as_tree(LARGE, monkeypatch).root


def test_what_is_wrong_is_explained_as_in_a_small_message(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = LARGE.replace(EMPTIED, b"", 1)
    (finding,) = validate_structure(raw)
    assert finding.path == "Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]/Eenheid"
    assert validate_structure(as_tree(raw, monkeypatch)) == [finding]


@pytest.mark.parametrize("cut", [1, 3, 20, 1000, len(LARGE) // 2])
def test_a_cut_message_is_no_xml(cut: int) -> None:
    with pytest.raises(TechnicalError) as refused:
        read(LARGE.rstrip()[:-cut])
    assert refused.value.reason is TechnicalReason.NOT_XML


@pytest.mark.usefixtures("everything_is_large")
@pytest.mark.parametrize("name", ATTACKS)
def test_a_large_file_that_is_unsafe_is_refused_alike(name: str) -> None:
    raw, reason = ATTACKS[name]
    with pytest.raises(TechnicalError) as refused:
        read(raw)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    "text",
    [b"x" * 4_000_000, b"&amp;" * 800_000, b"<![CDATA[" + b"<" * 4_000_000 + b"]]>", b"x<!---->" * 500_000],
    ids=["long", "references", "cdata", "pieces"],
)
def test_no_text_takes_quadratic_time(text: bytes) -> None:
    """In pieces of a few bytes these would take minutes."""
    began = time.process_time()
    assert validate_structure(LARGE.replace(b"R7<", text + b"<"))
    assert time.process_time() - began < 10


def test_the_official_schema_is_asked_in_one_pass_too(tmp_path: Path) -> None:
    shutil.copytree(shared("istandaarden/xsd/iwmo"), tmp_path / "xsd")
    official.put_in_force(official.load(tmp_path / "xsd"))
    assert validate_structure(LARGE) == []
    basic = tmp_path / "xsd" / "Basisschema.xsd"
    basic.write_text(
        basic.read_text(encoding="utf-8").replace('value="[0-9]{9}"', 'value="[0-8]{9}"'), encoding="utf-8"
    )
    official.put_in_force(official.load(tmp_path / "xsd"))
    (finding,) = validate_structure(LARGE)
    wrong = next(n for n, line in enumerate(LARGE.splitlines(), 1) if b":Bsn>" in line and b"9" in line)
    assert (finding.path, finding.line) == ("Bericht", wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_where_a_class_may_repeat_follows_from_its_tag_and_what_it_stands_in(kind: str) -> None:
    description = describe(kind)

    def classes(group: ClassDescription, tag: str) -> Iterator[tuple[tuple[str, str], bool]]:
        for element in group.elements:
            if element.group is not None:
                yield (tag, element.tag), element.many
                yield from classes(element.group, element.tag)

    every = set(classes(description.root, f"{{{description.namespace}}}Bericht"))
    assert {place for place, many in every if many} == _repeated(description).keys()
    assert len({place for place, _ in every}) == len(every)
