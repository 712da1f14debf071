"""What the messages say, in the domain's terms: request, allocation, start, stop and answer.

Each has ``from_message`` (a message valid at level 1) and ``to_bytes`` (the message to send). Money is in cents. No
``repr`` shows personal data.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from contracts.events.commissioning import Unit
from contracts.events.referral import Frequency, Referrer, StopReason
from services.referral.domain.reasons import Answer, ChangeReason, RefusalReason
from services.referral.istandaarden.codes import (
    ANSWERS,
    CHANGE_REASONS,
    FREQUENCIES,
    PIECES_BY_EFFORT,
    REFERRERS,
    REFUSAL_REASONS,
    STOP_REASONS,
    SUBMISSIONS,
    UNITS,
    Submission,
)
from services.referral.istandaarden.description import PREFIXES
from services.referral.istandaarden.nodes import Content, MessageHeader, Node
from services.referral.istandaarden.persons import ClientDetails, Contact, Relation
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.simple_types import Standard
from services.referral.istandaarden.writing import write

_YES, _NO = "1", "2"


class WrongKind(ValueError):
    """A message of another kind than the reader is for."""


def body_of(message: Message, *numbers: str) -> Node:
    """The one class below the header of a message whose number is one of ``numbers``; else ``WrongKind``."""
    if message.number not in numbers:
        raise WrongKind(f"a {' or '.join(numbers)} is needed, not {message.kind}")
    return message.root.one(message.description.body)


def kind_of(standard: Standard, number: str) -> str:
    """``kind_of(Standard.IJW, "315") == "JW315"``."""
    return PREFIXES[standard] + number


@dataclass(frozen=True, slots=True)
class Extent:
    """Volume per frequency, in a unit; ``by_effort`` tells pieces of effort (84) from pieces of output (82)."""

    volume: int
    unit: Unit
    frequency: Frequency
    by_effort: bool = False

    @classmethod
    def from_node(cls, node: Node) -> "Extent":
        unit = node.text("Eenheid")
        return cls(
            volume=node.number("Volume"),
            unit=UNITS.member(unit),
            frequency=FREQUENCIES.member(node.text("Frequentie")),
            by_effort=unit == PIECES_BY_EFFORT,
        )

    def content(self) -> Content:
        unit = PIECES_BY_EFFORT if self.by_effort and self.unit is Unit.PIECE else UNITS.code(self.unit)
        return {"Volume": self.volume, "Eenheid": unit, "Frequentie": FREQUENCIES.code(self.frequency)}


@dataclass(frozen=True, slots=True)
class ReferrerDetails:
    """Who pointed the way. CD066–068: for types with a care provider's code, code and name exclude each other."""

    kind: Referrer
    name: str | None = field(default=None, repr=False)
    agb: str | None = None

    @classmethod
    def from_node(cls, node: Node) -> "ReferrerDetails":
        kind = REFERRERS.member(node.text("Type"))
        return cls(kind, node.find_text("Naam"), node.find_text("ZorgverlenerCode"))

    def content(self) -> Content:
        return {"Type": REFERRERS.code(self.kind), "Naam": self.name, "ZorgverlenerCode": self.agb}


def _extent(node: Node) -> Extent | None:
    found = node.find("Omvang")
    return Extent.from_node(found) if found else None


def _product(category: str | None, code: str | None) -> Content | None:
    return {"Categorie": category, "Code": code} if category else None


def _yes_or_no(code: str | None) -> bool | None:
    return None if code is None else code == _YES


@dataclass(frozen=True, slots=True)
class RequestedProduct:
    """One product a provider asks an allocation for. ``reference`` is the provider's own, unique per law."""

    reference: str
    starts_on: date
    referrer: ReferrerDetails
    category: str | None = None
    code: str | None = None
    ends_on: date | None = None
    extent: Extent | None = None
    budget_cents: int | None = None
    decision_number: int | None = None
    decision_starts_on: date | None = None
    framework_contract: bool | None = None
    remark: str | None = field(default=None, repr=False)

    @classmethod
    def from_node(cls, node: Node) -> "RequestedProduct":
        return cls(
            reference=node.text("ReferentieAanbieder"),
            starts_on=node.date("ToewijzingIngangsdatum"),
            referrer=ReferrerDetails.from_node(node.one("Verwijzer")),
            category=node.find_text("Product/Categorie"),
            code=node.find_text("Product/Code"),
            ends_on=node.find_date("ToewijzingEinddatum"),
            extent=_extent(node),
            budget_cents=node.find_number("Budget"),
            decision_number=node.find_number("BeschikkingNummer"),
            decision_starts_on=node.find_date("BeschikkingIngangsdatum"),
            framework_contract=_yes_or_no(node.find_text("Raamcontract")),
            remark=node.find_text("Commentaar"),
        )

    def content(self) -> Content:
        return {
            "ReferentieAanbieder": self.reference,
            "BeschikkingNummer": self.decision_number,
            "Product": _product(self.category, self.code),
            "BeschikkingIngangsdatum": self.decision_starts_on,
            "ToewijzingIngangsdatum": self.starts_on,
            "ToewijzingEinddatum": self.ends_on,
            "Omvang": self.extent.content() if self.extent else None,
            "Budget": self.budget_cents,
            "Verwijzer": self.referrer.content(),
            "Raamcontract": self.framework_contract,
            "Commentaar": self.remark,
        }


