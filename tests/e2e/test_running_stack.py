"""The whole platform, running: what dies is missed by nobody, and what is personal stays in the vault.

One stack for both: a platform that was killed and refilled has written more logs and topics to search.
"""

import asyncio
import json
import os
import random
import re
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import asyncpg
import httpx
import pytest
from confluent_kafka import Producer

from contracts.events.referral import Referrer
from contracts.topics import Topic
from contracts.values import Role
from deploy.demo.history import PastTrajectory, as_csv
from deploy.demo.people import STREET, SURNAME, DemoPerson
from deploy.local.supervisor import Stack
from deploy.simulate.access import Access
from deploy.simulate.people import Letters, client_of, dossier
from deploy.simulate.region import Place, settle, synthetic_providers
from deploy.simulate.simulation import Simulation, Size
from services.kit.kafka import Topics
from services.kit.problems import Problem
from services.referral.client import ReferralClient, bodies
from tests.conftest import Engines
from tests.e2e.personal_data import Finding, Wanted, in_database, in_files, in_histories, in_topics, search
from tests.faults import invariants
from tests.faults.invariants import check
from tests.faults.stage import Recovery, Stage, moment

LOAD = Size(municipalities=2, clients=10_000, months=2, seed=7, rate=20.0, at_once=6)
JOURNEYS = 15
"""As many journeys are begun at least."""
SEED = 2026
PROCESSES = ("council", "commissioning", "referral", "monitoring", "worker", "conductor")


@pytest.fixture(scope="module")
async def stage(engines: Engines) -> AsyncIterator[Stage]:
    # Beside the state of the test run, where PostgreSQL's own user may pass.
    directory = engines.state.path("running-stack")
    # Tansu starts in a second and forgets everything when it stops; ``make faults`` does the same with Kafka.
    async with Stack(directory, processes=PROCESSES, durable=False) as stack:
        yield Stage(stack)


@pytest.fixture(scope="module")
async def played(stage: Stage) -> tuple[Simulation, list[Recovery]]:
    """Light load, under which each of these dies once, and the broker loses everything."""
    chance = random.Random(SEED)
    async with stage.under_load(LOAD) as simulation:
        dying = []
        for name in ("monitoring", "worker", "referral", "conductor"):
            await moment(chance, 0.3, 1.0)
            dying.append(asyncio.create_task(stage.kill(name)))
        await moment(chance, 0.3, 1.0)
        dying.append(asyncio.create_task(stage.wipe_broker()))
        recoveries = list(await asyncio.gather(*dying))
        await stage.until_begun(simulation, JOURNEYS)
    await stage.quiet()
    return simulation, recoveries


async def test_nothing_is_lost_or_done_twice_when_processes_and_the_broker_die(
    stage: Stage, played: tuple[Simulation, list[Recovery]]
) -> None:
    simulation, recoveries = played
    assert len(recoveries) == 5
    assert simulation.tally.retries, "no command met a dead service: the faults missed the load"
    assert await check(stage) == []


