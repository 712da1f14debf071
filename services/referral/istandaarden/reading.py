"""From bytes to a message: refuse what is unsafe, recognise the kind, and give access to its elements.

Nothing of a document is trusted: size, encoding and document type are checked before the parser sees it, and the parser
neither loads nor replaces anything.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from typing import NoReturn

from lxml import etree

from services.referral.istandaarden.collecting import SAFE, collect, kind_of, stream
from services.referral.istandaarden.description import MessageDescription, describe
from services.referral.istandaarden.nodes import Content, MessageHeader, Node
from services.referral.istandaarden.routes import along, routes
from services.referral.istandaarden.sentences import TechnicalError, TechnicalReason
from services.referral.istandaarden.simple_types import Standard

MAX_BYTES = 25_000_000
"""The largest message the chain accepts (GGk: 25 MB)."""
LARGE = 50_000
"""From this many bytes on, a message is read in one pass without keeping its tree, as long as it is valid."""

_ZIP = b"PK\x03\x04"
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t\r\n]++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_DECLARED_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_OTHER_VERSION = re.compile(r"http://www\.istandaarden\.nl/(ijw|iwmo)/(\d+)_(\d+)/(\w+)/schema")
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\r\n'
_local = threading.local()


def read(raw: bytes) -> "Message":
    """The message in ``raw``. It need not be valid at level 1: see ``validate_structure``.

    Raises ``TechnicalError`` when the bytes are too large, not UTF-8, not well-formed XML, declare a document type, or
    are no iWmo or iJw 3.2 message.
    """
    if len(raw) >= LARGE:
        check_safety(raw, MAX_BYTES)
        streamed = stream(raw)
        if streamed is not None:
            return Message(streamed[0], raw, content=streamed[1])
    root = parse_safely(raw)
    kind = kind_of(root)
    if kind is None:
        _refuse_unknown(etree.QName(root).namespace or "")
    return Message(describe(kind), raw, element=root)


def parse_safely(raw: bytes, *, max_bytes: int = MAX_BYTES, huge: bool = False) -> etree._Element:
    """The root element of well-formed UTF-8 XML without a document type; else ``TechnicalError``."""
    check_safety(raw, max_bytes)
    try:
        root = etree.fromstring(raw, _parser(huge))
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise TechnicalError(
            TechnicalReason.NOT_XML,
            f"Het bestand is geen geldig XML{f' (regel {line})' if line else ''}. Lever het bericht opnieuw aan.",
            f"The file is not well-formed XML{f' (line {line})' if line else ''}. Send the message again.",
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        _refuse_document_type()
    return root


def check_safety(raw: bytes, max_bytes: int) -> None:
    if len(raw) > max_bytes:
        raise TechnicalError(
            TechnicalReason.TOO_LARGE,
            f"Het bestand is groter dan {max_bytes // 1_000_000} MB. Verdeel de inhoud over meer berichten.",
            f"The file is larger than {max_bytes // 1_000_000} MB. Spread the content over more messages.",
        )
    if raw.startswith(_ZIP):
        raise TechnicalError(
            TechnicalReason.NOT_XML,
            "Het bestand is een zip, geen bericht. Pak hem uit en lever de berichten aan, los of als zending.",
            "The file is a zip, not a message. Unpack it and send the messages themselves, or send it as a batch.",
        )
    _check_encoding(raw)
    prolog = _PROLOG.match(raw)
    if prolog and raw.startswith(b"<!DOCTYPE", prolog.end()):
        _refuse_document_type()


def _check_encoding(raw: bytes) -> None:
    declared = _DECLARED_ENCODING.match(raw)
    if declared is None or declared[1].lower() == b"utf-8":
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            if b"\0" not in raw:
                return
    raise TechnicalError(
        TechnicalReason.ENCODING,
        "Het bestand is niet in UTF-8 geschreven. Lever het bericht opnieuw aan in UTF-8.",
        "The file is not written in UTF-8. Send the message again in UTF-8.",
    )


def _refuse_document_type() -> NoReturn:
    raise TechnicalError(
        TechnicalReason.DOCUMENT_TYPE,
        "Het bestand bevat een DOCTYPE. Dat is in een bericht niet toegestaan; lever het opnieuw aan zonder.",
        "The file contains a DOCTYPE. A message may not have one; send it again without.",
    )


def _refuse_unknown(namespace: str) -> NoReturn:
    other = _OTHER_VERSION.fullmatch(namespace)
    if other and (other[2], other[3]) != ("3", "2"):
        version = f"{other[2]}.{other[3]}"
        raise TechnicalError(
            TechnicalReason.UNSUPPORTED_VERSION,
            f"Het bericht is van versie {version}; alleen versie 3.2 wordt gelezen. Lever het aan volgens 3.2.",
            f"The message is of version {version}; only version 3.2 is read. Send it according to 3.2.",
        )
    raise TechnicalError(
        TechnicalReason.UNKNOWN_MESSAGE,
        "Het bestand is XML, maar geen bericht van iWmo of iJw 3.2. Controleer het hoofdelement en de namespace.",
        "The file is XML, but no message of iWmo or iJw 3.2. Check the root element and its namespace.",
    )


def _parser(huge: bool) -> etree.XMLParser:
    name = "huge" if huge else "strict"
    parser: etree.XMLParser | None = getattr(_local, name, None)
    if parser is None:
        parser = etree.XMLParser(huge_tree=huge, **SAFE)
        setattr(_local, name, parser)
    return parser


class Message:
    """One message as it was read. Immutable.

    ``kind`` is ``JW315``, ``number`` ``315``. The properties of the header and everything domain-specific expect a
    message that is valid at level 1.
    """

    __slots__ = ("__weakref__", "_description", "_element", "_header", "_looked_up", "_raw", "_root", "_streamed")

    def __init__(
        self,
        description: MessageDescription,
        raw: bytes,
        *,
        element: etree._Element | None = None,
        content: Content | None = None,
    ) -> None:
        self._description = description
        self._raw = raw
        self._element = element
        self._streamed = content is not None
        self._root = None if content is None else Node(description.root, content, "Bericht")
        self._header: MessageHeader | None = None
        self._looked_up: dict[str, list[Node]] = {}

    @property
    def description(self) -> MessageDescription:
        return self._description

    @property
    def kind(self) -> str:
        return self._description.kind

    @property
    def standard(self) -> Standard:
        return self._description.standard

    @property
    def number(self) -> str:
        return self._description.number

    @property
    def is_retour(self) -> bool:
        return self._description.forward is not None

    @property
    def size(self) -> int:
        """How many bytes it was."""
        return len(self._raw)

    @property
    def raw(self) -> bytes:
        """The bytes as they were read."""
        return self._raw

    @property
    def streamed(self) -> bool:
        """Whether it was large, and found valid at level 1 while it was read."""
        return self._streamed

    @property
    def element(self) -> etree._Element:
        """The parsed document, for the validator; not to be changed. That of a large message is not kept."""
        return parse_safely(self._raw) if self._element is None else self._element

    @property
    def root(self) -> Node:
        """The root class; elements that the description does not know are left out."""
        if self._root is None:
            self._root = Node(self._description.root, collect(self.element, self._description.root), "Bericht")
        return self._root

    @property
    def header(self) -> MessageHeader:
        """Who sent what, when, to whom. Raises ``InvalidStructure`` when the header is incomplete."""
        if self._header is None:
            self._header = MessageHeader.from_node(self._description, self.root)
        return self._header

    @property
    def municipality(self) -> str:
        """CBS code of the municipality, whether it sends or receives."""
        return self.header.municipality

    @property
    def provider(self) -> str:
        """AGB code of the care provider, whether it sends or receives."""
        return self.header.provider

    @property
    def identification(self) -> str:
        """BerichtIdentificatie/Identificatie: unique for the sender per kind."""
        return self.header.identification

    def to_bytes(self) -> bytes:
        """The message as a file again: UTF-8 with CR/LF and without comments, elsewhere as it was received."""
        body = etree.tostring(self.element, encoding="UTF-8", xml_declaration=False)
        return _DECLARATION + body.replace(b"\n", b"\r\n") + b"\r\n"

    def at(self, path: str) -> Sequence[Node]:
        """Every class at ``path``, which begins at any class; in the order of the ways that lead there.

        Rules look at the same places again and again: what was found is kept, but for a large message.
        """
        found = self._looked_up.get(path)
        if found is None:
            ways = routes(self.kind, path)
            found = along(self.root, ways[0]) if len(ways) == 1 else [n for way in ways for n in along(self.root, way)]
            if not self._streamed:
                self._looked_up[path] = found
        return found

    def first(self, name: str) -> Node | None:
        """The first class of that name in document order, or None."""
        return next(self.every(name), None)

    def every(self, name: str) -> Iterator[Node]:
        """Every class of that name, in document order."""
        ways = routes(self.kind, name)
        if not ways or (len(ways) == 1 and not self._streamed):
            return iter(self.at(name))
        return self.root.descendants(name)

    def __repr__(self) -> str:
        return f"<Message {self.kind}>"
