"""The ways that lead to a class of a message, by the description: a class may stand in several places."""

from collections.abc import Iterator
from functools import cache

from services.referral.istandaarden.description import ClassDescription, ElementDescription, describe
from services.referral.istandaarden.nodes import Node

Route = tuple[ElementDescription, ...]


@cache
def routes(kind: str, name: str) -> tuple[Route, ...]:
    """Every way from the root of a message of ``kind`` to a class called ``name``."""
    return tuple(_routes_below(describe(kind).root, name, ()))


def _routes_below(group: ClassDescription, name: str, above: Route) -> Iterator[Route]:
    for element in group.elements:
        if element.group is not None:
            if element.name == name:
                yield (*above, element)
            yield from _routes_below(element.group, name, (*above, element))


def along(root: Node, route: Route) -> list[Node]:
    """The classes at the end of ``route``, in document order."""
    nodes = [root]
    for element in route:
        if element.many:
            nodes = [child for node in nodes for child in node.each(element.name)]
        else:
            nodes = [child for node in nodes if (child := node.find(element.name)) is not None]
    return nodes
