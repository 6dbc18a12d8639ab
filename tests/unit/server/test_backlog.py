from hypothesis import given
from hypothesis import strategies as st

from server.realtime.backlog import Backlog


def test_what_the_kernel_took_is_counted_no_more() -> None:
    backlog = Backlog(100, 4)
    assert backlog.packets(100) == 4
    assert backlog.packets(51) == 3
    backlog.add(50, 5)
    assert backlog.packets(51 + 50) == 8
    assert backlog.packets(50) == 5
    assert backlog.packets(1) == 1


def test_bytes_that_others_wrote_count_as_nobodys() -> None:
    """The answer to the upgrade is in the same buffer."""
    backlog = Backlog(0, 0)
    assert backlog.packets(129) == 0
    backlog.add(10, 1)
    assert backlog.packets(139) == 1


@given(writes=st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=5), min_size=1, max_size=20), data=st.data())
def test_never_less_than_there_is_when_packets_are_alike(writes: list[list[int]], data: st.DataObject) -> None:
    """Each write with packets of one size: the count is exact."""
    alike = [[sizes[0]] * len(sizes) for sizes in writes]
    backlog: Backlog | None = None
    left: list[int] = []
    for sizes in alike:
        if backlog is None:
            backlog = Backlog(sum(sizes), len(sizes))
        else:
            backlog.add(sum(sizes), len(sizes))
        left += sizes
        waiting = data.draw(st.integers(1, sum(left)))
        while sum(left) - left[0] >= waiting:
            left.pop(0)
        left[0] -= sum(left) - waiting
        assert backlog.packets(waiting) == len(left)
