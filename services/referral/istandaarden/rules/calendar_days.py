"""Days of a message beside days of the calendar: XML Schema allows the year 12026 and years before 1.

What is known has real days only, so a day before the calendar counts as its first and one after it as its last.
"""

from datetime import date

from services.referral.istandaarden.nodes import Node
from services.referral.istandaarden.reading import Message
from services.referral.istandaarden.sentences import UnusableValue


def find_day(node: Node, path: str) -> date | None:
    """The day at ``path``; None when there is none."""
    try:
        return node.find_date(path)
    except UnusableValue:
        return date.min if node.text(path).startswith(("-", "0000")) else date.max


def day_in(node: Node, path: str) -> date:
    """The day at ``path``, which level 1 requires."""
    return find_day(node, path) or node.date(path)


def dated_on(message: Message) -> date:
    """The date of the message itself (Dagtekening)."""
    return day_in(message.at("BerichtIdentificatie")[0], "Dagtekening")
