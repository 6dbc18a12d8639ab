"""`make help` is what somebody reads first."""

import subprocess

from tests.support.processes import ROOT


def test_what_can_be_made_stands_in_two_columns() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    rows = [line[2:] for line in said.splitlines() if line.startswith("  ")]
    names = [row.split()[0] for row in rows]
    assert {"run", "test", "bench-mentors"} <= set(names)
    column = max(map(len, names))
    assert {row[column : column + 2] for row in rows} == {"  "}
    assert all(not row[column + 2].isspace() for row in rows)
