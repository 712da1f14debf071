"""iWmo and iJw 3.2: reading, checking (level 1) and writing of all 28 messages. Pure: bytes in, bytes out.

Everything follows from one description per class and element (``structure``, ``simple_types``), compiled once:

- ``read(raw)`` refuses what is unsafe or no message (``TechnicalError``) and gives a ``Message``;
- ``validate_structure(message)`` gives the findings of level 1, with the verdict of the official schemas;
- ``write(kind, content)`` gives valid bytes or raises ``InvalidStructure``;
- ``RequestForAllocation``, ``RequestForChange``, ``Allocation``, ``StartOfCare``, ``StopOfCare``, ``AnswerToRequest``,
  ``Declaration``, ``AnswerToDeclaration`` and ``Retour`` say what a message means (``from_message``); all but the last
  two can be sent (``to_bytes``, or a builder such as ``start_305``);
- ``retour`` and ``technical_retour`` answer a message, ``answer_325`` answers a declaration;
- ``envelope`` unwraps and wraps the GGk envelope.

>>> message = read(start_305(header, client, products))           # doctest: +SKIP
>>> validate_structure(message)                                   # doctest: +SKIP
[]
>>> StartOfCare.from_message(message).products[0].starts_on       # doctest: +SKIP
datetime.date(2026, 9, 1)

Source: iWmo/iJw 3.2, Zorginstituut Nederland, restated in our own words.
"""

from services.referral.istandaarden.care import (
    AllocatedProduct,
    Allocation,
    AnswerToRequest,
    Extent,
    ReferrerDetails,
    RequestedProduct,
    RequestForAllocation,
    StartedProduct,
    StartOfCare,
    StopOfCare,
    StoppedProduct,
    WrongKind,
    allocation_301,
    answer_319,
    request_for_allocation_315,
    start_305,
    stop_307,
)
from services.referral.istandaarden.changes import (
    DesiredProduct,
    RequestForChange,
    request_for_change_317,
)
from services.referral.istandaarden.declarations import (
    AnsweredClient,
    AnswerToDeclaration,
    Declaration,
    RejectedPerformance,
    answer_325,
    declaration_323,
    rejections,
)
from services.referral.istandaarden.description import KINDS
from services.referral.istandaarden.nodes import MessageHeader, MissingElement, Node
from services.referral.istandaarden.persons import Address, ClientDetails, Contact, PersonName, Phone, Relation
from services.referral.istandaarden.reading import MAX_BYTES, Message, read
from services.referral.istandaarden.retours import Retour, retour, technical_retour
from services.referral.istandaarden.sentences import (
    Finding,
    InvalidStructure,
    Sentence,
    TechnicalError,
    TechnicalReason,
    UnusableValue,
)
from services.referral.istandaarden.simple_types import Standard
from services.referral.istandaarden.validation import validate_structure
from services.referral.istandaarden.writing import write

__all__ = [
    "KINDS",
    "MAX_BYTES",
    "Address",
    "AllocatedProduct",
    "Allocation",
    "AnswerToDeclaration",
    "AnswerToRequest",
    "AnsweredClient",
    "ClientDetails",
    "Contact",
    "Declaration",
    "DesiredProduct",
    "Extent",
    "Finding",
    "InvalidStructure",
    "Message",
    "MessageHeader",
    "MissingElement",
    "Node",
    "PersonName",
    "Phone",
    "ReferrerDetails",
    "RejectedPerformance",
    "Relation",
    "RequestForAllocation",
    "RequestForChange",
    "RequestedProduct",
    "Retour",
    "Sentence",
    "Standard",
    "StartOfCare",
    "StartedProduct",
    "StopOfCare",
    "StoppedProduct",
    "TechnicalError",
    "TechnicalReason",
    "UnusableValue",
    "WrongKind",
    "allocation_301",
    "answer_319",
    "answer_325",
    "declaration_323",
    "read",
    "rejections",
    "request_for_allocation_315",
    "request_for_change_317",
    "retour",
    "start_305",
    "stop_307",
    "technical_retour",
    "validate_structure",
    "write",
]
