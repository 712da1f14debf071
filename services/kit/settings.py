"""What a process must be told by its environment. One line names what is missing or wrong, and what would be right."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError


class SettingsError(Exception):
    """An environment variable is missing or wrong. The text is one line for the person who starts the process."""


def _http_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("not an http(s) address")
    return value.rstrip("/")


def _database_address(value: SecretStr) -> SecretStr:
    if urlsplit(value.get_secret_value()).scheme not in ("postgresql", "postgres"):
        raise ValueError("not a PostgreSQL address")
    return value


def _host_and_port_list(value: str) -> str:
    for part in value.split(","):
        host, _, port = part.strip().rpartition(":")
        if not host or not port.isdigit():
            raise ValueError("not host:port")
    return value


def _origins(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


HttpAddress = Annotated[str, AfterValidator(_http_address)]
"""An ``http`` or ``https`` address without a trailing slash."""

DatabaseAddress = Annotated[SecretStr, AfterValidator(_database_address)]
"""A ``postgresql://`` address; secret, because it may carry a password."""

BootstrapServers = Annotated[str, AfterValidator(_host_and_port_list)]
"""Kafka brokers as ``host:port[,host:port]``."""

_HTTP_HINT = "an address such as http://127.0.0.1:8100"


class ProcessSettings(BaseModel):
    """What every process knows: where it listens, who issues identities, how it reports.

    Load with :meth:`load`, which raises :class:`SettingsError`. The description of a field is the hint it gives.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="the address to listen on, such as 127.0.0.1")
    port: int = Field(default=0, ge=0, le=65535, description="a port from 0 (pick a free one) to 65535")
    log_level: str = Field(
        default="INFO", pattern=r"(?i)^(debug|info|warning|error)$", description="debug, info, warning or error"
    )
    otel_exporter_otlp_endpoint: HttpAddress | None = Field(default=None, description=_HTTP_HINT)

    oidc_issuer: HttpAddress = Field(description="the issuer of access tokens, such as http://127.0.0.1:8090")
    oidc_audience: str = Field(default="samenspel", description="the audience that tokens must carry: samenspel")
    oidc_client_id: str | None = Field(default=None, description="the client that this process signs in as")
    oidc_client_secret_file: Path | None = Field(default=None, description="a file that holds the client's secret")

    council_url: HttpAddress | None = Field(default=None, description=_HTTP_HINT)
    commissioning_url: HttpAddress | None = Field(default=None, description=_HTTP_HINT)
    referral_url: HttpAddress | None = Field(default=None, description=_HTTP_HINT)
    monitoring_url: HttpAddress | None = Field(default=None, description=_HTTP_HINT)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **given: Any) -> Self:
        """Read the environment; ``given`` goes before it. Raises :class:`SettingsError` with all that is wrong."""
        environ = os.environ if environ is None else environ
        service = str(given.get("service", "service"))
        values = {
            field: environ[variable]
            for field in cls.model_fields
            if (variable := cls.variable_name(field, service)) in environ and environ[variable] != ""
        }
        try:
            return cls(**{**values, **given})
        except ValidationError as error:
            raise SettingsError(cls._explain(error, service)) from None

    @classmethod
    def _explain(cls, error: ValidationError, service: str) -> str:
        told: dict[str, str] = {}
        for wrong in error.errors(include_url=False, include_context=False, include_input=False):
            name = str(wrong["loc"][0]) if wrong["loc"] else "settings"
            field = cls.model_fields.get(name)
            hint = field.description if field and field.description else "a valid value"
            state = "is missing" if wrong["type"] == "missing" else "is not valid"
            told[name] = f"{cls.variable_name(name, service)} {state}: set it to {hint}"
        return "; ".join(told.values()) + "."

    @classmethod
    def variable_name(cls, field: str, service: str) -> str:
        """The environment variable that fills ``field``: its own name, but the database of each service has its own."""
        return f"DATABASE_URL_{service.upper()}" if field == "database_url" else field.upper()

    def address_of(self, service: str) -> str:
        """The base address of another service. Raises :class:`SettingsError` when it was not given."""
        address = getattr(self, f"{service}_url", None)
        if address is None:
            raise SettingsError(f"{service.upper()}_URL is missing: set it to {_HTTP_HINT}.")
        return str(address)

    def oidc_client_secret(self) -> str:
        """The secret of this process at the issuer, read from its file. Raises :class:`SettingsError`."""
        path = self.oidc_client_secret_file
        try:
            secret = path.read_text(encoding="utf-8").strip() if path else ""
        except OSError:
            secret = ""
        if not secret:
            raise SettingsError(
                "OIDC_CLIENT_SECRET_FILE is missing or empty: set it to a readable file that holds the client's secret."
            )
        return secret


class ServiceSettings(ProcessSettings):
    """What a service with its own schema and topic knows besides: ``ServiceSettings.for_service("council")``."""

    service: str = Field(description="the name of the service")
    database_url: DatabaseAddress = Field(description="a postgresql:// address")
    kafka_bootstrap_servers: BootstrapServers = Field(description="host:port of the brokers, such as 127.0.0.1:9092")
    kafka_group_protocol: str = Field(
        default="consumer",
        pattern="^(consumer|classic)$",
        description="consumer (KIP-848) or classic, for brokers that do not know it",
    )
    cors_origins: Annotated[list[str], BeforeValidator(_origins)] = Field(
        default_factory=list, description="origins of browser programs, separated by commas"
    )
    max_body_bytes: int = Field(default=2_000_000, ge=1_000, description="the largest request body in bytes")
    contact_name: str = Field(default="Samenspel", description="who answers questions about the API")
    contact_url: HttpAddress = Field(default="https://samenspel.example/contact", description=_HTTP_HINT)
    contact_email: str = Field(default="api@samenspel.example", description="an e-mail address for questions")

    @classmethod
    def for_service(cls, service: str, environ: Mapping[str, str] | None = None, **given: Any) -> Self:
        """The settings of ``service``: its database stands in ``DATABASE_URL_<SERVICE>``."""
        return cls.load(environ, service=service, **given)
