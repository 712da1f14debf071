"""Running agreements from XLSX: what is wrong is named by cell, all or nothing, and the same file changes nothing."""

from datetime import date

import pytest

from contracts.events.commissioning import AgreementAmended, AgreementConcluded, ProviderRegistered
from services.commissioning import commands, workbook
from services.commissioning.domain.agreement import Agreement
from services.kit.problems import Forbidden, Invalid
from tests.integration.commissioning.commissioning_world import (
    HEUMEN,
    NIJMEGEN,
    OFFICER,
    REIGER_ADMIN,
    SYSTEM,
    WAALWIND_ADMIN,
    World,
)
from tests.unit.commissioning.workbooks import HEAD, PRICE, book, changed


async def test_a_good_workbook_is_taken_over_and_told(world: World) -> None:
    await world.region()
    content = book([HEAD], [PRICE])
    dry = await world.do(commands.ImportAgreements(content=content, dry_run=True), OFFICER)
    assert (dry.dry_run, dry.created) == (True, 1)
    assert await world.events(AgreementConcluded) == []
    report = await world.do(commands.ImportAgreements(content=content), OFFICER)
    assert (report.created, report.changed, report.unchanged, report.providers_registered) == (1, 0, 0, 1)
    [concluded] = await world.events(AgreementConcluded)
    assert isinstance(concluded, AgreementConcluded)
    assert concluded.imported
    assert concluded.ceiling_cents == 260_000_000
    assert concluded.products[0].tariff_cents == 8510
    assert concluded.tariffs == ()
    assert len(await world.events(ProviderRegistered)) == 1
    for actor, count in ((OFFICER, 1), (NIJMEGEN, 1), (HEUMEN, 1), (REIGER_ADMIN, 1), (WAALWIND_ADMIN, 0)):
        assert len(await world.rows(actor, "select 1 from agreement")) == count
    assert len(await world.rows(OFFICER, "select 1 from import_file")) == 1
    assert await world.rows(NIJMEGEN, "select 1 from import_file") == []


async def test_the_same_file_again_changes_nothing_and_a_changed_tariff_amends(world: World) -> None:
    await world.region()
    await world.do(commands.ImportAgreements(content=book([HEAD], [PRICE])), OFFICER)
    again = await world.do(commands.ImportAgreements(content=book([HEAD], [PRICE], "en")), OFFICER)
    assert (again.created, again.unchanged) == (0, 1)
    prices = [
        changed(PRICE, J=date(2026, 12, 31)),
        changed(PRICE, G="89,25", I=date(2027, 1, 1)),
        changed(PRICE, B="45A05", D="Jeugdhulp ambulant plus", H="0252"),
    ]
    amended = await world.do(commands.ImportAgreements(content=book([HEAD], prices)), OFFICER)
    assert amended.changed == 1
    assert len(await world.events(AgreementConcluded)) == 1
    [event] = await world.events(AgreementAmended)
    assert isinstance(event, AgreementAmended)
    assert [(tariff.tariff_cents, tariff.municipality) for tariff in event.tariffs] == [
        (8510, None),
        (8925, None),
        (8510, "0252"),
    ]


async def test_an_export_is_imported_again_without_a_change(world: World) -> None:
    await world.region()
    prices = [PRICE, changed(PRICE, B="45A05", D="Plus", G=101.5, H="0252", I=date(2026, 7, 1))]
    await world.do(commands.ImportAgreements(content=book([HEAD], prices)), OFFICER)
    [row] = await world.rows(OFFICER, "select * from agreement")
    exported = workbook.export([(Agreement(**dict(row)), "De Zilveren Reiger")], "en")
    report = await world.do(commands.ImportAgreements(content=exported), OFFICER)
    assert (report.created, report.changed, report.unchanged) == (0, 0, 1)


async def test_samenspel_imports_for_a_commissioner_that_it_names(world: World) -> None:
    await world.region()
    content = book([changed(HEAD, D="0252")], [PRICE])
    with pytest.raises(Forbidden):
        await world.do(commands.ImportAgreements(content=content), SYSTEM)
    await world.do(commands.ImportAgreements(content=content, owner=HEUMEN.party), SYSTEM)
    [row] = await world.rows(HEUMEN, "select owner from agreement")
    assert row["owner"] == HEUMEN.party


async def test_one_wrong_cell_keeps_everything_out(world: World) -> None:
    await world.region()
    heads = [HEAD, changed(HEAD, A="2026-J-002", B="73730002", D="0344")]
    content = book(heads, [PRICE, changed(PRICE, A="2026-J-002")])
    with pytest.raises(Invalid) as refused:
        await world.do(commands.ImportAgreements(content=content), OFFICER)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/Overeenkomsten/3/D", "no-mandate")]
    assert await world.rows(OFFICER, "select 1 from agreement") == []


async def test_a_reference_stays_with_its_provider(world: World) -> None:
    await world.region()
    await world.do(commands.ImportAgreements(content=book([HEAD], [PRICE])), OFFICER)
    with pytest.raises(Invalid) as refused:
        await world.do(commands.ImportAgreements(content=book([changed(HEAD, B="73730002")], [PRICE])), OFFICER)
    assert refused.value.errors[0].code == "other-provider"
