"""The providers' own software: writes the iJw and iWmo 3.2 messages that the demonstration sends."""

from dataclasses import dataclass
from datetime import date

from contracts.events.commissioning import Law
from contracts.events.referral import Referrer, StopReason
from deploy.demo.history import PastTrajectory
from deploy.demo.people import DemoPerson
from deploy.demo.region import DemoProvider
from services.referral.domain.identity import Bsn
from services.referral.istandaarden import (
    ClientDetails,
    Extent,
    MessageHeader,
    PersonName,
    ReferrerDetails,
    RequestedProduct,
    Standard,
    StartedProduct,
    StoppedProduct,
    request_for_allocation_315,
    start_305,
    stop_307,
)
from services.referral.istandaarden.codes import Gender


@dataclass
class Chain:
    """Writes messages with an identification of their own each."""

    written: int = 0

    def request(
        self,
        municipality: str,
        provider: DemoProvider,
        client: DemoPerson,
        today: date,
        *,
        reference: str,
        starts_on: date,
        ends_on: date,
        volume: int,
    ) -> bytes:
        """A 315: the provider asks for an allocation, on the word of a GP or of the municipality."""
        product = provider.product
        doctor = ReferrerDetails(Referrer.GENERAL_PRACTITIONER, "Testhuisarts")
        referrer = doctor if product.law is Law.YOUTH else ReferrerDetails(Referrer.MUNICIPALITY)
        asked = RequestedProduct(
            reference=reference,
            starts_on=starts_on,
            referrer=referrer,
            category=product.category,
            code=product.code,
            ends_on=ends_on,
            extent=Extent(volume, product.unit, product.frequency),
        )
        return request_for_allocation_315(self._header(municipality, provider, today), _details(client), [asked])

    def start(
        self,
        municipality: str,
        provider: DemoProvider,
        client: DemoPerson,
        today: date,
        started_on: date,
        allocation_number: int,
        allocation_starts_on: date | None,
    ) -> bytes:
        """A 305: care began."""
        product = provider.product
        started = StartedProduct(started_on, allocation_number, product.category, product.code, allocation_starts_on)
        return start_305(self._header(municipality, provider, today), _details(client), [started])

    def stop(self, past: PastTrajectory, today: date) -> bytes:
        """A 307: care that ran before ended as planned."""
        product = past.provider.product
        stopped = StoppedProduct(
            starts_on=past.started_on or today,
            ends_on=today,
            reason=StopReason.AS_PLANNED,
            allocation_number=past.number,
            category=product.category,
            code=product.code,
            allocation_starts_on=past.starts_on,
        )
        return stop_307(self._header(past.municipality, past.provider, today), _details(past.person), [stopped])

    def _header(self, municipality: str, provider: DemoProvider, today: date) -> MessageHeader:
        self.written += 1
        standard = Standard.IJW if provider.product.law is Law.YOUTH else Standard.IWMO
        return MessageHeader(standard, municipality, provider.agb, f"D{self.written:08d}", today)


def _details(client: DemoPerson) -> ClientDetails:
    return ClientDetails(
        bsn=Bsn(client.bsn),
        name=PersonName(last_name=client.last_name, initials=client.initials),
        birth_date=client.birth_date,
        gender=Gender.MALE if client.gender == 1 else Gender.FEMALE,
    )
