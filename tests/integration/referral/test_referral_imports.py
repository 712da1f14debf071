"""Trajectories come in as a file: quickly, all rows or none, once."""

import time
from typing import Any

from tests.integration.referral.referral_world import HEUMEN, NIJMEGEN, SYSTEM, WORKER, World
from tests.integration.referral.trajectory_files import NEVER_STARTED, file, row

OPEN = {"starts_on": "2026-08-01", "granted_on": "2026-07-20", "ends_on": "2027-01-31", **NEVER_STARTED}


async def load(world: World, content: bytes, person: str = WORKER, **query: Any) -> Any:
    return await world.post(person, "/imports", content=content, media_type="text/csv", **query)


async def test_each_row_becomes_a_journey_with_one_event(world: World) -> None:
    rows = [row(1), row(2, stopped_on="", stop_reason=""), row(3, **OPEN), row(4, stop_reason="temporary")]
    imported = await load(world, file(rows))
    assert (imported["rows"], imported["imported"], imported["problemCount"]) == (4, 4, 0)
    listed = (await world.get(WORKER, "/referrals"))["items"]
    by_number = {each["allocationNumber"]: each for each in listed}
    assert {number: each["status"] for number, each in by_number.items()} == {
        1: "stopped",
        2: "started",
        3: "accepted",
        4: "paused",
    }
    events = {data["allocationNumber"]: data for _, data in await world.events()}
    assert "startedOn" not in events[3]
    # Six weeks after the first day, 1 August: the end of 12 September.
    assert events[3]["startDue"] == "2026-09-12T22:00:00Z"
    assert "remindStartAt" in events[3]
    assert "remindStartAt" not in events[1]
    assert set(await world.deadlines(by_number[3]["referralId"])) == {"remind_start", "start"}
    assert await world.deadlines(by_number[1]["referralId"]) == {}


async def test_new_numbers_go_on_above_the_imported_ones(world: World) -> None:
    await load(world, file([row(500)]))
    referral_id = await world.granted(1)
    assert (await world.get(WORKER, f"/referrals/{referral_id}"))["allocationNumber"] == 501


async def test_one_wrong_row_refuses_the_file_and_says_what_would_be_right(world: World) -> None:
    rows = [row(1), row(2, bsn="123456789"), row(3, unit="uren", stopped_on=""), row(1), row(5, starts_on="gisteren")]
    answer = await world.call(WORKER, "POST", "/imports", content=file(rows), media_type="text/csv")
    assert answer.status_code == 400
    problem = answer.json()
    assert {error["pointer"] for error in problem["errors"]} >= {
        "/rows/3/bsn",
        "/rows/4/unit",
        "/rows/4/stopped_on",
        "/rows/5/allocation_number",
        "/rows/6/starts_on",
    }
    assert "Goed is: 9 cijfers" in next(e["message"] for e in problem["errors"] if e["pointer"] == "/rows/3/bsn")
    assert "123456789" not in answer.text
    assert (await world.get(WORKER, "/referrals"))["items"] == []
    assert await world.events() == []


async def test_a_dry_run_changes_nothing(world: World) -> None:
    tried = await load(world, file([row(1), row(2, volume="0")]), dryRun="true")
    assert (tried["importId"], tried["imported"], tried["problemCount"]) == (None, 0, 1)
    assert tried["problems"][0]["column"] == "volume"
    assert (await load(world, file([row(1)]), dryRun="true"))["imported"] == 1
    assert await world.events() == []
    assert (await load(world, file([row(1)])))["imported"] == 1


async def test_a_file_and_a_row_count_once(world: World) -> None:
    first = await load(world, file([row(1), row(2)]))
    again = await load(world, file([row(1), row(2)]))
    assert (again["importId"], again["changed"]) == (first["importId"], False)
    more = await load(world, file([row(2), row(3)]))
    assert (more["imported"], more["alreadyKnown"]) == (1, 1)
    clash = await world.call(WORKER, "POST", "/imports", content=file([row(3, volume="4")]), media_type="text/csv")
    assert clash.json()["errors"][0]["pointer"] == "/rows/2/allocation_number"
    assert len(await world.events()) == 3
    page = await world.get(WORKER, f"/imports/{more['importId']}/rows")
    assert [(each["line"], each["allocationNumber"]) for each in page["items"]] == [(3, 3)]


