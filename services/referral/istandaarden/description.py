"""The compiled description of every message: what ``structure`` and ``simple_types`` say, ready for use.

Compiled once, when first asked for; from it follow reading, writing, the schema and the explanation of errors.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal, NamedTuple

from services.referral.istandaarden.simple_types import SIMPLE_TYPES, XML_SPACE, SimpleType, Standard
from services.referral.istandaarden.structure import HEADER, RETOUR_HEADER, SHARED_CLASSES, SHEETS, Sheet

PREFIXES: Mapping[Standard, str] = {Standard.IJW: "JW", Standard.IWMO: "WMO"}
_NAMESPACE = "http://www.istandaarden.nl/{standard}/3_2/{name}/schema"
VERSION = "3.2"
XSD_VERSION = "1.0.0"
"""What XsdVersie says in the messages we write (iWmo/iJw 3.2 IV034)."""

_CONSTANTS = {"BerichtVersie": "3", "BerichtSubversie": "2"}


@dataclass(slots=True)
class ElementDescription:
    """One element of a class. Exactly one of ``simple`` and ``group`` is set; ``constant`` is the only allowed text."""

    name: str
    tag: str
    optional: bool
    many: bool
    simple: SimpleType | None = None
    group: "ClassDescription | None" = None
    constant: str | None = None

    @property
    def accepts(self) -> Callable[[str], object]:
        """The test whether a text may stand here; a class accepts no text."""
        if self.constant is not None:
            return self.constant.__eq__
        return self.simple.accepts if self.simple is not None else _accepts_nothing

    @property
    def allows(self) -> Callable[[str], object]:
        """As ``accepts``, but for reading: with the years outside 0001–9999 and the space that XML Schema allows."""
        if self.constant is not None:
            constant, integer = self.constant, self.simple is not None and self.simple.base == "integer"
            return lambda text: (text.strip(XML_SPACE) if integer else text) == constant
        return self.simple.allows if self.simple is not None else _accepts_nothing


def _accepts_nothing(_text: str) -> bool:
    return False


class Slot(NamedTuple):
    """What the reader needs of an element, by its tag."""

    name: str
    group: "ClassDescription | None"
    many: bool


@dataclass(slots=True)
class ClassDescription:
    """A class: its elements in order. ``shared`` classes live in the namespace of the basic schema."""

    name: str
    shared: bool
    elements: tuple[ElementDescription, ...] = ()
    slots: dict[str, Slot] = field(default_factory=dict)
    leaf_names: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    by_name: dict[str, ElementDescription] = field(default_factory=dict)
    classes: "dict[str, ClassDescription]" = field(default_factory=dict)
    texts: dict[str, bool] = field(default_factory=dict)
    """The elements that are values, and whether space around them is no part of it."""

    def fill(self, elements: tuple[ElementDescription, ...]) -> None:
        self.elements = elements
        self.by_name = {e.name: e for e in elements}
        self.places = {e.tag: place for place, e in enumerate(elements)}
        self.leaf_names = {e.tag: e.name for e in elements if e.group is None and not e.many}
        self.classes = {e.name: e.group for e in elements if e.group is not None}
        self.texts = {e.name: e.simple.base != "string" for e in elements if e.simple is not None}
        self.slots = {e.tag: Slot(e.name, e.group, e.many) for e in elements}

    @property
    def is_list(self) -> bool:
        """Whether the class only wraps a repeated class, as ``ToegewezenProducten`` does."""
        return len(self.elements) == 1 and self.elements[0].many and self.elements[0].group is not None


@dataclass(frozen=True, slots=True)
class MessageDescription:
    """One of the 28 messages. ``forward`` is the kind that a retour answers; ``retour`` the kind that answers this."""

    kind: str
    standard: Standard
    number: str
    code: str
    namespace: str
    shared_namespace: str
    root: ClassDescription
    sender: Literal["Gemeente", "AgbCode"]
    body: str
    forward: str | None
    retour: str | None

    @property
    def from_municipality(self) -> bool:
        """Whether Afzender is the municipality; in a retour it stays as in its message."""
        return self.sender == "Gemeente"


class _Compiler:
    """Turns the lines of one message of one standard into classes that refer to each other."""

    def __init__(self, standard: Standard, namespace: str, shared_namespace: str, code: str) -> None:
        self._standard = standard
        self._tags = {True: shared_namespace, False: namespace}
        self._code = code
        self._lines: dict[tuple[bool, str], str] = {}
        self._classes: dict[tuple[bool, str], ClassDescription] = {}

    def add(self, text: str, *, shared: bool) -> None:
        for line in text.strip().splitlines():
            name, _, elements = line.partition(":")
            standard, slash, bare = name.rpartition("/")
            if not slash or standard == self._standard:
                self._lines[shared, bare] = elements.strip()

    def names(self) -> Iterator[str]:
        """The message's own classes."""
        return (name for shared, name in self._lines if not shared)

    def elements_of(self, name: str) -> str:
        return self._lines[False, name]

    def replace(self, name: str, elements: str) -> None:
        self._lines[False, name] = elements

    def build(self, name: str, *, shared: bool = False) -> ClassDescription:
        key = (shared, name)
        if key not in self._classes:
            description = self._classes[key] = ClassDescription(name, shared)
            words = (self._element(word, shared) for word in self._lines[key].split())
            description.fill(tuple(e for e in words if e is not None))
        return self._classes[key]

    def _element(self, word: str, shared: bool) -> ElementDescription | None:
        only, slash, word = word.rpartition("/")
        if slash and only != self._standard:
            return None
        optional, many = word.endswith("?"), word.endswith("+")
        name, _, type_name = word.rstrip("?+").partition("=")
        element = ElementDescription(name, f"{{{self._tags[shared]}}}{name}", optional, many)
        element.constant = self._code if name == "BerichtCode" else _CONSTANTS.get(name)
        type_name = type_name or name
        bare = type_name[4:] if type_name[:4] in ("CDT_", "LDT_") else type_name
        if not shared and (False, type_name) in self._lines:
            element.group = self.build(type_name)
        elif (True, bare) in self._lines and not type_name.startswith("LDT_"):
            element.group = self.build(bare, shared=True)
        else:
            element.simple = SIMPLE_TYPES[self._standard][bare]
        return element


