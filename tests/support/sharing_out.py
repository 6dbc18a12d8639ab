"""How pytest-xdist shares the tests out: each by itself, but those of the browser together.

One clinic and one Chromium are enough for two cores. The mark `xdist_group` would say it too, but pytest-xdist 3.8 writes the
group into an attribute of the test that pytest 9 does not read any more, so that no group is ever honoured.
"""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = "tests/browser/"


class BrowserTogether(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER if nodeid.startswith(TOGETHER) else nodeid
