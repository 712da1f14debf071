"""The few Kafka settings and admin calls that relay and consumers share."""

import asyncio
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from contracts.topics import Topic

PATIENCE_SECONDS = 15.0


class BrokerUnavailable(Exception):
    """The broker did not answer, or not in time."""


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as the broker has it now. A topic that was deleted and made anew has another ``id``."""

    id: str
    partitions: int


def client_settings(bootstrap: str, role: str) -> dict[str, Any]:
    """Settings that every client of ours shares; ``role`` names it at the broker."""
    return {
        "bootstrap.servers": bootstrap,
        "client.id": f"samenspel-{role}",
        "reconnect.backoff.max.ms": 2000,
        "log_level": 0,
    }


class Topics:
    """Looks at topics and makes them as declared."""

    def __init__(self, bootstrap: str) -> None:
        self._admin = AdminClient(client_settings(bootstrap, "admin"))

    async def state(self, name: str) -> TopicState | None:
        """The topic as it is now, or ``None`` when the broker does not have it.

        Raises ``BrokerUnavailable`` when the broker cannot be asked.
        """
        future = self._admin.describe_topics(TopicCollection([name]), request_timeout=PATIENCE_SECONDS)[name]
        try:
            found = await asyncio.wrap_future(future)
        except KafkaException as error:
            if error.args[0].code() in {KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC}:
                return None
            raise BrokerUnavailable(str(error)) from error
        return TopicState(id=str(found.topic_id), partitions=len(found.partitions))

    async def ensure(self, topic: Topic) -> TopicState:
        """The topic with its declared number of partitions; made, or made anew, when it is not so.

        What a topic loses this way the relay brings back from the event log.
        """
        state = await self.state(topic.name)
        if state is not None and state.partitions != topic.partitions:
            await self._call(self._admin.delete_topics([topic.name])[topic.name])
            state = None
        attempts = 0
        while state is None or state.partitions != topic.partitions:
            attempts += 1
            if attempts > 50:
                raise BrokerUnavailable(f"topic {topic.name} could not be made as declared")
            await self._create(topic)
            await asyncio.sleep(0.1)
            state = await self.state(topic.name)
        return state

    async def _create(self, topic: Topic) -> None:
        wanted = NewTopic(
            topic.name,
            num_partitions=topic.partitions,
            replication_factor=-1,
            config={"retention.ms": str(topic.retention_days * 86_400_000), "cleanup.policy": "delete"},
        )
        try:
            await self._call(self._admin.create_topics([wanted])[topic.name])
        except KafkaException as error:
            # Another relay was first, or a deletion is still under way: the caller looks again.
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise BrokerUnavailable(str(error)) from error

    @staticmethod
    async def _call(future: Any) -> None:
        await asyncio.wrap_future(future)
