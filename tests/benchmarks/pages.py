"""Pages: how long people wait for the portal, on as much data as a whole country leaves.

A small region is set up through the interfaces of the services, and its rows are multiplied in the database.
"""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import CODE
from deploy.local.supervisor import Stack
from tests.benchmarks.bare_page import ROW_BYTES
from tests.benchmarks.bench import Bench, tell
from tests.benchmarks.measuring import Measure, percentile
from tests.benchmarks.multiplying import again
from tests.web.pages_manager_council.reader import Reader
from tests.web.pages_manager_council.world import World, build

PROCESSES = ("council", "commissioning", "referral", "monitoring", "portal")
JOURNEYS, MUNICIPALITIES = 100, 300
"""How often the journeys of the region come again, and the published figures, each time of another municipality."""
VISITS, WARM = 60, 15
ROUNDS = 3


@dataclass(frozen=True)
class Visit:
    """Who looks at which page."""

    name: str
    person: str
    address: str


async def measure(bench: Bench) -> Measure:
    """The 95th percentile of the slowest page, beside that of a bare page of its size in the same minute."""
    tell("pages")
    directory = Path(tempfile.mkdtemp(prefix="samenspel-bench-"))
    try:
        async with (
            Stack(directory, processes=PROCESSES, port=free_port(frozenset())) as stack,
            httpx.AsyncClient(timeout=60) as http,
        ):
            world = World(stack, http)
            await build(world)
            await _multiply(stack.admin_url)
            rooms = await world.commissioning("contract-manager-nijmegen").spending_rooms()
            visits = (
                Visit("worklist", "access-worker-nijmegen", "/access/worklist"),
                Visit("agreement", "contract-manager-nijmegen", f"/manager/agreements/{rooms.items[0].agreement_id}"),
                Visit("council figures", "council-member-nijmegen", "/council/0268/figures"),
            )
            async with _bare() as bare:
                found = [await _measured(stack.url("portal"), bare, visit) for visit in visits]
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    slowest = max(found, key=lambda each: each.ours / each.floor)
    return Measure(
        "pages, p95 of the slowest",
        slowest.ours,
        slowest.floor,
        slowest.ours / slowest.floor,
        "ms",
        VISITS * ROUNDS,
        8.0,
        "the calls a page makes to the services, each a request and a transaction of its own",
        notes=tuple(
            f"{each.name}: {each.ours:.0f} ms (100 at most) for {each.size / 1000:.0f} kB; bare {each.floor:.1f} ms"
            for each in found
        ),
    )


@dataclass(frozen=True)
class _Found:
    """The 95th percentiles of a page and of the bare page, in ms; ``size`` in bytes."""

    name: str
    ours: float
    floor: float
    size: int


async def _measured(portal: str, bare: httpx.AsyncClient, visit: Visit) -> _Found:
    async with httpx.AsyncClient(base_url=portal, follow_redirects=True, timeout=60) as client:
        await Reader(client).sign_in(visit.person)
        size = len((await client.get(visit.address)).raise_for_status().content)
        rows = size // ROW_BYTES
        await _p95(client, visit.address, WARM)
        await _p95(bare, f"/?rows={rows}", WARM)
        ours, floor = [], []
        for _ in range(ROUNDS):
            floor.append(await _p95(bare, f"/?rows={rows}", VISITS))
            ours.append(await _p95(client, visit.address, VISITS))
    return _Found(visit.name, sorted(ours)[ROUNDS // 2], sorted(floor)[ROUNDS // 2], size)


async def _p95(client: httpx.AsyncClient, address: str, visits: int) -> float:
    waited = []
    for _ in range(visits):
        began = time.perf_counter()
        (await client.get(address)).raise_for_status()
        waited.append((time.perf_counter() - began) * 1000)
    return percentile(waited, 0.95)


@asynccontextmanager
async def _bare() -> AsyncIterator[httpx.AsyncClient]:
    port = free_port(frozenset())
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.bare_page", str(port), cwd=CODE
    )
    try:
        # It is there within a second; a connection that is refused is tried again, with pauses.
        patient = httpx.AsyncHTTPTransport(retries=5)
        async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=60, transport=patient) as client:
            yield client
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _multiply(admin_url: str) -> None:
    connection = await asyncpg.connect(admin_url)
    try:
        await again(connection, "referral.referral", JOURNEYS, {"referral_id": "gen_random_uuid()"})
        await again(connection, "commissioning.commitment", JOURNEYS, {"referral_id": "gen_random_uuid()"})
        await again(connection, "council.published_figure", MUNICIPALITIES, {"area": "one.area || turn"})
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()
