"""The GGk envelope, versions 3.10 and 2.10: the StUF message that carries an iWmo or iJw message between two parties.

Source: VNG Realisatie, koppelvlak iWmo/iJw. Reading takes only what is needed and is as strict about safety as reading
a message; attachments outside the XML (MTOM) are not read.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from lxml import etree

from services.referral.istandaarden.reading import MAX_BYTES, Message, parse_safely, read
from services.referral.istandaarden.sentences import TechnicalError, TechnicalReason

STUF = "http://www.egem.nl/StUF/StUF0301"
XMIME = "http://www.w3.org/2005/05/xmlmime"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MAX_ENVELOPE_BYTES = MAX_BYTES * 4 // 3 + 1_000_000
"""Base64 makes the message a third larger; the rest of an envelope is small."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_ROOT_WITHIN = 4096
"""An envelope names itself within so many bytes."""
_FORWARD, _RETOUR = "envelopHeenbericht-ggk_Di01", "envelopRetourbericht-ggk_Du01"


class EnvelopeVersion(StrEnum):
    """The version of the envelope; its value is what people call it."""

    V3_10 = "3.10"
    V2_10 = "2.10"


_NAMESPACES = {
    EnvelopeVersion.V3_10: "http://www.stufstandaarden.nl/sectormodel/ggk/0210",
    EnvelopeVersion.V2_10: "http://www.stufstandaarden.nl/koppelvlak/ggk0210",
}
_VERSIONS = {namespace: version for version, namespace in _NAMESPACES.items()}


