"""The widest thing that an event may hold, looked at without a schema for each entry."""

from typing import Any

import pytest
from marshmallow import ValidationError

from controllers.compiled_load import compiled_load
from controllers.schemas.rooms import MAX_POSITIONS, PositionSchema, SyncSchema

GOOD = {"seq": 0, "change": 2**63 - 1}


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What went through the schema of a position."""
    seen: list[Any] = []
    load = PositionSchema.load

    def counted(self: PositionSchema, data: Any, **options: Any) -> Any:
        seen.append(data)
        return load(self, data, **options)

    monkeypatch.setattr(PositionSchema, "load", counted)
    return seen


def positions(number: int, value: object = GOOD) -> dict[str, object]:
    return {"positions": {str(key): value for key in range(1, number + 1)}}


@pytest.mark.parametrize("load", [SyncSchema().load, compiled_load(SyncSchema)])
def test_those_in_order_are_taken_as_they_are(load: Any, looked: list[Any]) -> None:
    assert load(positions(MAX_POSITIONS)) == positions(MAX_POSITIONS)
    assert looked == []


def test_too_many_are_not_looked_at(looked: list[Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        SyncSchema().load(positions(MAX_POSITIONS + 1, value="x"))
    assert refused.value.messages == {"positions": [f"too_long:{MAX_POSITIONS}"]}
    assert looked == []


def test_the_first_wrong_one_is_the_last_one_looked_at(looked: list[Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        SyncSchema().load(positions(MAX_POSITIONS, value={"seq": -1, "change": 0}))
    assert list(refused.value.messages_dict["positions"]) == ["1"]
    assert len(looked) == 1


@pytest.mark.parametrize("key", ["0", "-1", "01", "x", "", "1 ", "9" * 19, "١"])
def test_keys_that_are_no_ids_are_refused(key: str) -> None:
    with pytest.raises(ValidationError):
        SyncSchema().load({"positions": {key: GOOD}})


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"seq": 1},
        {**GOOD, "more": 1},
        {"seq": True, "change": 1},
        {"seq": 1.0, "change": 1},
        {"seq": 1, "change": 2**63},
        {"seq": 1, "change": "1"},
    ],
)
def test_values_that_are_no_positions_are_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        SyncSchema().load({"positions": {"1": value}})
