"""The catalogue of indicators as it comes with the program."""

from functools import cache
from importlib.resources import files

import yaml

from services.monitoring.domain.indicators import Catalogue


@cache
def catalogue() -> Catalogue:
    """The indicators of ``indicators.yaml``. Raises ``ValueError`` when a row is wrong."""
    text = files(__package__).joinpath("indicators.yaml").read_text(encoding="utf-8")
    return Catalogue(yaml.safe_load(text))
