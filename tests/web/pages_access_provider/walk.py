"""What a walk through the pages checks on its way: accessible, nothing sideways, nobody in an address."""

import os
from pathlib import Path

from tests.web.visitor import Window

SHOTS = Path(os.environ["SHOTS"]) if "SHOTS" in os.environ else None
"""A folder for pictures of the pages, to look at: ``SHOTS=/tmp/x pytest tests/web/pages_access_provider``."""
FULL = SHOTS is not None or os.environ.get("WEB_MATRIX") == "full"


async def good(window: Window, name: str, axe_at: tuple[int, ...] = (1440,)) -> None:
    """The page on screen is accessible, does not scroll sideways at any width, and the browser is content.

    axe looks at the last width of ``axe_at``; at all of them with ``WEB_MATRIX=full`` or pictures.
    """
    for width in (390, 768, 1440):
        await window.page.set_viewport_size({"width": width, "height": 900})
        if width in (axe_at if FULL else axe_at[-1:]):
            assert await window.violations() == [], f"{name} at {width}"
        assert await window.fits(), f"{name} scrolls sideways at {width}"
        if SHOTS:
            await window.page.evaluate("document.fonts.ready")
            await window.page.screenshot(path=SHOTS / f"{name}-{width}.png", full_page=True, caret="initial")
    assert window.complaints == [], f"{name}: {window.complaints}"


def addresses(window: Window) -> list[str]:
    """Every address that this window asks for from now on."""
    found: list[str] = []
    window.page.on("request", lambda request: found.append(request.url))
    return found