@pytest.mark.usefixtures("played")
async def test_the_checks_of_the_faults_see_harm(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Harm that is done on purpose, and undone."""
    monkeypatch.setattr(invariants, "SETTLE_SECONDS", 0.0)
    connection = await asyncpg.connect(stage.stack.admin_url)
    try:
        await connection.execute("update monitoring.measure_month set value = value + 1")
        assert "monitoring-counting differs" in " ".join(await invariants.identical(stage.stack))
        await connection.execute("update monitoring.measure_month set value = value - 1")
        assert await invariants.identical(stage.stack) == []

        key = str(stage.simulations[0].begun[0].referral_id)
        await connection.execute(
            f"create table public.kept as select * from referral.event_log where key = '{key}'",
        )
        await connection.execute("delete from referral.event_log where key = $1", key)
        assert "Log(count=" in " ".join(await invariants.dense(stage.stack.admin_url))
        assert "was accepted, and the log has" in " ".join(await invariants.journeys(stage))
        await connection.execute("insert into referral.event_log select * from public.kept")
        assert await invariants.dense(stage.stack.admin_url) == await invariants.journeys(stage) == []
    finally:
        await connection.close()


@pytest.mark.usefixtures("played")
async def test_the_operators_command_simulates_on_the_running_stack(stage: Stage) -> None:
    asked = ["--municipalities", "2", "--clients", "3", "--months", "2", "--seed", "5", "--rate", "50", "--json"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.cli.main", "simulate", *asked,
        stdout=asyncio.subprocess.PIPE, env=os.environ | {"SAMENSPEL_STATE": str(stage.stack.state.directory)},
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode == 0
    told = json.loads(said)
    assert (told["begun"], told["finished"], told["refused"]) == (3, 3, {})
    assert told["commandMilliseconds"]["p99"] >= told["commandMilliseconds"]["p50"] > 0
    await stage.quiet()


# --- nothing personal outside the vault


@pytest.fixture(scope="module")
async def known(stage: Stage, played: tuple[Simulation, list[Recovery]]) -> Wanted:
    """Everybody whose data went in: by form, by message, by file, and in what was refused."""
    simulation, _ = played
    persons = [journey.client for journey in simulation.journeys]
    async with httpx.AsyncClient(timeout=60) as http:
        access = Access(stage.stack.state, http)
        persons += await _import(access)
        persons += await _err(access)
        await _look(access)
    await stage.quiet()
    return Wanted(persons)


async def _import(access: Access) -> list[DemoPerson]:
    """A file with people from before, and one that is refused for its second row."""
    [place] = await settle(access, 1)
    provider = place.providers[0]
    past = [
        PastTrajectory(
            municipality=place.municipality,
            number=900_000 + number,
            provider=provider,
            person=client_of(4_000 + number, provider.product.law),
            referrer=Referrer.MUNICIPALITY,
            granted_on=date(2026, 1, 5),
            starts_on=date(2026, 1, 12),
            ends_on=date(2027, 1, 11),
            volume=10,
            started_on=date(2026, 1, 15),
        )
        for number in range(4)
    ]
    worker = access.client(ReferralClient, "referral", f"municipality:{place.municipality}", Role.ACCESS_WORKER)
    imported = await worker.import_trajectories(as_csv(past[:2]), idempotency_key="import")
    assert imported.imported == 2
    wrong = as_csv(past[2:]).replace(f";{provider.product.unit};".encode(), b";bushels;")
    with pytest.raises(Problem):
        await worker.import_trajectories(wrong, idempotency_key="wrong-import")
    return [each.person for each in past]


async def _err(access: Access) -> list[DemoPerson]:
    """What people and programs get wrong: forms and messages that are refused for all kinds of reasons."""
    [place] = await settle(access, 1)
    provider = place.providers[0]
    wrong, refused = client_of(4_010, provider.product.law), client_of(4_011, provider.product.law)
    token = await access.token(f"municipality:{place.municipality}", Role.ACCESS_WORKER)()
    form = bodies.RequestBody(
        municipality=place.municipality,
        provider=provider.agb,
        person=dossier(wrong),
        product_code=provider.product.code,
        volume=4,
        frequency=provider.product.frequency,
        referrer=Referrer.MUNICIPALITY,
        desired_start=date(2026, 1, 12),
    ).model_dump(mode="json", by_alias=True, exclude_none=True)
    person = form["person"]
    mistakes = [
        form | {"surname": person["lastName"]},
        form | {"person": person | {"bsn": person["bsn"][:8]}},
        form | {"person": person | {"birthDate": f"{person['birthDate']}x"}},
        form | {"person": person["lastName"]},
        form | {"productCode": "99Z99"},
        form | {"municipality": "0001"},
    ]
    for number, body in enumerate(mistakes):
        answer = await access.http.post(
            f"{access.address('referral')}/v1/referrals",
            json=body,
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"mistake-{number}"},
        )
        assert 400 <= answer.status_code < 500, f"mistake {number} gave {answer.status_code}"
        assert person["bsn"] not in answer.text
    await _send_wrong_messages(access, place, refused)
    return [wrong, refused]


async def _send_wrong_messages(access: Access, place: Place, client: DemoPerson) -> None:
    """Not XML, another root, a name too long, and a citizen service number of ten digits."""
    provider = place.providers[0]
    party = f"provider:{provider.agb}"
    sender = access.client(ReferralClient, "referral", party, Role.PROVIDER_ADMINISTRATOR)
    good = Letters(1, 1).request(
        place.municipality, provider, client, date(2026, 1, 9), reference="WRONG", volume=4,
        starts_on=date(2026, 1, 12), ends_on=date(2027, 1, 12),
    )  # fmt: skip
    name = client.last_name.encode()
    wrongs = [
        good[: len(good) // 2],
        good.replace(b"Bericht", b"Brief"),
        good.replace(name, name * 40),
        good.replace(client.bsn.encode(), f"{client.bsn}0".encode()),
    ]
    for number, wrong in enumerate(wrongs):
        assert wrong != good, f"message {number} is not wrong"
        answer = await sender.send_message(wrong, idempotency_key=f"wrong-message-{number}")
        assert not answer.accepted, f"message {number} was accepted"


async def _look(access: Access) -> None:
    """Looks into dossiers and messages, by which a name leaves the vault for whom may know it."""
    [place] = await settle(access, 1)
    worker = access.client(ReferralClient, "referral", f"municipality:{place.municipality}", Role.ACCESS_WORKER)
    page = await worker.referrals(limit=20)
    names = await worker.clients([each.client for each in page.items])
    assert names
    assert all(SURNAME in name.display_name for name in names), "the persons did not get into the vault"
    messages = await worker.messages(limit=1)
    assert SURNAME.encode() in await worker.message_content(messages.items[0].message_id)


async def test_nothing_personal_leaves_the_vault(stage: Stage, known: Wanted) -> None:
    """Topics, histories, logs, metrics and every column of every table, for everybody whose data went in."""
    assert known.persons > JOURNEYS
    found = await search(stage.stack, await stage.temporal(), key_file(stage), known)
    assert found == set()


def key_file(stage: Stage) -> Path:
    return Path(stage.stack.environment("worker")["WORKFLOW_KEY_FILE"])


async def test_the_search_finds_what_is_planted_in_a_table(stage: Stage, known: Wanted) -> None:
    client = client_of(4_010, synthetic_providers()[0].product.law)
    connection = await asyncpg.connect(stage.stack.admin_url)
    try:
        await connection.execute("create table monitoring.planted (note text, data jsonb, sealed bytea)")
        born = f'{{"born": "{client.birth_date}"}}'
        values = f"over {client.last_name}", born, client.bsn.encode()
        await connection.execute("insert into monitoring.planted values ($1, $2, $3)", *values)
        found = {finding async for finding in in_database(stage.stack.admin_url, known)}
    finally:
        await connection.execute("drop table if exists monitoring.planted")
        await connection.close()
    assert found == {
        Finding("monitoring.planted.note", "a name"),
        Finding("monitoring.planted.data", "a date of birth"),
        Finding("monitoring.planted.sealed", "a citizen service number"),
    }


async def test_the_search_finds_what_is_planted_in_a_log_and_a_topic(
    stage: Stage, known: Wanted, tmp_path: Path
) -> None:
    client = client_of(4_011, synthetic_providers()[0].product.law)
    (tmp_path / "service.log").write_text(f'{{"request": "/clients?bsn={client.bsn}"}}\n')
    assert set(in_files(tmp_path, known)) == {Finding("file service.log", "a citizen service number")}

    topic = Topic("planted", key="nothing", partitions=1)
    await Topics(stage.stack.kafka).ensure(topic)
    producer = Producer({"bootstrap.servers": stage.stack.kafka, "log_level": 0})
    producer.produce(topic.name, value=b"{}", headers={"street": STREET.encode()})
    assert producer.flush(20) == 0
    found = await asyncio.to_thread(lambda: set(in_topics(stage.stack.kafka, known)))
    assert found == {Finding(f"topic {topic.name}, headers", "a street")}


async def test_the_search_reads_what_workflows_were_told(stage: Stage, known: Wanted) -> None:
    """Decrypted: that nothing is found in a history does not come from its being sealed."""
    begun = stage.simulations[0].begun[0]
    known_id = Wanted([])
    known_id._word = re.compile(str(begun.referral_id).encode())
    known_id._words = {str(begun.referral_id).encode(): "an identifier"}
    temporal = await stage.temporal()
    found = {finding async for finding in in_histories(temporal, key_file(stage), known_id)}
    journeys = {Finding(f"history of {workflow}", "an identifier") for workflow in ("ReferralJourney", "EndOfCare")}
    assert found == journeys
    assert known.persons
