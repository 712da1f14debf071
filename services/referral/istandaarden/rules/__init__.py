"""The rules of iWmo/iJw 3.2 above level 1: one declaration per rule, with the function that looks.

``check_content(message)`` gives what breaks level 2: rules that look at a message alone. A message with one violation
is rejected as a whole: the retour holds its header with 0001 and nothing else. ``structural`` says what enforces
level 1.

``check_known(message, known)`` gives what breaks levels 3 and 4, against what the receiver knows (``Known``), and
``codes_of(violations, message)`` the return codes per class, as ``retour`` takes them.

Importing a module declares its rules.
"""

from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules import (
    addresses,
    dates,
    declarations,
    keys,
    overlap,
    persons,
    products,
    requests,
    statuses,
)
from services.referral.istandaarden.rules.checking import ACROSS_MODULES, check_known, codes_of
from services.referral.istandaarden.rules.known import (
    InForce,
    Known,
    KnownAllocation,
    KnownRequest,
    Reported,
)
from services.referral.istandaarden.rules.rule import ACROSS, IN_MESSAGE, Rule, Violation

IN_MESSAGE_MODULES = (addresses, dates, declarations, keys, overlap, persons, products, requests, statuses)
"""The modules of level 2."""

__all__ = [
    "ACROSS",
    "ACROSS_MODULES",
    "IN_MESSAGE",
    "IN_MESSAGE_MODULES",
    "InForce",
    "Known",
    "KnownAllocation",
    "KnownRequest",
    "Reported",
    "Rule",
    "Violation",
    "check_content",
    "check_known",
    "codes_of",
]


def check_content(message: Message) -> list[Violation]:
    """What breaks level 2 in a message that is valid at level 1, in the order of the rules; empty when nothing does."""
    return list(IN_MESSAGE.broken(message))
