"""The official schemas, where an operator has them, are asked too; without a usable folder nothing starts."""

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from deploy.cli.main import run
from services.kit.settings import SettingsError
from services.referral.bootstrap import official_schemas
from services.referral.istandaarden import InvalidStructure, official, read, retour, validate_structure
from services.referral.istandaarden.description import KIND_OF_NAMESPACE, KINDS, describe
from services.referral.istandaarden.schema import schema_texts
from tests.shared_data import shared

XSD = "istandaarden/xsd"
WITHOUT = {"WMO302", "WMO306", "WMO308", "WMO316", "WMO318", "WMO320", "WMO325"}


@pytest.fixture(autouse=True)
def _ours_alone_afterwards() -> Iterator[None]:
    yield
    official.put_in_force(None)


def published(folder: Path) -> Path:
    """The schemas as they are published, in a tree of its own that may be changed."""
    shutil.copytree(shared(XSD), folder / "xsd")
    return folder / "xsd"


def own(folder: Path, kind: str = "JW305") -> Path:
    """A folder with schemas in our own words: what a test may break without the official ones."""
    message, basic = schema_texts(describe(kind))
    (folder / f"{kind}.xsd").write_text(message, encoding="utf-8")
    (folder / "shared.xsd").write_text(basic, encoding="utf-8")
    return folder


def stricter(folder: Path) -> Path:
    """The official schemas, but with a citizen number that begins with 1."""
    basic = folder / "ijw" / "Basisschema.xsd"
    text = basic.read_text(encoding="utf-8")
    assert text.count('<xs:pattern value="[0-9]{9}"') == 1
    basic.write_text(text.replace('<xs:pattern value="[0-9]{9}"', '<xs:pattern value="1[0-9]{8}"'), encoding="utf-8")
    return folder


def example(name: str) -> bytes:
    return shared(f"istandaarden/examples/{name}").read_bytes()


def test_every_schema_of_the_folder_is_found_and_agrees_with_ours() -> None:
    schemas = official.load(shared(XSD))
    assert schemas.kinds == set(KINDS) - WITHOUT
    official.put_in_force(schemas)
    for file in sorted(shared("istandaarden/examples").glob("*.xml")):
        assert validate_structure(file.read_bytes()) == [], file.name


def test_what_only_the_official_schema_refuses_is_refused_with_its_place_and_line(tmp_path: Path) -> None:
    raw = example("JW305.xml")
    assert validate_structure(raw) == []
    official.put_in_force(official.load(stricter(published(tmp_path))))
    (finding,) = validate_structure(raw)
    assert finding.path == "Bericht/Client/Bsn"
    assert finding.line == next(n for n, line in enumerate(raw.decode().splitlines(), 1) if ":Bsn>" in line)
    assert read(raw).root.text("Client/Bsn") not in repr(finding)
    assert finding.right.en == "as in the schema of Zorginstituut for JW305"


def test_a_namespace_without_prefix_is_placed_too(tmp_path: Path) -> None:
    official.put_in_force(official.load(stricter(published(tmp_path))))
    raw = example("JW305.xml").replace(b"jw305:", b"").replace(b"xmlns:jw305", b"xmlns")
    assert [each.path for each in validate_structure(raw)] == ["Bericht/Client/Bsn"]


def test_a_message_that_the_official_schema_refuses_does_not_leave(tmp_path: Path) -> None:
    message = read(example("JW305.xml"))
    answer = retour(message, identification="R1", dated=date(2026, 8, 14), codes={"Bericht/Client": ("0233",)})
    official.put_in_force(official.load(shared(XSD)))
    assert retour(message, identification="R1", dated=date(2026, 8, 14), codes={"Bericht/Client": ("0233",)}) == answer
    official.put_in_force(official.load(stricter(published(tmp_path))))
    with pytest.raises(InvalidStructure, match="Bericht/Client/Bsn"):
        retour(message, identification="R1", dated=date(2026, 8, 14), codes={"Bericht/Client": ("0233",)})


def test_a_kind_without_an_official_schema_is_judged_by_ours_alone(tmp_path: Path) -> None:
    schemas = official.load(own(tmp_path))
    assert schemas.kinds == {"JW305"}
    assert schemas.findings(read(example("JW307.xml"))) == []


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: shutil.rmtree(folder), "is no folder"),
        (lambda folder: (folder / "JW305.xsd").unlink(), "holds no schema of an iWmo or iJw"),
        (lambda folder: (folder / "JW305.xsd").write_text("<xs:schema"), "cannot be read as XML"),
        (lambda folder: (folder / "shared.xsd").unlink(), r"imports shared\.xsd, which is not in"),
        (lambda folder: _replace(folder, "shared.xsd", "http://127.0.0.1:9/shared.xsd"), "imports http://"),
        (lambda folder: _replace(folder, "shared.xsd", "../../shared.xsd"), "imports ../../shared"),
        (lambda folder: _replace(folder, "s:CDT_Product", "s:CDT_Unknown"), "is no usable schema"),
        (lambda folder: shutil.copy(folder / "JW305.xsd", folder / "copy.xsd"), "both describe JW305"),
    ],
    ids=["absent", "empty", "no-xml", "import-absent", "import-remote", "import-outside", "type-absent", "twice"],
)
def test_a_folder_that_cannot_be_used_stops_the_service_and_the_command(
    spoil: object, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "schemas"
    folder.mkdir()
    own(folder)
    spoil(folder)  # type: ignore[operator]
    with pytest.raises(SettingsError, match=f"^ISTANDAARDEN_XSD_DIR cannot be used: .*{says}"):
        official_schemas(str(folder))
    monkeypatch.setenv("ISTANDAARDEN_XSD_DIR", str(folder))
    (tmp_path / "message.xml").write_text("<a/>")
    assert run(["messages", "validate", str(tmp_path / "message.xml")]) == 2
    assert "ISTANDAARDEN_XSD_DIR cannot be used" in capsys.readouterr().err


def _replace(folder: Path, old: str, new: str) -> None:
    file = folder / "JW305.xsd"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_command_asks_the_official_schema_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "message.xml"
    file.write_bytes(example("JW305.xml"))
    assert run(["messages", "validate", "--json", str(file)]) == 0
    monkeypatch.setenv("ISTANDAARDEN_XSD_DIR", str(stricter(published(tmp_path))))
    capsys.readouterr()
    assert run(["messages", "validate", "--json", str(file)]) == 1
    verdict = json.loads(capsys.readouterr().out)
    assert (verdict["message"], verdict["level"]) == ("JW305", 1)
    assert "official schema" in verdict["error"]


def test_no_variable_means_ours_alone() -> None:
    assert official_schemas("") is None
    assert len(KIND_OF_NAMESPACE) == 28
