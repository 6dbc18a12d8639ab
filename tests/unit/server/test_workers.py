"""Several workers: whose a session is, what they say together, which settings cannot hold together."""

import dataclasses

import pytest

from server.settings import Settings, SettingsError, read_settings
from server.workers.gathering import merged
from server.workers.session_ids import owner_of, prefix, wanted


@pytest.mark.parametrize(
    ("first", "found"),
    [
        (b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n", (True, None)),
        (b"GET /socket.io/?EIO=4&transport=websocket&sid=12.AbC_-9 HTTP/1.1\r\nHost: a\r\n", (True, 12)),
        (b"POST /socket.io/?sid=0.x&EIO=4 HTTP/1.1", (True, 0)),
        (b"GET /socket.io/?EIO=4&xsid=1.a HTTP/1.1", (True, None)),
        (b"GET /socket.io/?EIO=4&sid=1234.a HTTP/1.1", (True, None)),
        (b"GET /api/socket.io/?sid=1.a HTTP/1.1", (False, None)),
        (b"GET /api/auth/me HTTP/1.1\r\nX: GET /socket.io/?sid=1.a\r\n", (False, None)),
        (b"G", (False, None)),
        (b"", (False, None)),
        (b"\x16\x03\x01\xff", (False, None)),
    ],
)
def test_the_first_bytes_say_whose_session_it_is(first: bytes, found: tuple[bool, int | None]) -> None:
    assert wanted(first) == found


def test_an_id_names_its_worker_and_any_other_text_nobody() -> None:
    assert owner_of(f"{prefix(7)}AbC.d") == 7
    assert [owner_of(text) for text in (None, "", ".", "a.b", "1", "9999.a", "-1.a")] == [None] * 7


def test_metrics_of_several_become_one_exposition() -> None:
    text = (
        b"# HELP a_total What a is\n# TYPE a_total counter\n"
        b'a_total{x="1 {y} z"} 1.0\na_total{x="2"} 2.0\n'
        b"# HELP b What b is\n# TYPE b gauge\nb 3.0\n"
    )
    whole = merged({2: text, 0: text}, workers=3, ends={"hung": 1, "died": 2})
    assert whole.decode().splitlines() == [
        "# HELP colloque_worker_up 1: this worker answered",
        "# TYPE colloque_worker_up gauge",
        'colloque_worker_up{worker="0"} 1',
        'colloque_worker_up{worker="1"} 0',
        'colloque_worker_up{worker="2"} 1',
        "# HELP colloque_worker_ends_total Workers that ended unasked, or hung and were killed",
        "# TYPE colloque_worker_ends_total counter",
        'colloque_worker_ends_total{why="died"} 2',
        'colloque_worker_ends_total{why="hung"} 1',
        "# HELP a_total What a is",
        "# TYPE a_total counter",
        'a_total{worker="0",x="1 {y} z"} 1.0',
        'a_total{worker="0",x="2"} 2.0',
        'a_total{worker="2",x="1 {y} z"} 1.0',
        'a_total{worker="2",x="2"} 2.0',
        "# HELP b What b is",
        "# TYPE b gauge",
        'b{worker="0"} 3.0',
        'b{worker="2"} 3.0',
    ]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, "memory"),
        ({"workers": 2}, "postgres"),
        ({"redis_url": "redis://r"}, "redis"),
        ({"redis_url": "redis://r", "workers": 2}, "redis"),
        ({"fanout": "postgres"}, "postgres"),
        ({"fanout": "redis", "redis_url": "redis://r"}, "redis"),
    ],
)
def test_the_bus_follows_from_the_settings(changes: dict[str, object], kind: str) -> None:
    settings = dataclasses.replace(Settings(), **changes)  # type: ignore[arg-type]  # a table of different types
    assert settings.contradictions() == []
    assert settings.fanout_kind == kind


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"FANOUT": "redis"}, "REDIS_URL"),
        ({"FANOUT": "postgres", "REDIS_URL": "redis://r"}, "unset one"),
        ({"FANOUT": "memory", "REDIS_URL": "redis://r"}, "unset one"),
        ({"FANOUT": "memory", "WORKERS": "2"}, "cannot hear of each other"),
        ({"FANOUT": "carrier pigeon"}, "must be one of auto, memory, postgres, redis"),
        ({"WORKERS": "0"}, "WORKERS: must be 1 to 64"),
        ({"WORKERS": "65"}, "WORKERS: must be 1 to 64"),
    ],
)
def test_contradictions_are_said(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], said: str) -> None:
    for name in ("FANOUT", "REDIS_URL", "WORKERS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=said):
        read_settings()


def test_the_command_line_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKERS", "4")
    assert read_settings(workers=2).workers == 2
    monkeypatch.setenv("FANOUT", "memory")
    with pytest.raises(SettingsError, match="cannot hear"):
        read_settings(workers=2)
