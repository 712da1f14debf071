"""The files in an upload of many messages: as they are, or out of a zip. Nothing in a zip is trusted.

A zip is read entry by entry, never to disk, and what comes out is counted: a bomb ends at the limit whatever it says of
itself. A zip in a zip is not opened.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from services.kit.problems import Text

MAX_MESSAGE_BYTES = 25_000_000
"""The largest message the chain accepts (GGk: 25 MB)."""
MAX_ENVELOPED_BYTES = MAX_MESSAGE_BYTES * 4 // 3 + 1_000_000
"""A message in an envelope is a third larger (base64)."""
MAX_BATCH_BYTES = 500_000_000
MAX_FILES = 20_000
_CHUNK = 1 << 20
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED = 0x1

ZIP_IN_ZIP = Text(
    "Dit is een zip in een zip. Pak hem uit en stuur de berichten zelf, los of in één zip.",
    "This is a zip in a zip. Unpack it and send the messages themselves, one by one or in a single zip.",
)
TOO_LARGE = Text(
    "Dit bestand is groter dan een bericht mag zijn (25 MB). Verdeel de inhoud over meer berichten.",
    "This file is larger than a message may be (25 MB). Spread the content over more messages.",
)
ENCRYPTED = Text(
    "Dit bestand in de zip heeft een wachtwoord. Stuur het zonder wachtwoord.",
    "This file in the zip has a password. Send it without one.",
)
DAMAGED = Text(
    "Dit bestand in de zip is beschadigd. Maak de zip opnieuw en stuur dit bestand nog een keer.",
    "This file in the zip is damaged. Make the zip again and send this file once more.",
)
EMPTY = Text("Dit bestand is leeg. Stuur het bericht zelf.", "This file is empty. Send the message itself.")


class RefusedUpload(Exception):
    """The upload as a whole is not taken. ``text`` tells people why; ``code`` is for programs."""

    def __init__(self, code: str, nl: str, en: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = Text(nl, en)


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """One file of an upload. ``refusal`` says why it is no message at all; then ``content`` is what there is of it."""

    name: str
    content: bytes = field(repr=False)
    refusal: Text | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What was uploaded under one name."""

    name: str
    stream: IO[bytes]


def files(parts: Iterable[Part]) -> Iterator[UploadedFile]:
    """Every file in the parts of an upload, in order, zips opened. May be asked again. Raises ``RefusedUpload``."""
    total = count = 0
    for part in parts:
        part.stream.seek(0)
        for file in _of_part(part, MAX_BATCH_BYTES - total):
            count += 1
            total += len(file.content)
            if count > MAX_FILES:
                raise RefusedUpload(
                    "too-many-files",
                    f"Er zitten meer dan {MAX_FILES} bestanden in. Er is niets verwerkt. Verdeel ze.",
                    f"There are more than {MAX_FILES} files in it. Nothing was processed. Spread them.",
                )
            if total > MAX_BATCH_BYTES:
                raise _too_much()
            yield file
    if not count:
        raise RefusedUpload(
            "no-files",
            "Er zit geen bestand in. Er is niets verwerkt. Kies berichten of een zip met berichten.",
            "There is no file in it. Nothing was processed. Choose messages or a zip with messages.",
        )


def _of_part(part: Part, room: int) -> Iterator[UploadedFile]:
    if part.stream.read(4) in _ZIP_MAGIC:
        yield from _of_zip(part, room)
        return
    part.stream.seek(0)
    yield _file(_base_name(part.name), part.stream.read(MAX_ENVELOPED_BYTES + 1))


def _of_zip(part: Part, room: int) -> Iterator[UploadedFile]:
    try:
        archive = zipfile.ZipFile(part.stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise RefusedUpload(
            "broken-zip",
            "De zip is beschadigd of niet helemaal aangekomen. Er is niets verwerkt. Stuur hem opnieuw.",
            "The zip is damaged or did not arrive whole. Nothing was processed. Send it again.",
        ) from None
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        for entry in entries:
            _require_plain_name(entry.filename)
        if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > room:
            raise _too_much()
        for entry in entries:
            yield _entry(archive, entry)


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> UploadedFile:
    if entry.flag_bits & _ENCRYPTED:
        return UploadedFile(entry.filename, b"", ENCRYPTED)
    content = io.BytesIO()
    try:
        with archive.open(entry) as stream:
            # Read to one byte past the limit, whatever size the entry says it has.
            while content.tell() <= MAX_ENVELOPED_BYTES and (chunk := stream.read(_CHUNK)):
                content.write(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        return UploadedFile(entry.filename, content.getvalue(), DAMAGED)
    return _file(entry.filename, content.getvalue())


def _file(name: str, content: bytes) -> UploadedFile:
    if not content:
        return UploadedFile(name, b"", EMPTY)
    if content.startswith(_ZIP_MAGIC):
        return UploadedFile(name, content[: MAX_ENVELOPED_BYTES + 1], ZIP_IN_ZIP)
    if len(content) > MAX_ENVELOPED_BYTES:
        return UploadedFile(name, content, TOO_LARGE)
    return UploadedFile(name, content)


def _require_plain_name(name: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
        raise RefusedUpload(
            "unsafe-path",
            "De zip bevat een bestand met een pad buiten de zip. Er is niets verwerkt. Maak de zip opnieuw.",
            "The zip holds a file with a path outside the zip. Nothing was processed. Make the zip again.",
        )


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2] or "bericht.xml"


def _too_much() -> RefusedUpload:
    return RefusedUpload(
        "too-much-content",
        "Er zit uitgepakt meer dan 500 MB in. Er is niets verwerkt. Verdeel de berichten over meer zendingen.",
        "There is more than 500 MB in it, unpacked. Nothing was processed. Spread the messages over more uploads.",
    )