@dataclass(frozen=True, slots=True)
class RequestForAllocation:
    """A 315: the provider asks for one or more products for one client. ``guardian_known`` exists in iJw only."""

    header: MessageHeader
    client: ClientDetails
    products: tuple[RequestedProduct, ...]
    guardian_known: bool | None = None
    remark: str | None = field(default=None, repr=False)

    @classmethod
    def from_message(cls, message: Message) -> "RequestForAllocation":
        """``WrongKind`` for another message, ``UnusableValue`` for a BSN or date that means nothing."""
        client = body_of(message, "315")
        guardian = client.find_text("GezagsdragerBekend") if message.standard is Standard.IJW else None
        return cls(
            header=message.header,
            client=ClientDetails.from_node(client),
            products=tuple(map(RequestedProduct.from_node, client.each("AangevraagdeProducten/AangevraagdProduct"))),
            guardian_known=_yes_or_no(guardian),
            remark=client.find_text("Commentaar"),
        )

    def to_bytes(self) -> bytes:
        client = self.client.content(full_name=False)
        client["GezagsdragerBekend"] = self.guardian_known
        if self.header.standard is Standard.IWMO:
            del client["GezagsdragerBekend"]
        client["Commentaar"] = self.remark
        client["AangevraagdeProducten"] = {"AangevraagdProduct": [p.content() for p in self.products]}
        return _message(self.header, "315", False, {"Client": client})


@dataclass(frozen=True, slots=True)
class AllocatedProduct:
    """One allocation. ``number`` is unique within the municipality and the law; ``decided_at`` is local time."""

    number: int
    decided_on: date
    decided_at: time
    starts_on: date
    reference: str | None = None
    category: str | None = None
    code: str | None = None
    ends_on: date | None = None
    change_reason: ChangeReason | None = None
    extent: Extent | None = None
    budget_cents: int | None = None
    remark: str | None = field(default=None, repr=False)

    @classmethod
    def from_node(cls, node: Node) -> "AllocatedProduct":
        reason = node.find_text("RedenWijziging")
        return cls(
            number=node.number("ToewijzingNummer"),
            decided_on=node.date("Toewijzingsdatum"),
            decided_at=node.time("Toewijzingstijd"),
            starts_on=node.date("Ingangsdatum"),
            reference=node.find_text("ReferentieAanbieder"),
            category=node.find_text("Product/Categorie"),
            code=node.find_text("Product/Code"),
            ends_on=node.find_date("Einddatum"),
            change_reason=CHANGE_REASONS.member(reason) if reason else None,
            extent=_extent(node),
            budget_cents=node.find_number("Budget"),
            remark=node.find_text("Commentaar"),
        )

    def content(self) -> Content:
        return {
            "ToewijzingNummer": self.number,
            "ReferentieAanbieder": self.reference,
            "Product": _product(self.category, self.code),
            "Toewijzingsdatum": self.decided_on,
            "Toewijzingstijd": self.decided_at.replace(microsecond=0, tzinfo=None),
            "Ingangsdatum": self.starts_on,
            "Einddatum": self.ends_on,
            "RedenWijziging": CHANGE_REASONS.code(self.change_reason) if self.change_reason else None,
            "Omvang": self.extent.content() if self.extent else None,
            "Budget": self.budget_cents,
            "Commentaar": self.remark,
        }


