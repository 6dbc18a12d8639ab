"""How pytest-xdist shares the tests out: a file to each worker, but all tests of the browser to one.

What a file stands on (a server, a directory of 20,000 mentors) is made once, not once for each core; one clinic and one
Chromium are enough for all tests of the browser. Files come in the order of their folders: the long ones of `browser`, `e2e`
and `faults` first, the short ones of `unit` last, so that the workers end together. The mark `xdist_group` would say some of
it too, but pytest-xdist 3.8 writes the group into an attribute of the test that pytest 9 does not read any more, so that no
group is ever honoured.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Folders whose tests stand on the same servers, whatever their file.
ALL_TOGETHER = frozenset({"browser"})


class TogetherWhatIsStartedOnce(LoadScopeScheduling):
    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        # Else what has the most tests comes first, however short they are.
        config.option.loadscopereorder = False

    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.removeprefix("tests/").split("/")[0]
        return folder if folder in ALL_TOGETHER else nodeid.split("::", maxsplit=1)[0]
