"""A 317: the provider asks to change the care of one client, as a whole or not at all.

Source: iWmo/iJw 3.2 OP343, OP346. The message names every current allocation of the client with this provider:
unchanged, to be changed, or new.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.referral.domain.identity import Bsn
from services.referral.domain.reasons import ChangeRequestReason
from services.referral.istandaarden.care import Extent, body_of, kind_of
from services.referral.istandaarden.codes import CodeList
from services.referral.istandaarden.nodes import Content, MessageHeader, Node
from services.referral.istandaarden.persons import bsn_of
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.writing import write

CHANGE_REQUEST_REASONS = CodeList(
    "WJ758",
    [
        ("1", ChangeRequestReason.CLIENT_SITUATION, "Verandering in de situatie van de cliënt"),
        ("2", ChangeRequestReason.CARE_PLAN, "Wijziging van het zorgplan"),
    ],
)


@dataclass(frozen=True, slots=True)
class DesiredProduct:
    """What the provider wants: a change of ``allocation_number``, or without one a new product.

    Category and code belong to a new product; those of an allocation do not change. Money is in cents.
    """

    starts_on: date
    allocation_number: int | None = None
    category: str | None = None
    code: str | None = None
    ends_on: date | None = None
    extent: Extent | None = None
    budget_cents: int | None = None

    @classmethod
    def from_node(cls, node: Node) -> "DesiredProduct":
        new = node.name == "NieuwProduct"
        extent = node.find("Omvang")
        return cls(
            starts_on=node.date("GewensteIngangsdatum"),
            allocation_number=None if new else node.number("ToewijzingNummer"),
            category=node.find_text("Product/Categorie") if new else None,
            code=node.find_text("Product/Code") if new else None,
            ends_on=node.find_date("Einddatum"),
            extent=Extent.from_node(extent) if extent else None,
            budget_cents=node.find_number("Budget"),
        )

    def content(self) -> Content:
        content: Content = {
            "GewensteIngangsdatum": self.starts_on,
            "Einddatum": self.ends_on,
            "Omvang": self.extent.content() if self.extent else None,
            "Budget": self.budget_cents,
        }
        if self.allocation_number is not None:
            content["ToewijzingNummer"] = self.allocation_number
        elif self.category:
            content["Product"] = {"Categorie": self.category, "Code": self.code}
        return content


@dataclass(frozen=True, slots=True)
class RequestForChange:
    """The whole request. ``reference`` is the provider's own; ``unchanged`` holds allocation numbers."""

    header: MessageHeader
    bsn: Bsn
    reference: str
    reason: ChangeRequestReason
    unchanged: tuple[int, ...] = ()
    changed: tuple[DesiredProduct, ...] = ()
    new: tuple[DesiredProduct, ...] = ()

    @classmethod
    def from_message(cls, message: Message) -> "RequestForChange":
        """``WrongKind`` for another message, ``UnusableValue`` for a BSN or date that means nothing."""
        client = body_of(message, "317")
        request = client.one("Verzoek")
        unchanged = request.each("OngewijzigdeProducten/OngewijzigdProduct")
        return cls(
            header=message.header,
            bsn=bsn_of(client),
            reference=request.text("ReferentieAanbieder"),
            reason=CHANGE_REQUEST_REASONS.member(request.text("RedenVerzoek")),
            unchanged=tuple(node.number("ToewijzingNummer") for node in unchanged),
            changed=tuple(map(DesiredProduct.from_node, request.each("TeWijzigenProducten/TeWijzigenProduct"))),
            new=tuple(map(DesiredProduct.from_node, request.each("NieuweProducten/NieuwProduct"))),
        )

    def to_bytes(self) -> bytes:
        request: Content = {
            "ReferentieAanbieder": self.reference,
            "RedenVerzoek": CHANGE_REQUEST_REASONS.code(self.reason),
        }
        if self.unchanged:
            numbers = [{"ToewijzingNummer": number} for number in self.unchanged]
            request["OngewijzigdeProducten"] = {"OngewijzigdProduct": numbers}
        if self.changed:
            request["TeWijzigenProducten"] = {"TeWijzigenProduct": [product.content() for product in self.changed]}
        if self.new:
            request["NieuweProducten"] = {"NieuwProduct": [product.content() for product in self.new]}
        content = {
            "Header": self.header.content(from_municipality=False),
            "Client": {"Bsn": self.bsn.digits, "Verzoek": request},
        }
        return write(kind_of(self.header.standard, "317"), content)


def request_for_change_317(
    header: MessageHeader,
    bsn: Bsn,
    reference: str,
    reason: ChangeRequestReason,
    *,
    unchanged: Iterable[int] = (),
    changed: Iterable[DesiredProduct] = (),
    new: Iterable[DesiredProduct] = (),
) -> bytes:
    """A JW317 or WMO317. Raises ``InvalidStructure`` when a value does not fit the standard."""
    return RequestForChange(header, bsn, reference, reason, tuple(unchanged), tuple(changed), tuple(new)).to_bytes()