async def test_the_file_is_kept_sealed_until_somebody_in_it_is_erased(world: World) -> None:
    content = file([row(1), row(2), row(3, municipality=NIJMEGEN)])
    imported = await load(world, content, SYSTEM)
    own = await load(world, file([row(4)]))
    # Whoever was known already is in the later file as well.
    later = await load(world, file([row(1), row(5)]), SYSTEM)
    address = f"/imports/{imported['importId']}/content"
    assert (await world.call(SYSTEM, "GET", address)).content == content
    assert (await world.call(WORKER, "GET", address)).status_code == 404, "another party imported it"
    looks = await world.as_admin("select data_subject_id from processing_record where name = 'read-import'")
    assert len(looks) == 3
    [stored] = await world.as_admin(f"select sealed from import_original where import_id = '{imported['importId']}'")
    assert row(1)["bsn"].encode() not in stored["sealed"]

    listed = {each["allocationNumber"]: each for each in (await world.get(WORKER, "/referrals"))["items"]}
    await world.post(WORKER, f"/clients/{listed[1]['client']}/erasures", {"reason": "retention_ended"})
    gone = await world.call(SYSTEM, "GET", address)
    assert gone.status_code == 404
    assert "gewist" in gone.json()["detail"]
    assert (await world.call(SYSTEM, "GET", f"/imports/{later['importId']}/content")).status_code == 404
    assert (await world.call(WORKER, "GET", f"/imports/{own['importId']}/content")).status_code == 200


async def test_the_same_person_is_one_client(world: World) -> None:
    rows = [
        row(1),
        row(2, bsn=row(1)["bsn"]),
        row(3, bsn="", client_reference="WT-9"),
        row(4, bsn="", client_reference="WT-9"),
        row(5, municipality=NIJMEGEN, bsn=row(1)["bsn"]),
    ]
    await load(world, file(rows), SYSTEM)
    clients = {data["allocationNumber"]: data["client"] for _, data in await world.events()}
    assert clients[1] == clients[2]
    assert clients[3] == clients[4]
    assert len(set(clients.values())) == 3


async def test_a_municipality_imports_only_its_own(world: World) -> None:
    answer = await world.call(
        "access-worker-nijmegen", "POST", "/imports", content=file([row(1)]), media_type="text/csv"
    )
    assert answer.json()["errors"][0]["pointer"] == "/rows/2/municipality"


async def test_files_that_are_no_table_are_refused_with_a_reason(world: World) -> None:
    for content in (b"\xff\xfe\x00", b"a;b\n1;2\n", b'municipality\n"open'):
        answer = await world.call(WORKER, "POST", "/imports", content=content, media_type="text/csv")
        assert answer.status_code == 400
        assert answer.json()["type"].endswith("not-a-table")
    assert len(await world.get(WORKER, "/import-columns")) == 23


async def test_commas_dutch_dates_and_any_order_are_fine(world: World) -> None:
    content = file([row(1, starts_on="01-03-2024", granted_on="20-02-2024", ends_on="31-12-2024")], ",")
    assert (await load(world, content))["imported"] == 1


async def test_ten_thousand_rows_take_seconds(world: World) -> None:
    rows = [row(number, municipality=HEUMEN) for number in range(1, 10_001)]
    content = file(rows)
    began = time.perf_counter()
    imported = await load(world, content, SYSTEM)
    seconds = time.perf_counter() - began
    assert imported["imported"] == 10_000
    assert await world.database.worker.fetchval("select count(*) from event_log") == 10_000
    assert await world.database.worker.fetchval("select count(distinct client_id) from referral") == 9_091
    print(f"10,000 rows in {seconds:.1f} s")  # noqa: T201 - for the reader
    assert seconds < 60
