"""Which broker carries the events locally, and how to see that one works."""

import asyncio
import os
import re
import shutil
import subprocess
from abc import abstractmethod
from typing import Any

from deploy.local.errors import LocalError
from deploy.local.ports import LOOPBACK, answers
from deploy.local.program import Program, Report
from deploy.local.state import State

CHOICES = ("auto", "kafka", "tansu")
MINIMUM_JAVA = 17


class Broker(Program):
    """Anything that speaks the Kafka protocol."""

    port = 0
    group_protocol: str
    """``consumer`` (KIP-848) where the broker knows it, else ``classic``; what consumers must be told."""

    @property
    def bootstrap_servers(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    @abstractmethod
    def keeps_data(self) -> bool:
        """Whether topics survive a restart of the broker."""

    async def healthy(self) -> bool:
        return await asyncio.to_thread(answers_as_broker, self.bootstrap_servers)


def choose(state: State, report: Report, wanted: str | None = None) -> Broker:
    """The broker for ``wanted`` (default: the environment variable BROKER, else ``auto``).

    ``auto`` takes Kafka where Java 17 or newer is there with Maven or the jars that Maven fetched before, and
    otherwise Tansu, saying so. Raises LocalError for an unknown name, and for ``kafka`` where it cannot run.
    """
    from deploy.local.engines.kafka import Kafka, fetched
    from deploy.local.engines.tansu import Tansu

    wanted = wanted or os.environ.get("BROKER") or "auto"
    if wanted not in CHOICES:
        raise LocalError(f"BROKER={wanted} is not a broker; choose {', '.join(CHOICES)}.", wrong_use=True)
    if wanted == "tansu":
        return Tansu(state, report)
    java = java_version()
    if java is None or java < MINIMUM_JAVA:
        lacking = f"Java {MINIMUM_JAVA} or newer is not installed" if java is None else f"Java is version {java}"
    elif not fetched() and shutil.which("mvn") is None:
        lacking = "Maven (mvn) is not installed"
    else:
        return Kafka(state, report, fallback_allowed=wanted == "auto")
    if wanted == "kafka":
        raise LocalError(
            f"BROKER=kafka needs Java {MINIMUM_JAVA} and Maven, but {lacking}. Install them "
            "(Debian: apt install openjdk-17-jre-headless maven), or choose BROKER=tansu."
        )
    report("broker", f"{lacking}: using Tansu, which speaks Kafka's protocol and keeps events in memory")
    return Tansu(state, report)


def java_version() -> int | None:
    """The major version of the ``java`` on the path; None where there is none."""
    java = shutil.which("java")
    if java is None:
        return None
    said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    return parse_java_version(said.stderr + said.stdout)


def parse_java_version(said: str) -> int | None:
    """``openjdk version "17.0.15"`` is 17, ``java version "1.8.0_292"`` is 8."""
    match = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(match.group(1)) if match else None


def answers_as_broker(bootstrap_servers: str) -> bool:
    """Whether a broker of this machine answers there in Kafka's protocol."""
    if not answers(int(bootstrap_servers.rpartition(":")[2])):
        return False
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    # Until the broker answers librdkafka would write a line to our terminal at each attempt.
    settings: dict[str, Any] = {
        "bootstrap.servers": bootstrap_servers,
        "socket.timeout.ms": 3000,
        "log_level": 0,
        "error_cb": lambda _error: None,
    }
    try:
        admin = AdminClient(settings)
        return bool(admin.list_topics(timeout=3).brokers)
    except KafkaException:
        return False