@dataclass(frozen=True, slots=True)
class System:
    """A sender or receiver: CBS code, AGB code or a name such as ``GGk``, and its application."""

    organisation: str
    application: str
    administration: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One envelope with the message in it.

    ``reference`` is unique (2.10: a UUID version 4); a retour names that of its message in ``cross_reference``.
    ``function`` is the kind of message, such as ``JW315``; ``function_version`` its version, ``application_version``
    that of the sending program. ``text_file`` (2.10 only) is the file name of a message that is not XML.
    """

    version: EnvelopeVersion
    retour: bool
    sender: System
    receiver: System
    reference: str
    sent_at: datetime
    function: str
    message: bytes = field(repr=False)
    cross_reference: str | None = None
    function_version: tuple[int, int] = (3, 2)
    application_version: tuple[int, int] = (1, 0)
    message_reference: str | None = None
    message_cross_reference: str | None = None
    text_file: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """An error message (Fo01) of the GGk on an envelope that was sent; ``side``, client or server, is at fault."""

    code: str
    side: str
    description: str
    details: str | None
    reference: str
    cross_reference: str | None


def unwrap(raw: bytes) -> Envelope:
    """The envelope in ``raw``, with the message decoded but not read. ``TechnicalError`` when it is none."""
    root = parse_safely(raw, max_bytes=MAX_ENVELOPE_BYTES, huge=True)
    name = etree.QName(root)
    version = _VERSIONS.get(name.namespace or "")
    if version is None or name.localname not in (_FORWARD, _RETOUR):
        raise _no_envelope()
    own = f"{{{name.namespace}}}"
    control = f"{own}stuurgegevens/{{{STUF}}}"
    parameters = f"{own}parameters/{own}"
    message = root.find(f"{parameters}bericht")
    if message is None:
        raise _no_envelope()
    text_file = None
    if version is EnvelopeVersion.V2_10:
        text = message.find(f"{own}tekstBestand")
        message = text if text is not None else message.find(f"{own}xmlBestand")
        text_file = text.get("bestandsnaam") if text is not None else None
    return Envelope(
        version=version,
        retour=name.localname == _RETOUR,
        sender=_system(root.find(f"{control}zender")),
        receiver=_system(root.find(f"{control}ontvanger")),
        reference=_required(root.findtext(f"{control}referentienummer")),
        sent_at=_moment(_required(root.findtext(f"{control}tijdstipBericht"))),
        function=_required(root.findtext(f"{control}functie")),
        message=_decoded(message),
        cross_reference=root.findtext(f"{control}crossRefnummer"),
        function_version=_pair(root, f"{parameters}functieVersie", f"{parameters}functieSubversie"),
        application_version=_pair(root, f"{parameters}applicatieVersie", f"{parameters}applicatieSubversie"),
        message_reference=root.findtext(f"{parameters}referentienummerBericht"),
        message_cross_reference=root.findtext(f"{parameters}crossRefnummerBericht"),
        text_file=text_file,
    )


def read_either(raw: bytes) -> tuple[Message, Envelope | None]:
    """A message, by itself or in an envelope. Raises ``TechnicalError``, as ``read`` and ``unwrap`` do."""
    try:
        return read(raw), None
    except TechnicalError as error:
        if error.reason not in (TechnicalReason.UNKNOWN_MESSAGE, TechnicalReason.TOO_LARGE):
            raise
        try:
            envelope = unwrap(raw)
        except TechnicalError as other:
            raise (error if other.reason is TechnicalReason.ENVELOPE else other) from None
    return read(envelope.message), envelope


def carried(raw: bytes) -> bytes:
    """The message that an envelope carries; ``raw`` itself when it is no envelope. Never raises.

    A message that is sent again travels in a new envelope: what is compared is what it carries.
    """
    if not any(name.encode() in raw[:_ROOT_WITHIN] for name in (_FORWARD, _RETOUR)):
        return raw
    try:
        return unwrap(raw).message
    except TechnicalError:
        return raw


def read_fault(raw: bytes) -> Fault:
    """The Fo01 in ``raw``. ``TechnicalError`` when it is none."""
    root = parse_safely(raw, max_bytes=MAX_ENVELOPE_BYTES)
    if root.tag != f"{{{STUF}}}Fo01Bericht":
        raise _no_envelope()
    body = {etree.QName(element).localname: element.text or "" for element in root.iterfind(f"{{{STUF}}}body/*")}
    control = f"{{{STUF}}}stuurgegevens/{{{STUF}}}"
    return Fault(
        code=_required(body.get("code")),
        side=_required(body.get("plek")),
        description=body.get("omschrijving", ""),
        details=body.get("details"),
        reference=_required(root.findtext(f"{control}referentienummer")),
        cross_reference=root.findtext(f"{control}crossRefnummer"),
    )


def wrap(envelope: Envelope) -> bytes:
    """The envelope as a file. ValueError when 2.10 gets a reference that is no UUID version 4, when a retour lacks its
    cross reference, or when ``sent_at`` has no time zone."""
    if envelope.sent_at.tzinfo is None:
        raise ValueError("sent_at needs a time zone")
    if envelope.retour and not envelope.cross_reference:
        raise ValueError("a retour names the reference of the envelope it answers")
    old = envelope.version is EnvelopeVersion.V2_10
    references = [envelope.reference, *([envelope.cross_reference] if envelope.cross_reference else [])]
    if old and not all(map(_UUID.fullmatch, references)):
        raise ValueError("a reference in envelope 2.10 is a UUID version 4")
    kind = _RETOUR if envelope.retour else _FORWARD
    lines = "\n".join(_lines(envelope))
    mime = "" if old else f" xmlns:xmime={quoteattr(XMIME)}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<GGK:{kind} xmlns:StUF={quoteattr(STUF)} '
        f"xmlns:GGK={quoteattr(_NAMESPACES[envelope.version])}{mime}>\n{lines}\n</GGK:{kind}>\n"
    ).encode()


def _lines(envelope: Envelope) -> Iterator[str]:
    yield "<GGK:stuurgegevens>"
    yield f"<StUF:berichtcode>{'Du01' if envelope.retour else 'Di01'}</StUF:berichtcode>"
    for name, system in (("zender", envelope.sender), ("ontvanger", envelope.receiver)):
        yield f"<StUF:{name}>"
        yield from _optional("StUF:organisatie", system.organisation)
        yield from _optional("StUF:applicatie", system.application)
        yield from _optional("StUF:administratie", system.administration)
        yield from _optional("StUF:gebruiker", system.user)
        yield f"</StUF:{name}>"
    yield from _optional("StUF:referentienummer", envelope.reference)
    yield f"<StUF:tijdstipBericht>{envelope.sent_at.astimezone(AMSTERDAM):%Y%m%d%H%M%S}</StUF:tijdstipBericht>"
    yield from _optional("StUF:crossRefnummer", envelope.cross_reference if envelope.retour else None)
    yield from _optional("StUF:functie", envelope.function)
    yield "</GGK:stuurgegevens>\n<GGK:parameters>"
    old = envelope.version is EnvelopeVersion.V2_10
    if not old:
        yield from _optional("GGK:referentienummerBericht", envelope.message_reference)
        if envelope.retour:
            yield from _optional("GGK:crossRefnummerBericht", envelope.message_cross_reference)
    for name, number in (
        ("applicatieVersie", envelope.application_version[0]),
        ("applicatieSubversie", envelope.application_version[1]),
        ("functieVersie", envelope.function_version[0]),
        ("functieSubversie", envelope.function_version[1]),
    ):
        yield f"<GGK:{name}>{number:04}</GGK:{name}>"
    content = base64.b64encode(envelope.message).decode()
    if old and envelope.text_file:
        yield (
            f"<GGK:bericht><GGK:tekstBestand bestandsnaam={quoteattr(envelope.text_file)}>{content}"
            "</GGK:tekstBestand></GGK:bericht>"
        )
    elif old:
        yield f"<GGK:bericht><GGK:xmlBestand>{content}</GGK:xmlBestand></GGK:bericht>"
    else:
        name = quoteattr(f"{envelope.function}.xml")
        yield f'<GGK:bericht StUF:bestandsnaam={name} xmime:contentType="application/xml">{content}</GGK:bericht>'
    yield "</GGK:parameters>"


def _optional(tag: str, text: str | None) -> Iterator[str]:
    if text:
        yield f"<{tag}>{escape(text)}</{tag}>"


def _system(element: etree._Element | None) -> System:
    if element is None:
        raise _no_envelope()
    own = f"{{{STUF}}}"
    return System(
        organisation=_required(element.findtext(f"{own}organisatie")),
        application=_required(element.findtext(f"{own}applicatie")),
        administration=element.findtext(f"{own}administratie"),
        user=element.findtext(f"{own}gebruiker"),
    )


def _required(text: str | None) -> str:
    if not text:
        raise _no_envelope()
    return text


def _decoded(element: etree._Element | None) -> bytes:
    if element is None or len(element):
        raise _no_envelope()
    try:
        message = base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise _no_envelope() from None
    if len(message) > MAX_BYTES:
        raise TechnicalError(
            TechnicalReason.TOO_LARGE,
            "Het bericht in de envelop is groter dan 25 MB. Verdeel de inhoud over meer berichten.",
            "The message in the envelope is larger than 25 MB. Spread the content over more messages.",
        )
    return message


def _pair(root: etree._Element, major: str, minor: str) -> tuple[int, int]:
    texts = _required(root.findtext(major)), _required(root.findtext(minor))
    if not all(re.fullmatch(r"[0-9]{1,4}", text) for text in texts):
        raise _no_envelope()
    return int(texts[0]), int(texts[1])


def _moment(digits: str) -> datetime:
    """StUF writes local time, as exact as the sender likes: ``20260901`` up to ``20260901132514123``."""
    if not re.fullmatch(r"[0-9]{8,17}", digits):
        raise _no_envelope()
    padded = digits[:14] + "0" * (14 - len(digits[:14]))
    try:
        moment = datetime.strptime(padded, "%Y%m%d%H%M%S").replace(tzinfo=AMSTERDAM)
    except ValueError:
        raise _no_envelope() from None
    return moment.replace(microsecond=int(f"{digits[14:]:0<6}")).astimezone(UTC)


def _no_envelope() -> TechnicalError:
    return TechnicalError(
        TechnicalReason.ENVELOPE,
        "Het bestand is geen volledige GGk-envelop van versie 3.10 of 2.10. Lever het opnieuw aan.",
        "The file is no complete GGk envelope of version 3.10 or 2.10. Send it again.",
    )
