"""What a return code on a declaration means and what to do about it, in two languages: the words of the rule itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from services.referral.istandaarden.labels import NOT_ASSESSED, RETURN_CODES
from services.referral.istandaarden.rules import ACROSS
from services.referral.istandaarden.sentences import Sentence

_NOT_ASSESSED = Sentence(
    "Deze regel is niet beoordeeld, omdat de declaratie als geheel is afgekeurd.",
    "This line was not assessed, because the declaration was rejected as a whole.",
)
_CORRECT_THE_WHOLE = Sentence(
    "Herstel de declaratie en dien haar opnieuw in.", "Correct the declaration and submit it again."
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was rejected: ``wrong`` is what was found, ``right`` what the standard wants instead."""

    code: str
    wrong: Sentence
    right: Sentence | None = None


@cache
def _reasons() -> Mapping[str, Reason]:
    found = {NOT_ASSESSED: Reason(NOT_ASSESSED, _NOT_ASSESSED, _CORRECT_THE_WHOLE)}
    for rule in ACROSS.of("JW323"):
        found.setdefault(rule.returns, Reason(rule.returns, rule.wrong, rule.right))
    return found


def reason_for(code: str) -> Reason:
    """The reason behind a return code on a declaration or one of its lines."""
    label = RETURN_CODES.get(code, code)
    return _reasons().get(code) or Reason(code, Sentence(label, label))
