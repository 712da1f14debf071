"""The committed contract files are what the models say, and each example is a true event."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from contracts.envelope import Envelope, from_record, to_headers
from contracts.event import Event
from contracts.events import ALL, OWNER
from contracts.topics import BY_SERVICE, TOPICS
from deploy import contracts as generator
from deploy.contract_examples import MOMENT, TRACE, example, minimal
from tests.shared_data import shared

CONTRACTS = Path(generator.CONTRACTS)
TYPES = sorted(ALL)


def read(path: str) -> Any:
    return json.loads((CONTRACTS / path).read_text(encoding="utf-8"))


def test_the_committed_files_are_what_the_models_say() -> None:
    assert generator.stale() == []


def test_a_stale_a_missing_and_a_superfluous_file_are_told(tmp_path: Path) -> None:
    generator.write(tmp_path)
    assert generator.stale(tmp_path) == []
    (tmp_path / "asyncapi.yaml").write_text("asyncapi: 2.0.0\n")
    (tmp_path / "schemas" / f"{TYPES[0]}.json").unlink()
    (tmp_path / "examples" / "gone.v1.json").write_text("{}")
    assert generator.stale(tmp_path) == [
        "contracts/examples/gone.v1.json belongs to nothing any more",
        f"contracts/schemas/{TYPES[0]}.json is missing",
        "contracts/asyncapi.yaml is not what the models say",
    ]
    assert generator.write(tmp_path) == 3
    assert generator.stale(tmp_path) == []


@pytest.mark.parametrize("type_", TYPES)
def test_the_example_of_an_event_is_a_valid_cloudevent_of_its_model_and_schema(type_: str) -> None:
    cloud_event = read(f"examples/{type_}.json")
    jsonschema.validate(cloud_event["data"], read(f"schemas/{type_}.json"), jsonschema.Draft202012Validator)
    assert ALL[type_].model_validate(cloud_event["data"]) == example(ALL[type_])
    assert cloud_event["type"] == type_


@pytest.mark.parametrize("type_", TYPES)
def test_the_example_holds_to_the_official_schema_of_cloudevents(type_: str) -> None:
    official = json.loads(shared("reference/cloudevents.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(read(f"examples/{type_}.json"), official, jsonschema.Draft7Validator)


@pytest.mark.parametrize("type_", TYPES)
def test_attribute_names_hold_to_the_dutch_profile(type_: str) -> None:
    for attribute, value in read(f"examples/{type_}.json").items():
        assert attribute.isalnum()
        assert attribute == attribute.lower()
        assert len(attribute) <= 20
        assert value != ""


@pytest.mark.parametrize("build", [example, minimal])
@pytest.mark.parametrize("type_", TYPES)
def test_an_event_survives_the_way_over_kafka(type_: str, build: Any) -> None:
    event: Event = build(ALL[type_])
    sent = Envelope(
        service=OWNER[type_],
        partition=3,
        sequence=12,
        key="a-key",
        type=type_,
        time=MOMENT,
        data=event.model_dump_json(by_alias=True, exclude_none=True).encode(),
        traceparent=TRACE,
    )
    received = from_record(to_headers(sent), sent.data)
    assert received == sent
    assert ALL[received.type].model_validate_json(received.data) == event


@pytest.mark.parametrize("type_", TYPES)
def test_a_schema_is_closed_and_takes_no_unknown_field(type_: str) -> None:
    data = read(f"examples/{type_}.json")["data"] | {"unknownField": 1}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, read(f"schemas/{type_}.json"), jsonschema.Draft202012Validator)


def test_the_asyncapi_document_has_every_topic_and_every_event_once() -> None:
    document = yaml.safe_load((CONTRACTS / "asyncapi.yaml").read_text(encoding="utf-8"))
    channels = document["channels"]
    assert {channel["address"] for channel in channels.values()} == {topic.name for topic in TOPICS}
    told = [name for channel in channels.values() for name in channel["messages"]]
    assert sorted(told) == TYPES
    for service, topic in BY_SERVICE.items():
        assert channels[service]["bindings"]["kafka"]["partitions"] == topic.partitions


def test_event_types_follow_the_naming_rule() -> None:
    for type_ in TYPES:
        parts = type_.split(".")
        assert parts[:2] == ["nl", "samenspel"]
        assert len(parts) == 5
        assert parts[4].startswith("v")
        assert parts[4][1:].isdigit()
