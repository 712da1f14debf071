"""What people and messages get wrong, and what they are told."""

from datetime import UTC, date, datetime

from services.referral.domain.identity import fictional_bsn
from tests.integration.referral.referral_world import (
    ADMINISTRATOR,
    HEUMEN,
    NIJMEGEN,
    PLANNER,
    SYSTEM,
    WORKER,
    World,
    request_body,
)
from tests.integration.referral.test_referral_imports import OPEN, load
from tests.integration.referral.test_referral_messages import a_305, a_315
from tests.integration.referral.trajectory_files import file, row


async def refused(world: World, person: str, path: str, body: object, status: int) -> dict[str, str]:
    answer = await world.call(person, "POST", path, body)
    assert answer.status_code == status, answer.text
    found: dict[str, str] = answer.json()
    return found


async def test_one_asks_only_for_the_own_party(world: World) -> None:
    await refused(world, WORKER, "/referrals", request_body(municipality=NIJMEGEN), 403)
    await refused(world, "planner-kompas", "/referrals", request_body(), 403)
    await world.post(PLANNER, "/referrals", request_body(ownNumber="ZR-3"))
    [mine] = (await world.get(PLANNER, "/referrals", provider="73730001", productCode="45A04"))["items"]
    assert mine["ownNumber"] == "ZR-3"


async def test_a_request_must_make_sense(world: World) -> None:
    ends = await refused(world, WORKER, "/referrals", request_body(desiredEnd="2026-08-31"), 400)
    assert ends["errors"][0]["pointer"] == "/desiredEnd"
    agreed = await refused(world, WORKER, "/referrals", request_body(productCode="99X99"), 409)
    assert agreed["type"].endswith("no-agreement")
    bad = request_body()
    bad["person"]["bsn"] = "123456789"
    wrong = await refused(world, WORKER, "/referrals", bad, 400)
    assert wrong["errors"][0]["pointer"] == "/person/bsn"
    assert "123456789" not in str(wrong)


async def test_the_residence_principle_names_who_is_responsible_and_is_for_youth_only(world: World) -> None:
    youth = await world.requested(0)
    wmo = await world.requested(1, productCode="02A03")
    body = {"decision": "refuse", "reason": "residence_principle"}
    assert (await refused(world, WORKER, f"/referrals/{youth}/decisions", body, 400))["errors"]
    await refused(world, WORKER, f"/referrals/{wmo}/decisions", body | {"responsibleMunicipality": NIJMEGEN}, 400)
    stacking = {"decision": "refuse", "reason": "stacking", "responsibleMunicipality": NIJMEGEN}
    told = await refused(world, WORKER, f"/referrals/{youth}/decisions", stacking, 400)
    assert told["errors"][0]["code"] == "not-with-this-reason"
    await world.post(WORKER, f"/referrals/{youth}/decisions", body | {"responsibleMunicipality": NIJMEGEN})
    # Asked for by form, without a reference of the provider: there is nothing that a 319 could answer.
    assert (await world.get(ADMINISTRATOR, "/messages"))["items"] == []


async def test_an_imported_allocation_is_withdrawn_without_a_301_of_ours(world: World) -> None:
    imported = await load(world, file([row(9, **OPEN)]))
    [item] = (await world.get(WORKER, f"/imports/{imported['importId']}/rows"))["items"]
    await world.post(WORKER, f"/referrals/{item['referralId']}/withdrawals", {"reason": "other_help"})
    assert (await world.get(WORKER, "/messages"))["items"] == []
    assert (await world.get(WORKER, f"/imports/{imported['importId']}"))["rows"] == 1
    assert len((await world.get(WORKER, "/imports"))["items"]) == 1
    assert (await world.call(WORKER, "GET", f"/imports/{item['referralId']}")).status_code == 404


async def test_a_later_file_finds_the_client_again(world: World) -> None:
    await load(world, file([row(1)]))
    await load(world, file([row(2, bsn=row(1)["bsn"], client_reference="WT-2")]))
    listed = (await world.get(WORKER, "/referrals", escalated="false"))["items"]
    assert len({each["client"] for each in listed}) == 1


