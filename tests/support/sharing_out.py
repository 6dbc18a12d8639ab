"""How pytest-xdist shares the tests out: a file to each worker, all tests of the browser to one, and what measures at the end.

What a file stands on (a server, a directory of 20,000 mentors) is made once, not once for each core; one clinic and one
Chromium are enough for all tests of the browser. Files come in the order of their folders: the long ones of `browser`, `e2e`
and `faults` first, the short ones of `unit` last, so that the workers end together. What measures how long something takes
would see the others: it comes when they are through. The mark `xdist_group` would say some of
it too, but pytest-xdist 3.8 writes the group into an attribute of the test that pytest 9 does not read any more, so that no
group is ever honoured.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Folders whose tests stand on the same servers, whatever their file.
ALL_TOGETHER = frozenset({"browser"})
# Files whose tests hold against each other what was measured a moment apart, or count what a process does.
MEASURES = (
    "tests/costs/",
    "tests/faults/campaign/test_slow_readers.py",
    "tests/faults/test_loop_under_work.py",
    "tests/faults/test_uploads_under_watch.py",
)
ALONE = "alone"
# A worker runs its last test when it knows the next one, or that there is none.
NEARLY_THROUGH = 2


def measures(nodeid: str) -> bool:
    return nodeid.startswith(MEASURES)


class TogetherWhatIsStartedOnce(LoadScopeScheduling):
    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        # Else what has the most tests comes first, however short they are.
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        if measures(nodeid):
            return ALONE
        folder = nodeid.removeprefix("tests/").split("/")[0]
        return folder if folder in ALL_TOGETHER else nodeid.split("::", maxsplit=1)[0]

    def _reschedule(self, node: WorkerController) -> None:
        if list(self.workqueue) == [ALONE] and self._others_of(node) and not node.shutting_down:
            if self._pending_of(self.assigned_work[node]) <= NEARLY_THROUGH:
                node.shutdown()
        else:
            super()._reschedule(node)

    def _others_of(self, node: WorkerController) -> list[WorkerController]:
        """Who else still runs more than its last tests."""
        return [other for other in self.nodes if other is not node and not other.shutting_down]
