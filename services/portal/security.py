"""What keeps a visitor safe: the content security policy, and no change on the word of another site.

Nothing in a page is inline: no script, no style, no style attribute. The charts are inline SVG with presentation
attributes only, which the policy does not touch.
"""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'"
)

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def from_own_site(method: str, headers: Headers, own_host: str) -> bool:
    """Whether a request may change something: it comes from a page of ours.

    Browsers say so in ``Sec-Fetch-Site``; those that do not send at least ``Origin``. A request with neither is not
    from a form of ours and is refused (OWASP, cross-site request forgery, Fetch Metadata).
    """
    if method in _SAFE:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = headers.get("origin")
    if origin is None:
        return site == "same-origin"
    return urlsplit(origin).netloc == own_host


def security_headers(https: bool = False, sign_out_at: str | None = None) -> dict[str, str]:
    """The headers for every answer. ``sign_out_at``: the identity provider, where the form to sign out leads to."""
    headers = dict(HEADERS)
    if sign_out_at:
        parts = urlsplit(sign_out_at)
        headers["Content-Security-Policy"] += f" {parts.scheme}://{parts.netloc}"
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


class OwnSite:
    """Refuses changes from other sites (403), and says of every page for whom it may be kept: for nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_page(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.add_vary_header("HX-Request")
                    headers.add_vary_header("Cookie")
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        if not from_own_site(scope["method"], headers, headers.get("host", "")):
            refused = PlainTextResponse("Dit verzoek kwam van een andere site. Er is niets gewijzigd.", status_code=403)
            await refused(scope, receive, send)
            return
        await self.app(scope, receive, send_page)
