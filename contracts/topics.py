"""Every topic: who owns it, how it is keyed, how many partitions it has for life, how long Kafka keeps it.

The event log in PostgreSQL is the archive, so a topic may forget: it is refilled from the log when asked.
"""

from dataclasses import dataclass

DEMO_OIN = "00000099000000000000"
"""Organisation identification number of the test range (``00000099``)."""


@dataclass(frozen=True)
class Topic:
    """A Kafka topic and the service that alone may publish on it.

    ``key`` says in words what the record key is; order holds within one key. ``namespace`` keeps platforms that share
    a broker apart.
    """

    service: str
    key: str
    partitions: int = 8
    retention_days: int = 30
    namespace: str = "samenspel"

    @property
    def name(self) -> str:
        return f"{self.namespace}.{self.service}.v1"

    @property
    def source(self) -> str:
        """CloudEvents ``source``: an URN of the publishing system, never a data location."""
        return f"urn:nld:oin:{DEMO_OIN}:systeem:samenspel-{self.service}"


COUNCIL = Topic("council", key="frame, moment, question or letter")
COMMISSIONING = Topic("commissioning", key="scenario, commission, agreement, provider or region")
REFERRAL = Topic("referral", key="referral or message")
MONITORING = Topic("monitoring", key="referral, reporting round, region or release")

TOPICS: tuple[Topic, ...] = (COUNCIL, COMMISSIONING, REFERRAL, MONITORING)
BY_SERVICE: dict[str, Topic] = {topic.service: topic for topic in TOPICS}
BY_NAME: dict[str, Topic] = {topic.name: topic for topic in TOPICS}
BY_SOURCE: dict[str, Topic] = {topic.source: topic for topic in TOPICS}