async def test_two_pages_of_imports_and_messages(world: World) -> None:
    for number in range(3):
        await load(world, file([row(number + 1)]))
        await world.send(ADMINISTRATOR, b"<no message>" + bytes([65 + number]))
    for path in ("/imports", "/messages"):
        person = WORKER if path == "/imports" else ADMINISTRATOR
        first = await world.get(person, path, limit=2)
        rest = await world.get(person, path, limit=2, after=first["next"])
        assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert (await world.call(WORKER, "GET", "/referrals", after="WyJ4Il0")).status_code == 400


async def test_messages_that_are_not_for_now_are_kept_and_said_so(world: World) -> None:
    future = await world.send(ADMINISTRATOR, a_315("F1", dated=date(2026, 8, 15)))
    assert (future["returnCodes"], future["level"]) == (["8848"], "4")
    empty = await world.call(ADMINISTRATOR, "POST", "/messages", content=b"", media_type="application/xml")
    assert empty.status_code == 400
    no_header = await world.send(ADMINISTRATOR, a_315().replace(b"Identificatie>A1", b"Identificatie>"))
    assert no_header["level"] == "1"
    assert (await world.call(ADMINISTRATOR, "GET", f"/messages/{fictional_uuid()}")).status_code == 404
    assert (await world.call(ADMINISTRATOR, "GET", f"/messages/{fictional_uuid()}/content")).status_code == 404


async def test_a_start_on_another_product_is_not_linked(world: World) -> None:
    await world.granted()
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    other = await world.send(ADMINISTRATOR, a_305(1, code="45A05"))
    without = await world.send(ADMINISTRATOR, a_305(1, identification="S3", allocation_number=None))
    assert other["returnCodes"] == without["returnCodes"] == ["9019"]


async def test_a_start_before_the_allocation_breaks_no_rule_of_the_standard(world: World) -> None:
    referral_id = await world.granted()
    await world.move_clock_to(datetime(2026, 9, 2, 9, tzinfo=UTC))
    assert (await world.send(ADMINISTRATOR, a_305(1, starts_on=date(2026, 8, 31))))["accepted"]
    assert (await world.get(PLANNER, f"/referrals/{referral_id}"))["startedOn"] == "2026-08-31"


async def test_an_allocation_that_is_over_is_not_offered_again(world: World) -> None:
    referral_id = await world.granted(0, desiredEnd="2026-09-30")
    await world.post(PLANNER, f"/referrals/{referral_id}/declines", {"reason": "no_room"})
    await world.move_clock_to(datetime(2026, 10, 2, 9, tzinfo=UTC))
    state = await world.post(SYSTEM, f"/referrals/{referral_id}/offers", {})
    assert (state["status"], state["changed"]) == ("declined", True)
    assert (await world.get(WORKER, "/referrals", escalated="true"))["items"][0]["task"] == "place"


async def test_nobody_needs_to_be_told_twice(world: World) -> None:
    referral_id = await world.granted()
    await world.post(PLANNER, f"/referrals/{referral_id}/acceptances", {})
    kept = await world.post(SYSTEM, f"/referrals/{referral_id}/escalations", {"promise": "accept"})
    assert kept["changed"] is False
    reminded = await world.post(SYSTEM, f"/referrals/{referral_id}/reminders", {"promise": "accept"})
    assert reminded["changed"] is False
    client = (await world.get(WORKER, f"/referrals/{referral_id}"))["client"]
    await world.post(WORKER, f"/referrals/{referral_id}/withdrawals", {"reason": "died"})
    for changed in (True, False):
        erased = await world.post(WORKER, f"/clients/{client}/erasures", {"reason": "request_of_client"})
        assert erased["changed"] is changed
    assert fictional_bsn(0).digits not in str(await world.events())
    assert (await world.get(WORKER, "/task-counts")) == []
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["municipality"] == HEUMEN


def fictional_uuid() -> str:
    return "00000000-0000-4000-8000-000000000000"
