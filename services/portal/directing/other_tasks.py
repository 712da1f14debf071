"""Tasks that come from elsewhere than commissioning: questions of the council, and the reporting round to open."""

import asyncio
from datetime import date, timedelta
from uuid import UUID

from contracts.values import Role
from services.council.client import CouncilClient
from services.kit.problems import Problem
from services.monitoring.client import MonitoringClient
from services.portal.components import Action, Task
from services.portal.directing.figures import month
from services.portal.directing.speech import Speech
from services.portal.directing.terms import last_moment
from services.portal.people import Person

MOST = 10


async def council_questions(_: Speech, person: Person, councils: CouncilClient) -> list[Task]:
    """What the council asked, for a member of the executive: each with its term by the rules of order."""
    if not person.has(Role.EXECUTIVE):
        return []
    try:
        due = [each for each in await councils.deadlines(limit=MOST) if each.subject.startswith("question/")]
        questions = await asyncio.gather(*(councils.question(UUID(each.subject.partition("/")[2])) for each in due))
    except Problem:  # a page does not fail because one service is away
        return []
    return [
        Task(
            _("Answer the council: %(subject)s", subject=question.subject),
            Action(_("Answer"), f"/council/{question.municipality}/questions/{question.question_id}", primary=False),
            due=last_moment(deadline.due),
            because=deadline.rule,
        )
        for deadline, question in zip(due, questions, strict=True)
    ]


async def round_to_open(_: Speech, person: Person, monitoring: MonitoringClient, today: date) -> list[Task]:
    """The month that is over and has no reporting round yet, for the regional bureau."""
    if not person.has(Role.REGIONAL_OFFICER):
        return []
    last = today.replace(day=1) - timedelta(days=1)
    over = f"{last:%Y-%m}"
    try:
        rounds = await monitoring.rounds(limit=3)
    except Problem:
        return []
    if any(each.month == over for each in rounds.items):
        return []
    sentence = _("Open the reporting round for %(month)s.", month=month(_, over))
    action = Action(_("Open"), "/manager/rounds", primary=False)
    return [Task(sentence, action, because=_("Once a month, so that the figures can be released"))]
