"""A 325 from a municipality with another system is held against the declaration that was sent, and kept."""

from datetime import date
from typing import Any

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


async def elsewhere(world: World, person: str = ADMINISTRATOR) -> list[dict[str, Any]]:
    """What municipalities with another system answered, as a party sees it."""
    listed = (await world.get(person, "/declarations"))["items"]
    return [each for each in listed if each["elsewhere"]]


async def lines_of(world: World, declaration: dict[str, Any], person: str = ADMINISTRATOR) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await world.get(person, f"/declarations/{declaration['declarationId']}/lines"))[
        "items"
    ]
    return found


async def test_what_another_system_answered_stands_among_the_declarations(world: World) -> None:
    await agree(world, {"45A04": 6000})
    await allocated(world, await know(world, CHILD), 5301, date(2026, 3, 1), date(2026, 8, 31))
    sent = a_323("A1", [(CHILD, [hours("P1"), hours("P2", volume=2)])])
    declared = await world.send(ADMINISTRATOR, sent)
    theirs = answer_325(read(sent), identification="X1", dated=TODAY, rejected={FIRST: ["9321"]})
    received = await world.send(ACCESS, theirs)
    [found] = await elsewhere(world)
    assert (found["messageId"], found["answerId"]) == (declared["messageId"], received["messageId"])
    assert (found["status"], found["fits"], found["lines"], found["rejectedLines"]) == ("partly_granted", True, 2, 1)
    assert found["grantedCents"] + found["rejectedCents"] == found["submittedCents"]
    first, second = await lines_of(world, found)
    assert (first["reference"], first["granted"], second["granted"]) == ("P1", False, True)
    assert [each["code"] for each in first["reasons"]] == ["9321"]
    assert first["reasons"][0]["rightNl"]
    assert first["room"]["usedCents"] == second["amountCents"], "what that system granted stands on the allocation"
    [by_message] = (await world.get(ADMINISTRATOR, "/declarations", messageId=received["messageId"]))["items"]
    assert by_message == found
    csv = await world.call(ADMINISTRATOR, "GET", f"/declarations/{found['declarationId']}/export")
    assert csv.text.splitlines()[1].startswith("1,P1,")
    assert await elsewhere(world, ACCESS) == [found]
    assert await elsewhere(world, "planner-kompas") == []

    # A later answer on the same declaration goes before it; the same one again changes nothing.
    await world.send(ACCESS, answer_325(read(sent), identification="X2", dated=TODAY))
    await world.send(ACCESS, theirs)
    [after] = await elsewhere(world)
    assert (after["declarationId"], after["status"], after["rejectedLines"]) == (found["declarationId"], "granted", 0)


async def test_a_declaration_that_another_system_refused_as_a_whole_shows_why(world: World) -> None:
    sent = a_323("A1", [(CHILD, [hours("P1")])])
    await world.send(ADMINISTRATOR, sent)
    for identification, path in (("X1", "Bericht/Declaratie"), ("X2", "Bericht/Header")):
        code = "8214" if path.endswith("Declaratie") else "0001"
        await world.send(
            ACCESS, answer_325(read(sent), identification=identification, dated=TODAY, rejected={path: [code]})
        )
        [found] = await elsewhere(world)
        assert (found["status"], found["grantedCents"]) == ("rejected", 0)
        assert [each["code"] for each in found["reasons"]] == [code]
        assert [each["code"] for each in (await lines_of(world, found))[0]["reasons"]] == ["0233"]


async def test_of_a_declaration_that_went_another_way_the_rejected_lines_are_known(world: World) -> None:
    sent = a_323("A1", [(CHILD, [hours("P1"), hours("P2", 5302)])])
    received = await world.send(
        ACCESS, answer_325(read(sent), identification="X1", dated=TODAY, rejected={FIRST: ["9321"]})
    )
    [found] = await elsewhere(world)
    assert (found["fits"], found["status"], found["lines"]) == (False, "partly_granted", 1)
    assert found["messageId"] == found["answerId"] == received["messageId"]
    assert [each["reference"] for each in await lines_of(world, found)] == ["P1"]


async def test_what_another_system_granted_counts_in_no_judgement_of_ours(world: World) -> None:
    await agree(world, {"45A04": 6000})
    await allocated(world, await know(world, CHILD), 5301, date(2026, 3, 1), date(2026, 8, 31))
    sent = a_323("A1", [(CHILD, [hours("P1")])])
    await world.send(ACCESS, answer_325(read(sent), identification="X1", dated=TODAY))
    declared = await world.send(ADMINISTRATOR, sent)
    assert (declared["accepted"], declared["returnCodes"]) == (True, [])
    rows = await world.as_admin("select row_to_json(t)::text as text from referral.elsewhere_performance t")
    assert not [row for row in rows if CHILD.digits in row["text"]]
