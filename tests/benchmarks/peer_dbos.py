"""DBOS doing workflows of the shape of a referral journey, where it is installed (``pip install dbos``).

Its state is in the PostgreSQL of the run, durable; one process is worker and starter at once: ``python -m
tests.benchmarks.peer_dbos URL STEPS JOURNEYS TOGETHER`` prints how many a second it got done.
"""

import asyncio
import sys
import time
from asyncio.subprocess import PIPE
from contextvars import Context
from importlib.util import find_spec

from deploy.local.processes import CODE
from tests.benchmarks.bench import Bench

ANSWER_SECONDS = 0.1
"""From a step until the message that it brings."""


async def rate(bench: Bench, steps: int, journeys: int, together: int) -> float | None:
    """Workflows a second, or ``None`` when DBOS is not installed."""
    if find_spec("dbos") is None:
        return None
    url = bench.postgres.url("postgres", "peer_dbos")
    command = (sys.executable, "-m", __name__, url, str(steps), str(journeys), str(together))
    process = await asyncio.create_subprocess_exec(*command, cwd=CODE, stdout=PIPE)
    answer, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"measuring DBOS ended with {process.returncode}")
    return float(answer)


async def _measure(url: str, steps: int, journeys: int, together: int) -> float:
    from dbos import DBOS, DBOSConfig, SetWorkflowID

    config: DBOSConfig = {
        "name": "samenspel-bench",
        "system_database_url": url.replace("postgresql://", "postgresql+psycopg://"),
        "run_admin_server": False,
        "log_level": "ERROR",
    }
    DBOS(config=config)
    tasks: set[asyncio.Task[None]] = set()

    async def bring(workflow_id: str, number: int) -> None:
        await asyncio.sleep(ANSWER_SECONDS)
        await DBOS.send_async(workflow_id, number)

    @DBOS.step()
    async def step(workflow_id: str, number: int) -> None:
        # Outside of the workflow: a message that it sent itself would be a step of it.
        task = asyncio.create_task(bring(workflow_id, number), context=Context())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    @DBOS.workflow()
    async def journey() -> None:
        for number in range(steps):
            await step(DBOS.workflow_id or "", number)
            await DBOS.recv_async(timeout_seconds=60)

    DBOS.launch()

    async def measured(round_number: int, count: int) -> float:
        waiting = iter(range(count))

        async def one_after_other() -> None:
            for number in waiting:
                with SetWorkflowID(f"{round_number}-{number}"):
                    handle = await DBOS.start_workflow_async(journey)
                await handle.get_result(polling_interval_sec=0.05)

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(together):
                group.create_task(one_after_other())
        return count / (time.perf_counter() - began)

    await measured(0, together)
    found = await measured(1, journeys)
    DBOS.destroy()
    return found


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(_measure(sys.argv[1], *map(int, sys.argv[2:])))))
