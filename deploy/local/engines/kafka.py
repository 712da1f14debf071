"""Apache Kafka, one node in KRaft mode, from the jars that Maven fetches once into the user's cache."""

import asyncio
import os
import shutil
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

from deploy.local.engines.broker import Broker
from deploy.local.errors import LocalError
from deploy.local.ports import LOOPBACK
from deploy.local.program import Launch, Report, leashed
from deploy.local.state import State

VERSION = "4.1.0"
FETCH_SECONDS = 600.0

_POM = f"""\
<project><modelVersion>4.0.0</modelVersion><groupId>nl.samenspel</groupId><artifactId>broker</artifactId><version>1</version>
<dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{VERSION}</version></dependency>
<dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
</dependencies></project>
"""

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
num.partitions=8
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
group.initial.rebalance.delay.ms=0
# A consumer that was killed gives up its partitions after these seconds; by default that takes 45.
group.consumer.min.session.timeout.ms=6000
group.consumer.session.timeout.ms=6000
group.consumer.min.heartbeat.interval.ms=1000
group.consumer.heartbeat.interval.ms=1000
# After a crash the new process is admitted only when the old one's session has run out.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=400
log.cleaner.dedupe.buffer.size=8388608
"""


def cache_directory() -> Path:
    """Where the jars are kept, outside the state so that throwing the state away does not fetch them again."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "samenspel" / f"kafka-{VERSION}"


def fetched() -> bool:
    """Whether the jars are there; a half-finished fetch does not count."""
    return any(cache_directory().glob("kafka_2.13-*.jar"))


class Kafka(Broker):
    name = "kafka"
    start_seconds = 120.0  # a Java machine on a busy one
    group_protocol = "consumer"
    keeps_data = True

    def __init__(self, state: State, report: Report, *, fallback_allowed: bool = False) -> None:
        self._state = state
        self._report = report
        self._directory = state.path("engines", "kafka")
        self.fallback_allowed = fallback_allowed
        """Whether another broker may take its place when the jars cannot be fetched (BROKER=auto)."""

    async def prepare(self) -> None:
        if not fetched():
            await self._fetch()
        self.port = self.port or self._state.port(self.name)
        controller = self._state.port("kafka-controller")
        self._directory.mkdir(parents=True, exist_ok=True)
        data = self._directory / "data"
        properties = _PROPERTIES.format(host=LOOPBACK, port=self.port, controller=controller, data=data)
        self._properties.write_text(properties)
        if not (data / "meta.properties").exists():
            await self._format(data)

    def launch(self) -> Launch:
        return Launch(
            [
                *_java("-Xms512m", "-Xmx512m", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20"),
                "kafka.Kafka",
                str(self._properties),
            ],
            directory=self._directory,
        )

    @property
    def _properties(self) -> Path:
        return self._directory / "server.properties"

    async def _fetch(self) -> None:
        target = cache_directory()
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="fetching-") as scratch:
            jars = _write_pom(Path(scratch))
            await self._run(
                ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={jars}"],
                doing=f"fetching Apache Kafka {VERSION} with Maven",
                seconds=FETCH_SECONDS,
                advice="Check the connection to Maven Central, or choose BROKER=tansu.",
                directory=Path(scratch),
            )
            _take_into_use(jars)

    async def _format(self, data: Path) -> None:
        shutil.rmtree(data, ignore_errors=True)
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        await self._run(
            [
                *_java("-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                "kafka.tools.StorageTool", "format", "--cluster-id", cluster, "--config", str(self._properties),
            ],
            doing="formatting its storage",
            seconds=60,
            advice=f"Look in {self._state.log(self.name)}.",
        )  # fmt: skip

    async def _run(
        self, arguments: list[str], *, doing: str, seconds: float, advice: str, directory: Path | None = None
    ) -> None:
        began = time.monotonic()
        self._report(self.name, doing)
        with self._state.open_log(self.name) as log:
            process = await asyncio.create_subprocess_exec(
                *leashed(arguments), stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, cwd=directory
            )
            ended = asyncio.create_task(process.wait())
            try:
                while not (await asyncio.wait({ended}, timeout=4))[0]:
                    self._report(self.name, f"{doing} ({time.monotonic() - began:.0f} s)")
                    if time.monotonic() - began > seconds:
                        break
            finally:
                if process.returncode is None:
                    process.kill()
                await ended
        if process.returncode != 0:
            raise LocalError(f"Kafka failed at {doing} (details in {self._state.log(self.name)}). {advice}")


def _write_pom(directory: Path) -> Path:
    (directory / "pom.xml").write_text(_POM)
    return directory / "jars"


def _take_into_use(jars: Path) -> None:
    try:
        jars.rename(cache_directory())
    except OSError:
        if not fetched():  # else another start was just quicker
            raise


def _java(*options: str) -> list[str]:
    quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
    return ["java", *options, "-Djava.awt.headless=true", quiet, "-cp", f"{cache_directory()}/*"]
