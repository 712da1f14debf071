"""The pages. A module here is found by itself; nothing needs to be registered elsewhere.

A page module has:

* ``router``: a FastAPI ``APIRouter`` with view functions; each is short: ask the services, describe, ``render``;
* templates under ``templates/pages/<module>/`` or ``templates/pages/<module>.html``;
* optionally ``NAVIGATION``: the links it adds to the menu, for whom;
* optionally ``HOME``: the address and the roles for which it is the page after signing in;
* a catalogue ``translations/nl/LC_MESSAGES/<module>.po`` with its words in Dutch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from contracts.values import Role
from services.portal.people import Person


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A link in the menu. ``label`` is marked with ``N_``; ``roles`` is who sees it: ``None`` everybody, also visitors.

    ``order`` places it: below 10 home, 10–49 work, 50–89 collective, 90 and up about Samenspel.
    """

    label: str
    url: str
    roles: frozenset[Role] | None = None
    order: int = 50

    def shown_to(self, person: Person | None) -> bool:
        """Whether this person, or a visitor, sees the link."""
        return self.roles is None or (person is not None and person.has(*self.roles))


@dataclass(frozen=True, slots=True)
class Home:
    """The page that people with ``roles`` land on after signing in; the lowest ``order`` wins."""

    url: str
    roles: frozenset[Role]
    order: int = 50


def modules() -> Iterator[ModuleType]:
    """Every page module, by name."""
    for found in sorted(iter_modules(__path__), key=lambda module: module.name):
        yield import_module(f"{__name__}.{found.name}")


def all_navigation() -> list[NavigationItem]:
    """Every link of the menu in order."""
    items: list[NavigationItem] = []
    for module in modules():
        items.extend(getattr(module, "NAVIGATION", ()))
    return sorted(items, key=lambda item: (item.order, item.url))


def navigation_for(items: Sequence[NavigationItem], person: Person | None) -> list[NavigationItem]:
    """The links that this person sees."""
    return [item for item in items if item.shown_to(person)]


def home_of(person: Person) -> str:
    """Where a person starts: the home of their role, or the public start page."""
    homes: list[Home] = []
    for module in modules():
        homes.extend(getattr(module, "HOME", ()))
    mine = [home for home in homes if person.has(*home.roles)]
    return min(mine, key=lambda home: (home.order, home.url)).url if mine else "/"
