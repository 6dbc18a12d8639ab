import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import rate_limits
from server.rate_limits import SHORTEST_WAIT, Limit, TokenBuckets
from services.errors import RateLimitExceeded


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def taken(buckets: TokenBuckets, times: int, key: str = "1") -> int:
    count = 0
    for _ in range(times):
        try:
            buckets.take("send", key)
        except RateLimitExceeded:
            continue
        count += 1
    return count


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def buckets(clock: Clock) -> TokenBuckets:
    return TokenBuckets({"send": Limit(0.5, 60), "off": Limit(0, 60), "none": Limit(5, 0)}, clock=clock)


def test_a_burst_then_the_rate(buckets: TokenBuckets, clock: Clock) -> None:
    assert taken(buckets, 100) == 60
    clock.now += 20
    assert taken(buckets, 100) == 10
    clock.now += 10_000
    assert taken(buckets, 100) == 60


def test_keys_do_not_share(buckets: TokenBuckets) -> None:
    assert taken(buckets, 100, "1") == 60
    assert taken(buckets, 100, "2") == 60


def test_the_refusal_says_when_there_is_a_token(buckets: TokenBuckets, clock: Clock) -> None:
    taken(buckets, 60)
    with pytest.raises(RateLimitExceeded) as caught:
        buckets.take("send", "1")
    assert caught.value.retry_after == pytest.approx(2)
    clock.now += 1.999
    with pytest.raises(RateLimitExceeded) as caught:
        buckets.take("send", "1")
    assert caught.value.retry_after == SHORTEST_WAIT
    clock.now += SHORTEST_WAIT
    buckets.take("send", "1")


def test_refused_takes_cost_nothing(buckets: TokenBuckets, clock: Clock) -> None:
    assert taken(buckets, 10_000) == 60
    clock.now += 2
    assert taken(buckets, 10) == 1


def test_what_is_given_back_can_be_taken_again(buckets: TokenBuckets) -> None:
    assert taken(buckets, 60) == 60
    buckets.give_back("send", "1")
    assert taken(buckets, 10) == 1


def test_giving_back_never_makes_more_than_a_full_bucket(buckets: TokenBuckets) -> None:
    buckets.give_back("send", "1")
    buckets.take("send", "1")
    for _ in range(5):
        buckets.give_back("send", "1")
    assert len(buckets) == 0
    assert taken(buckets, 100) == 60


def test_zero_is_off(buckets: TokenBuckets) -> None:
    for name in ("off", "none"):
        for _ in range(1000):
            buckets.take(name, "1")
        buckets.give_back(name, "1")
    assert len(buckets) == 0


def test_a_limit_that_nobody_defined_is_a_slip(buckets: TokenBuckets) -> None:
    with pytest.raises(KeyError):
        buckets.take("sned", "1")


def test_full_buckets_take_no_memory(buckets: TokenBuckets, clock: Clock) -> None:
    for number in range(50_000):
        clock.now += 1
        buckets.take("send", str(number))
    assert len(buckets) <= rate_limits.SWEEP_AT_LEAST


@given(st.lists(st.floats(0, 3), max_size=200))
def test_never_more_than_burst_and_rate_allow(steps: list[float]) -> None:
    clock = Clock()
    buckets = TokenBuckets({"send": Limit(2, 5)}, clock=clock)
    count = 0
    for step in steps:
        clock.now += step
        count += taken(buckets, 1)
    assert count <= 5 + 2 * (clock.now - Clock.now) + 1e-3
