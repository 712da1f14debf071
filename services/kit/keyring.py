"""Keys in a file outside the database: one a line, ``<id>:<base64 of 32 bytes>``.

The last line seals what is written from now on; earlier ones still open what they sealed. To rotate: append a line.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

KEY_BYTES = 32
_LINE = re.compile(r"^([A-Za-z0-9._-]{1,40}):([A-Za-z0-9+/=]+)$")


class KeyFileError(Exception):
    """The key file cannot be used. The text is one line for the person who starts the process; it shows no key."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id, and which of them is current."""

    keys: Mapping[str, bytes] = field(repr=False)
    current: str

    @classmethod
    def read(cls, path: Path, variable: str) -> Self:
        """Read the key file that ``variable`` names. Raises ``KeyFileError``."""
        try:
            text = path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            raise KeyFileError(
                f"{variable} cannot be read: set it to a file with a line <id>:<base64 of {KEY_BYTES} bytes>."
            ) from None
        return cls.parse(text, variable)

    @classmethod
    def parse(cls, text: str, variable: str) -> Self:
        """The ring in the text of a key file. Raises ``KeyFileError`` with the number of the wrong line."""
        keys: dict[str, bytes] = {}
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            match = _LINE.match(line.strip())
            try:
                key = base64.b64decode(match[2], validate=True) if match else b""
            except binascii.Error:
                key = b""
            if match is None or len(key) != KEY_BYTES or match[1] in keys:
                raise KeyFileError(
                    f"{variable} line {number} is not a new key: write <id>:<base64 of {KEY_BYTES} bytes>."
                )
            keys[match[1]] = key
        if not keys:
            raise KeyFileError(f"{variable} holds no key: write a line <id>:<base64 of {KEY_BYTES} bytes>.")
        return cls(keys, list(keys)[-1])

    @property
    def first(self) -> bytes:
        """The oldest key, from which keys that never rotate are derived."""
        return next(iter(self.keys.values()))


def new_key_line(key_id: str, random: Callable[[int], bytes]) -> str:
    """A line for the key file with a fresh key."""
    return f"{key_id}:{base64.b64encode(random(KEY_BYTES)).decode()}\n"
