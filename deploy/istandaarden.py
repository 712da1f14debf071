"""The list of all rules of iWmo and iJw with what we do about each: ``python -m deploy.istandaarden write|check``.

``docs/istandaarden-rules.md`` is generated from the rules as they are declared in the code, the tests that name them,
and ``services/referral/istandaarden/rules/process_rules.yaml`` for the rules about how parties work.
"""

import ast
import importlib
import inspect
import os
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.referral.istandaarden import KINDS, rules
from services.referral.istandaarden.description import ClassDescription, ElementDescription, describe
from services.referral.istandaarden.rules.rule import ACROSS, IN_MESSAGE
from services.referral.istandaarden.rules.structural import RESTRICTIONS

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "istandaarden-rules.md"
PROCESS_RULES = ROOT / "services" / "referral" / "istandaarden" / "rules" / "process_rules.yaml"
TESTS = ROOT / "tests" / "unit" / "istandaarden"

LEVELS: Mapping[str, str] = {
    "1": "the structure of the message. The sender gets an error, and no retour",
    "2": "the message by itself. The whole message is rejected with 0001",
    "3": "the message against what was sent before, as far as that is known. The code stands where it was found",
    "4": "the message against other sources, as far as these are known. The code stands where it was found",
}
FAMILIES: Mapping[str, str] = {
    "OP": "How parties work (OP)",
    "IV": "How a message is filled (IV)",
    "UP": "Where the standard starts from (UP)",
}
STANDARDS: Mapping[str, str] = {"ijw": "iJw", "iwmo": "iWmo", "both": "both"}

_CODE = re.compile(r"\b(?:TR|CD|CS|RS)\d{3}\b")


class ProcessRule(BaseModel):
    """A rule that no single message can show to be kept, and what we do about it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^(OP|IV|UP)\d{3}(x\d)?$")
    standard: Literal["ijw", "iwmo", "both"]
    asks: str = Field(min_length=1)
    honoured_by: tuple[str, ...] = ()
    checked_by: tuple[str, ...] = ()
    but: str | None = None
    not_honoured: str | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        done = bool(self.honoured_by or self.checked_by)
        if done == bool(self.not_honoured):
            raise ValueError(f"{self.code} is honoured by something, or says why it is not; never both or neither")
        if self.but and not done:
            raise ValueError(f"{self.code} is not honoured, so nothing of it is still missing")
        return self

    @property
    def state(self) -> Literal["yes", "in part", "no"]:
        """Whether it is honoured."""
        if self.not_honoured:
            return "no"
        return "in part" if self.but else "yes"


class ProcessRules(BaseModel):
    """The data file. ``reasons`` only gives names to texts that stand in several rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reasons: Mapping[str, str] = {}
    rules: tuple[ProcessRule, ...]
    not_implemented: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class TechnicalRule:
    """A rule that is checked, once for each declaration. ``where`` is a path from the root, ``what`` a name in it."""

    code: str
    level: str
    kinds: frozenset[str]
    returns: str
    says: str
    where: str
    what: str
    tests: tuple[str, ...] = field(default=())


def process_rules() -> ProcessRules:
    """The data file, checked. Raises ``ValueError`` when a rule has no answer or two."""
    return ProcessRules.model_validate(yaml.safe_load(PROCESS_RULES.read_text(encoding="utf-8")))


def technical_rules() -> list[TechnicalRule]:
    """Every rule that is declared anywhere in the package, by level and code."""
    for module in pkgutil.iter_modules(rules.__path__, f"{rules.__name__}."):
        importlib.import_module(module.name)
    named = named_in_tests()
    found = list(_structural(named))
    found += [
        TechnicalRule(
            code=rule.code,
            level=rule.level,
            kinds=rule.kinds,
            returns=rule.returns,
            says=rule.wrong.en,
            where=_file_of(rule.looks),
            what=rule.where,
            tests=named.get(rule.code, ()),
        )
        for rule in (*IN_MESSAGE.all, *ACROSS.all)
    ]
    return sorted(found, key=lambda rule: (rule.level, rule.code, sorted(rule.kinds)))


def _structural(named: Mapping[str, tuple[str, ...]]) -> Iterator[TechnicalRule]:
    elements = {kind: list(_elements(describe(kind).root, set())) for kind in KINDS}
    for code, restriction in RESTRICTIONS.items():
        yield TechnicalRule(
            code=code,
            level="1",
            kinds=frozenset(kind for kind in KINDS if any(map(restriction.enforced_by, elements[kind]))),
            returns="",
            says=f"{restriction.meaning.en[0].upper()}{restriction.meaning.en[1:]}: {', '.join(restriction.types)}.",
            where="services/referral/istandaarden/simple_types.py",
            what=f"{restriction.facet}{'' if restriction.bound is None else f' {restriction.bound}'}",
            tests=named.get(code, ()),
        )


def _elements(group: ClassDescription, seen: set[int]) -> Iterator[ElementDescription]:
    if id(group) in seen:
        return
    seen.add(id(group))
    for element in group.elements:
        yield element
        if element.group is not None:
            yield from _elements(element.group, seen)


def named_in_tests() -> dict[str, tuple[str, ...]]:
    """The test files, as paths from the root, that have the code of a rule in a text; cases beside them too."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        texts = (
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
        for code in sorted({code for text in texts for code in _CODE.findall(text)}):
            found.setdefault(code, []).append(path.relative_to(ROOT).as_posix())
    return {code: tuple(paths) for code, paths in found.items()}


def resolve(name: str) -> Any:
    """What ``honoured_by`` names: a module, or something in it. Raises ``LookupError`` when there is no such thing."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                raise LookupError(f"{name}: there is no {part}")
            found = getattr(found, part)
        return found
    raise LookupError(f"{name} does not exist")


