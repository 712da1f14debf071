"""The rules of iWmo/iJw 3.2 above level 1: one declaration per rule, with the function that looks.

``check_content(message)`` gives what breaks level 2: rules that look at a message alone. A message with one violation
is rejected as a whole: the retour holds its header with 0001 and nothing else. ``structural`` says what enforces
level 1.

Importing a module declares its rules.
"""

from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.rules import (
    addresses,
    dates,
    keys,
    overlap,
    persons,
    products,
    requests,
    statuses,
)
from services.referral.istandaarden.rules.rule import ACROSS, IN_MESSAGE, Rule, Violation

IN_MESSAGE_MODULES = (addresses, dates, keys, overlap, persons, products, requests, statuses)
"""The modules of level 2."""

__all__ = ["ACROSS", "IN_MESSAGE", "IN_MESSAGE_MODULES", "Rule", "Violation", "check_content"]


def check_content(message: Message) -> list[Violation]:
    """What breaks level 2 in a message that is valid at level 1, in the order of the rules; empty when nothing does."""
    return list(IN_MESSAGE.broken(message))
