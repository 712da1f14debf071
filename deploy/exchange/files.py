"""Files that appear whole or not at all, under names that never replace other content."""

import os
from pathlib import Path


def place(directory: Path, name: str, content: bytes) -> Path:
    """Put ``content`` in ``directory`` as ``name``, or as ``name`` with a number when that holds something else.

    What stands there already with the same content is left alone, so that doing it again changes nothing.
    """
    file = _free(directory, name, content)
    if file.exists():
        return file
    scratch = directory / f".{file.name}.part"
    with scratch.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    scratch.replace(file)
    _keep(directory)
    return file


def move(file: Path, directory: Path) -> Path:
    """Move a file to ``directory`` on the same disk, next to what has its name already."""
    target = _free(directory, file.name, file.read_bytes())
    file.replace(target)
    _keep(directory)
    return target


def _free(directory: Path, name: str, content: bytes) -> Path:
    stem, dot, suffix = name.rpartition(".")
    number, file = 1, directory / name
    while file.exists() and file.read_bytes() != content:
        number += 1
        file = directory / (f"{stem}-{number}{dot}{suffix}" if dot else f"{name}-{number}")
    return file


def _keep(directory: Path) -> None:
    """Make the names in a directory survive a power cut."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
