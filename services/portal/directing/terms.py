"""Terms as people read them: the last day on which something can still be done, and the rule that it comes from."""

from datetime import datetime, timedelta

from services.portal.directing.speech import Speech


def last_moment(due: datetime) -> datetime:
    """The last second of a term. Services give the first instant after it, which falls on the next day."""
    return due - timedelta(seconds=1)


def rule(_: Speech, given: str) -> str:
    """A rule of the Dutch model contracts in words: ``OV 1.5.7`` is article 1.5.7 of the contract standard."""
    kind, _space, article = given.partition(" ")
    if kind == "OV":
        return _("Contract standard, article %(article)s", article=article)
    if kind in ("IE", "IT"):
        return _("Tender standard, article %(article)s", article=article)
    return given
