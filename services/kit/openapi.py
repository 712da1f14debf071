"""The OpenAPI 3.1 document of a service, shaped after the NL API Design Rules 2.2.

FastAPI describes what the code says; this adds what is true of every route: the version header on every answer, and the
problems that the edge can give. Routes need to declare only the problems of their own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.routing import BaseRoute

from services.kit.problems import BY_STATUS, MEDIA_TYPE, Problem, ProblemDocument

WRITES = frozenset({"post", "put", "patch", "delete"})
_METHODS = WRITES | {"get"}
_REF = "#/components/schemas/{model}"


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """For ``responses=`` of a route: the problems it may give beyond those that every route can give."""
    return {kind.status: {"description": kind.default_title.en} for kind in kinds}


def document(
    *,
    title: str,
    description: str,
    version: str,
    base: str,
    contact: Mapping[str, str],
    routes: Sequence[BaseRoute],
) -> dict[str, Any]:
    """The description of ``routes``, with paths relative to ``base`` (``/v1``)."""
    described = get_openapi(
        title=title,
        version=version,
        description=description,
        contact=dict(contact),
        routes=routes,
        servers=[{"url": base, "description": "This installation"}],
        separate_input_output_schemas=False,
    )
    described["info"]["license"] = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
    described["paths"] = {path.removeprefix(base): item for path, item in described["paths"].items()}
    components = described.setdefault("components", {}).setdefault("schemas", {})
    for gone in ("HTTPValidationError", "ValidationError"):
        components.pop(gone, None)
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                _complete(path, method, operation, version)
    components.update(_schemas_of(ProblemDocument))
    _shorten_nullables(described)
    names = _pascal_names(components)
    _rename_references(described, {_REF.format(model=old): _REF.format(model=new) for old, new in names.items()})
    described["components"]["schemas"] = {names[name]: components[name] for name in sorted(components)}
    return described


def _pascal_names(schemas: Mapping[str, Any]) -> dict[str, str]:
    """``Page_Agreement_`` becomes what the model calls itself: ``AgreementPage``."""
    taken = {name for name in schemas if name.isalnum()}
    names = {}
    for name, schema in schemas.items():
        title = str(schema.get("title", ""))
        names[name] = title if not name.isalnum() and title.isalnum() and title not in taken else name
        taken.add(names[name])
    return names


def _rename_references(node: Any, names: Mapping[str, str]) -> None:
    if isinstance(node, list):
        for item in node:
            _rename_references(item, names)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            node["$ref"] = names.get(node["$ref"], node["$ref"])
        for item in node.values():
            _rename_references(item, names)


def _complete(path: str, method: str, operation: dict[str, Any], version: str) -> None:
    parameters = operation.setdefault("parameters", [])
    headers = {parameter["name"] for parameter in parameters if parameter["in"] == "header"}
    for parameter in parameters:
        if parameter["name"] == "If-Match" or (parameter["name"] == "Idempotency-Key" and method == "post"):
            parameter["required"] = True
    if not parameters:
        del operation["parameters"]

    expected = {500, 503}
    if parameters or method != "get":
        expected.add(400)
    if operation.get("security"):
        expected |= {401, 403}
    if "{" in path:
        expected.add(404)
    if method in WRITES:
        expected.add(409)
    if "requestBody" in operation:
        expected.add(413)
    if "If-Match" in headers:
        expected |= {412, 428}

    responses: dict[str, Any] = operation["responses"]
    responses.pop("422", None)
    for status in expected:
        responses.setdefault(str(status), {"description": BY_STATUS[status].default_title.en})
    for status_text, response in responses.items():
        response.setdefault("headers", {}).setdefault(
            "API-Version",
            {
                "description": "Full version of the API that answered.",
                "schema": {"type": "string"},
                "example": version,
            },
        )
        if status_text >= "400":
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="ProblemDocument")}}}
    operation["responses"] = dict(sorted(responses.items()))


def _schemas_of(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=_REF, mode="serialization")
    return {**schema.pop("$defs", {}), model.__name__: schema}


def _shorten_nullables(node: Any) -> None:
    """Write ``anyOf: [{type: T}, {type: null}]`` as ``type: [T, null]``, so that linters see the format of a date."""
    if isinstance(node, list):
        for item in node:
            _shorten_nullables(item)
    elif isinstance(node, dict):
        for item in node.values():
            _shorten_nullables(item)
        options = node.get("anyOf")
        if isinstance(options, list) and len(options) == 2 and {"type": "null"} in options:
            kept = next(option for option in options if option != {"type": "null"})
            if isinstance(kept.get("type"), str) and not {"enum", "const"} & kept.keys():
                del node["anyOf"]
                node.update({**kept, **node, "type": [kept["type"], "null"]})
