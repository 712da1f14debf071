"""The same official schemas and examples as in the unit tests."""

from tests.unit.istandaarden.conftest import reference

__all__ = ["reference"]
