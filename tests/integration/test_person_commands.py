"""person on the command line, as an operator runs it."""

import json
from pathlib import Path

import pytest

from tests.integration.test_retention_commands import Run, run
from tests.support.postgres import ScratchDatabase, connected

__all__ = ["run"]


@pytest.fixture
def patient(run: Run, clean_database: ScratchDatabase) -> str:
    assert run("seed", "--pairs", "1").exit_code == 0
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT id FROM users WHERE role = 'patient'")
        [(user_id,)] = cursor.fetchall()
    return str(user_id)


def test_commands_say_what_they_do_and_are_on_the_trail(
    run: Run, patient: str, clean_database: ScratchDatabase, tmp_path: Path
) -> None:
    why = ("--reason", "letter", "--by", "A. Roy")
    file = tmp_path / "person.zip"
    assert f"everything about user {patient}" in run("person", "archive", patient, str(file), *why).output
    assert file.stat().st_mode & 0o077 == 0
    assert "files, unchanged" in run("export", "verify", str(file)).output
    assert "planned" in run("person", "erase", patient, "--dry-run").output
    held = run("retention", "hold", "--user", patient, "--reason", "case", "--by", "court").output.split()[1]
    for arguments, code, sentence in (
        (("archive", patient, str(file), *why), 1, "is there already"),
        (("archive", "99999", str(tmp_path / "none.zip"), *why), 1, "There is no user"),
        (("erase", patient), 2, "--reason"),
        (("erase", "99999", "--dry-run"), 1, "There is no user"),
        (("erase", patient, *why), 1, "A legal hold is on this person"),
        (("identity", patient, *why), 1, "was not erased"),
    ):
        done = run("person", *arguments)
        assert (done.exit_code, sentence in done.output) == (code, True), done.output
    assert not (tmp_path / "none.zip").exists()
    assert run("retention", "release", held, "--reason", "over", "--by", "court").exit_code == 0
    report = json.loads(run("person", "erase", patient, *why, "--json").stdout)
    # Nothing was ever said: nothing is kept, and nobody knows any more who it was.
    assert report["state"] == "finished"
    assert run("person", "erasures").output == ""
    assert f"{report['pseudonym']}" in run("person", "erasures", "--all").output
    assert "nobody knows any more" in run("person", "identity", patient, *why).output
    with connected(clean_database.owner_url) as cursor:
        cursor.execute(
            "SELECT action, reason, device FROM audit WHERE object_id = %s OR object_type = 'legal_hold' ORDER BY id",
            (patient,),
        )
        noted = cursor.fetchall()
    said = "A. Roy: letter"
    assert noted == [
        (action, by, "command line")
        for action, by in (
            ("archive.make", said),
            ("legal_hold.place", "court: case"),
            ("archive.make", said),
            ("person.identify", said),
            ("legal_hold.release", "court: over"),
            ("person.erase", said),
            ("person.identify", said),
        )
    ]