@dataclass(frozen=True, slots=True)
class Allocation:
    """A 301: everything the municipality allocated to this provider for one client (OP087).

    ``interpreter`` is COD747 and ``language`` belongs to it; ``legal_status`` is WJ232, ``representation`` WJ003.
    """

    header: MessageHeader
    client: ClientDetails
    contacts: tuple[Contact, ...]
    products: tuple[AllocatedProduct, ...]
    relations: tuple[Relation, ...] = ()
    interpreter: str | None = field(default=None, repr=False)
    language: str | None = field(default=None, repr=False)
    legal_status: str | None = field(default=None, repr=False)
    representation: str | None = field(default=None, repr=False)
    remark: str | None = field(default=None, repr=False)

    @classmethod
    def from_message(cls, message: Message) -> "Allocation":
        """``WrongKind`` for another message, ``UnusableValue`` for a BSN or date that means nothing."""
        client = body_of(message, "301")
        return cls(
            header=message.header,
            client=ClientDetails.from_node(client),
            contacts=tuple(map(Contact.from_node, client.each("Contactgegevens/Contact"))),
            products=tuple(map(AllocatedProduct.from_node, client.each("ToegewezenProducten/ToegewezenProduct"))),
            relations=tuple(map(Relation.from_node, client.each("Relaties/Relatie"))),
            interpreter=client.find_text("Communicatie/Vorm"),
            language=client.find_text("Communicatie/Taal"),
            legal_status=client.find_text("JuridischeStatus"),
            representation=client.find_text("WettelijkeVertegenwoordiging"),
            remark=client.find_text("Commentaar"),
        )

    def to_bytes(self) -> bytes:
        client = self.client.content(full_name=True)
        if self.interpreter:
            client["Communicatie"] = {"Vorm": self.interpreter, "Taal": self.language}
        client["JuridischeStatus"] = self.legal_status
        client["WettelijkeVertegenwoordiging"] = self.representation
        client["Commentaar"] = self.remark
        if self.relations:
            client["Relaties"] = {"Relatie": [relation.content() for relation in self.relations]}
        client["Contactgegevens"] = {"Contact": [contact.content() for contact in self.contacts]}
        client["ToegewezenProducten"] = {"ToegewezenProduct": [product.content() for product in self.products]}
        return _message(self.header, "301", True, {"Client": client})


@dataclass(frozen=True, slots=True)
class StartedProduct:
    """The start of one allocation. ``starts_on`` is the first day of care."""

    starts_on: date
    allocation_number: int | None = None
    category: str | None = None
    code: str | None = None
    allocation_starts_on: date | None = None
    submission: Submission = Submission.FIRST

    @classmethod
    def from_node(cls, node: Node) -> "StartedProduct":
        return cls(
            starts_on=node.date("Begindatum"),
            allocation_number=node.find_number("ToewijzingNummer"),
            category=node.find_text("Product/Categorie"),
            code=node.find_text("Product/Code"),
            allocation_starts_on=node.find_date("ToewijzingIngangsdatum"),
            submission=SUBMISSIONS.member(node.text("StatusAanlevering")),
        )

    def content(self) -> Content:
        return {
            "ToewijzingNummer": self.allocation_number,
            "Product": _product(self.category, self.code),
            "ToewijzingIngangsdatum": self.allocation_starts_on,
            "Begindatum": self.starts_on,
            "StatusAanlevering": SUBMISSIONS.code(self.submission),
        }


@dataclass(frozen=True, slots=True)
class StartOfCare:
    """A 305: care for one client began, per allocation."""

    header: MessageHeader
    client: ClientDetails
    products: tuple[StartedProduct, ...]

    @classmethod
    def from_message(cls, message: Message) -> "StartOfCare":
        """``WrongKind`` for another message, ``UnusableValue`` for a BSN or date that means nothing."""
        client = body_of(message, "305")
        products = tuple(map(StartedProduct.from_node, client.each("StartProducten/StartProduct")))
        return cls(message.header, ClientDetails.from_node(client), products)

    def to_bytes(self) -> bytes:
        client = self.client.content(full_name=False)
        client["StartProducten"] = {"StartProduct": [product.content() for product in self.products]}
        return _message(self.header, "305", False, {"Client": client})


@dataclass(frozen=True, slots=True)
class StoppedProduct:
    """The stop of one allocation. ``ends_on`` is the last day of care; only ``TEMPORARY`` is not the end."""

    starts_on: date
    ends_on: date
    reason: StopReason
    allocation_number: int | None = None
    category: str | None = None
    code: str | None = None
    allocation_starts_on: date | None = None
    submission: Submission = Submission.FIRST

    @classmethod
    def from_node(cls, node: Node, standard: Standard) -> "StoppedProduct":
        return cls(
            starts_on=node.date("Begindatum"),
            ends_on=node.date("Einddatum"),
            reason=STOP_REASONS[standard].member(node.text("RedenBeeindiging")),
            allocation_number=node.find_number("ToewijzingNummer"),
            category=node.find_text("Product/Categorie"),
            code=node.find_text("Product/Code"),
            allocation_starts_on=node.find_date("ToewijzingIngangsdatum"),
            submission=SUBMISSIONS.member(node.text("StatusAanlevering")),
        )

    def content(self, standard: Standard) -> Content:
        return {
            "ToewijzingNummer": self.allocation_number,
            "Product": _product(self.category, self.code),
            "ToewijzingIngangsdatum": self.allocation_starts_on,
            "Begindatum": self.starts_on,
            "RedenBeeindiging": STOP_REASONS[standard].code(self.reason),
            "Einddatum": self.ends_on,
            "StatusAanlevering": SUBMISSIONS.code(self.submission),
        }


