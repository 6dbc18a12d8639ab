import base64
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from server.security.fingerprints import KeysDiffer, check_fingerprints, fingerprint, fingerprints
from server.security.master_keys import MasterKeys, parse_master_keys
from server.security.secret_files import SecretFiles
from server.security.secrets_store import Secrets, load_secrets
from server.settings import Settings, SettingsError

ONE, TWO = base64.b64encode(b"1" * 32).decode(), base64.b64encode(b"2" * 32).decode()
JWT = "j" * 32


def test_made_once_and_kept_for_this_user_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    first = load_secrets(settings)
    assert first.made == ("JWT_SECRET", "ENCRYPTION_KEYS", "EXPORT_SIGNING_KEY", "VAPID_PRIVATE_KEY")
    assert caplog.text.count("WARNING") == 4
    again = load_secrets(settings)
    assert again.made == ()
    assert again.jwt_secret == first.jwt_secret
    assert again.signing_seed == first.signing_seed
    assert again.vapid_private_key == first.vapid_private_key
    assert again.master_keys.by_id == first.master_keys.by_id
    folder = tmp_path / "var" / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "jwt_secret": 0o600,
        "encryption_keys": 0o600,
        "export_signing_key": 0o600,
        "vapid_private_key": 0o600,
    }
    for secret in (first.jwt_secret.decode(), repr(first.signing_seed), first.vapid_private_key):
        assert secret not in caplog.text + repr(first)


def test_two_installations_share_nothing(tmp_path: Path) -> None:
    one, two = (load_secrets(Settings(data_dir=tmp_path / name)) for name in ("one", "two"))
    assert one.jwt_secret != two.jwt_secret
    assert one.master_keys.by_id != two.master_keys.by_id


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from server.settings import Settings;"
        "from server.security.secrets_store import load_secrets; print(flush=True); sys.stdin.readline();"
        "s = load_secrets(Settings(data_dir=Path(sys.argv[1]))); print(s.jwt_secret, dict(s.master_keys.by_id))"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    starters = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(6)]
    for starter in starters:
        assert starter.stdout
        assert starter.stdout.readline() == b"\n"
    for starter in starters:
        assert starter.stdin
        starter.stdin.write(b"\n")
        starter.stdin.flush()
    answers = {starter.communicate(timeout=30)[0] for starter in starters}
    assert [starter.returncode for starter in starters] == [0] * 6
    assert len(answers) == 1
    kept = sorted(path.name for path in (tmp_path / "secrets").iterdir())
    assert kept == ["encryption_keys", "export_signing_key", "jwt_secret", "vapid_private_key"]


def test_who_comes_second_takes_what_the_first_one_made(tmp_path: Path) -> None:
    files = SecretFiles(tmp_path)

    def too_late() -> str:
        assert files.read_or_make("jwt_secret", lambda: "the first") == ("the first", True)
        return "the second"

    assert files.read_or_make("jwt_secret", too_late) == ("the first", False)
    assert [path.name for path in files.folder.iterdir()] == ["jwt_secret"]


def test_files_that_others_could_read_are_closed_to_them(tmp_path: Path) -> None:
    load_secrets(Settings(data_dir=tmp_path))
    path = tmp_path / "secrets" / "jwt_secret"
    path.chmod(0o644)
    load_secrets(Settings(data_dir=tmp_path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    secrets = load_secrets(
        Settings(
            data_dir=tmp_path,
            jwt_secret=JWT,
            encryption_keys=f"k2:{TWO},k1:{ONE}",
            export_signing_key=ONE,
            vapid_private_key="v",
        )
    )
    assert secrets.jwt_secret == JWT.encode()
    assert secrets.master_keys.current_id == "k2"
    assert secrets.signing_seed == base64.b64decode(ONE)
    assert secrets.vapid_private_key == "v"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "named"),
    [({}, "JWT_SECRET"), ({"jwt_secret": JWT}, "ENCRYPTION_KEYS"), ({"encryption_keys": f"a:{ONE}"}, "JWT_SECRET")],
)
def test_an_external_database_needs_both(tmp_path: Path, given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=rf"{named} is not set.*openssl rand"):
        load_secrets(Settings(data_dir=tmp_path, database_url="postgresql://x", **given))  # type: ignore[arg-type]  # `given` varies by case
    assert list(tmp_path.iterdir()) == []


def test_a_short_jwt_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="31 bytes, at least 32") as refused:
        load_secrets(Settings(data_dir=tmp_path, jwt_secret="q" * 31, encryption_keys=f"a:{ONE}"))
    assert "qqq" not in str(refused.value)


