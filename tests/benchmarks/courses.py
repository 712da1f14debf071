"""Courses of messages about random clients: what municipality and provider send each other, as the standard wants it.

Every course is a client of its own: asked for (315), allocated by the municipality's own software (301), started (305),
declared month by month (323) and stopped (307).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from contracts.events.commissioning import AgreementConcluded, Law, Product, ProviderRegistered, Unit
from contracts.events.referral import Frequency, Referrer, StopReason
from contracts.values import Role, municipality, provider
from services.kit.actor import Actor
from services.referral.domain.declared import DeclaredClient, Performance
from services.referral.domain.identity import fictional_bsn
from services.referral.istandaarden import (
    Address,
    AllocatedProduct,
    ClientDetails,
    Contact,
    Extent,
    MessageHeader,
    PersonName,
    Phone,
    ReferrerDetails,
    RequestedProduct,
    Standard,
    StartedProduct,
    StoppedProduct,
    allocation_301,
    declaration_323,
    request_for_allocation_315,
    start_305,
    stop_307,
)
from services.referral.istandaarden.codes import Gender

MUNICIPALITIES = ("0268", "0296", "1945", "0209", "0225", "0252", "0944")
PROVIDERS = tuple(f"7373000{number}" for number in range(1, 9))
PRODUCTS = {Standard.IJW: ("45", "45A04"), Standard.IWMO: ("02", "02A03")}
LAWS = {Standard.IJW: Law.YOUTH, Standard.IWMO: Law.WMO}
BEGAN, ENDED, DATED = date(2025, 1, 1), date(2026, 10, 31), date(2026, 11, 2)
TARIFF_CENTS, HOURS = 6000, 4
BSNS = 9_000
"""So many fictional citizen numbers; a municipality has its own clients, so they serve each of them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message with its sender."""

    raw: bytes
    sender: Actor


@dataclass(frozen=True, slots=True)
class Course:
    """One client at one provider, for one municipality and law. ``number`` makes everything about it unique."""

    number: int

    @property
    def standard(self) -> Standard:
        return tuple(Standard)[self.number % 2]

    @property
    def municipality(self) -> str:
        return MUNICIPALITIES[self.number // BSNS % len(MUNICIPALITIES)]

    @property
    def provider(self) -> str:
        return PROVIDERS[self.number // 2 % len(PROVIDERS)]

    def header(self) -> MessageHeader:
        return MessageHeader(self.standard, self.municipality, self.provider, f"M{self.number}", DATED)

    def client(self) -> ClientDetails:
        name = PersonName(f"Wolkenveld{self.number}", "van", initials="JT")
        return ClientDetails(fictional_bsn(self.number % BSNS), name, date(2012, 3, 4), Gender.FEMALE)

    def messages(self) -> list[Sent]:
        """315, 301, 305 and 307, in the order in which they are sent."""
        category, code = PRODUCTS[self.standard]
        by_provider = Actor("bench", provider(self.provider), frozenset({Role.PROVIDER_ADMINISTRATOR}))
        by_municipality = Actor("bench", municipality(self.municipality), frozenset({Role.ACCESS_WORKER}))
        extent = Extent(2 * HOURS, Unit.HOUR, Frequency.MONTH)
        product: dict[str, Any] = {"category": category, "code": code}
        requested = RequestedProduct(
            reference=f"R{self.number}",
            starts_on=DATED + timedelta(days=30),
            ends_on=DATED + timedelta(days=300),
            referrer=ReferrerDetails(Referrer.GENERAL_PRACTITIONER, "Huisarts"),
            extent=extent,
            **product,
        )
        allocated = AllocatedProduct(
            number=self.number + 1,
            decided_on=BEGAN,
            decided_at=time(9, 30),
            starts_on=BEGAN,
            ends_on=ENDED,
            extent=extent,
            **product,
        )
        contact = Contact(
            address=Address(house_number=17, postcode="6581AB", street="Zonnedauwlaan", town="Malden"),
            phones=(Phone("0241234567"),),
        )
        report: dict[str, Any] = {"starts_on": BEGAN, "allocation_number": self.number + 1, **product}
        stopped = StoppedProduct(ends_on=ENDED, reason=StopReason.AS_PLANNED, **report)
        header, client = self.header(), self.client()
        return [
            Sent(request_for_allocation_315(header, client, [requested]), by_provider),
            Sent(allocation_301(header, client, [contact], [allocated]), by_municipality),
            Sent(start_305(header, client, [StartedProduct(**report)]), by_provider),
            Sent(stop_307(header, client, [stopped]), by_provider),
        ]

    def performance(self, month: date) -> Performance:
        """The care of one month."""
        category, code = PRODUCTS[self.standard]
        return Performance(
            reference=f"P{self.number}-{month:%y%m}",
            allocation_number=self.number + 1,
            category=category,
            code=code,
            starts_on=month,
            ends_on=last_of(month),
            volume=HOURS,
            unit=Unit.HOUR,
            tariff_cents=TARIFF_CENTS,
            amount_cents=HOURS * TARIFF_CENTS,
        )


def last_of(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def months(count: int) -> Iterator[date]:
    """The first days of months, from the first of the allocations on."""
    for number in range(count):
        yield date(BEGAN.year + number // 12, number % 12 + 1, 1)


def declaration(courses: list[Course], month: date, number: str) -> Sent:
    """What one provider declares to one municipality under one law for a month."""
    first = courses[0]
    clients = [DeclaredClient(each.client().bsn, (each.performance(month),)) for each in courses]
    header = MessageHeader(first.standard, first.municipality, first.provider, number, DATED)
    raw = declaration_323(header, number, (month, last_of(month)), clients)
    return Sent(raw, Actor("bench", provider(first.provider), frozenset({Role.PROVIDER_ADMINISTRATOR})))


def market() -> list[Any]:
    """Every provider has one agreement with all municipalities, for both products."""
    at = datetime(2024, 12, 1, tzinfo=UTC)
    products = tuple(
        Product(
            product_code=code,
            category=category,
            name="Zorg",
            law=LAWS[standard],
            unit=Unit.HOUR,
            tariff_cents=TARIFF_CENTS,
        )
        for standard, (category, code) in PRODUCTS.items()
    )
    events: list[Any] = []
    for number, agb in enumerate(PROVIDERS):
        events.append(ProviderRegistered(agb=agb, name=f"Aanbieder {number}", fictional=True))
        events.append(
            AgreementConcluded(
                agreement_id=UUID(int=number + 1),
                provider=agb,
                municipalities=MUNICIPALITIES,
                products=products,
                valid_from=BEGAN,
                valid_until=date(2027, 12, 31),
                imported=True,
                concluded_at=at,
            )
        )
    return events
