"""The judgement of a declaration: which performances are granted, which are rejected and why, and what stands after it.

A performance is right or wrong as a whole. Credits come first, then debits, each in the order of the message (OP366);
what is rejected takes no room from what follows. An error in the header or the declaration rejects everything, one on a
client everything for that client (IV087).

Source: iWmo/iJw 3.2 OP283, OP303, OP366, IV084–IV088.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from services.referral.domain.declaration_checks import (
    CLIENT_UNKNOWN,
    CREDIT_CHECKS,
    DEBIT_CHECKS,
    DECLARATION_CHECKS,
    Broken,
    Case,
    Ledger,
    Where,
)
from services.referral.domain.declared import Declared, DeclaredKnown, Performance


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one performance; granted when nothing is broken and it was ``assessed``."""

    performance: Performance
    client: UUID | None
    position: tuple[int, int]
    broken: tuple[Broken, ...] = ()
    assessed: bool = True

    @property
    def granted(self) -> bool:
        return self.assessed and not self.broken

    @property
    def codes(self) -> tuple[str, ...]:
        """The return codes, each once; none when granted or not assessed."""
        return tuple(dict.fromkeys(broken.returns for broken in self.broken))


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome. ``verdicts`` has every performance, in the order of the message. Sums are signed cents.

    ``broken`` has everything that is wrong, from the header down; ``after`` is what is known once this is answered.
    """

    submitted_cents: int
    verdicts: tuple[Verdict, ...]
    broken: tuple[Broken, ...]
    after: DeclaredKnown

    @property
    def granted_cents(self) -> int:
        return sum(verdict.performance.signed_cents for verdict in self.verdicts if verdict.granted)

    @property
    def rejected_cents(self) -> int:
        return sum(verdict.performance.signed_cents for verdict in self.verdicts if not verdict.granted)

    @property
    def granted(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.granted)

    @property
    def rejected(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if not verdict.granted)

    def codes(self, where: Where, client: int | None = None) -> tuple[str, ...]:
        """The return codes on the header, the declaration or one client, each once."""
        found = (broken.returns for broken in self.broken if broken.where == where and broken.client == client)
        return tuple(dict.fromkeys(found))


def judge(declared: Declared, known: DeclaredKnown, found: Iterable[Broken] = ()) -> Judgement:
    """Grant and reject. ``declared`` is valid at level 2.

    ``found`` is what is wrong by rules that are judged elsewhere: those on the header and on the list of products.
    """
    elsewhere = list(found)
    header = [broken for broken in elsewhere if broken.where == "header"]
    if header:
        return _nothing_granted(declared, known, header, known)
    # A number counts as used from the answer that names it, whatever that answer says; so does a reference.
    used = replace(known, numbers={*known.numbers, declared.number})
    declaration = [broken for broken in elsewhere if broken.where == "declaration"]
    declaration += [check.at() for check in DECLARATION_CHECKS if check.broken(declared, known)]
    if declaration:
        return _nothing_granted(declared, known, declaration, used)
    return _by_performance(declared, known, elsewhere, used)


def _nothing_granted(declared: Declared, known: DeclaredKnown, broken: list[Broken], after: DeclaredKnown) -> Judgement:
    verdicts = tuple(
        Verdict(performance, known.clients.get(client.bsn), (number, position), assessed=False)
        for number, client in enumerate(declared.clients)
        for position, performance in enumerate(client.performances)
    )
    return Judgement(declared.submitted_cents, verdicts, tuple(broken), after)


def _by_performance(
    declared: Declared, known: DeclaredKnown, elsewhere: list[Broken], used: DeclaredKnown
) -> Judgement:
    ledger = Ledger(known)
    repeated = Counter(p.reference for client in declared.clients for p in client.performances)
    clients = [broken for broken in elsewhere if broken.where == "client"]
    clients += [CLIENT_UNKNOWN.at(n) for n, client in enumerate(declared.clients) if client.bsn not in known.clients]
    wrong_clients = {broken.client for broken in clients}
    wrong: dict[tuple[int | None, int | None], tuple[Broken, ...]] = {}
    for broken in elsewhere:
        if broken.where == "performance":
            position = (broken.client, broken.performance)
            wrong[position] = (*wrong.get(position, ()), broken)
    verdicts = [
        Verdict(p, known.clients.get(client.bsn), (n, position), assessed=n not in wrong_clients)
        for n, client in enumerate(declared.clients)
        for position, p in enumerate(client.performances)
    ]
    for at in sorted(range(len(verdicts)), key=lambda at: not verdicts[at].performance.credit):
        verdict = verdicts[at]
        performance, pseudonym = verdict.performance, verdict.client
        if not verdict.assessed or pseudonym is None:
            continue
        case = Case(performance, pseudonym, declared, known, ledger, repeated[performance.reference] > 1)
        checks = CREDIT_CHECKS if performance.credit else DEBIT_CHECKS
        failed = tuple(check.at(*verdict.position) for check in checks if check.broken(case))
        failed += wrong.get(verdict.position, ())
        if failed:
            verdicts[at] = replace(verdict, broken=failed)
        else:
            ledger.book(performance, pseudonym)
    after = replace(
        used,
        references={*used.references, *repeated},
        approved=tuple(ledger.approved.values()),
        last_period=declared.period_starts_on,
    )
    every = (*clients, *(broken for verdict in verdicts for broken in verdict.broken))
    return Judgement(declared.submitted_cents, tuple(verdicts), every, after)
