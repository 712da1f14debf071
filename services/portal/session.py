"""The session of a visitor: an encrypted, signed cookie, so that any copy of the portal can serve any request.

The cookie is compressed JSON under Fernet (AES-128-CBC with HMAC-SHA256), unreadable for scripts (HttpOnly) and for
other sites (SameSite=Lax). It holds the tokens of the identity provider; the browser never sees them in the clear. It
is split when it grows beyond what browsers keep in one cookie.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from http.cookies import SimpleCookie
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LIVES_SECONDS: Final = 12 * 3600
_PIECE: Final = 3800
_MOST_PIECES: Final = 4


class SessionTooLarge(Exception):
    """The session does not fit in cookies: something big was put in it that belongs elsewhere."""


class SessionCodec:
    """Seals and opens sessions. ``keys``: secrets, the current one first; older ones still open what they sealed."""

    def __init__(self, keys: Sequence[str]) -> None:
        derived = [base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()) for key in keys]
        self._fernet = MultiFernet([Fernet(key) for key in derived])

    def seal(self, session: dict[str, Any], now: float) -> str:
        """The session as text that only the portal can read."""
        packed = zlib.compress(json.dumps(session, separators=(",", ":"), sort_keys=True).encode(), 9)
        return self._fernet.encrypt_at_time(packed, int(now)).decode()

    def open(self, sealed: str, now: float) -> dict[str, Any]:
        """The session in ``sealed``; empty when it is forged, too old or from an unknown key."""
        try:
            packed = self._fernet.decrypt_at_time(sealed.encode(), LIVES_SECONDS, int(now))
            session = json.loads(zlib.decompress(packed))
        except (InvalidToken, ValueError, zlib.error):
            return {}
        return session if isinstance(session, dict) else {}


class SessionMiddleware:
    """Puts the session in ``request.session`` and, when it changed, a new cookie on the answer."""

    def __init__(self, app: ASGIApp, codec: SessionCodec, clock: Callable[[], float], secure: bool) -> None:
        self.app = app
        self._codec = codec
        self._clock = clock
        self._secure = secure
        self.cookie = "__Host-samenspel" if secure else "samenspel"

    def _names(self) -> list[str]:
        return [self.cookie, *(f"{self.cookie}-{number}" for number in range(2, _MOST_PIECES + 1))]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        cookies = HTTPConnection(scope).cookies
        sealed = "".join(cookies.get(name, "") for name in self._names())
        session = self._codec.open(sealed, self._clock()) if sealed else {}
        before = json.dumps(session, sort_keys=True)
        scope["session"] = session

        async def send_with_session(message: Message) -> None:
            if message["type"] == "http.response.start":
                after = json.dumps(scope["session"], sort_keys=True)
                if after != before:
                    self._set(MutableHeaders(scope=message), scope["session"], cookies.keys())
            await send(message)

        await self.app(scope, receive, send_with_session)

    def _set(self, headers: MutableHeaders, session: dict[str, Any], present: Any) -> None:
        sealed = self._codec.seal(session, self._clock()) if session else ""
        pieces = [sealed[start : start + _PIECE] for start in range(0, len(sealed), _PIECE)]
        if len(pieces) > _MOST_PIECES:
            raise SessionTooLarge(f"{len(sealed)} characters")
        names = self._names()
        for name, piece in zip(names, pieces, strict=False):
            headers.append("Set-Cookie", self._cookie(name, piece, LIVES_SECONDS))
        for name in names[len(pieces) :]:
            if name in present:
                headers.append("Set-Cookie", self._cookie(name, "", 0))
        headers["Cache-Control"] = "no-store"

    def _cookie(self, name: str, value: str, max_age: int) -> str:
        cookie: SimpleCookie = SimpleCookie()
        cookie[name] = value
        morsel = cookie[name]
        morsel["path"], morsel["httponly"], morsel["samesite"] = "/", True, "Lax"
        morsel["max-age"] = str(max_age)
        if self._secure:
            morsel["secure"] = True
        return morsel.OutputString()
