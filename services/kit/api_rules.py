"""Rules of the NL API Design Rules 2.2, and our own, that the official linter does not see.

:func:`violations` reads an OpenAPI document; every service's tests call it. The official ruleset
(Spectral) runs besides.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")
_SEGMENT = re.compile(r"^([a-z0-9]+(-[a-z0-9]+)*|\{[a-z][A-Za-z0-9]*\}|openapi\.json)$")
_CAMEL = re.compile(r"^[a-z][A-Za-z0-9]*$")
_PASCAL = re.compile(r"^[A-Z][A-Za-z0-9]*$")
_SEMVER = re.compile(r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$")
_BASE = re.compile(r"^/v[1-9]\d*$")
_DATE_NAME = re.compile(r"(^date$|Date$)")
_SENSITIVE = re.compile(r"bsn|name|naam|birth|address|phone|email", re.IGNORECASE)

VERBS = frozenset(
    {
        *(
            "accept",
            "add",
            "approve",
            "assign",
            "calculate",
            "cancel",
            "change",
            "close",
            "confirm",
            "create",
            "decline",
        ),
        *("delete", "do", "edit", "execute", "fetch", "find", "get", "grant", "list", "make", "move", "open", "post"),
        *("publish", "put", "refuse", "reject", "remove", "retrieve", "revoke", "run", "save", "search", "send", "set"),
        *("start", "stop", "submit", "update", "validate", "verify", "withdraw", "write"),
    }
)
"""Words that betray an action where a noun belongs (``/core/naming-resources``)."""

PLURAL_EXCEPTIONS = frozenset({"capacity", "health", "statistics", "openapi.json"})
"""Collection segments that are right without an ``s``; a child with one instance per parent is exempt by its shape."""


def violations(document: Mapping[str, Any]) -> list[str]:
    """What is wrong with the document, a line each; empty when all is well."""
    return [*_about(document), *_paths(document), *_operations(document), *_schemas(document)]


def _about(document: Mapping[str, Any]) -> Iterator[str]:
    if not str(document.get("openapi", "")).startswith("3.1"):
        yield "openapi must be 3.1"
    info = document.get("info", {})
    if not _SEMVER.match(str(info.get("version", ""))):
        yield "info.version must be a full semantic version"
    for part in ("name", "url", "email"):
        if not info.get("contact", {}).get(part):
            yield f"info.contact.{part} is missing (/core/doc-openapi-contact)"
    servers = document.get("servers", [])
    if len(servers) != 1 or not _BASE.match(str(servers[0].get("url"))):
        yield "servers must be one relative /v<major> (/core/uri-version): no minor version in an address"


def _paths(document: Mapping[str, Any]) -> Iterator[str]:
    for path in document.get("paths", {}):
        if path.endswith("/") or "//" in path:
            yield f"{path}: no trailing or double slash (/core/no-trailing-slash)"
        segments = path.strip("/").split("/")
        for segment in segments:
            if not _SEGMENT.match(segment):
                yield f"{path}: {segment} is not kebab-case (/core/path-segments-kebab-case)"
            if not segment.startswith("{") and VERBS & set(segment.split("-")[:1]):
                yield f"{path}: {segment} is an action; name the thing (/core/naming-resources)"
            if segment.startswith("{") and _SENSITIVE.search(segment):
                yield f"{path}: {segment} would put something about a person in an address (/core/no-sensitive-uri)"
        for segment, following in pairwise(segments):
            is_collection = following.startswith("{") and not segment.startswith("{")
            if is_collection and not segment.endswith("s") and segment not in PLURAL_EXCEPTIONS:
                yield f"{path}: {segment} is a collection, so plural (/core/naming-collections)"


def _operations(document: Mapping[str, Any]) -> Iterator[str]:
    ids: set[str] = set()
    for path, item in document.get("paths", {}).items():
        for method in _METHODS:
            if method not in item:
                continue
            operation, place = item[method], f"{method.upper()} {path}"
            name = operation.get("operationId", "")
            if not _CAMEL.match(name) or name in ids:
                yield f"{place}: operationId {name!r} must be camelCase and used once"
            ids.add(name)
            if not operation.get("summary"):
                yield f"{place}: a summary is missing"
            yield from _parameters(place, method, operation)
            yield from _responses(place, operation)


def _parameters(place: str, method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    headers = set()
    for parameter in operation.get("parameters", []):
        name = parameter["name"]
        if parameter["in"] == "header":
            headers.add(name)
        elif not _CAMEL.match(name):
            yield f"{place}: {parameter['in']} parameter {name} is not camelCase (/core/query-keys-camel-case)"
        if parameter["in"] == "query" and _SENSITIVE.search(name):
            yield f"{place}: {name} would put something about a person in an address (/core/no-sensitive-uri)"
    if method == "post" and "Idempotency-Key" not in headers:
        yield f"{place}: every POST takes an Idempotency-Key"
    if method == "get" and "requestBody" in operation:
        yield f"{place}: a GET has no body (/core/http-safety)"


def _responses(place: str, operation: Mapping[str, Any]) -> Iterator[str]:
    responses = operation.get("responses", {})
    if "422" in responses:
        yield f"{place}: invalid input is 400, not 422 (/core/error-handling/invalid-input)"
    for status, response in responses.items():
        if "API-Version" not in response.get("headers", {}):
            yield f"{place}: {status} lacks the API-Version header (/core/version-header)"
        if status >= "400" and set(response.get("content", {})) != {"application/problem+json"}:
            yield f"{place}: {status} must be application/problem+json (/core/error-handling/problem-details)"


def _schemas(document: Mapping[str, Any]) -> Iterator[str]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        if not _PASCAL.match(name):
            yield f"schema {name} is not UpperCamelCase; give it a name of its own"
        for field, described in schema.get("properties", {}).items():
            if not _CAMEL.match(field):
                yield f"{name}.{field} is not camelCase"
            if _DATE_NAME.search(field) and described.get("format") != "date":
                yield f"{name}.{field} is called a date, so its format must be date (an instant ends in At)"
