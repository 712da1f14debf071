"""The official schemas of Zorginstituut Nederland, where the operator has them: a second verdict at level 1.

They are not part of the product. ``load`` reads the ``.xsd`` files of a folder as it was published, in any tree of
subfolders, and knows each by the namespace it describes; ``put_in_force`` makes ``validate_structure`` and ``write``
ask them too, everywhere in this process. Nothing is fetched: a schema may import only what lies in the folder.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from services.referral.istandaarden.collecting import SAFE, forget
from services.referral.istandaarden.description import KIND_OF_NAMESPACE, describe
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.sentences import Finding, Sentence

MAX_FINDINGS = 100
"""No more findings than this are told of one message."""

_CHUNK = 1 << 16
_XS = "{http://www.w3.org/2001/XMLSchema}"
_WHERE_IMPORTED = tuple(f"{_XS}{name}" for name in ("import", "include", "redefine"))

_VALUE = Sentence("Het officiële schema staat deze waarde niet toe.", "The official schema does not allow this value.")
_CONTENT = Sentence(
    "Volgens het officiële schema staat dit element hier niet goed of mist het iets.",
    "By the official schema this element does not belong here or lacks something.",
)
_ATTRIBUTE = Sentence(
    "Het officiële schema staat dit attribuut niet toe.", "The official schema does not allow this attribute."
)


class OfficialSchemaError(Exception):
    """The folder cannot be used. The text is one line for the operator: what is wrong, and what to do."""


class OfficialSchemas:
    """Compiled schemas by message kind; safe to use from several threads."""

    def __init__(self, schemas: Mapping[str, etree.XMLSchema]) -> None:
        self._schemas = dict(schemas)
        self._locks = {kind: threading.Lock() for kind in schemas}

    @property
    def kinds(self) -> frozenset[str]:
        """The message kinds that there is an official schema for."""
        return frozenset(self._schemas)

    def schema(self, kind: str) -> etree.XMLSchema | None:
        """The compiled schema of a kind, for who measures it; None where there is none."""
        return self._schemas.get(kind)

    def findings(self, message: Message) -> list[Finding]:
        """What the official schema refuses in a message that is valid by ours; empty too where there is none.

        The text of the parser is never passed on: it quotes values, and a value may be personal. Of a large message
        only the first line with an error is told, since describing many errors in a tree takes quadratic time.
        """
        kind = message.kind
        schema = self._schemas.get(kind)
        if schema is None:
            return []
        with self._locks[kind]:  # a schema keeps the errors of its last document
            if message.streamed:
                return _first_finding(kind, schema, message.raw)
            if schema.validate(message.element):
                return []
            return list(_told(kind, message.element, schema.error_log))


_in_force: OfficialSchemas | None = None


def put_in_force(schemas: OfficialSchemas | None) -> None:
    """From now on level 1 asks these too, in this whole process; None asks ours alone."""
    global _in_force
    _in_force = schemas


def in_force() -> OfficialSchemas | None:
    """The schemas that were put in force; None without."""
    return _in_force


def load(folder: Path) -> OfficialSchemas:
    """The schemas in ``folder`` and below. Raises ``OfficialSchemaError`` when it holds none or one is broken."""
    if not folder.is_dir():
        raise OfficialSchemaError(f"{folder} is no folder that can be read")
    found: dict[str, tuple[Path, etree.XMLSchema]] = {}
    for file in sorted(folder.rglob("*.xsd")):
        document = _parsed(file)
        kind = KIND_OF_NAMESPACE.get(document.getroot().get("targetNamespace", ""))
        if kind is None:
            continue
        if kind in found:
            raise OfficialSchemaError(f"{found[kind][0]} and {file} both describe {kind}; leave one")
        _check_imports(folder.resolve(), file, document, set())
        try:
            found[kind] = file, etree.XMLSchema(document)
        except etree.XMLSchemaParseError as error:
            raise OfficialSchemaError(f"{file} is no usable schema: {error}") from None
    if not found:
        raise OfficialSchemaError(f"{folder} holds no schema of an iWmo or iJw 3.2 message")
    return OfficialSchemas({kind: schema for kind, (_, schema) in found.items()})


def _parsed(file: Path) -> etree._ElementTree:
    parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
    try:
        return etree.parse(str(file), parser)
    except (etree.XMLSyntaxError, OSError) as error:
        raise OfficialSchemaError(f"{file} cannot be read as XML: {error}") from None


def _check_imports(folder: Path, file: Path, document: etree._ElementTree, seen: set[Path]) -> None:
    """What a schema imports must lie in the folder: the parser would leave out silently what it cannot find."""
    for imported in document.getroot().iter(*_WHERE_IMPORTED):
        location = imported.get("schemaLocation")
        if location is None:
            continue
        parts = urlsplit(location)
        place = (file.parent / unquote(parts.path)).resolve()
        if parts.scheme or parts.netloc or not place.is_relative_to(folder) or not place.is_file():
            raise OfficialSchemaError(f"{file} imports {location}, which is not in {folder}")
        if place not in seen:
            seen.add(place)
            _check_imports(folder, place, _parsed(place), seen)


def _first_finding(kind: str, schema: etree.XMLSchema, raw: bytes) -> list[Finding]:
    if _first_error(schema, (raw[i : i + _CHUNK] for i in range(0, len(raw), _CHUNK))) is None:
        return []
    line, error = _first_error(schema, raw.splitlines(keepends=True)) or (None, "")
    return [Finding("Bericht", line, _wrong(error), _as_official(kind))]


def _first_error(schema: etree.XMLSchema, parts: Iterable[bytes]) -> tuple[int, str] | None:
    """The number of the first part with an error, and what kind of error; None when there is none."""
    parser = etree.XMLPullParser(events=("end",), schema=schema, **SAFE)
    error = None
    for number, part in enumerate(parts, start=1):
        try:
            parser.feed(part)
        except etree.XMLSyntaxError:
            error = ""
        for _, element in parser.read_events():
            forget(element)
        if len(parser.feed_error_log):
            error = str(parser.feed_error_log[0].type_name)
        if error is not None:
            return number, error
    return None


def _as_official(kind: str) -> Sentence:
    return Sentence(
        f"zoals het schema van Zorginstituut Nederland voor {kind}", f"as in the schema of Zorginstituut for {kind}"
    )


def _told(kind: str, root: etree._Element, errors: Any) -> Iterator[Finding]:
    right = _as_official(kind)
    seen: set[tuple[int, str | None]] = set()
    namespaces = {prefix: name for each in root.iter() for prefix, name in each.nsmap.items() if prefix}
    for error in errors:
        place = (error.line, error.path)
        if place in seen:  # a value is told of twice: for the facet, and for the type
            continue
        seen.add(place)
        yield Finding(_path(kind, root, error.path, namespaces), error.line or None, _wrong(error.type_name), right)
        if len(seen) == MAX_FINDINGS:
            return


def _wrong(error: str) -> Sentence:
    if "ELEMENT" in error or "COMPLEX_TYPE_2" in error or "ELT" in error:
        return _CONTENT
    return _ATTRIBUTE if "COMPLEX_TYPE_3" in error or "COMPLEX_TYPE_4" in error else _VALUE


def _path(kind: str, root: etree._Element, found: str | None, namespaces: dict[str, str]) -> str:
    """As findings name a place: ``Bericht/Client/StartProducten/StartProduct[2]``."""
    try:
        nodes = root.getroottree().xpath(found, namespaces=namespaces) if found else []
    except etree.XPathError:
        nodes = []
    node = nodes[0] if isinstance(nodes, list) and nodes and isinstance(nodes[0], etree._Element) else root
    names: list[str] = []
    group = describe(kind).root
    for each in [*reversed([*node.iterancestors()]), node][1:]:
        name = etree.QName(each).localname[:40]
        element = group.by_name.get(name)
        many = element is not None and element.many
        names.append(f"{name}[{sum(1 for _ in each.itersiblings(each.tag, preceding=True)) + 1}]" if many else name)
        if element is not None and element.group is not None:
            group = element.group
    return "/".join(["Bericht", *names])
