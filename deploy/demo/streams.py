"""Which consumer groups a stack has."""

from importlib import import_module
from inspect import isabstract

from deploy.demo.clock import Group
from deploy.local.processes import SERVICES
from services.kit.projections import Projection
from workflows.conductor import Conductor


def groups() -> list[Group]:
    """Every consumer group with the topics it follows: the conductor's, and those of the services' projections."""
    found = [Group("workflows", Conductor.group, Conductor.sources)]
    for name in SERVICES:
        module = import_module(f"services.{name}.projections")
        found += [
            Group(name, kind.group, kind.sources)
            for kind in vars(module).values()
            if isinstance(kind, type) and issubclass(kind, Projection) and not isabstract(kind)
        ]
    return found
