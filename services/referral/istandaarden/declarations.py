"""What the declaration (323) and its answer (325) say, to read and to write.

Money is in whole cents, signed: credit is below zero. The 325 answers one 323 (iWmo/iJw 3.2 IV087, IV088, OP303):

- everything right: the header with 0200 and the answer with 8001, everything granted;
- wrong at level 2: the header with 0001 and the version of the rules, nothing else;
- wrong in the header: the header with the code, nothing else;
- wrong in the Declaratie: the answer with the code, nothing granted, no clients;
- wrong below it: only the rejected performances, under their client; for a client that is wrong itself, all its
  performances with 0233. What is not listed is granted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracts.events.commissioning import Unit
from services.referral.domain.declaration import Judgement
from services.referral.domain.declared import Declared, DeclaredClient, Performance
from services.referral.domain.identity import Bsn
from services.referral.istandaarden.care import body_of, kind_of
from services.referral.istandaarden.codes import PIECES_BY_EFFORT, UNITS
from services.referral.istandaarden.description import XSD_VERSION
from services.referral.istandaarden.labels import (
    FULLY_GRANTED,
    NO_REMARK,
    NOT_ASSESSED,
    TECHNICALLY_REJECTED,
)
from services.referral.istandaarden.nodes import Content, MessageHeader, Node
from services.referral.istandaarden.persons import bsn_of
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.retours import HEADER_PATH, XSLT_VERSION
from services.referral.istandaarden.writing import write

DECLARATION_PATH = "Bericht/Declaratie"
DEBIT, CREDIT = "D", "C"
XsdVersions = tuple[str, str]
"""Versions of the schemas a message was made with: basic schema, message."""


def client_path(client: int) -> str:
    """The class of a client in a 323, by its position from 0."""
    return f"{DECLARATION_PATH}/Clienten/Client[{client + 1}]"


def performance_path(client: int, performance: int) -> str:
    """The class of a performance in a 323, by positions from 0."""
    return f"{client_path(client)}/Prestaties/Prestatie[{performance + 1}]"


def total_of(node: Node) -> int:
    """A TotaalBedragMetDC in signed cents."""
    cents = node.number("TotaalBedrag")
    return -cents if node.text("DebetCredit") == CREDIT else cents


def total_content(signed_cents: int) -> Content:
    """Signed cents as a TotaalBedragMetDC; zero is a debit (CS325)."""
    return {"TotaalBedrag": abs(signed_cents), "DebetCredit": CREDIT if signed_cents < 0 else DEBIT}


def performance_of(node: Node) -> Performance:
    """The performance in a Prestatie of a 323 or 325."""
    unit = node.text("Eenheid")
    return Performance(
        reference=node.text("ProductReferentie/ReferentieNummer"),
        previous_reference=node.find_text("ProductReferentie/VorigReferentieNummer"),
        allocation_number=node.number("ToewijzingNummer"),
        category=node.text("ProductCategorie"),
        code=node.text("ProductCode"),
        starts_on=node.date("ProductPeriode/Begindatum"),
        ends_on=node.date("ProductPeriode/Einddatum"),
        volume=node.number("GeleverdVolume"),
        unit=UNITS.member(unit),
        by_effort=unit == PIECES_BY_EFFORT,
        tariff_cents=node.find_number("ProductTarief"),
        amount_cents=node.number("IngediendBedrag/Bedrag"),
        credit=node.text("IngediendBedrag/DebetCredit") == CREDIT,
    )


def _performance_content(performance: Performance) -> Content:
    by_effort = performance.by_effort and performance.unit is Unit.PIECE
    return {
        "ProductReferentie": {
            "ReferentieNummer": performance.reference,
            "VorigReferentieNummer": performance.previous_reference,
        },
        "ToewijzingNummer": performance.allocation_number,
        "ProductCategorie": performance.category,
        "ProductCode": performance.code,
        "ProductPeriode": {"Begindatum": performance.starts_on, "Einddatum": performance.ends_on},
        "GeleverdVolume": performance.volume,
        "Eenheid": PIECES_BY_EFFORT if by_effort else UNITS.code(performance.unit),
        "ProductTarief": performance.tariff_cents,
        "IngediendBedrag": {
            "Bedrag": performance.amount_cents,
            "DebetCredit": CREDIT if performance.credit else DEBIT,
        },
    }


def xsd_versions_of(node: Node) -> XsdVersions:
    """The versions in a class such as XsdVersie."""
    return node.text("BasisschemaXsdVersie"), node.text("BerichtXsdVersie")


def declared_in(message: Message) -> Declared:
    """The content of a 323 to judge; ``WrongKind`` for another message, ``UnusableValue`` for a BSN or date that means
    nothing. The header is not read.
    """
    node = body_of(message, "323")
    clients = tuple(
        DeclaredClient(bsn_of(client), tuple(map(performance_of, client.each("Prestaties/Prestatie"))))
        for client in node.each("Clienten/Client")
    )
    return Declared(
        number=node.text("DeclaratieNummer"),
        period_starts_on=node.date("DeclaratiePeriode/Begindatum"),
        period_ends_on=node.date("DeclaratiePeriode/Einddatum"),
        clients=clients,
    )


@dataclass(frozen=True, slots=True)
class Declaration:
    """A 323: what a provider declares over one calendar month, for one or more clients.

    ``number`` is unique for the provider within the law, ``declared_on`` its own date (DeclaratieDagtekening).
    ``total_cents`` is the total that the message states; ``declared.submitted_cents`` is the sum of its performances.
    """

    header: MessageHeader
    number: str
    period_starts_on: date
    period_ends_on: date
    declared_on: date
    total_cents: int
    clients: tuple[DeclaredClient, ...]
    xsd_versions: XsdVersions = (XSD_VERSION, XSD_VERSION)

    @classmethod
    def from_message(cls, message: Message) -> "Declaration":
        """``WrongKind`` for another message, ``UnusableValue`` for a BSN or date that means nothing."""
        declared = declared_in(message)
        node = message.root.one("Declaratie")
        return cls(
            header=message.header,
            number=declared.number,
            period_starts_on=declared.period_starts_on,
            period_ends_on=declared.period_ends_on,
            declared_on=node.date("DeclaratieDagtekening"),
            total_cents=total_of(node.one("TotaalIngediendBedrag")),
            clients=declared.clients,
            xsd_versions=xsd_versions_of(message.root.one("Header/XsdVersie")),
        )

    @property
    def declared(self) -> Declared:
        """The content to judge."""
        return Declared(self.number, self.period_starts_on, self.period_ends_on, self.clients)

    def to_bytes(self) -> bytes:
        clients = [
            {
                "Bsn": client.bsn.digits,
                "Prestaties": {"Prestatie": [_performance_content(p) for p in client.performances]},
            }
            for client in self.clients
        ]
        basic, own = self.xsd_versions
        header = self.header.content(from_municipality=False)
        header["XsdVersie"] = {"BasisschemaXsdVersie": basic, "BerichtXsdVersie": own}
        content = {
            "Header": header,
            "Declaratie": {
                "DeclaratieNummer": self.number,
                "DeclaratiePeriode": {"Begindatum": self.period_starts_on, "Einddatum": self.period_ends_on},
                "DeclaratieDagtekening": self.declared_on,
                "TotaalIngediendBedrag": total_content(self.total_cents),
                "Clienten": {"Client": clients},
            },
        }
        return write(kind_of(self.header.standard, "323"), content)


def declaration_323(
    header: MessageHeader,
    number: str,
    period: tuple[date, date],
    clients: Iterable[DeclaredClient],
    *,
    declared_on: date | None = None,
) -> bytes:
    """A JW323 or WMO323; the total follows from the performances, ``declared_on`` is the date of the message if left
    out. Raises ``InvalidStructure`` when a value does not fit the standard.
    """
    listed = tuple(clients)
    total = sum(client.signed_cents for client in listed)
    return Declaration(header, number, *period, declared_on or header.dated, total, listed).to_bytes()


@dataclass(frozen=True, slots=True)
class RejectedPerformance:
    """A performance that a 325 lists, with its return codes; only 0233 when it was not assessed."""

    performance: Performance
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnsweredClient:
    """A client in a 325, with its rejected performances; ``codes`` is 0200 unless the client itself is wrong."""

    bsn: Bsn
    performances: tuple[RejectedPerformance, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerToDeclaration:
    """A 325. Without ``number`` it is an answer to the message only: nothing in it was assessed.

    ``declaration_identification`` and ``declaration_dated`` are of the 323. ``granted_cents`` is signed, as
    ``submitted_cents``.
    """

    header: MessageHeader
    declaration_identification: str
    declaration_dated: date
    declaration_xsd_versions: XsdVersions
    header_codes: tuple[str, ...]
    number: str | None = None
    submitted_cents: int | None = None
    granted_cents: int | None = None
    codes: tuple[str, ...] = ()
    clients: tuple[AnsweredClient, ...] = ()

    @property
    def fully_granted(self) -> bool:
        return FULLY_GRANTED in self.codes

    @property
    def technically_rejected(self) -> bool:
        """Rejected at level 2: the declaration counts as never sent (OP286)."""
        return TECHNICALLY_REJECTED in self.header_codes

    @classmethod
    def from_message(cls, message: Message) -> "AnswerToDeclaration":
        """``WrongKind`` for another message, ``UnusableValue`` for a BSN or date that means nothing."""
        answer = message.root.find("DeclaratieAntwoord") if message.number == "325" else body_of(message, "325")
        header = message.root.one("Header")
        details: dict[str, Any] = {}
        if answer is not None:
            details = {
                "number": answer.text("DeclaratieNummer"),
                "submitted_cents": total_of(answer.one("TotaalIngediendBedrag")),
                "granted_cents": total_of(answer.one("TotaalToegekendBedrag")),
                "codes": codes_in(answer),
                "clients": tuple(map(_answered_client, answer.each("Clienten/Client"))),
            }
        return cls(
            header=message.header,
            declaration_identification=header.text("DeclaratieIdentificatie/Identificatie"),
            declaration_dated=header.date("DeclaratieIdentificatie/Dagtekening"),
            declaration_xsd_versions=xsd_versions_of(header.one("XsdVersieDeclaratie")),
            header_codes=codes_in(header),
            **details,
        )


def codes_in(node: Node) -> tuple[str, ...]:
    """The return codes of a class in a 325."""
    return node.one("RetourCodes").texts("RetourCode")


def _answered_client(node: Node) -> AnsweredClient:
    rejected = (RejectedPerformance(performance_of(p), codes_in(p)) for p in node.each("Prestaties/Prestatie"))
    return AnsweredClient(bsn_of(node), tuple(rejected), codes_in(node))


def rejections(judgement: Judgement) -> dict[str, tuple[str, ...]]:
    """The return codes of a judgement per class of the 323, as ``answer_325`` takes them."""
    clients = {broken.client for broken in judgement.broken if broken.where == "client"}
    found = {HEADER_PATH: judgement.codes("header"), DECLARATION_PATH: judgement.codes("declaration")}
    for client in sorted(client for client in clients if client is not None):
        found[client_path(client)] = judgement.codes("client", client)
    for verdict in judgement.verdicts:
        found[performance_path(*verdict.position)] = verdict.codes
    return {path: codes for path, codes in found.items() if codes}


def answer_325(
    original: Message,
    *,
    identification: str,
    dated: date,
    rejected: Mapping[str, Iterable[str]] | None = None,
    xslt_version: str | None = None,
) -> bytes:
    """The 325 on ``original``, a 323 valid at level 1.

    ``identification`` (at most 12 characters) and ``dated`` are of the answer. ``rejected`` gives return codes per
    class, by the ``path`` of its node in the 323 (``Bericht/Header``, ``Bericht/Declaratie``, a ``Client`` or a
    ``Prestatie``); none means that everything is granted. 0001 on the header, for level 2, adds the version of the
    rules.

    Raises ``WrongKind`` for another message, KeyError for a path that is no such class, ``InvalidStructure`` for a code
    outside WJ001.
    """
    declaration = body_of(original, "323")
    codes = {path: tuple(dict.fromkeys(values)) for path, values in (rejected or {}).items()}
    codes = {path: values for path, values in codes.items() if values}
    header_codes = codes.pop(HEADER_PATH, ())
    own_codes = codes.pop(DECLARATION_PATH, ())
    clients, rejected_cents = _rejected_clients(declaration, codes)
    if codes:
        raise KeyError(f"no class that carries return codes at {', '.join(sorted(codes))}")
    old = original.root.one("Header")
    if TECHNICALLY_REJECTED in header_codes:
        xslt_version = xslt_version or XSLT_VERSION
    content: Content = {
        "Header": {
            "Afzender": old.text("Ontvanger"),
            "Ontvanger": old.text("Afzender"),
            "BerichtIdentificatie": {"Identificatie": identification, "Dagtekening": dated},
            "DeclaratieIdentificatie": old.one("BerichtIdentificatie").content(),
            "XsltVersie": xslt_version,
            "XsdVersieDeclaratie": old.one("XsdVersie").content(),
            "RetourCodes": {"RetourCode": list(header_codes or (NO_REMARK,))},
        }
    }
    if not header_codes:
        submitted = total_of(declaration.one("TotaalIngediendBedrag"))
        if own_codes:
            clients, rejected_cents = [], submitted
        verdict = own_codes or ((NO_REMARK,) if clients else (FULLY_GRANTED,))
        content["DeclaratieAntwoord"] = {
            "DeclaratieNummer": declaration.text("DeclaratieNummer"),
            "TotaalIngediendBedrag": total_content(submitted),
            "TotaalToegekendBedrag": total_content(submitted - rejected_cents),
            "Clienten": {"Client": clients} if clients else None,
            "RetourCodes": {"RetourCode": list(verdict)},
        }
    return write(kind_of(original.standard, "325"), content)


def _rejected_clients(declaration: Node, codes: dict[str, tuple[str, ...]]) -> tuple[list[Content], int]:
    """The clients to list and the signed cents rejected with them; what it used is taken out of ``codes``."""
    listed: list[Content] = []
    cents = 0
    for client in declaration.each("Clienten/Client"):
        client_codes = codes.pop(client.path, ())
        performances = []
        for node in client.each("Prestaties/Prestatie"):
            own_codes = codes.pop(node.path, ())
            if client_codes:
                own_codes = (NOT_ASSESSED,)
            if own_codes:
                performances.append({**node.content(), "RetourCodes": {"RetourCode": list(own_codes)}})
                amount = node.number("IngediendBedrag/Bedrag")
                cents += -amount if node.text("IngediendBedrag/DebetCredit") == CREDIT else amount
        if performances:
            listed.append(
                {
                    "Bsn": client.text("Bsn"),
                    "Prestaties": {"Prestatie": performances},
                    "RetourCodes": {"RetourCode": list(client_codes or (NO_REMARK,))},
                }
            )
    return listed, cents
