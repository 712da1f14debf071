"""Reading refuses what is unsafe or no message, and recognises what is one."""

import zipfile
from io import BytesIO

import pytest

from services.referral.istandaarden import (
    KINDS,
    InvalidStructure,
    Standard,
    TechnicalError,
    TechnicalReason,
    read,
    validate_structure,
)
from services.referral.istandaarden.description import describe

NAMESPACE = "http://www.istandaarden.nl/ijw/3_2/jw319/schema"
SHARED = "http://www.istandaarden.nl/ijw/3_2/basisschema/schema"
ANSWER = f"""<?xml version="1.0" encoding="UTF-8"?>
<a:Bericht xmlns:a="{NAMESPACE}" xmlns:b="{SHARED}">
  <a:Header>
    <a:BerichtCode>488</a:BerichtCode><a:BerichtVersie>3</a:BerichtVersie><a:BerichtSubversie>2</a:BerichtSubversie>
    <a:Afzender>0268</a:Afzender><a:Ontvanger>73730001</a:Ontvanger>
    <a:BerichtIdentificatie>
      <b:Identificatie>ANSWER-1</b:Identificatie><b:Dagtekening>2026-09-01</b:Dagtekening>
    </a:BerichtIdentificatie>
    <a:XsdVersie>
      <b:BasisschemaXsdVersie>1.0.0</b:BasisschemaXsdVersie><b:BerichtXsdVersie>1.0.0</b:BerichtXsdVersie>
    </a:XsdVersie>
  </a:Header>
  <a:Antwoord>
    <a:ReferentieAanbieder>R-1</a:ReferentieAanbieder><a:VerzoekAntwoord>2</a:VerzoekAntwoord>
  </a:Antwoord>
</a:Bericht>
"""


def _zip() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("JW319.xml", ANSWER)
    return target.getvalue()


def _with_doctype(doctype: str, text: str = "R-1") -> bytes:
    return ANSWER.replace("?>\n", f"?>\n{doctype}\n", 1).replace("R-1", text).encode()


BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
)
ATTACKS = {
    "document type": (_with_doctype("<!DOCTYPE x>"), TechnicalReason.DOCUMENT_TYPE),
    "document type behind comments": (
        _with_doctype("<!-- <x> --><?y <!-- ?> <!-- - -->\n<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'>"),
        TechnicalReason.DOCUMENT_TYPE,
    ),
    "external entity": (
        _with_doctype("<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>", "&e;"),
        TechnicalReason.DOCUMENT_TYPE,
    ),
    "entity bomb": (_with_doctype(f"{BOMB}]>", "&j;"), TechnicalReason.DOCUMENT_TYPE),
    "unknown entity": (ANSWER.replace("R-1", "&e;").encode(), TechnicalReason.NOT_XML),
    "UTF-16": (ANSWER.replace("UTF-8", "UTF-16").encode("utf-16"), TechnicalReason.ENCODING),
    "UTF-16 without mark": (ANSWER.encode("utf-16-le"), TechnicalReason.ENCODING),
    "UTF-16 with document type": (_with_doctype("<!DOCTYPE x>").decode().encode("utf-16-be"), TechnicalReason.ENCODING),
    "declared Latin-1": (ANSWER.replace("UTF-8", "ISO-8859-1").encode(), TechnicalReason.ENCODING),
    "declared UTF-7": (ANSWER.replace('"UTF-8"', "'utf-7'").encode(), TechnicalReason.ENCODING),
    "Latin-1 said to be UTF-8": (ANSWER.replace("R-1", "é").encode("latin-1"), TechnicalReason.ENCODING),
    "null byte": (ANSWER.replace("R-1", "\0").encode(), TechnicalReason.ENCODING),
    "control character": (ANSWER.replace("R-1", "\x01").encode(), TechnicalReason.NOT_XML),
    "truncated": (ANSWER[:700].encode(), TechnicalReason.NOT_XML),
    "empty": (b"", TechnicalReason.NOT_XML),
    "text": (b"hello", TechnicalReason.NOT_XML),
    "JSON": (b'{"Bericht": {}}', TechnicalReason.NOT_XML),
    "undeclared prefix": (b"<a:Bericht/>", TechnicalReason.NOT_XML),
    "nested too deep": (b"<a>" * 100_000, TechnicalReason.NOT_XML),
    "26 MB": (ANSWER.replace("R-1", "x" * 26_000_000).encode(), TechnicalReason.TOO_LARGE),
    "other XML": (b"<html/>", TechnicalReason.UNKNOWN_MESSAGE),
    "no namespace": (ANSWER.replace(NAMESPACE, "urn:x").encode(), TechnicalReason.UNKNOWN_MESSAGE),
    "unknown number": (ANSWER.replace("jw319", "jw399").encode(), TechnicalReason.UNKNOWN_MESSAGE),
    "wrong root": (ANSWER.replace("a:Bericht", "a:Antwoord").encode(), TechnicalReason.UNKNOWN_MESSAGE),
    "older version": (ANSWER.replace("3_2", "3_1").encode(), TechnicalReason.UNSUPPORTED_VERSION),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_unsafe_or_foreign_bytes_are_refused(name: str) -> None:
    raw, reason = ATTACKS[name]
    with pytest.raises(TechnicalError) as refused:
        read(raw)
    assert refused.value.reason is reason
    assert refused.value.nl.endswith(".")
    assert refused.value.en.endswith(".")
    assert len(str(refused.value)) < 300


def test_zip_is_refused() -> None:
    with pytest.raises(TechnicalError) as refused:
        read(_zip())
    assert refused.value.reason in (TechnicalReason.ENCODING, TechnicalReason.NOT_XML)


def test_refusal_names_the_line_and_the_version() -> None:
    with pytest.raises(TechnicalError, match="line 16"):
        read(ANSWER.replace("</a:Antwoord>", "").encode())
    with pytest.raises(TechnicalError, match=r"version 3\.1"):
        read(ANSWER.replace("3_2", "3_1").encode())


@pytest.mark.parametrize(
    "raw",
    [
        ANSWER.encode(),
        ANSWER.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + ANSWER.encode(),
        ANSWER.partition("\n")[2].encode(),
        ANSWER.replace("UTF-8", "utf-8").encode(),
        ANSWER.replace("?>", "?><!-- <!DOCTYPE x> --><?y \"encoding='x'\"?>", 1).encode(),
        ANSWER.replace("R-1", "<![CDATA[R-1]]>").encode(),
        ANSWER.replace("R-1", "R<!-- x -->-<?y?>1").encode(),
        ANSWER.replace("R-1", "R&#45;1").encode(),
    ],
)
def test_the_same_message_in_other_writing(raw: bytes) -> None:
    message = read(raw)
    assert validate_structure(message) == []
    assert message.root == read(ANSWER.encode()).root
    assert message.root.text("Antwoord/ReferentieAanbieder") == "R-1"


def test_header() -> None:
    message = read(ANSWER.encode())
    assert (message.kind, message.number, message.standard) == ("JW319", "319", Standard.IJW)
    assert (message.municipality, message.provider) == ("0268", "73730001")
    assert message.identification == "ANSWER-1"
    assert message.header.dated.isoformat() == "2026-09-01"
    assert not message.is_retour
    assert repr(message) == "<Message JW319>"


def test_header_of_a_broken_message() -> None:
    with pytest.raises(InvalidStructure):
        _ = read(ANSWER.replace("Afzender", "Zender").encode()).header
    with pytest.raises(InvalidStructure):
        _ = read(ANSWER.replace("2026-09-01", "12026-09-01").encode()).header


def test_access_by_name() -> None:
    message = read(ANSWER.encode())
    answer = message.first("Antwoord")
    assert answer is not None
    assert answer.ReferentieAanbieder == "R-1"
    assert answer.RedenAfwijzingVerzoek is None
    assert answer.path == "Bericht/Antwoord"
    header = message.root.Header
    assert header.BerichtVersie == 3
    assert header.BerichtIdentificatie.Dagtekening.isoformat() == "2026-09-01"
    assert message.first("Client") is None
    with pytest.raises(AttributeError):
        _ = answer.Bsn
    with pytest.raises(LookupError):
        answer.text("RedenAfwijzingVerzoek")


def test_what_was_collected_cannot_be_changed_through_a_copy() -> None:
    message = read(ANSWER.encode())
    message.root.content()["Antwoord"]["ReferentieAanbieder"] = "other"
    assert message.root.text("Antwoord/ReferentieAanbieder") == "R-1"


def test_to_bytes_keeps_the_message() -> None:
    message = read(ANSWER.replace("R-1", "R<!-- x -->-1").encode())
    raw = message.to_bytes()
    assert b"<!--" not in raw
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert read(raw).root == message.root


def test_findings_say_where_and_what() -> None:
    raw = ANSWER.replace("0268", "26").replace("<a:VerzoekAntwoord>2</a:VerzoekAntwoord>", "<a:Extra/>").encode()
    findings = validate_structure(raw)
    assert [(f.path, f.line) for f in findings] == [
        ("Bericht/Header/Afzender", 5),
        ("Bericht/Antwoord/Extra", 14),
        ("Bericht/Antwoord/VerzoekAntwoord", 13),
    ]
    assert findings[0].right.nl == "4 cijfers"
    assert findings[1].right.en == "in this place: VerzoekAntwoord"
    assert findings[2].right.nl == "een van de codes 1, 2"


@pytest.mark.parametrize(
    ("old", "new", "path", "right"),
    [
        ("<a:Antwoord>", '<a:Antwoord x="1">', "Bericht/Antwoord", "no attributes"),
        ("<a:Antwoord>", "<a:Antwoord>secret", "Bericht/Antwoord", "elements only"),
        ("<a:Antwoord>", "secret<a:Antwoord>", "Bericht", "elements only"),
        ("488", "489", "Bericht/Header/BerichtCode", "the value 488"),
        (">R-1<", "><b:x/><", "Bericht/Antwoord/ReferentieAanbieder",
         "one line of text, not empty, at most 36 characters"),
        ("<a:Antwoord>", "<a:Header/><a:Antwoord>", "Bericht/Header[2]", "in this place: Antwoord"),
        ("</a:VerzoekAntwoord>", "</a:VerzoekAntwoord><a:ReferentieAanbieder/>", "Bericht/Antwoord/ReferentieAanbieder",
         "in this place: RedenAfwijzingVerzoek or Woonplaatsbeginsel"),
    ],
)  # fmt: skip
def test_findings_explain(old: str, new: str, path: str, right: str) -> None:
    finding = validate_structure(ANSWER.replace(old, new, 1).encode())[0]
    assert (finding.path, finding.right.en) == (path, right)
    assert "secret" not in repr(finding)


def test_a_large_file_full_of_errors_is_explained_at_once() -> None:
    errors = "<a:Antwoord><a:ReferentieAanbieder/></a:Antwoord>" * 60_000
    raw = ANSWER.replace("</a:Bericht>", f"{errors}</a:Bericht>").encode()
    assert len(validate_structure(raw)) == 100


def test_findings_are_bounded() -> None:
    raw = ANSWER.replace("</a:Antwoord>", "</a:Antwoord>" + "<a:X/>" * 3 + "<a:Header/>" * 2000).encode()
    assert 0 < len(validate_structure(raw)) <= 100


def test_default_namespace_is_located() -> None:
    raw = ANSWER.replace("<a:", "<").replace("</a:", "</").replace("xmlns:a", "xmlns").replace("73730001", "7").encode()
    assert [f.path for f in validate_structure(raw)] == ["Bericht/Header/Ontvanger"]


def test_there_are_28_messages() -> None:
    assert len(KINDS) == 28
    youth, wmo = (describe(kind).root.by_name["Client"].group for kind in ("JW315", "WMO315"))
    assert youth is not None
    assert wmo is not None
    assert set(youth.by_name) - set(wmo.by_name) == {"GezagsdragerBekend"}
