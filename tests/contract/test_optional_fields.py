"""A field that may be empty may be left out: events are logged without their empty fields."""

from types import NoneType, UnionType
from typing import Union, get_args, get_origin

import pytest

from contracts.events import ALL


@pytest.mark.parametrize("type_", sorted(ALL))
def test_what_may_be_empty_may_be_left_out(type_: str) -> None:
    required_but_nullable = [
        name
        for name, field in ALL[type_].model_fields.items()
        if field.is_required()
        and get_origin(field.annotation) in (Union, UnionType)
        and NoneType in get_args(field.annotation)
    ]
    assert required_but_nullable == []
