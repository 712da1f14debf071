"""The ways that lead to a class of a message, by the description: a class may stand in several places."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from services.referral.istandaarden.description import ClassDescription, ElementDescription, describe
from services.referral.istandaarden.nodes import Node


class Route(NamedTuple):
    """The names on the way down, each with whether there may be many; and the class at its end."""

    steps: tuple[tuple[str, bool], ...]
    group: ClassDescription


@cache
def routes(kind: str, path: str) -> tuple[Route, ...]:
    """Every way from the root of a message of ``kind`` to ``path``, which begins at any class.

    ``Contact/Adres`` is every address, of a relation too.
    """
    first, *rest = path.split("/")
    return tuple(_route((*way, *_down(way[-1], rest))) for way in _ways_below(describe(kind).root, first, ()))


_Way = tuple[ElementDescription, ...]


def _ways_below(group: ClassDescription, name: str, above: _Way) -> Iterator[_Way]:
    for element in group.elements:
        if element.group is not None:
            if element.name == name:
                yield (*above, element)
            yield from _ways_below(element.group, name, (*above, element))


def _down(element: ElementDescription, names: list[str]) -> Iterator[ElementDescription]:
    for name in names:
        assert element.group is not None  # noqa: S101 - a class, or the name after it is wrong
        element = element.group.by_name[name]
        yield element


def _route(way: _Way) -> Route:
    group = way[-1].group
    if group is None:
        raise KeyError(f"{way[-1].name} is not a class")
    return Route(tuple((element.name, element.many) for element in way), group)


def along(root: Node, route: Route) -> list[Node]:
    """The classes at the end of ``route``, in document order."""
    found: list[tuple[Mapping[str, Any], str]] = [(root.raw_content(), root.path)]
    for name, many in route.steps:
        if many:
            found = [
                (value, f"{path}/{name}[{number}]")
                for content, path in found
                for number, value in enumerate(content.get(name, ()), start=1)
            ]
        else:
            found = [(content[name], f"{path}/{name}") for content, path in found if name in content]
        if not found:
            return []
    return [Node(route.group, content, path) for content, path in found]
