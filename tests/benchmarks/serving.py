"""A benchmark service in a process of its own: ``python -m tests.benchmarks.serving referral --roles api``."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import CODE, is_ready
from services.kit.process import run_service
from tests.benchmarks.bench import Bench
from tests.benchmarks.workload import build, build_follower

BUILD = {"referral": build, "council": build_follower}


@asynccontextmanager
async def served(bench: Bench, service: str, roles: str) -> AsyncIterator[int]:
    """Run a service until the block ends; gives its port."""
    port = free_port(frozenset())
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "PYTHONPATH": str(CODE),
        "HOST": LOOPBACK,
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "OIDC_ISSUER": bench.issuer,
        "KAFKA_BOOTSTRAP_SERVERS": bench.bootstrap,
        "KAFKA_GROUP_PROTOCOL": "classic" if bench.classic else "consumer",
        f"DATABASE_URL_{service.upper()}": bench.url(service),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.benchmarks.serving", service, "--roles", roles, env=environment, cwd=CODE
    )
    try:
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(is_ready, port):
                if process.returncode is not None:
                    raise RuntimeError(f"the {service} process ended with {process.returncode}")
                await asyncio.sleep(0.1)
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


if __name__ == "__main__":
    sys.exit(run_service(sys.argv[1], BUILD[sys.argv[1]], sys.argv[2:]))
