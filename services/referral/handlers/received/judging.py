"""What became of a message: the verdict of the rules, with return codes per class and in words.

Level 2 rejects the message as a whole with 0001; levels 3 and 4 put a code at the class where it was found
(iStandaarden 3.2 IV028, IV032).
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ParamSpec, Self, TypeVar

from services.kit.problems import Text
from services.referral.istandaarden import Finding, Message, UnusableValue
from services.referral.istandaarden.labels import TECHNICALLY_REJECTED
from services.referral.istandaarden.reading import LARGE
from services.referral.istandaarden.retours import HEADER_PATH
from services.referral.istandaarden.rules import Violation, codes_of
from services.referral.istandaarden.sentences import Sentence

Given = ParamSpec("Given")
Found = TypeVar("Found")


async def thought_over(size: int, think: Callable[Given, Found], *given: Given.args, **named: Given.kwargs) -> Found:
    """What ``think`` gives, of a message of ``size`` bytes. Over a large one others are not kept waiting."""
    if size < LARGE:
        return think(*given, **named)
    return await asyncio.to_thread(think, *given, **named)


@dataclass(slots=True)
class Verdict:
    """What was found. ``level`` is the first that failed, ``None`` when all is right."""

    level: str | None = None
    codes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, message: Message, violations: Sequence[Violation]) -> Self:
        """The verdict of the rules on ``message``. Is its header wrong, then no more is told than its codes say."""
        codes = codes_of(violations, message)
        given = {code for each in codes.values() for code in each}
        told_of = [each for each in violations if each.rule.returns in given]
        return cls(min((each.rule.level for each in told_of), default=None), codes, [_broken(each) for each in told_of])

    @classmethod
    def unusable(cls, error: UnusableValue) -> Self:
        """A value that means nothing is wrong at level 2, also where no rule names it."""
        codes = (TECHNICALLY_REJECTED,)
        finding = told(_text(error.sentence), path=error.path, codes=codes, rules=(error.rule,) if error.rule else ())
        return cls("2", {HEADER_PATH: codes}, [finding])

    @property
    def right(self) -> bool:
        return self.level is None

    @property
    def return_codes(self) -> tuple[str, ...]:
        """The codes that reject, each once."""
        return tuple(sorted({code for codes in self.codes.values() for code in codes}))

    def reject(self, level: str, path: str, code: str, wrong: Text) -> None:
        """Right by every rule, but nothing that can be done: ``code`` is the one that comes nearest."""
        self.level = min(self.level or level, level)
        self.codes[path] = (*self.codes.get(path, ()), code)
        self.findings.append(told(wrong, path=path, codes=(code,)))


def told(
    wrong: Text,
    *,
    path: str | None = None,
    line: int | None = None,
    codes: Iterable[str] = (),
    rules: Iterable[str] = (),
    right: Text | None = None,
) -> dict[str, Any]:
    """One finding as it is kept and shown; never with the value that was found."""
    return {
        "path": path,
        "line": line,
        "codes": list(codes),
        "rules": list(rules),
        "wrongNl": wrong.nl,
        "wrongEn": wrong.en,
        "rightNl": right.nl if right else None,
        "rightEn": right.en if right else None,
    }


def structure(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings of level 1 as they are kept."""
    return [told(_text(each.wrong), path=each.path, line=each.line, right=_text(each.right)) for each in findings]


def _broken(violation: Violation) -> dict[str, Any]:
    rule = violation.rule
    return told(
        _text(rule.wrong),
        path=violation.full_path,
        codes=(rule.returns,),
        rules=(rule.code,),
        right=_text(rule.right) if rule.right else None,
    )


def _text(sentence: Sentence) -> Text:
    return Text(sentence.nl, sentence.en)
