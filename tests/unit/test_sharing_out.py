"""Tests are shared out so that what measures runs when nothing else does."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from xdist.remote import Producer
from xdist.workermanage import WorkerController

from tests.support.sharing_out import TogetherWhatIsStartedOnce, measures

FILES = {
    "tests/browser/test_a.py": 3,
    "tests/browser/test_b.py": 2,
    "tests/e2e/test_c.py": 9,
    "tests/faults/test_d.py": 4,
    "tests/unit/test_e.py": 5,
    "tests/costs/test_f.py": 3,
    "tests/faults/test_loop_under_work.py": 2,
}
TESTS = [f"{file}::test_{number}" for file, count in FILES.items() for number in range(count)]


@dataclass(eq=False)
class Worker:
    """As pytest-xdist's: a test is begun only when the next one is known, or that there is none."""

    waiting: list[int] = field(default_factory=list)
    shutting_down: bool = False
    gateway: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(id="gw"))

    def send_runtest_some(self, indices: list[int]) -> None:
        self.waiting += indices

    def shutdown(self) -> None:
        self.shutting_down = True

    @property
    def next(self) -> int | None:
        return self.waiting[0] if len(self.waiting) > 1 or (self.waiting and self.shutting_down) else None


@pytest.mark.parametrize("quick", [1, 3, 7])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_all_are_run_and_what_measures_beside_nothing(pytestconfig: pytest.Config, count: int, quick: int) -> None:
    workers = [Worker() for _ in range(count)]
    beside = _run(_scheduler(pytestconfig, workers), workers, quick)
    assert sorted(beside) == sorted(TESTS)
    assert [test for test in beside if measures(test)] == TESTS[-5:]
    assert not [others for test, others in beside.items() if measures(test) and others]


def test_a_folder_on_one_server_stays_with_one_worker(pytestconfig: pytest.Config) -> None:
    workers = [Worker(), Worker()]
    _scheduler(pytestconfig, workers)
    assert [[TESTS[index] for index in worker.waiting][:5] for worker in workers] == [TESTS[:5], TESTS[5:10]]


def _scheduler(config: pytest.Config, workers: list[Worker]) -> TogetherWhatIsStartedOnce:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config.option, "tx", ["popen"] * len(workers))
        patch.setattr(config.option, "loadscopereorder", True)
        scheduler = TogetherWhatIsStartedOnce(config, Producer("unheard", enabled=False))
        return _begun(scheduler, workers)


def _begun(scheduler: TogetherWhatIsStartedOnce, workers: list[Worker]) -> TogetherWhatIsStartedOnce:
    for worker in workers:
        scheduler.add_node(cast(WorkerController, worker))
        scheduler.add_node_collection(cast(WorkerController, worker), TESTS)
    scheduler.schedule()
    return scheduler


def _run(scheduler: TogetherWhatIsStartedOnce, workers: list[Worker], quick: int) -> dict[str, list[str]]:
    """Each test, with what is done beside it; the first worker does `quick` tests while others do one."""
    beside: dict[str, list[str]] = {}
    while any(worker.next is not None for worker in workers):
        for worker in workers:
            for _ in range(quick if worker is workers[0] else 1):
                if (index := worker.next) is not None:
                    beside[TESTS[index]] = [
                        TESTS[other.next] for other in workers if other is not worker and other.next is not None
                    ]
                    worker.waiting.pop(0)
                    scheduler.mark_test_complete(cast(Any, worker), index)
    assert not any(worker.waiting for worker in workers), "some wait for ever"
    return beside
