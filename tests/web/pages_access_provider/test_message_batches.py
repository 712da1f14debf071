"""Many messages dropped in the message box at once: how far they are, what became of each, all replies in one file."""

import io
import zipfile
from uuid import UUID

from playwright.async_api import expect

from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import Standard
from tests.unit.istandaarden.rules_across.messages_across import message, requested
from tests.web.pages_access_provider.conftest import Open
from tests.web.pages_access_provider.region import ADMINISTRATOR, Region
from tests.web.pages_access_provider.walk import good


def request(number: int, dated: str) -> bytes:
    body = requested(Standard.IJW, {"ReferentieAanbieder": f"Z{number}"})
    header = {"BerichtIdentificatie": {"Identificatie": f"Z{number}", "Dagtekening": dated}, "Ontvanger": "0268"}
    bsn = fictional_bsn(7000 + number).digits
    return message(Standard.IJW, "315", body | {"Bsn": bsn}, **header).to_bytes()


async def test_many_messages_are_sent_at_once_and_their_replies_fetched(region: Region, signed_in: Open) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        for number in range(3):
            out.writestr(f"{number}.xml", request(number, "2026-01-05"))
    files = [
        {"name": "januari.zip", "mimeType": "application/zip", "buffer": archive.getvalue()},
        {"name": "kapot.xml", "mimeType": "text/xml", "buffer": b"<kapot>"},
    ]
    async with signed_in(ADMINISTRATOR, "/messages") as window:
        page = window.page
        await page.set_input_files("#field-file", files)  # type: ignore[arg-type]
        await page.get_by_role("button", name="Versturen").click()
        await expect(page.get_by_role("heading", name="Samen verstuurde berichten", level=1)).to_be_visible()
        await expect(page.get_by_text("0 van 4 klaar.")).to_be_visible()
        await expect(page.locator("tbody tr")).to_have_count(4)
        await good(window, "provider-batch-waiting")

        # No workflow runs beside this stack, so what it asks is asked here.
        batch = UUID(page.url.rpartition("/")[2])
        while (await region.referral("system").receive_batch_step(batch, idempotency_key=region.key())).waiting:
            pass
        await expect(page.get_by_text("Alle bestanden zijn gecontroleerd")).to_be_visible()
        await expect(page.get_by_text("1 bestand is niet goedgekeurd.", exact=False)).to_be_visible()
        await good(window, "provider-batch")
        async with page.expect_download() as kept:
            await page.get_by_role("link", name="Alle antwoorden (zip)").click()
        with zipfile.ZipFile(await (await kept.value).path()) as replies:
            assert len(replies.namelist()) == 3
        async with page.expect_download() as table:
            await page.get_by_role("link", name="Uitkomsten (CSV)").click()
        assert len((await (await table.value).path()).read_text(encoding="utf-8").splitlines()) == 5
        await page.get_by_role("link", name="Niet goedgekeurd").click()
        await expect(page.locator("tbody tr")).to_have_count(1)
        await page.get_by_role("link", name="kapot.xml").click()
        await expect(page.get_by_text("Dit bericht is afgekeurd")).to_be_visible()
        await page.goto(f"{window.url}/messages")
        await page.get_by_role("link", name="4 bestanden").click()
        await expect(page.locator("tbody tr")).to_have_count(4)
