"""Who the client and the relations are: number, birth date, name and language."""

from collections.abc import Iterator

from services.referral.domain.identity import passes_eleven_test
from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules.places import Day, dated, day, filled
from services.referral.istandaarden.rules.rule import Place, in_message

OLDEST = 120
"""The most years between birth and the date of the message (TR002)."""
_DAY_UNKNOWN, _MONTH_UNKNOWN, _UNKNOWN = "1", "2", "3"
_NO_BIRTH_DATE = Day(1900, 1, 1)
_WITH_PARTNER, _WITHOUT_PARTNER = frozenset("1234"), frozenset("16")
_ORGANISATION = "6"
_LANGUAGE_INTERPRETER = "1"


@in_message(
    "CS002", "301", "305", "307", "315", "317", "323", "325",
    nl="Het BSN bestaat niet: het voldoet niet aan de elfproef.",
    en="The BSN does not exist: it fails the 11-test.",
    right=("een BSN dat voldoet aan de elfproef", "a BSN that passes the 11-test"),
)  # fmt: skip
def existing_number(message: Message) -> Iterator[Place]:
    for client in message.at("Client"):
        if not passes_eleven_test(client.text("Bsn")):
            yield client, "Bsn"


@in_message(
    "TR002", "301", "305", "307", "315",
    nl="De geboortedatum ligt meer dan 120 jaar voor de dagtekening van het bericht.",
    en="The birth date is more than 120 years before the date of the message.",
    right=(
        "een latere geboortedatum, of voor een onbekende geboortedatum 1900-01-01 met DatumGebruik 3",
        "a later birth date, or for an unknown birth date 1900-01-01 with DatumGebruik 3",
    ),
)  # fmt: skip
def possible_age(message: Message) -> Iterator[Place]:
    sent = dated(message)
    first = sent._replace(year=sent.year - OLDEST)
    for birth in message.at("Client/Geboortedatum"):
        unknown = birth.find_text("DatumGebruik") == _UNKNOWN and day(birth, "Datum") == _NO_BIRTH_DATE
        if not unknown and _before(birth, first):
            yield birth, "Datum"


def _before(birth: Node, first: Day) -> bool:
    born = day(birth, "Datum")
    return born is not None and born < first


@in_message(
    "CS139", "301", "305", "307", "315",
    nl="De geboortedatum past niet bij wat er volgens DatumGebruik onbekend is.",
    en="The birth date does not match what is unknown according to DatumGebruik.",
    right=(
        "DatumGebruik 1: dag 01; DatumGebruik 2: 01-01; DatumGebruik 3: 1900-01-01",
        "DatumGebruik 1: day 01; DatumGebruik 2: 01-01; DatumGebruik 3: 1900-01-01",
    ),
)  # fmt: skip
def known_part_of_birth_date(message: Message) -> Iterator[Place]:
    # IV009 says how an unknown part is filled in. Client and, in a 301, Relatie.
    for birth in message.at("Geboortedatum"):
        born, use = day(birth, "Datum"), birth.find_text("DatumGebruik")
        if born is None or use is None:
            continue
        matches = {
            _DAY_UNKNOWN: born.day == 1,
            _MONTH_UNKNOWN: (born.month, born.day) == (1, 1),
            _UNKNOWN: born == _NO_BIRTH_DATE,
        }
        if not matches[use]:
            yield birth, "DatumGebruik"


@in_message(
    "CS050", "301",
    nl="De manier waarop de naam wordt gebruikt (NaamGebruik) past niet bij de naam van de partner.",
    en="The way the name is used (NaamGebruik) does not match the partner's name.",
    right=(
        "met de naam van een partner: 1, 2, 3 of 4; zonder: 1, of 6 voor een organisatie",
        "with a partner's name: 1, 2, 3 or 4; without: 1, or 6 for an organisation",
    ),
)  # fmt: skip
def name_usage_with_partner(message: Message) -> Iterator[Place]:
    # So 5 (pseudonym) is never right, although it is in the code list.
    for name in message.at("Naam"):
        allowed = _WITH_PARTNER if filled(name, "Partnernaam") else _WITHOUT_PARTNER
        if name.text("NaamGebruik") not in allowed:
            yield name, "NaamGebruik"


@in_message(
    "CS318", "301",
    nl="De cliënt staat erin als organisatie (NaamGebruik 6), maar een cliënt is altijd een mens.",
    en="The client is given as an organisation (NaamGebruik 6), but a client is always a person.",
    right=("NaamGebruik 1, 2, 3 of 4", "NaamGebruik 1, 2, 3 or 4"),
)  # fmt: skip
def client_is_a_person(message: Message) -> Iterator[Place]:
    for name in message.at("Client/Naam"):
        if name.text("NaamGebruik") == _ORGANISATION:
            yield name


@in_message(
    "CD007", "301",
    nl="De taal hoort er alleen te staan als een tolk voor een taal nodig is, en dan altijd.",
    en="The language belongs there only when an interpreter of a language is needed, and then always.",
    right=("een taal bij Communicatie/Vorm 1, anders niet", "a language with Communicatie/Vorm 1, otherwise none"),
)  # fmt: skip
def language_of_interpreter(message: Message) -> Iterator[Place]:
    for communication in message.at("Client/Communicatie"):
        if filled(communication, "Taal") != (communication.text("Vorm") == _LANGUAGE_INTERPRETER):
            yield communication, "Taal"
