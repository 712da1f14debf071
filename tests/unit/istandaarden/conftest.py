"""The official schemas and examples, which the product does not ship; tests that need them are skipped without."""

import os
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

SHARED = Path(os.environ.get("SAMENSPEL_SHARED", Path(__file__).parents[4] / "shared")) / "istandaarden"


class Reference:
    """What Zorginstituut Nederland publishes: schemas per kind and example messages."""

    def examples(self) -> dict[str, bytes]:
        files = [*SHARED.glob("examples/*.xml"), *SHARED.glob("examples/flawed/*.xml")]
        return {file.relative_to(SHARED / "examples").as_posix(): file.read_bytes() for file in sorted(files)}

    @staticmethod
    @cache
    def schema(kind: str) -> etree.XMLSchema | None:
        """The official schema, or None for the seven iWmo messages whose schema is not in the set."""
        file = SHARED / "xsd" / ("ijw" if kind.startswith("JW") else "iwmo") / f"{kind}.xsd"
        return etree.XMLSchema(etree.parse(file)) if file.exists() else None


@pytest.fixture(scope="session")
def reference() -> Reference:
    if not SHARED.exists():
        pytest.skip("the official schemas are not in ../shared/istandaarden")
    return Reference()
