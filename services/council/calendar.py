"""The council's moments as an iCalendar file (RFC 5545), to subscribe to in any agenda."""

from collections.abc import Sequence
from datetime import timedelta

from icalendar import Calendar, Event, vUri

from services.council.domain.moment import Moment
from services.kit.problems import Language, Text

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//Samenspel//Raadskalender//NL"


def calendar(municipality: str, moments: Sequence[Moment], language: Language) -> bytes:
    """Each moment as an event of the whole last day of its term. The same moments give the same bytes."""
    book = Calendar()
    book.add("prodid", PRODUCT)
    book.add("version", "2.0")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", Text(f"Raad {municipality}", f"Council {municipality}").in_language(language))
    for moment in moments:
        event = Event()
        event.add("uid", f"{moment.moment_id}@samenspel")
        event.add("dtstamp", moment.done_at or moment.scheduled_at)
        event.add("dtstart", moment.last_day)
        event.add("dtend", moment.last_day + timedelta(days=1))
        event.add("summary", _summary(moment).in_language(language))
        event.add("description", _description(moment).in_language(language))
        event.add("transp", "TRANSPARENT")
        if moment.note_url:
            event["url"] = vUri(moment.note_url)
        book.add_component(event)
    return bytes(book.to_ical())


def _summary(moment: Moment) -> Text:
    if moment.done_at is not None:
        return Text(f"Afgerond: {moment.title}", f"Done: {moment.title}")
    return Text(f"Laatste dag: {moment.title}", f"Last day: {moment.title}")


def _description(moment: Moment) -> Text:
    rest = f"\n\n{moment.explanation}" if moment.explanation else ""
    return Text(
        f"De raad is aan zet van {moment.opens_on:%d-%m-%Y} tot en met {moment.last_day:%d-%m-%Y}"
        f" ({moment.term_days} dagen; {moment.rule}).{rest}",
        f"The council is on from {moment.opens_on} to {moment.last_day}"
        f" ({moment.term_days} days; {moment.rule}).{rest}",
    )
