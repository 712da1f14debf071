"""The invented clients of a simulation, and the messages that providers' software would send about them."""

from datetime import date

from contracts.events.commissioning import Law
from deploy.demo.chain import Chain
from deploy.demo.people import STREET, DemoPerson, person
from deploy.demo.region import DemoProvider
from services.referral.domain.identity import Bsn
from services.referral.domain.person import Address, Person
from services.referral.istandaarden import MessageHeader, Standard

BORN_BEFORE = date(2026, 8, 14)
"""The day from which ages are counted, so that a client is the same person in every run."""
POOL = 9_000
"""Invented clients: the test range has little more than nine thousand citizen numbers."""
TOWN = "Simulatiestad"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def client_of(ordinal: int, law: Law) -> DemoPerson:
    """The client with this ordinal; the numbers of children and adults do not overlap."""
    half = POOL // 2
    return person(ordinal % half if law is Law.YOUTH else half + ordinal % half, law, BORN_BEFORE)


def dossier(client: DemoPerson) -> Person:
    """What an access worker fills in about a client."""
    return Person(
        bsn=Bsn(client.bsn),
        last_name=client.last_name,
        initials=client.initials,
        birth_date=client.birth_date,
        gender=str(client.gender),
        address=Address(house_number=client.house_number, postcode=client.postcode, street=STREET, town=TOWN),
    )


def base36(number: int, length: int) -> str:
    """The last ``length`` digits of ``number`` to the base 36."""
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


class Letters(Chain):
    """Messages of one journey: their identifications are unique over journeys and runs (iStandaarden TR056)."""

    def __init__(self, run: int, journey: int) -> None:
        super().__init__()
        self.reference = f"S{base36(run, 5)}{base36(journey, 4)}"

    def _header(self, municipality: str, provider: DemoProvider, today: date) -> MessageHeader:
        self.written += 1
        standard = Standard.IJW if provider.product.law is Law.YOUTH else Standard.IWMO
        return MessageHeader(standard, municipality, provider.agb, f"{self.reference}{self.written:02d}", today)
