"""Searches everything that the platform stores or tells for the persons whose data went in.

A finding says where and what kind of thing was found, never the thing itself.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
from temporalio.api.common.v1 import Payload
from temporalio.client import Client

from deploy.demo.people import STREET, SURNAME, DemoPerson
from deploy.local.supervisor import Stack
from deploy.simulate.people import TOWN
from services.kit.keyring import KeyRing
from tests.faults.reading import SCHEMAS, records
from workflows.codec import ENCODING, EncryptingCodec

CHUNK = 8 * 1024 * 1024
OVERLAP = 200


@dataclass(frozen=True)
class Finding:
    """Where something personal stands, and what kind of thing it is."""

    where: str
    what: str


class Wanted:
    """What to look for, written plainly or as hexadecimal, as PostgreSQL shows bytes.

    Numbers and dates are found by their shape and then looked up: so it costs no more with many persons, and a digit
    that stands in the middle of an identifier is not taken for a citizen service number.
    """

    _NUMBER = re.compile(rb"(?<![0-9a-f])9999\d{5}(?![0-9a-f])|39393939(?:3\d){5}", re.IGNORECASE)
    _DATE = re.compile(rb"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)|(?:3139|3230)3\d3\d2d3\d3\d2d3\d3\d", re.IGNORECASE)
    _DUTCH_DATE = re.compile(rb"(?<!\d)\d\d-\d\d-(?:19|20)\d\d(?!\d)")

    def __init__(self, persons: Iterable[DemoPerson]) -> None:
        known = list(persons)
        words = {SURNAME: "a name", STREET: "a street", TOWN: "a town"}
        for person in known:
            words[person.postcode] = words[f"{person.postcode[:4]} {person.postcode[4:]}"] = "a postcode"
        self._words = _shapes(words)
        self._word = re.compile(b"|".join(re.escape(word) for word in self._words), re.IGNORECASE)
        self._numbers = _shapes({person.bsn: "a citizen service number" for person in known})
        born = {person.birth_date for person in known}
        self._dates = _shapes({day.isoformat(): "a date of birth" for day in born})
        self._dutch_dates = _shapes({day.strftime("%d-%m-%Y"): "a date of birth" for day in born})
        self.persons = len(known)

    def in_text(self, text: bytes | str | None) -> set[str]:
        """The kinds of things found."""
        raw = text.encode() if isinstance(text, str) else text or b""
        found = set()
        for pattern, terms in (
            (self._word, self._words),
            (self._NUMBER, self._numbers),
            (self._DATE, self._dates),
            (self._DUTCH_DATE, self._dutch_dates),
        ):
            found |= {terms[match] for match in {each.lower() for each in pattern.findall(raw)} & terms.keys()}
        return found

    def at(self, where: str, text: bytes | str | None) -> Iterator[Finding]:
        for what in sorted(self.in_text(text)):
            yield Finding(where, what)


def _shapes(terms: Mapping[str, str]) -> dict[bytes, str]:
    """Each term plainly and as hexadecimal, in lower case, with what it is."""
    plain = {term.lower().encode(): what for term, what in terms.items()}
    return plain | {term.encode().hex().encode(): what for term, what in terms.items()}


async def search(stack: Stack, temporal: Client, key_file: Path, wanted: Wanted) -> set[Finding]:
    """Everywhere: the topics, the histories (also decrypted), the logs, the metrics and the database."""
    found = await asyncio.to_thread(lambda: set(in_topics(stack.kafka, wanted)))
    found |= await asyncio.to_thread(lambda: set(in_files(stack.state.path("logs"), wanted)))
    found |= {finding async for finding in in_histories(temporal, key_file, wanted)}
    found |= {finding async for finding in in_metrics(stack, wanted)}
    found |= {finding async for finding in in_database(stack.admin_url, wanted)}
    return found


def in_topics(bootstrap: str, wanted: Wanted) -> Iterator[Finding]:
    """Keys, headers and values of every record of every topic."""
    for message in records(bootstrap):
        headers = b" ".join(name.encode() + b"=" + (value or b"") for name, value in message.headers() or [])
        for part, content in (("key", message.key()), ("headers", headers), ("value", message.value())):
            yield from wanted.at(f"topic {message.topic()}, {part}", content)


def in_files(directory: Path, wanted: Wanted) -> Iterator[Finding]:
    """Every file below a directory, whatever it is."""
    for file in sorted(path for path in directory.rglob("*") if path.is_file()):
        with file.open("rb") as stream:
            before = b""
            while chunk := stream.read(CHUNK):
                yield from wanted.at(f"file {file.name}", before + chunk)
                before = chunk[-OVERLAP:]


async def in_histories(temporal: Client, key_file: Path, wanted: Wanted) -> AsyncIterator[Finding]:
    """Every event of every workflow, as stored and decrypted; search attributes and memos are in them."""
    codec = EncryptingCodec(KeyRing.read(key_file, "WORKFLOW_KEY_FILE"))
    async for execution in temporal.list_workflows(""):
        handle = temporal.get_workflow_handle(execution.id, run_id=execution.run_id)
        async for event in handle.fetch_history_events():
            where = f"history of {execution.workflow_type}"
            raw = event.SerializeToString()
            opened = [raw]
            for payload in _sealed(event):
                [plain] = await codec.decode([payload])
                opened.append(plain.SerializeToString())
            for finding in wanted.at(where, b"\n".join(opened)):
                yield finding


def _sealed(message: object) -> Iterator[Payload]:
    """The encrypted payloads anywhere in a protobuf message."""
    if isinstance(message, Payload):
        if message.metadata.get("encoding") == ENCODING:
            yield message
        return
    for field, value in message.ListFields():  # type: ignore[attr-defined]
        if field.type != field.TYPE_MESSAGE:
            continue
        many = value.values() if hasattr(value, "values") else value if hasattr(value, "append") else [value]
        for each in many:
            if hasattr(each, "ListFields"):
                yield from _sealed(each)


async def in_metrics(stack: Stack, wanted: Wanted) -> AsyncIterator[Finding]:
    """What each process tells at its metrics endpoint."""
    async with httpx.AsyncClient(timeout=20) as http:
        for name, entry in stack.state.read()["running"].items():
            if entry["kind"] == "http" and name != "identity":
                answer = await http.get(f"{entry['address']}/metrics")
                answer.raise_for_status()
                for finding in wanted.at(f"metrics of {name}", answer.content):
                    yield finding


async def in_database(admin_url: str, wanted: Wanted) -> AsyncIterator[Finding]:
    """Every column of every table of every service: of the vault too, as everything in it is sealed."""
    connection = await asyncpg.connect(admin_url)
    try:
        tables = await connection.fetch(
            "select schemaname, tablename from pg_tables where schemaname = any($1::text[])", list(SCHEMAS)
        )
        for schema, table in tables:
            columns = await connection.fetch(
                "select column_name from information_schema.columns where table_schema = $1 and table_name = $2",
                schema,
                table,
            )
            for (column,) in columns:
                rows = await connection.fetch(f'select distinct "{column}"::text from {schema}."{table}"')
                text = "\n".join(row[0] for row in rows if row[0] is not None)
                for finding in wanted.at(f"{schema}.{table}.{column}", text):
                    yield finding
    finally:
        await connection.close()
