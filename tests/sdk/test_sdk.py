"""The SDK of the web client against a real server. The tests themselves are web/tests/server/*.test.ts."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.node import node
from tests.support.restorable import Restorable

WEB = Path(__file__).parent.parent.parent / "web"
SUITES = sorted(path.name for path in (WEB / "tests" / "server").glob("*.test.ts"))


@pytest.mark.xdist_group("sdk")
@pytest.mark.parametrize("suite", SUITES)
def test_against_a_real_server(suite: str, restorable: Restorable) -> None:
    vitest = WEB / "node_modules" / "vitest" / "vitest.mjs"
    environment = {
        "COLLOQUE_URL": restorable.url,
        "COLLOQUE_CONTROL": restorable.control_url,
        "COLLOQUE_PAIRS": restorable.pairs_for(SUITES.index(suite), len(SUITES)),
    }
    done = subprocess.run(
        [node(), str(vitest), "run", "--config", "vitest.server.config.ts", suite],
        cwd=WEB,
        env={**os.environ, **environment, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
