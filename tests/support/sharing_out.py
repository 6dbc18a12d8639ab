"""How pytest-xdist shares the tests out: each by itself, but those that look from outside by what they start for it.

A file's servers and database are made once, not once for each core; one clinic and one Chromium are enough for all tests of
the browser. The mark `xdist_group` would say it too, but pytest-xdist 3.8 writes the group into an attribute of the test that
pytest 9 does not read any more, so that no group is ever honoured.
"""

from xdist.scheduler import LoadScopeScheduling

# Folders whose tests start servers and talk to them.
FROM_OUTSIDE = frozenset({"browser", "e2e", "faults", "notices", "sdk"})
# Those of them that stand on the same servers, whatever their file.
ALL_TOGETHER = frozenset({"browser"})


class TogetherWhatIsStartedOnce(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        folder = nodeid.removeprefix("tests/").split("/")[0]
        if folder in ALL_TOGETHER:
            return folder
        return nodeid.split("::", maxsplit=1)[0] if folder in FROM_OUTSIDE else nodeid
