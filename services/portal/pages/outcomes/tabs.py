"""The tabs above the pages about results."""

from services.portal.components import Tab
from services.portal.directing.speech import Speech


def tabs(_: Speech, current: str, due: int | None = None) -> list[Tab]:
    """``current`` is the address of the page that is shown."""
    pages = [
        (_("To report"), "/outcomes", due),
        (_("Reported"), "/outcomes/reported", None),
        (_("Upload a file"), "/outcomes/upload", None),
        (_("Mirror"), "/outcomes/mirror", None),
    ]
    return [Tab(label, url, url == current, count) for label, url, count in pages]