def _file_of(thing: Any) -> str:
    path = inspect.getsourcefile(inspect.unwrap(thing) if callable(thing) else thing)
    if path is None:
        raise LookupError(f"{thing!r} has no source file")
    return Path(path).relative_to(ROOT).as_posix()


def text() -> str:
    """What the file should hold."""
    technical, process = technical_rules(), process_rules()
    parts = [
        "# The rules of iWmo and iJw 3.2, one by one",
        "Written by `python -m deploy.istandaarden write` (`make contracts`) from the rules in the code and from "
        f"{_link('process_rules.yaml', PROCESS_RULES.relative_to(ROOT).as_posix())}; not to be edited here. "
        "[istandaarden.md](istandaarden.md) explains how the messages work. The standard is Zorginstituut Nederland's; "
        "what its rules ask is restated in our own words.",
        _table(("kind of rule", "how many", "what we do"), _summary(technical, process)),
    ]
    for level, meaning in LEVELS.items():
        parts += [f"## Level {level}", f"Rules about {meaning}."]
        parts.append(_technical_table(level, [rule for rule in technical if rule.level == level]))
    if process.not_implemented:
        parts += [
            "## Not implemented",
            _table(("code", "why"), [(code, why) for code, why in sorted(process.not_implemented.items())]),
        ]
    for family, title in FAMILIES.items():
        parts += [f"## {title}", _process_table([rule for rule in process.rules if rule.code.startswith(family)])]
    return "\n\n".join(parts) + "\n"


def _summary(technical: Sequence[TechnicalRule], process: ProcessRules) -> Iterator[tuple[str, str, str]]:
    for level in LEVELS:
        codes = {rule.code for rule in technical if rule.level == level}
        tested = {rule.code for rule in technical if rule.level == level and rule.tests}
        yield f"level {level}", str(len(codes)), f"each has a check; {len(tested)} named in a test"
    if process.not_implemented:
        yield "not implemented", str(len(process.not_implemented)), "see below"
    for family in FAMILIES:
        states = [rule.state for rule in process.rules if rule.code.startswith(family)]
        counts = ", ".join(f"{states.count(state)} {words}" for state, words in _STATES.items() if state in states)
        yield family, str(len(states)), counts


_STATES = {"yes": "honoured", "in part": "honoured in part", "no": "not honoured"}


def _technical_table(level: str, found: Iterable[TechnicalRule]) -> str:
    coded = level in "34"
    head = ("code", "messages", *(("return code",) if coded else ()), "what it says when broken", "where", "tests")
    rows = [
        (
            rule.code,
            _messages(rule.kinds),
            *((rule.returns,) if coded else ()),
            rule.says,
            _link(rule.what, rule.where),
            ", ".join(_link(_test_name(path), path) for path in rule.tests),
        )
        for rule in found
    ]
    return _table(head, rows)


def _process_table(found: Iterable[ProcessRule]) -> str:
    rows = []
    for rule in found:
        done = [_link(".".join(name.split(".")[-2:]), _source_of(name)) for name in rule.honoured_by]
        done += [f"check {code}" for code in rule.checked_by]
        rest = rule.not_honoured or rule.but or ""
        rows.append((rule.code, STANDARDS[rule.standard], rule.asks, rule.state, ", ".join(done), rest))
    return _table(("code", "standard", "what it asks", "honoured", "by", "what is missing, or why not"), rows)


def _source_of(name: str) -> str:
    """The file in which ``name`` can be found, also when it is a value without a source of its own."""
    found = resolve(name)
    try:
        return _file_of(found)
    except TypeError:
        return _file_of(resolve(name.rpartition(".")[0]))


def _messages(kinds: frozenset[str]) -> str:
    """``301, JW305``: without prefix where it is in both standards."""
    if kinds == frozenset(KINDS):
        return "all"
    numbers = sorted({kind[-3:] for kind in kinds})
    found = [(number, [kind for kind in sorted(kinds) if kind.endswith(number)]) for number in numbers]
    return ", ".join(number if len(both) == 2 else both[0] for number, both in found)


def _test_name(path: str) -> str:
    return Path(path).stem.removeprefix("test_").replace("_", " ")


def _link(words: str, path: str) -> str:
    return f"[{words}]({os.path.relpath(ROOT / path, FILE.parent)})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(' '.join(cell.replace('|', chr(92) + '|').split()) for cell in line)} |" for line in lines
    )


def wrong() -> list[str]:
    """What does not hold in the data file, in words; then, if all of it does, that the list is stale."""
    process, codes = process_rules(), {rule.code for rule in technical_rules()}
    told = [f"{code} is implemented, so not among not_implemented" for code in process.not_implemented if code in codes]
    known = codes | process.not_implemented.keys()
    told += [
        f"{rule.code} is checked by {code}, which does not exist"
        for rule in process.rules
        for code in rule.checked_by
        if code not in known
    ]
    return [f"{PROCESS_RULES.name}: {line}" for line in told] or stale()


def stale() -> list[str]:
    """That the list is not what the rules say, in words; empty when it is."""
    if FILE.exists() and FILE.read_text(encoding="utf-8") == text():
        return []
    return [f"docs/{FILE.name} is not what the rules say. Run: make contracts"]


def main(arguments: list[str]) -> int:
    """Entry point: ``write`` or ``check``."""
    if arguments == ["write"]:
        FILE.write_text(text(), encoding="utf-8")
        return 0
    told = wrong()
    sys.stderr.write("".join(f"{line}\n" for line in told))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