def _compile(sheet: Sheet, standard: Standard, *, retour: bool) -> MessageDescription:
    prefix = PREFIXES[standard]
    number = sheet.retour if retour and sheet.retour else sheet.number
    kind = prefix + number
    code = sheet.codes[standard][1 if retour else 0]
    namespace = _NAMESPACE.format(standard=standard, name=kind.lower())
    shared_namespace = _NAMESPACE.format(standard=standard, name="basisschema")
    receiver = "AgbCode" if sheet.sender == "Gemeente" else "Gemeente"
    compiler = _Compiler(standard, namespace, shared_namespace, code)
    compiler.add(SHARED_CLASSES, shared=True)
    header = HEADER.format(sender=sheet.sender, receiver=receiver) + sheet.extra_header
    body_optional = sheet.body_optional or retour
    compiler.add(f"Root: Header {sheet.body}{'?' if body_optional else ''}", shared=False)
    compiler.add(f"Header: {header}{RETOUR_HEADER if retour else ''}", shared=False)
    compiler.add(sheet.classes, shared=False)
    if retour:
        compiler.add("RetourCodes: RetourCode+", shared=False)
        for name in list(compiler.names()):
            elements = compiler.elements_of(name)
            if name not in ("Root", "Header") and not elements.endswith("+"):
                compiler.replace(name, f"{elements} RetourCodes")
    return MessageDescription(
        kind=kind,
        standard=standard,
        number=number,
        code=code,
        namespace=namespace,
        shared_namespace=shared_namespace,
        root=compiler.build("Root"),
        sender=sheet.sender,
        body=sheet.body,
        forward=prefix + sheet.number if retour else None,
        retour=prefix + sheet.retour if sheet.retour and not retour else None,
    )


def _sheets() -> dict[str, tuple[Sheet, Standard, bool]]:
    found: dict[str, tuple[Sheet, Standard, bool]] = {}
    for standard in Standard:
        for sheet in SHEETS:
            found[PREFIXES[standard] + sheet.number] = (sheet, standard, False)
            if sheet.retour:
                found[PREFIXES[standard] + sheet.retour] = (sheet, standard, True)
    return dict(sorted(found.items()))


_SHEETS_BY_KIND = _sheets()
KINDS = tuple(_SHEETS_BY_KIND)
"""All 28 message kinds: ``JW301`` … ``WMO325``."""
KIND_OF_NAMESPACE: Mapping[str, str] = {
    _NAMESPACE.format(standard=standard, name=kind.lower()): kind for kind, (_, standard, _) in _SHEETS_BY_KIND.items()
}


@cache
def describe(kind: str) -> MessageDescription:
    """The description of a message kind such as ``JW315``. KeyError for a kind that the standard does not have."""
    sheet, standard, retour = _SHEETS_BY_KIND[kind]
    return _compile(sheet, standard, retour=retour)
