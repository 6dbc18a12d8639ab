import os
from concurrent.futures import ThreadPoolExecutor

from server.security.randomness import AT_ONCE, RandomPool


def test_nothing_is_handed_out_twice_over_many_refills() -> None:
    pool = RandomPool(12)
    taken = [pool.take() for _ in range(3 * AT_ONCE + 5)]
    assert {len(piece) for piece in taken} == {12}
    assert len(set(taken)) == len(taken)


def test_nor_to_several_threads() -> None:
    pool = RandomPool(12)
    with ThreadPoolExecutor(8) as threads:
        taken = [
            piece for pieces in threads.map(lambda _: [pool.take() for _ in range(2000)], range(8)) for piece in pieces
        ]
    assert len(set(taken)) == len(taken) == 16_000


def test_a_forked_child_starts_with_its_own() -> None:
    pool = RandomPool(12)
    pool.take()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, b"".join(pool.take() for _ in range(20)))
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reader, 1000)
    os.close(reader)
    os.close(writer)
    assert len(theirs) == 240
    assert not {theirs[start : start + 12] for start in range(0, 240, 12)} & {pool.take() for _ in range(300)}
