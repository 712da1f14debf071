"""The answer to a message: the retour (302, 306, 308, 316, 318, 320), to write and to read.

Source: iWmo/iJw 3.2 IV028, IV032, IV033, OP065. The header of the retour is that of the message, Afzender and Ontvanger
not swapped, with the identification of the retour added.

- nothing wrong: the header, without codes;
- wrong at level 2: the header with 0001 and the version of the rules, nothing else;
- wrong at level 3 or 4, in the header: the header with the code;
- wrong at level 3 or 4, below it: every class with its codes, 0200 where there is nothing to remark, 0233 where it was
  not assessed. The whole message counts as rejected.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.referral.istandaarden.care import WrongKind
from services.referral.istandaarden.description import XSD_VERSION, ClassDescription, describe
from services.referral.istandaarden.labels import NO_REMARK, NOT_ASSESSED, TECHNICALLY_REJECTED
from services.referral.istandaarden.nodes import Content, MessageHeader, Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.writing import write

XSLT_VERSION = "1.0.0"
HEADER_PATH = "Bericht/Header"


def retour(
    original: Message,
    *,
    identification: str,
    dated: date,
    codes: Mapping[str, Iterable[str]] | None = None,
    not_assessed: Collection[str] = (),
    xslt_version: str | None = None,
) -> bytes:
    """The retour on ``original``, a message valid at level 1.

    ``identification`` (at most 12 characters) and ``dated`` are of the retour. ``codes`` gives return codes per class,
    by the ``path`` of its node (``Bericht/Client/StartProducten/StartProduct[1]``); none means approved.
    ``not_assessed`` names classes that get 0233. For level 2 use ``technical_retour``.

    Raises ``WrongKind`` for a message that has no retour (323, 325 and retours), KeyError for a path that the message
    does not have or that carries no codes, ``InvalidStructure`` for a code outside WJ001.
    """
    kind = original.description.retour
    if kind is None:
        raise WrongKind(f"{original.kind} has no retour")
    found = {path: tuple(values) for path, values in (codes or {}).items()}
    found = {path: values for path, values in found.items() if values}
    header = dict(original.root.one("Header").raw_content())
    header["IdentificatieRetour"] = identification
    header["DagtekeningRetour"] = dated
    header["XsltVersie"] = xslt_version
    header["XsdVersieRetour"] = {"BasisschemaXsdVersie": XSD_VERSION, "BerichtXsdVersie": XSD_VERSION}
    del header["BerichtCode"]
    content: Content = {"Header": header}
    header_codes = found.pop(HEADER_PATH, ())
    if found:
        marks = dict(found) | {path: (NOT_ASSESSED,) for path in not_assessed if path not in found}
        body = original.description.body
        inner = describe(kind).root.by_name[body].group
        if inner is not None:
            content[body] = _with_codes(original.root.one(body), inner, marks)
        if marks:
            raise KeyError(f"no class that carries return codes at {', '.join(sorted(marks))}")
        header_codes = header_codes or (NO_REMARK,)
    if header_codes:
        header["RetourCodes"] = {"RetourCode": list(header_codes)}
    return write(kind, content)


def technical_retour(original: Message, *, identification: str, dated: date, xslt_version: str = XSLT_VERSION) -> bytes:
    """The retour on a message that fails level 2: the header with 0001 only, and the version of the rules."""
    codes = {HEADER_PATH: (TECHNICALLY_REJECTED,)}
    return retour(original, identification=identification, dated=dated, codes=codes, xslt_version=xslt_version)


def _with_codes(node: Node, group: ClassDescription, marks: dict[str, tuple[str, ...]]) -> Content:
    """The content of ``node`` with the codes of each class below it, taken out of ``marks``."""
    content = {name: value for name, value in node.content().items() if node.group.by_name[name].group is None}
    for name, element in group.by_name.items():
        inner = element.group
        if name == "RetourCodes":
            content[name] = {"RetourCode": list(marks.pop(node.path, (NO_REMARK,)))}
        elif inner is not None and name in node.raw_content():
            children = node.each(name) if element.many else (node.one(name),)
            parts = [child.content() if inner.shared else _with_codes(child, inner, marks) for child in children]
            content[name] = parts if element.many else parts[0]
    return content


@dataclass(frozen=True, slots=True)
class Retour:
    """A retour that was received. ``header`` is that of the message it answers.

    ``codes`` holds the codes that reject, per class path as in the original message; 0200 and 0233 are left out.
    """

    kind: str
    answers: str
    header: MessageHeader
    identification: str
    dated: date
    codes: Mapping[str, tuple[str, ...]]

    @property
    def approved(self) -> bool:
        return not self.codes

    @classmethod
    def from_message(cls, message: Message) -> "Retour":
        """``WrongKind`` for a message that is no retour."""
        answers = message.description.forward
        if answers is None:
            raise WrongKind(f"a retour is needed, not {message.kind}")
        codes: dict[str, tuple[str, ...]] = {}
        for node in message.every("RetourCodes"):
            rejecting = tuple(code for code in node.texts("RetourCode") if code not in (NO_REMARK, NOT_ASSESSED))
            if rejecting:
                codes[node.path.rpartition("/")[0]] = rejecting
        header = message.root.one("Header")
        return cls(
            kind=message.kind,
            answers=answers,
            header=message.header,
            identification=header.text("IdentificatieRetour"),
            dated=header.date("DagtekeningRetour"),
            codes=codes,
        )
