"""Judging a message at levels 3 and 4, and the return codes that its retour carries for what was found.

Source: iWmo/iJw 3.2 IV028, IV032.
"""

import re
from collections.abc import Iterable, Mapping

from services.referral.istandaarden.declarations import DECLARATION_PATH
from services.referral.istandaarden.description import ClassDescription
from services.referral.istandaarden.labels import TECHNICALLY_REJECTED
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.retours import HEADER_PATH
from services.referral.istandaarden.rules import (
    across_allocations,
    across_changes,
    across_deliveries,
    across_header,
    across_requests,
    answers_known,
    declarations_known,
)
from services.referral.istandaarden.rules.known import Known
from services.referral.istandaarden.rules.rule import ACROSS, Violation

ACROSS_MODULES = (across_header, across_requests, across_allocations, across_changes, across_deliveries)
"""The modules of levels 3 and 4; importing one declares its rules."""
DECLARATION_MODULES = (declarations_known, answers_known)
"""The same for what applies to declarations and their answers alone (323, 325)."""

_NUMBER = re.compile(r"\[\d+\]$")
_PERFORMANCES = "/Prestaties/"


def check_known(message: Message, known: Known) -> list[Violation]:
    """What breaks levels 3 and 4 in a message that is right at levels 1 and 2, given what its receiver knows.

    In the order of the rules; empty when nothing does. What is not known is not assessed.
    """
    return list(ACROSS.broken(message, known))


def codes_of(violations: Iterable[Violation], message: Message) -> dict[str, tuple[str, ...]]:
    """The return codes per class as ``retour(codes=…)`` takes them, each once per class.

    Level 2 puts 0001 in the header. Of levels 3 and 4 a code stands at the nearest class that carries return codes;
    is the header itself wrong, then the retour holds the header alone (IV028), so that only its codes are given. A
    declaration that is wrong itself has no clients in its answer, and a client that is wrong no codes below it (IV087).
    """
    found: dict[str, tuple[str, ...]] = {}
    for violation in violations:
        if violation.rule.level == "2":
            return {HEADER_PATH: (TECHNICALLY_REJECTED,)}
        path, code = _carrier(violation.path, message), violation.rule.returns
        if code not in found.get(path, ()):
            found[path] = (*found.get(path, ()), code)
    if HEADER_PATH in found:
        return {HEADER_PATH: found[HEADER_PATH]}
    return _told_in_325(found) if message.number == "323" else found


def _told_in_325(found: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    if DECLARATION_PATH in found:
        return {DECLARATION_PATH: found[DECLARATION_PATH]}

    def below_another(path: str) -> bool:
        client, below, _ = path.partition(_PERFORMANCES)
        return bool(below) and client in found

    return {path: codes for path, codes in found.items() if not below_another(path)}


def _carrier(path: str, message: Message) -> str:
    """The nearest class, at ``path`` or above it, whose counterpart in a retour has RetourCodes.

    A shared class, such as Product or Omvang, has none, and neither has a class that only wraps a list.
    """
    steps = path.split("/")
    groups: list[ClassDescription] = [message.description.root]
    for step in steps[1:]:
        group = groups[-1].by_name[_NUMBER.sub("", step)].group
        if group is None:
            raise KeyError(f"{path} is no class")
        groups.append(group)
    while len(groups) > 1 and (groups[-1].shared or groups[-1].is_list):
        groups.pop()
    return "/".join(steps[: len(groups)]) if len(groups) > 1 else HEADER_PATH
