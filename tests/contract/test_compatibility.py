"""What counts as a compatible change of a contract."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from contracts.events import ALL
from deploy import contracts as generator
from deploy.compatibility import broken_promises, includes

THING: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "stage": {"$ref": "#/$defs/Stage"},
        "code": {"type": "string", "pattern": r"^\d{4}$"},
        "count": {"type": "integer"},
        "until": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
    },
    "required": ["id", "stage"],
    "$defs": {"Stage": {"type": "string", "enum": ["open", "closed"]}},
}


def changed(**steps: Any) -> dict[str, Any]:
    """THING with values set at paths such as ``properties__stage``; ``None`` removes."""
    made = copy.deepcopy(THING)
    for path, value in steps.items():
        *folders, last = path.split("__")
        node = made
        for folder in folders:
            node = node[folder]
        if value is None:
            del node[last]
        else:
            node[last] = value
    return made


@pytest.mark.parametrize(
    "wider",
    [
        changed(),
        changed(description="Another explanation"),
        changed(properties__note={"type": "string"}),
        changed(required=["id"]),
        changed(**{"$defs": {"Stage": {"type": "string", "enum": ["open", "closed", "withdrawn"]}}}),
        changed(properties__count={"anyOf": [{"type": "integer"}, {"type": "null"}]}),
    ],
)
def test_a_change_that_takes_all_that_was_taken_is_compatible(wider: dict[str, Any]) -> None:
    assert includes(wider, THING)


@pytest.mark.parametrize(
    "other",
    [
        changed(properties__count=None),
        changed(required=["id", "stage", "code"]),
        changed(**{"$defs": {"Stage": {"type": "string", "enum": ["open"]}}}),
        changed(properties__code={"type": "string", "pattern": r"^\d{5}$"}),
        changed(properties__count={"type": "string"}),
        changed(properties__id={"type": "string", "format": "date-time"}),
        changed(properties__until={"type": "string", "format": "date-time"}),
    ],
)
def test_a_change_that_refuses_what_was_taken_is_not(other: dict[str, Any]) -> None:
    assert not includes(other, THING)


def test_a_type_that_was_released_may_not_go_or_narrow(tmp_path: Path) -> None:
    released, current = tmp_path / "released" / "schemas", tmp_path / "current" / "schemas"
    for folder, name, schema in (
        (released, "things.kept.v1", THING),
        (current, "things.kept.v1", changed(properties__note={"type": "string"})),
        (released, "things.narrowed.v1", THING),
        (current, "things.narrowed.v1", changed(properties__count=None)),
        (released, "things.gone.v1", THING),
        (current, "things.new.v1", THING),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.json").write_text(json.dumps(schema), encoding="utf-8")
    assert broken_promises(released.parent, current.parent) == [
        "things.gone.v1 was released and is gone: keep it, and add a new version beside it.",
        "things.narrowed.v1 no longer accepts what was released: add a new version beside it instead.",
    ]


def test_what_was_released_still_reads_back() -> None:
    for path in sorted((generator.RELEASED / "examples").glob("*.json")):
        event = json.loads(path.read_text(encoding="utf-8"))
        assert ALL[event["type"]].model_validate(event["data"])


def test_a_release_freezes_what_there_is_and_holds_later_changes_against_it(tmp_path: Path) -> None:
    current, released = tmp_path / "contracts", tmp_path / "contracts" / "released"
    generator.write(current)
    generator.release(current, released)
    assert broken_promises(released, current) == []
    assert (released / "VERSION").read_text(encoding="utf-8").strip()

    name = "nl.samenspel.frames.adopted.v1"
    schema = json.loads((current / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    schema["required"].remove("title")
    (current / "schemas" / f"{name}.json").write_text(json.dumps(schema), encoding="utf-8")
    assert broken_promises(released, current) == []
    schema["required"].append("a field that nobody sent")
    (current / "schemas" / f"{name}.json").write_text(json.dumps(schema), encoding="utf-8")
    assert broken_promises(released, current) == [
        f"{name} no longer accepts what was released: add a new version beside it instead."
    ]
