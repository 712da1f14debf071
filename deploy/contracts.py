"""Contract files, generated from the models and committed: ``python -m deploy.contracts write|check|release``.

``contracts/schemas/``       JSON Schema of the data of every event
``contracts/examples/``      one CloudEvent of every type
``contracts/asyncapi.yaml``  topics, messages, headers and keys
``contracts/openapi/``       the HTTP API of every service
``contracts/released/``      schemas and examples of the last release, against which a change is held

``write`` makes them, ``check`` tells what is stale or breaks a released contract, ``release`` freezes today's.
"""

import importlib
import importlib.util
import json
import shutil
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic.json_schema import GenerateJsonSchema

from contracts.envelope import CONTENT_TYPE, SEQUENCE_DIGITS
from contracts.event import Event
from contracts.events import ALL, BY_SERVICE, OWNER
from contracts.topics import TOPICS, Topic
from deploy.compatibility import broken_promises
from deploy.contract_examples import structured

ROOT = Path(__file__).parents[1]
CONTRACTS = ROOT / "contracts"
RELEASED = CONTRACTS / "released"
GENERATED = ("schemas/*.json", "examples/*.json", "openapi/*.json", "asyncapi.yaml")
SERVICES_WITH_API = ("council", "commissioning", "referral", "monitoring")

_TEXT = {"type": "string"}
_HEADERS: Mapping[str, Mapping[str, Any]] = {
    "ce_specversion": {"type": "string", "const": "1.0"},
    "ce_id": {**_TEXT, "description": "Partition and sequence in the log: the same however often published."},
    "ce_source": {**_TEXT, "description": "URN of the publishing system."},
    "ce_type": {**_TEXT, "description": "What happened, with its version."},
    "ce_subject": {**_TEXT, "description": "The opaque identifier of the aggregate."},
    "ce_time": {**_TEXT, "format": "date-time", "description": "When the event was logged, UTC."},
    "ce_sequence": {
        "type": "string",
        "pattern": f"^[0-9]{{{SEQUENCE_DIGITS}}}$",
        "description": "Place in the partition of the log: dense, without gaps, in order of commit.",
    },
    "ce_partitionkey": {**_TEXT, "description": "The key of the record; order holds within one key."},
    "ce_traceparent": {**_TEXT, "description": "W3C trace context of the command that led to it."},
    "content-type": {"type": "string", "const": CONTENT_TYPE},
}


class _Untitled(GenerateJsonSchema):
    """Without the titles that pydantic derives from names: they tell nothing new."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema(model: type[Event]) -> dict[str, Any]:
    """JSON Schema 2020-12 of the data of an event: closed, and a field with a default may be absent."""
    described = model.model_json_schema(by_alias=True, mode="validation", schema_generator=_Untitled)
    described.pop("title", None)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": model.type,
        "x-service": OWNER[model.type],
        **described,
    }


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0: a channel per topic, a message per event, and who sends it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Samenspel events",
            "version": _version(),
            "description": (
                "Every event between the services of Samenspel, as CloudEvents 1.0 (NL GOV profile 1.1) in Kafka's "
                "binary mode. No event carries personal data: a client is a random pseudonym."
            ),
            "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {topic.service: _channel(topic) for topic in TOPICS},
        "operations": {
            f"publish-{topic.service}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{topic.service}"},
                "summary": f"Only the {topic.service} service publishes here.",
            }
            for topic in TOPICS
        },
        "components": {
            "messages": {model.type: _message(model) for model in ALL.values()},
            "messageTraits": {"cloudEvent": {"headers": {"type": "object", "properties": dict(_HEADERS)}}},
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "description": f"Events of the {topic.service} service; the key is the {topic.key}.",
        "messages": {
            model.type: {"$ref": f"#/components/messages/{model.type}"} for model in BY_SERVICE[topic.service]
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": ["delete"],
                    "retention.ms": topic.retention_days * 86_400_000,
                },
                "bindingVersion": "0.5.0",
            }
        },
    }


def _message(model: type[Event]) -> dict[str, Any]:
    return {
        "name": model.type,
        "title": model.__name__,
        "summary": (model.__doc__ or "").strip().partition("\n")[0],
        "contentType": CONTENT_TYPE,
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-07",
            "schema": {"$ref": f"./schemas/{model.type}.json"},
        },
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
    }


@cache
def openapi(service: str) -> dict[str, Any] | None:
    """The OpenAPI document of a service, built without engines; ``None`` while it has no ``openapi_app``."""
    name = f"services.{service}.bootstrap"
    if importlib.util.find_spec(f"services.{service}") is None or importlib.util.find_spec(name) is None:
        return None
    build = getattr(importlib.import_module(name), "openapi_app", None)
    # The document that the service itself serves, not the one that FastAPI would derive.
    described: dict[str, Any] | None = build().openapi() if build else None
    return described


def files() -> dict[str, str]:
    """Every generated file: its path under ``contracts/`` and what it should hold."""
    made = {f"schemas/{model.type}.json": _json(schema(model)) for model in ALL.values()}
    made |= {f"examples/{model.type}.json": _json(structured(model, OWNER[model.type])) for model in ALL.values()}
    made["asyncapi.yaml"] = yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=120)
    for service in SERVICES_WITH_API:
        described = openapi(service)
        if described is not None:
            made[f"openapi/{service}.json"] = _json(described)
    return made


def stale(directory: Path = CONTRACTS) -> list[str]:
    """What is missing, different or left over, in words."""
    wanted = files()
    present = {path.relative_to(directory).as_posix() for pattern in GENERATED for path in directory.glob(pattern)}
    told = [f"contracts/{name} belongs to nothing any more" for name in sorted(present - wanted.keys())]
    for name, text in wanted.items():
        if name not in present:
            told.append(f"contracts/{name} is missing")
        elif (directory / name).read_text(encoding="utf-8") != text:
            told.append(f"contracts/{name} is not what the models say")
    return told


def write(directory: Path = CONTRACTS) -> int:
    """Make ``directory`` hold exactly the generated files; returns how many changed."""
    wanted, changed = files(), 0
    for pattern in GENERATED:
        for path in directory.glob(pattern):
            if path.relative_to(directory).as_posix() not in wanted:
                path.unlink()
                changed += 1
    for name, text in wanted.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed += 1
    return changed


def release(directory: Path = CONTRACTS, released: Path = RELEASED) -> None:
    """Freeze the present schemas and examples as what partners may rely on from now on."""
    for folder in ("schemas", "examples"):
        shutil.rmtree(released / folder, ignore_errors=True)
        shutil.copytree(directory / folder, released / folder)
    (released / "VERSION").write_text(_version() + "\n", encoding="utf-8")


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Entry point; tells in words what was done or is wrong."""
    action = arguments[0] if arguments else "check"
    if action == "write":
        sys.stdout.write(f"{write()} contract files changed.\n")
        return 0
    wrong = [f"{line}. Run: make contracts" for line in stale()]
    wrong += broken_promises(RELEASED, CONTRACTS)
    for line in wrong:
        sys.stderr.write(f"{line}\n")
    if action == "release" and not wrong:
        release()
        sys.stdout.write(f"Released the contracts as {_version()}.\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
