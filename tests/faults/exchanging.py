"""Messages under way while something dies: a batch, and others one by one, each to be answered exactly once.

A municipality with software of its own sends allocations without a product code. These begin no journey here, so that
the journeys of the load can be told apart from them.
"""

import asyncio
import io
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import httpx

from contracts.values import Role
from deploy.simulate.access import Access
from deploy.simulate.region import FIRST_AGB
from services.kit.problems import Problem
from services.referral.client import ReferralClient
from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import MessageHeader, Standard, write
from tests.faults.reading import fetch

if TYPE_CHECKING:
    from tests.faults.stage import Stage

MUNICIPALITY = "5049"
"""One of the synthetic region in which no journey of the load is played."""
PROVIDER = str(FIRST_AGB)
BATCH, SINGLE = 120, 60
PATIENCE_SECONDS = 240.0
LOOK_SECONDS = 0.2
_FIRST_NUMBER = 900_000


@dataclass(frozen=True)
class Exchange:
    """What was sent: identifications under which exactly one answer must stand."""

    sender: str
    identifications: tuple[str, ...]


def allocation(number: int, identification: str, today: date) -> bytes:
    """An allocation of a category (JW301) to a client of its own."""
    header = MessageHeader(Standard.IJW, MUNICIPALITY, PROVIDER, identification, today)
    product = {
        "ToewijzingNummer": _FIRST_NUMBER + number,
        "Product": {"Categorie": "43"},
        "Toewijzingsdatum": today,
        "Toewijzingstijd": "11:00:00",
        "Ingangsdatum": today,
        "Einddatum": today.replace(year=today.year + 1, day=1),
    }
    phone = {"Telefoonnummer": "0241234567", "Landnummer": "+31"}
    client = {
        "Bsn": fictional_bsn(50_000 + number).digits,
        "Geboortedatum": {"Datum": "2012-03-04"},
        "Geslacht": "2",
        "Naam": {"Geslachtsnaam": {"Achternaam": "Wolkenveld"}, "Voorletters": "JT", "NaamGebruik": "1"},
        "Contactgegevens": {"Contact": [{"Soort": "01", "Telefoon": {"Telefoon01": phone}}]},
        "ToegewezenProducten": {"ToegewezenProduct": [product]},
    }
    return write("JW301", {"Header": header.content(from_municipality=True), "Client": client})


async def exchange(stage: "Stage", today: date) -> Exchange:
    """Send a batch and single messages, whatever dies; gives when all were taken. Raises ``TimeoutError``."""
    first = sum(len(each.identifications) for each in stage.exchanges)
    names = tuple(f"F{first + number:06d}" for number in range(BATCH + SINGLE))
    messages = [allocation(first + number, name, today) for number, name in enumerate(names)]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, message in zip(names[:BATCH], messages[:BATCH], strict=True):
            archive.writestr(f"{name}.xml", message)
    sender = f"municipality:{MUNICIPALITY}"
    async with httpx.AsyncClient(timeout=30.0) as http, asyncio.timeout(PATIENCE_SECONDS):
        client = Access(stage.stack.state, http).client(ReferralClient, "referral", sender, Role.ACCESS_WORKER)
        async with asyncio.TaskGroup() as group:
            group.create_task(_send_batch(client, packed.getvalue(), f"faults-batch-{first}"))
            group.create_task(_send_one_by_one(client, dict(zip(names[BATCH:], messages[BATCH:], strict=True))))
    return Exchange(sender, names)


async def _send_batch(client: ReferralClient, content: bytes, key: str) -> None:
    batch: UUID | None = None
    while True:
        try:
            if batch is None:
                batch = (await client.submit_batch([("batch.zip", content)], idempotency_key=key)).batch_id
            if (await client.batch(batch)).finished_at is not None:
                return
        except Problem as problem:
            if problem.status < 500:
                raise
        await asyncio.sleep(LOOK_SECONDS)


async def _send_one_by_one(client: ReferralClient, messages: dict[str, bytes]) -> None:
    for name, message in messages.items():
        while True:
            try:
                await client.send_message(message, idempotency_key=f"faults-{name}")
                break
            except Problem as problem:
                if problem.status < 500:
                    raise
            await asyncio.sleep(LOOK_SECONDS)


async def answered_once(stage: "Stage") -> list[str]:
    """Every message that was sent was received once, accepted, answered once and carried out once."""
    found = []
    for sent in stage.exchanges:
        rows = await fetch(
            stage.stack.admin_url,
            """select wanted.name, count(distinct message.message_id) as received,
                      count(distinct message.message_id) filter (where message.accepted) as accepted,
                      count(answer.message_id) as answers
               from unnest($2::text[]) as wanted (name)
               left join referral.message on message.direction = 'received' and message.sender = $1
                    and message.identification = wanted.name
               left join referral.message answer on answer.answers = message.message_id
               group by wanted.name
               having (count(distinct message.message_id), count(answer.message_id),
                       count(distinct message.message_id) filter (where message.accepted)) <> (1, 1, 1)""",
            sent.sender,
            list(sent.identifications),
        )
        found += [
            f"message {row['name']}: received {row['received']}, accepted {row['accepted']}, answered {row['answers']}"
            for row in rows
        ]
    expected = sum(len(sent.identifications) for sent in stage.exchanges)
    stored = await fetch(
        stage.stack.admin_url,
        "select count(*) as count from referral.allocation where municipality = $1 and number >= $2",
        MUNICIPALITY,
        _FIRST_NUMBER,
    )
    if stored[0]["count"] != expected:
        found.append(f"{expected} allocations were sent, and referral has {stored[0]['count']}")
    waiting = await fetch(
        stage.stack.admin_url,
        """select (select count(*) from referral.message_batch where finished_at is null)
                + (select count(*) from referral.message_batch_item where settled_at is null) as count""",
    )
    if waiting[0]["count"]:
        found.append(f"{waiting[0]['count']} batches or files still wait")
    return found
