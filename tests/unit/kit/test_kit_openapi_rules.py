"""The rules see what the official linter misses: each rule is broken once."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from services.kit.api_rules import violations


def good() -> dict[str, Any]:
    version = {"headers": {"API-Version": {"schema": {"type": "string"}}}}
    problem = {**version, "content": {"application/problem+json": {}}}
    return {
        "openapi": "3.1.0",
        "info": {"version": "1.0.0", "contact": {"name": "a", "url": "b", "email": "c"}},
        "servers": [{"url": "/v1"}],
        "paths": {
            "/care-agreements/{agreementId}": {
                "get": {
                    "operationId": "getAgreement",
                    "summary": "An agreement",
                    "parameters": [{"name": "agreementId", "in": "path"}, {"name": "validOn", "in": "query"}],
                    "responses": {"200": version, "404": problem},
                }
            },
            "/care-agreements": {
                "post": {
                    "operationId": "concludeAgreement",
                    "summary": "Conclude",
                    "parameters": [{"name": "Idempotency-Key", "in": "header"}],
                    "responses": {"201": version, "400": problem},
                }
            },
        },
        "components": {"schemas": {"Agreement": {"properties": {"startDate": {"format": "date"}, "madeAt": {}}}}},
    }


def test_a_good_document_passes() -> None:
    assert violations(good()) == []


def _operation(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"]["/care-agreements/{agreementId}"]["get"]
    return found


def _move(to: str) -> Callable[[dict[str, Any]], Any]:
    return lambda d: d["paths"].update({to: d["paths"].pop("/care-agreements/{agreementId}")})


BREAKS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "openapi must be 3.1": lambda d: d.update(openapi="3.0.3"),
    "full semantic version": lambda d: d["info"].update(version="1.0"),
    "contact.email": lambda d: d["info"]["contact"].pop("email"),
    "no minor version in an address": lambda d: d.update(servers=[{"url": "/v1.2"}]),
    "no trailing or double slash": _move("/care-agreements/{agreementId}/"),
    "double slash": _move("/care-agreements//{agreementId}"),
    "is not kebab-case": _move("/careAgreements/{agreementId}"),
    "is an action": _move("/care-agreements/{agreementId}/cancel"),
    "so plural": _move("/care-agreement/{agreementId}"),
    "about a person in an address": _move("/clients/{bsn}"),
    "would put something": lambda d: _operation(d)["parameters"].append({"name": "birthDate", "in": "query"}),
    "must be camelCase and used once": lambda d: _operation(d).update(operationId="concludeAgreement"),
    "a summary is missing": lambda d: _operation(d).pop("summary"),
    "query parameter valid_on is not camelCase": lambda d: _operation(d)["parameters"][1].update(name="valid_on"),
    "every POST takes": lambda d: d["paths"]["/care-agreements"]["post"].pop("parameters"),
    "a GET has no body": lambda d: _operation(d).update(requestBody={}),
    "400, not 422": lambda d: _operation(d)["responses"].update(
        {"422": copy.deepcopy(_operation(d)["responses"]["404"])}
    ),
    "404 lacks the API-Version header": lambda d: _operation(d)["responses"]["404"].pop("headers"),
    "404 must be application/problem+json": lambda d: _operation(d)["responses"]["404"].pop("content"),
    "not UpperCamelCase": lambda d: d["components"]["schemas"].update({"Page_X_": {}}),
    "made_at is not camelCase": lambda d: d["components"]["schemas"]["Agreement"]["properties"].update(made_at={}),
    "its format must be date": lambda d: d["components"]["schemas"]["Agreement"]["properties"].update(
        endDate={"format": "date-time"}
    ),
}


@pytest.mark.parametrize("rule", BREAKS)
def test_a_broken_rule_is_named(rule: str) -> None:
    document = copy.deepcopy(good())
    BREAKS[rule](document)
    assert any(rule in line for line in violations(document))
