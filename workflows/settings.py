"""What worker and conductor are told by their environment."""

from pathlib import Path

from pydantic import Field

from services.kit.settings import BootstrapServers, DatabaseAddress, ProcessSettings


class WorkflowSettings(ProcessSettings):
    """Where Temporal is, and the key file of the payload codec."""

    temporal_address: str = Field(pattern=r"^[^\s:]+:\d+$", description="host:port, such as 127.0.0.1:7233")
    temporal_namespace: str = Field(default="default", min_length=1, description="the name of a Temporal namespace")
    workflow_key_file: Path = Field(description="a file with a line <id>:<base64 of 32 bytes>")


class WorkerSettings(WorkflowSettings):
    """The worker also calls the services."""


class ConductorSettings(WorkflowSettings):
    """The conductor also follows the topics and keeps its positions in PostgreSQL."""

    service: str = "workflows"
    database_url: DatabaseAddress = Field(description="a postgresql:// address")
    kafka_bootstrap_servers: BootstrapServers = Field(description="host:port of the brokers, such as 127.0.0.1:9092")
    kafka_group_protocol: str = Field(
        default="consumer",
        pattern="^(consumer|classic)$",
        description="consumer (KIP-848) or classic, for brokers that do not know it",
    )
