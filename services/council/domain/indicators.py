"""What the council needs to know of an indicator besides its figure: what it is called, and which direction is better.

The definitions and the computation are monitoring's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from services.kit.problems import Text


class Good(StrEnum):
    """Which direction is better; ``context`` says nothing good or bad."""

    UP = "up"
    DOWN = "down"
    ONE = "one"
    BAND = "band"
    CONTEXT = "context"


class Direction(StrEnum):
    """Where a figure went since a year ago, in words that a council can use."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    HIGHER = "higher"
    LOWER = "lower"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of the first set (1–31)."""

    number: int
    name: Text
    good: Good


INDICATORS: Mapping[int, Indicator] = MappingProxyType(
    {
        indicator.number: indicator
        for indicator in (
            Indicator(1, Text("Gebruik van jeugdhulp", "Youth care use"), Good.CONTEXT),
            Indicator(2, Text("Aandeel met verblijf", "Share with stay"), Good.DOWN),
            Indicator(3, Text("Verwezen door de gemeente", "Referred by the municipality"), Good.CONTEXT),
            Indicator(4, Text("In- en uitstroom", "Inflow and outflow"), Good.ONE),
            Indicator(5, Text("Wachttijd", "Waiting time"), Good.DOWN),
            Indicator(6, Text("Op tijd gestart", "Started within the norm"), Good.UP),
            Indicator(7, Text("Wachtenden", "Waiting"), Good.DOWN),
            Indicator(8, Text("Volgens plan afgerond", "Ended as planned"), Good.UP),
            Indicator(9, Text("Voortijdig gestopt", "Dropout"), Good.DOWN),
            Indicator(10, Text("Terugkeer", "Return"), Good.DOWN),
            Indicator(11, Text("Nut van de hulp", "Usefulness"), Good.UP),
            Indicator(12, Text("Verder zonder hulp", "On without help"), Good.UP),
            Indicator(13, Text("Duur van de hulp", "Duration of care"), Good.CONTEXT),
            Indicator(14, Text("Jeugdbescherming", "Youth protection"), Good.DOWN),
            Indicator(15, Text("Gebruik van de Wmo", "Wmo use"), Good.CONTEXT),
            Indicator(16, Text("Ondersteuning thuis", "Support at home"), Good.CONTEXT),
            Indicator(17, Text("Hulp bij het huishouden", "Domestic help"), Good.CONTEXT),
            Indicator(18, Text("Uitgaven aan de Wmo", "Wmo spend"), Good.CONTEXT),
            Indicator(19, Text("Wmo-besluit op tijd", "Wmo decision in time"), Good.UP),
            Indicator(20, Text("Cliënttevredenheid: kwaliteit", "Client survey: quality"), Good.UP),
            Indicator(21, Text("Cliënttevredenheid: redt zich beter", "Client survey: copes better"), Good.UP),
            Indicator(22, Text("Bezetting dagbesteding", "Day activity occupancy"), Good.BAND),
            Indicator(23, Text("Benutting van toewijzingen", "Realisation"), Good.BAND),
            Indicator(24, Text("Doorstroom uit dagbesteding", "Flow from day activities"), Good.UP),
            Indicator(25, Text("Gebruik van de budgetruimte", "Use of spending room"), Good.DOWN),
            Indicator(26, Text("Verwachte uitgaven", "Forecast"), Good.DOWN),
            Indicator(27, Text("Afgekeurde regels", "Rejected lines"), Good.DOWN),
            Indicator(28, Text("Op tijd beantwoord", "Answered in time"), Good.UP),
            Indicator(29, Text("Continuïteit van aanbieders", "Continuity of providers"), Good.DOWN),
            Indicator(30, Text("Extra uitvragen", "Extra requests"), Good.DOWN),
            Indicator(31, Text("Dichtbij huis", "Near home"), Good.UP),
        )
    }
)


def direction(good: Good, latest: float | None, earlier: float | None) -> Direction:
    """Where a figure went from ``earlier`` to ``latest``; unknown when one of them is withheld or absent."""
    if latest is None or earlier is None:
        return Direction.UNKNOWN
    if latest == earlier:
        return Direction.SAME
    rose = latest > earlier
    if good is Good.ONE:
        return Direction.BETTER if abs(latest - 1) < abs(earlier - 1) else Direction.WORSE
    if good in (Good.UP, Good.DOWN):
        return Direction.BETTER if rose == (good is Good.UP) else Direction.WORSE
    return Direction.HIGHER if rose else Direction.LOWER


def a_year_before(points: Sequence[tuple[str, float | None]]) -> float | None:
    """The value twelve months before the last point, or the oldest known since; points are (month, value) in order.

    The months are ``2026-07``. ``None`` when there is nothing to compare with.
    """
    if not points:
        return None
    year, _, month = points[-1][0].partition("-")
    since = f"{int(year) - 1:04d}-{month}"
    known = [value for point, value in points[:-1] if point >= since and value is not None]
    return known[0] if known else None