@dataclass(frozen=True, slots=True)
class StopOfCare:
    """A 307: care for one client ended, for now or for good, per allocation."""

    header: MessageHeader
    client: ClientDetails
    products: tuple[StoppedProduct, ...]

    @classmethod
    def from_message(cls, message: Message) -> "StopOfCare":
        """``WrongKind`` for another message, ``UnusableValue`` for a BSN or date that means nothing."""
        client = body_of(message, "307")
        nodes = client.each("StopProducten/StopProduct")
        products = tuple(StoppedProduct.from_node(node, message.standard) for node in nodes)
        return cls(message.header, ClientDetails.from_node(client), products)

    def to_bytes(self) -> bytes:
        client = self.client.content(full_name=False)
        stops = [product.content(self.header.standard) for product in self.products]
        client["StopProducten"] = {"StopProduct": stops}
        return _message(self.header, "307", False, {"Client": client})


@dataclass(frozen=True, slots=True)
class AnswerToRequest:
    """A 319 on a 315 or 317: rejected for a reason, or under investigation.

    ``reference`` is the provider's, of the request. ``responsible_municipality`` goes with RESIDENCE_PRINCIPLE and
    exists in iJw only.
    """

    header: MessageHeader
    reference: str
    answer: Answer
    reason: RefusalReason | None = None
    responsible_municipality: str | None = None

    @classmethod
    def from_message(cls, message: Message) -> "AnswerToRequest":
        """``WrongKind`` for another message."""
        node = body_of(message, "319")
        reason = node.find_text("RedenAfwijzingVerzoek")
        youth = message.standard is Standard.IJW
        return cls(
            header=message.header,
            reference=node.text("ReferentieAanbieder"),
            answer=ANSWERS.member(node.text("VerzoekAntwoord")),
            reason=REFUSAL_REASONS.member(reason) if reason else None,
            responsible_municipality=node.find_text("Woonplaatsbeginsel/Gemeente") if youth else None,
        )

    def to_bytes(self) -> bytes:
        content: Content = {
            "ReferentieAanbieder": self.reference,
            "VerzoekAntwoord": ANSWERS.code(self.answer),
            "RedenAfwijzingVerzoek": REFUSAL_REASONS.code(self.reason) if self.reason else None,
        }
        if self.responsible_municipality:
            content["Woonplaatsbeginsel"] = {"Gemeente": self.responsible_municipality}
        return _message(self.header, "319", True, {"Antwoord": content})


def _message(header: MessageHeader, number: str, from_municipality: bool, body: dict[str, Any]) -> bytes:
    content = {"Header": header.content(from_municipality=from_municipality), **body}
    return write(kind_of(header.standard, number), content)


def request_for_allocation_315(
    header: MessageHeader,
    client: ClientDetails,
    products: Iterable[RequestedProduct],
    *,
    guardian_known: bool | None = None,
    remark: str | None = None,
) -> bytes:
    """A JW315 or WMO315. Every builder raises ``InvalidStructure`` when a value does not fit the standard."""
    return RequestForAllocation(header, client, tuple(products), guardian_known, remark).to_bytes()


def allocation_301(
    header: MessageHeader,
    client: ClientDetails,
    contacts: Iterable[Contact],
    products: Iterable[AllocatedProduct],
    *,
    relations: Iterable[Relation] = (),
    remark: str | None = None,
) -> bytes:
    """A JW301 or WMO301; for the rarer elements build an ``Allocation``."""
    return Allocation(header, client, tuple(contacts), tuple(products), tuple(relations), remark=remark).to_bytes()


def start_305(header: MessageHeader, client: ClientDetails, products: Iterable[StartedProduct]) -> bytes:
    """A JW305 or WMO305."""
    return StartOfCare(header, client, tuple(products)).to_bytes()


def stop_307(header: MessageHeader, client: ClientDetails, products: Iterable[StoppedProduct]) -> bytes:
    """A JW307 or WMO307."""
    return StopOfCare(header, client, tuple(products)).to_bytes()


def answer_319(
    header: MessageHeader,
    reference: str,
    answer: Answer,
    reason: RefusalReason | None = None,
    responsible_municipality: str | None = None,
) -> bytes:
    """A JW319 or WMO319."""
    return AnswerToRequest(header, reference, answer, reason, responsible_municipality).to_bytes()
