"""A workbook is read cell by cell: what is wrong is named by sheet, row and column, with what would be right."""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from openpyxl import Workbook, load_workbook
from pydantic import ValidationError

from contracts.events.commissioning import DeclaredWhen, StartMeans, StopMeans, Variant
from services.commissioning import workbook
from services.commissioning.domain.agreement import Agreement, AgreementStatus
from services.commissioning.domain.agreement_import import ImportedAgreement, agreements_from
from services.commissioning.domain.model import OfferedProduct
from services.commissioning.domain.workbook import Findings
from services.kit.problems import FieldError, Invalid
from tests.unit.commissioning.workbooks import HEAD, PRICE, book, changed


def read(content: bytes) -> tuple[list[ImportedAgreement], list[FieldError]]:
    findings = Findings()
    imported = agreements_from(workbook.read_workbook(content, findings), findings)
    return imported, findings.errors


@pytest.mark.parametrize(
    ("heads", "prices", "place", "code"),
    [
        ([changed(HEAD, B="7373")], [PRICE], "/Overeenkomsten/2/B", "unreadable"),
        ([changed(HEAD, A=None)], [PRICE], "/Overeenkomsten/2/A", "missing"),
        ([changed(HEAD, D="268")], [PRICE], "/Overeenkomsten/2/D", "unreadable"),
        ([changed(HEAD, E="31-02-2026")], [PRICE], "/Overeenkomsten/2/E", "unreadable"),
        ([changed(HEAD, F=date(2025, 1, 1))], [PRICE], "/Overeenkomsten/2/F", "ends-before-start"),
        ([changed(HEAD, G="veel")], [PRICE], "/Overeenkomsten/2/G", "unreadable"),
        ([HEAD, HEAD], [PRICE], "/Overeenkomsten/3/A", "repeated"),
        ([HEAD], [], "/Overeenkomsten/2/A", "no-tariff"),
        ([HEAD], [PRICE, changed(PRICE, A="X")], "/Tarieven/3/A", "unknown-reference"),
        ([HEAD], [changed(PRICE, B="45A")], "/Tarieven/2/B", "unreadable"),
        ([HEAD], [changed(PRICE, E="Wlz")], "/Tarieven/2/E", "unreadable"),
        ([HEAD], [changed(PRICE, F="maand")], "/Tarieven/2/F", "unreadable"),
        ([HEAD], [changed(PRICE, K="per maand")], "/Tarieven/2/K", "unreadable"),
        ([HEAD], [changed(PRICE, K="output", L="ooit")], "/Tarieven/2/L", "unreadable"),
        ([HEAD], [changed(PRICE, L="na afloop")], "/Tarieven/2/L", "not-output"),
        ([HEAD], [changed(PRICE, M="huisbezoek")], "/Tarieven/2/M", "unreadable"),
        ([HEAD], [PRICE, changed(PRICE, H="0252", N="last contact")], "/Tarieven/3/B", "contradiction"),
        ([HEAD], [PRICE, changed(PRICE, H="0252", K="output")], "/Tarieven/3/B", "contradiction"),
        ([HEAD], [changed(PRICE, G=85.105)], "/Tarieven/2/G", "unreadable"),
        ([HEAD], [changed(PRICE, G=0)], "/Tarieven/2/G", "unreadable"),
        ([HEAD], [changed(PRICE, H="0344")], "/Tarieven/2/H", "outside-agreement"),
        ([HEAD], [changed(PRICE, I=date(2025, 1, 1))], "/Tarieven/2/I", "outside-agreement"),
        ([HEAD], [changed(PRICE, J=date(2025, 1, 1))], "/Tarieven/2/J", "ends-before-start"),
        ([HEAD], [PRICE, PRICE], "/Tarieven/3/I", "overlap"),
        ([HEAD], [PRICE, changed(PRICE, D="Anders", H="0252")], "/Tarieven/3/B", "contradiction"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_imported(heads: Any, prices: Any, place: str, code: str) -> None:
    good = changed(HEAD, A="2026-J-002", B="73730002")
    imported, errors = read(book([*heads, good], [*prices, changed(PRICE, A="2026-J-002")]))
    assert imported == []
    assert (place, code) in {(error.pointer, error.code) for error in errors}
    told = next(error for error in errors if error.pointer == place)
    _, sheet, row, column = place.split("/")
    assert f"Blad {sheet}, rij {row}, kolom {column}" in told.message.nl
    assert "Goed is" in told.message.nl
    assert "Right is" in told.message.en


@pytest.mark.parametrize(
    ("cell", "variant"),
    [("Inspanning", Variant.EFFORT), ("output", Variant.OUTPUT), ("task", Variant.TASK), (None, None)],
)
def test_what_is_paid_for_is_recorded(cell: str | None, variant: Variant | None) -> None:
    [imported], errors = read(book([HEAD], [changed(PRICE, K=cell)]))
    assert errors == []
    assert imported.terms.products[0].variant is variant


def test_the_moments_that_were_agreed_are_recorded_and_written_back() -> None:
    cells = {"K": "output", "L": "Na afloop", "M": "first contact", "N": "afsluitend gesprek"}
    [imported], errors = read(book([HEAD], [changed(PRICE, **cells)]))
    assert errors == []
    [product] = imported.terms.products
    assert (product.declared_when, product.start_means, product.stop_means) == (
        DeclaredWhen.AT_THE_END,
        StartMeans.FIRST_CONTACT,
        StopMeans.CLOSING_TALK,
    )
    agreement = Agreement(
        **imported.terms.model_dump(),
        agreement_id=UUID(int=1),
        owner="municipality:0268",
        provider_party="provider:73730001",
        status=AgreementStatus.CONCLUDED,
        drafted_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    [again], _ = read(workbook.export([(agreement, "De Zilveren Reiger")], "en"))
    assert again.terms.products == imported.terms.products


def test_only_a_result_has_a_moment_to_declare() -> None:
    given = {
        "product_code": "45A04",
        "category": "45",
        "name": "Ambulant",
        "law": "youth",
        "unit": "hour",
        "tariff_cents": 8510,
        "declared_when": "at_the_end",
    }
    assert OfferedProduct.model_validate({**given, "variant": "output"}).declared_when is DeclaredWhen.AT_THE_END
    with pytest.raises(ValidationError, match="paid for by its result"):
        OfferedProduct.model_validate({**given, "variant": "effort"})


def test_every_wrong_cell_is_told_at_once() -> None:
    _, errors = read(book([changed(HEAD, B="1", E="x", G="y")], [changed(PRICE, B="!", G="z")]))
    assert {error.pointer for error in errors} == {
        "/Overeenkomsten/2/B",
        "/Overeenkomsten/2/E",
        "/Overeenkomsten/2/G",
        "/Tarieven/2/B",
        "/Tarieven/2/G",
    }


def without_sheet() -> bytes:
    filled = load_workbook(io.BytesIO(book([HEAD], [PRICE])))
    filled.remove(filled["Tarieven"])
    kept = io.BytesIO()
    filled.save(kept)
    return kept.getvalue()


def without_column() -> bytes:
    filled = load_workbook(io.BytesIO(book([HEAD], [PRICE])))
    filled["Tarieven"].delete_cols(7)
    kept = io.BytesIO()
    filled.save(kept)
    return kept.getvalue()


def empty_book() -> bytes:
    kept = io.BytesIO()
    Workbook().save(kept)
    return kept.getvalue()


def bomb() -> bytes:
    kept = io.BytesIO(book([HEAD], [PRICE]))
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b" " * (workbook.MAX_UNPACKED_BYTES + 1))
    return kept.getvalue()


def entity() -> bytes:
    kept = io.BytesIO(book([HEAD], [PRICE]))
    with zipfile.ZipFile(kept, "a") as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    return kept.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no workbook", "not-a-workbook"),
        (b"PK\x03\x04 broken", "not-a-workbook"),
        (entity(), "not-a-workbook"),
        (bomb(), "workbook-too-large"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (without_sheet(), {"missing-sheet", "no-tariff"}),
        (without_column(), {"missing-column", "no-tariff"}),
        (empty_book(), {"missing-sheet"}),
    ],
)
def test_a_missing_sheet_or_column_is_told(content: bytes, codes: set[str]) -> None:
    imported, errors = read(content)
    assert imported == []
    assert {error.code for error in errors} == codes


def test_the_template_is_itself_a_good_workbook_in_both_languages() -> None:
    for language in ("nl", "en"):
        [imported], errors = read(workbook.template(language))
        assert errors == []
        assert imported.terms.products[0].tariff_cents == 8510
        assert imported.terms.municipalities == ("0268", "0252")


@pytest.mark.parametrize(
    ("written", "cents"),
    [(85.1, 8510), ("85,10", 8510), ("€ 1.085,10", 108510), ("85.10", 8510), (85, 8500), ("1\u00a0085,10", 108510)],
)
def test_an_amount_is_read_as_people_write_it(written: object, cents: int) -> None:
    [imported], errors = read(book([HEAD], [changed(PRICE, G=written)]))
    assert errors == []
    assert imported.terms.products[0].tariff_cents == cents


def test_a_code_that_became_a_number_gets_its_zeros_back() -> None:
    [imported], errors = read(book([changed(HEAD, B=1234567, D=268)], [changed(PRICE, C=2, H=268)]))
    assert errors == []
    assert imported.terms.provider == "01234567"
    assert imported.terms.municipalities == ("0268",)
    assert imported.terms.products[0].category == "02"
    assert imported.terms.tariffs[0].municipality == "0268"


def test_an_export_never_holds_a_formula() -> None:
    [imported], _ = read(book([HEAD], [PRICE]))
    agreement = Agreement(
        **imported.terms.model_dump(),
        agreement_id=UUID(int=1),
        reference="=1+1",
        owner="municipality:0268",
        provider_party="provider:73730001",
        status=AgreementStatus.CONCLUDED,
        drafted_at=datetime(2026, 8, 14, tzinfo=UTC),
    )
    sheet = load_workbook(io.BytesIO(workbook.export([(agreement, "@naam")], "nl"))).worksheets[0]
    assert [sheet["A2"].value, sheet["C2"].value] == ["'=1+1", "'@naam"]
