"""Static files from memory: addresses that carry a hash of the content, so that a browser may keep them for ever."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.portal.assets import STATIC

_COMPRESSED = (".css", ".js", ".svg")
_FOREVER = "public, max-age=31536000, immutable"
_SHORTLY = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class _Route:
    """What measurements call these requests together."""

    path: str


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file: its bytes, the same compressed (when that pays), its media type and the hash of its content."""

    body: bytes
    compressed: bytes | None
    media_type: str
    digest: str


class StaticFiles:
    """An ASGI application that serves a folder; :meth:`url` gives the address of a file in it."""

    def __init__(self, folder: Path = STATIC, mounted_at: str = "/static") -> None:
        self.mounted_at = mounted_at
        self._route = _Route(f"{mounted_at}/{{name}}")
        self.files = {
            path.relative_to(folder).as_posix(): self._load(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    @staticmethod
    def _load(path: Path) -> StaticFile:
        body = path.read_bytes()
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if path.suffix == ".woff2":
            media_type = "font/woff2"
        compressed = gzip.compress(body, mtime=0) if path.suffix in _COMPRESSED else None
        return StaticFile(body, compressed, media_type, hashlib.sha256(body).hexdigest()[:12])

    def url(self, name: str) -> str:
        """The address of a file. Raises ``KeyError`` without it: run ``python -m services.portal.assets``."""
        return f"{self.mounted_at}/{name}?v={self.files[name].digest}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self._route
        request = Request(scope, receive)
        await self._answer(request)(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        name = request.url.path.removeprefix(self.mounted_at).lstrip("/")
        file = self.files.get(name)
        if file is None or request.method not in ("GET", "HEAD"):
            return Response(status_code=404 if file is None else 405)
        etag = f'"{file.digest}"'
        headers = {
            "Cache-Control": _FOREVER if request.query_params.get("v") == file.digest else _SHORTLY,
            "ETag": etag,
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        body = file.body
        if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = file.compressed, "gzip"
        return Response(body, media_type=file.media_type, headers=headers)
