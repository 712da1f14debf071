"""The columns of the trajectories file, with what belongs in each."""

from dataclasses import dataclass
from types import MappingProxyType

from contracts.events.commissioning import Law, Unit
from contracts.events.referral import Frequency, Referrer, StopReason
from services.kit.problems import Text


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it means, and what a right value looks like. ``personal`` goes to the vault only."""

    name: str
    required: bool
    meaning: Text
    right: Text
    personal: bool = False


def _one_of(kind: type[Law] | type[Unit] | type[Frequency] | type[Referrer] | type[StopReason]) -> Text:
    listed = ", ".join(kind)
    return Text(f"een van: {listed}", f"one of: {listed}")


_DAY = Text("een datum als 2026-08-31 of 31-08-2026", "a date such as 2026-08-31 or 31-08-2026")

_ALL = (
    Column("municipality", True, Text("gemeentecode (CBS)", "municipality code (CBS)"), Text("4 cijfers", "4 digits")),
    Column(
        "allocation_number",
        True,
        Text("toewijzingnummer, uniek in de gemeente", "allocation number, unique in the municipality"),
        Text("een geheel getal van 1 tot en met 999999999", "a whole number from 1 to 999999999"),
    ),
    Column(
        "provider", True, Text("AGB-code van de aanbieder", "AGB code of the provider"), Text("8 cijfers", "8 digits")
    ),
    Column(
        "client_reference",
        False,
        Text(
            "uw eigen kenmerk van de cliënt; verplicht zonder BSN",
            "your own reference of the client; required without BSN",
        ),
        Text("een kenmerk van 1 tot en met 24 tekens, of een BSN", "a reference of 1 to 24 characters, or a BSN"),
        personal=True,
    ),
    Column(
        "bsn",
        False,
        Text("burgerservicenummer", "citizen service number"),
        Text("9 cijfers die aan de elfproef voldoen", "9 digits that pass the 11-test"),
        personal=True,
    ),
    Column(
        "initials",
        False,
        Text("voorletters", "initials"),
        Text("1 tot en met 6 letters zonder punten", "1 to 6 letters without dots"),
        personal=True,
    ),
    Column(
        "prefix",
        False,
        Text("voorvoegsel", "surname prefix"),
        Text("hoogstens 10 tekens", "at most 10 characters"),
        personal=True,
    ),
    Column(
        "last_name",
        False,
        Text("achternaam", "surname"),
        Text("hoogstens 200 tekens", "at most 200 characters"),
        personal=True,
    ),
    Column("birth_date", False, Text("geboortedatum", "birth date"), _DAY, personal=True),
    Column(
        "gender",
        False,
        Text("geslacht (COD046)", "gender (COD046)"),
        Text("0 onbekend, 1 man of 2 vrouw", "0 unknown, 1 male or 2 female"),
        personal=True,
    ),
    Column("law", True, Text("wet", "law"), _one_of(Law)),
    Column(
        "category",
        True,
        Text("productcategorie", "product category"),
        Text("2 cijfers of hoofdletters", "2 digits or capitals"),
    ),
    Column(
        "product_code",
        True,
        Text("productcode", "product code"),
        Text("5 cijfers of hoofdletters", "5 digits or capitals"),
    ),
    Column("unit", True, Text("eenheid", "unit"), _one_of(Unit)),
    Column("frequency", True, Text("frequentie", "frequency"), _one_of(Frequency)),
    Column(
        "volume",
        True,
        Text("volume per frequentie", "volume per frequency"),
        Text("een geheel getal van 1 tot en met 99999999", "a whole number from 1 to 99999999"),
    ),
    Column("referrer", True, Text("verwijzer", "referrer"), _one_of(Referrer)),
    Column("granted_on", True, Text("toewijzingsdatum", "date of allocation"), _DAY),
    Column("starts_on", True, Text("ingangsdatum", "first day of the allocation"), _DAY),
    Column("ends_on", False, Text("einddatum", "last day of the allocation"), _DAY),
    Column("started_on", False, Text("werkelijke start", "day that care really began"), _DAY),
    Column("stopped_on", False, Text("werkelijke stop", "day that care really stopped"), _DAY),
    Column("stop_reason", False, Text("reden van de stop", "reason of the stop"), _one_of(StopReason)),
)

COLUMNS: MappingProxyType[str, Column] = MappingProxyType({column.name: column for column in _ALL})
"""Every column by name, in the order of the documentation; in a file they may stand in any order."""

REQUIRED: tuple[str, ...] = tuple(column.name for column in _ALL if column.required)
"""The columns that every file has."""