def test_an_emptied_file_is_not_made_anew(tmp_path: Path) -> None:
    load_secrets(Settings(data_dir=tmp_path))
    (tmp_path / "secrets" / "encryption_keys").write_text("")
    with pytest.raises(SettingsError, match="empty: put the secret back"):
        load_secrets(Settings(data_dir=tmp_path))


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("a file, not a folder")
    with pytest.raises(SettingsError, match="DATA_DIR"):
        load_secrets(Settings(data_dir=tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["secrets"]


@pytest.mark.parametrize("between", [",", " , ", "\n", ",\n", "\r\n\n"])
def test_master_keys_stand_behind_commas_or_on_lines_of_their_own(between: str) -> None:
    keys = parse_master_keys(f"k2:{TWO}{between}k1:{ONE}\n")
    assert dict(keys.by_id) == {"k2": b"2" * 32, "k1": b"1" * 32}
    assert keys.current_id == "k2"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "place 1 is not of the form"),
        ("noseparator", "place 1 is not of the form"),
        (f"k1:{ONE},", "place 2 is not of the form"),
        (f"K1:{ONE}", "the id at place 1"),
        (f":{ONE}", "the id at place 1"),
        (f"{'k' * 33}:{ONE}", "the id at place 1"),
        (f"é:{ONE}", "the id at place 1"),
        ("k1:c2VjcmV0!", "'k1' is not base64"),
        ("k1:c2VjcmV0", "has 6 bytes instead of 32"),
        (f"k1:{ONE},k1:{TWO}", "two keys of the id 'k1'"),
        (f"k1:{ONE},k2:{ONE}", "place 2 twice"),
    ],
)
def test_master_keys_of_a_wrong_form(text: str, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as refused:
        parse_master_keys(text)
    assert "c2VjcmV0" not in str(refused.value)
    assert ONE not in str(refused.value)


def secrets_of(jwt: bytes = b"j" * 32, **keys: bytes) -> Secrets:
    return Secrets(jwt, MasterKeys(keys or {"k1": b"1" * 32}))


def test_fingerprints_tell_keys_apart_and_show_nothing() -> None:
    found = fingerprints(secrets_of(k1=b"1" * 32, k2=b"2" * 32))
    assert sorted(found) == ["fingerprint.jwt_secret", "fingerprint.master_key.k1", "fingerprint.master_key.k2"]
    assert len(set(found.values())) == 3
    assert fingerprint(b"x") == fingerprint(b"x") != fingerprint(b"y")


def test_a_new_database_takes_all_fingerprints() -> None:
    current = fingerprints(secrets_of())
    assert check_fingerprints({"other": "kept by others"}, current) == current
    assert check_fingerprints(current, current) == {}


def test_a_new_master_key_is_added() -> None:
    stored = fingerprints(secrets_of(k1=b"1" * 32))
    rotated = fingerprints(secrets_of(k2=b"2" * 32, k1=b"1" * 32))
    assert list(check_fingerprints(stored, rotated)) == ["fingerprint.master_key.k2"]


@pytest.mark.parametrize(
    ("secrets", "sentence"),
    [
        (secrets_of(k1=b"x" * 32), "'k1' of ENCRYPTION_KEYS is not the one"),
        (secrets_of(k2=b"2" * 32), "lacks the key 'k1'"),
        (secrets_of(b"x" * 32), "JWT_SECRET is not the one.*fingerprint.jwt_secret"),
    ],
)
def test_other_keys_than_the_databases_are_refused(secrets: Secrets, sentence: str) -> None:
    with pytest.raises(KeysDiffer, match=sentence):
        check_fingerprints(fingerprints(secrets_of()), fingerprints(secrets), wrapping=("k1",))


def test_without_a_signing_key_all_nodes_derive_the_same_and_it_is_not_the_secret(tmp_path: Path) -> None:
    one, other, else_ = (
        load_secrets(
            Settings(data_dir=tmp_path, database_url="postgresql://x/x", jwt_secret=secret, encryption_keys=f"k1:{ONE}")
        ).signing_seed
        for secret in (JWT, JWT, "k" * 32)
    )
    assert one == other != else_
    assert one not in JWT.encode()


def test_a_signing_key_of_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="EXPORT_SIGNING_KEY"):
        load_secrets(Settings(data_dir=tmp_path, jwt_secret=JWT, encryption_keys=f"k1:{ONE}", export_signing_key="no"))


def test_a_key_under_which_nothing_is_wrapped_may_go() -> None:
    stored, without = fingerprints(secrets_of(k2=b"2" * 32, k1=b"1" * 32)), fingerprints(secrets_of(k2=b"2" * 32))
    assert check_fingerprints(stored, without) == {}
