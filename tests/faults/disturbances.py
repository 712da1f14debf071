"""What disturbs without killing: connections cut, processes frozen, records that come twice and out of order, members
that come and go.
"""

import asyncio
import os
import random
import signal
import sys
from contextlib import suppress

from confluent_kafka import Producer

from contracts.topics import TOPICS
from deploy.local.ports import free_port
from deploy.local.processes import CODE, is_ready
from deploy.local.program import base_environment
from deploy.local.supervisor import Stack
from tests.faults.reading import fetch, records

START_SECONDS = 90.0
FLUSH_SECONDS = 60.0


async def cut_connections(stack: Stack) -> None:
    """Every session of every service is ended by the server, in the middle of whatever it does."""
    await fetch(
        stack.admin_url,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'samenspel-%'",
    )


async def freeze(stack: Stack, name: str, seconds: float) -> None:
    """A process or engine that hangs, with every connection open: it gets no time for a while."""
    group = stack.state.read()["processes"][name]["pid"]
    os.killpg(group, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        os.killpg(group, signal.SIGCONT)


async def repeat_everything(stack: Stack, chance: random.Random) -> None:
    """Every record of every topic is published once more, in another order."""
    await asyncio.to_thread(_repeat, stack.kafka, chance)


def _repeat(bootstrap: str, chance: random.Random) -> None:
    ours = {topic.name for topic in TOPICS}
    all_of_them = [message for message in records(bootstrap) if message.topic() in ours]
    chance.shuffle(all_of_them)
    producer = Producer({"bootstrap.servers": bootstrap, "queue.buffering.max.messages": 1_000_000, "log_level": 0})
    for message in all_of_them:
        producer.produce(
            str(message.topic()),
            value=message.value(),
            key=message.key(),
            headers=message.headers(),
            partition=message.partition() or 0,
        )
    left = producer.flush(FLUSH_SECONDS)
    if left:
        raise TimeoutError(f"{left} records were not published again")


async def another_member(stack: Stack, service: str) -> None:
    """One more consumer of a service joins its groups, and is killed as soon as it takes part."""
    port = free_port(frozenset())
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"services.{service}", "--roles", "consumer",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        env=base_environment() | stack.environment(service) | {"PORT": str(port), "PYTHONPATH": str(CODE)},
        cwd=CODE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await asyncio.to_thread(is_ready, port):
                if process.returncode is not None:
                    raise RuntimeError(f"a second {service} ended while starting, with {process.returncode}")
                await asyncio.sleep(0.2)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
