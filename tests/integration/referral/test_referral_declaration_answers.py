"""A 325 from a municipality with another system is held against the declaration that was sent, and kept."""

from datetime import date

from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import answer_325, read
from tests.integration.referral.declaring import a_323, agree, allocated, hours, know
from tests.integration.referral.referral_world import ADMINISTRATOR, World

CHILD = fictional_bsn(1)
ACCESS = "access-worker-nijmegen"
TODAY = date(2026, 8, 14)
FIRST = "Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[1]"


async def test_an_answer_that_fits_what_was_sent_is_accepted(world: World) -> None:
    await agree(world, {"45A04": 6000})
    await allocated(world, await know(world, CHILD), 5301, date(2026, 3, 1), date(2026, 8, 31))
    sent = a_323("A1", [(CHILD, [hours("P1")])])
    declared = await world.send(ADMINISTRATOR, sent)
    theirs = answer_325(read(sent), identification="X1", dated=TODAY, rejected={FIRST: ["9321"]})
    received = await world.send(ACCESS, theirs)
    assert (received["kind"], received["accepted"], received["returnCodes"]) == ("JW325", True, [])
    original = await world.call(ADMINISTRATOR, "GET", f"/messages/{received['messageId']}/content")
    assert original.content == theirs
    assert declared["kind"] == "JW323"
    assert await world.send(ACCESS, theirs) == received


async def test_an_answer_on_what_was_never_sent_is_kept_with_what_is_wrong(world: World) -> None:
    theirs = answer_325(read(a_323("A1", [(CHILD, [hours("P1")])])), identification="X1", dated=TODAY)
    received = await world.send(ACCESS, theirs)
    assert (received["accepted"], received["level"], received["returnCodes"]) == (False, "3", [])
    assert [(each["rules"], each["codes"]) for each in received["findings"]] == [(["TR337"], [])]


async def test_an_answer_with_other_amounts_than_were_declared_is_kept_with_what_is_wrong(world: World) -> None:
    await world.send(ADMINISTRATOR, a_323("A1", [(CHILD, [hours("P1"), hours("P2", 5302)])], number="D1"))
    other = a_323("A1", [(CHILD, [hours("P1", volume=9), hours("P3", 5302)])], number="D2")
    second = FIRST.replace("Prestatie[1]", "Prestatie[2]")
    theirs = answer_325(read(other), identification="X1", dated=TODAY, rejected={FIRST: ["9321"], second: ["9338"]})
    received = await world.send(ACCESS, theirs)
    assert {rule for each in received["findings"] for rule in each["rules"]} == {"TR376", "TR366", "TR367"}
    assert received["returnCodes"] == ["9366", "9367"]


async def test_an_answer_is_kept_after_the_text_of_the_declaration_was_thrown_away(world: World) -> None:
    await know(world, CHILD)
    sent = a_323("A1", [(CHILD, [hours("P1")])])
    await world.send(ADMINISTRATOR, sent)
    await world.as_admin("select forget_files_with(array(select client_id from client))")
    theirs = answer_325(read(sent), identification="X1", dated=TODAY)
    assert (await world.send(ACCESS, theirs))["accepted"]
