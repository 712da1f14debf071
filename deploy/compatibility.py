"""Holds today's contracts against those of the last release: what was valid then must be valid now.

A schema is a set of documents; a compatible change makes the set larger. Comparing shapes misses a removed enum value
or a narrower pattern, so inclusion itself is decided (``jsonsubschema``). It wants closed models: with open ones
every typed optional addition would be formally incompatible.
"""

import json
import warnings
from pathlib import Path
from typing import Any

_ANNOTATIONS = frozenset({"title", "description", "default", "examples", "$schema", "x-service"})


def broken_promises(released: Path, current: Path) -> list[str]:
    """Each event type of the release that is gone or no longer takes all that it took, in words."""
    told = []
    for path in sorted((released / "schemas").glob("*.json")):
        now = current / "schemas" / path.name
        if not now.exists():
            told.append(f"{path.stem} was released and is gone: keep it, and add a new version beside it.")
        elif not includes(_read(now), _read(path)):
            told.append(f"{path.stem} no longer accepts what was released: add a new version beside it instead.")
    return told


def includes(wider: dict[str, Any], narrower: dict[str, Any]) -> bool:
    """Is every document that ``narrower`` accepts accepted by ``wider`` as well?"""
    if wider == narrower:
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # escapes in its docstrings that newer Pythons warn about
        from jsonsubschema import isSubschema  # slow to import, and rarely needed

    return bool(isSubschema(plain(narrower), plain(wider)))


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its references written out and without what does not decide validity.

    A format becomes a pattern of its own, so that another format is another set: as a format it would not count.
    """
    definitions = schema.get("$defs", {})

    def expand(node: Any) -> Any:
        if isinstance(node, list):
            return [expand(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return expand(definitions[str(node["$ref"]).rpartition("/")[2]])
        kept: dict[str, Any] = {}
        for key, value in node.items():
            if key == "properties":
                kept[key] = {name: expand(item) for name, item in value.items()}
            elif key == "format":
                kept["pattern"] = f"^format-{value}$"
            elif key == "prefixItems":
                kept["items"] = expand(value)
            elif key not in _ANNOTATIONS and key != "$defs":
                kept[key] = expand(value)
        return kept

    expanded: dict[str, Any] = expand(schema)
    return expanded


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
