"""A real server of S3's protocol, which checks signatures, on loopback."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.postgres.account import Account
from tests.support.ports import free_port

ACCESS, SECRET = "test-access", "test-secret"
PATIENCE = 30.0
PARTS = ("master", "volume", "filer", "s3")


@dataclass(frozen=True, slots=True)
class S3Server:
    """The credentials are for the environment, where boto looks for them."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        return {"AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_EC2_METADATA_DISABLED": "true"}


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Made of SeaweedFS, all its parts in one process."""
    rights = folder / "s3.json"
    credentials = [{"accessKey": ACCESS, "secretKey": SECRET}]
    identity = {"name": "test", "credentials": credentials, "actions": ["Admin", "Read", "Write", "List"]}
    rights.write_text(json.dumps({"identities": [identity]}), "utf-8")
    ports = {f"{part}.port{kind}": free_port() for part in PARTS for kind in ("", ".grpc")}
    command = [
        *(str(Path(sys.executable).parent / "weed"), "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}"),
        *("-filer", "-s3", f"-s3.config={rights}", "-volume.max=20", "-master.volumeSizeLimitMB=64"),
        # Two parts that nobody asked for, on ports that another one may have.
        *("-s3.port.iceberg=0", "-s3.port.lance=0"),
        *(f"-{name}={port}" for name, port in ports.items()),
    ]
    with (folder / "weed.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, preexec_fn=Account(os.geteuid(), os.getegid(), "").mortal()
        )
    server = S3Server(f"http://127.0.0.1:{ports['s3.port']}")
    try:
        _await(server, process, folder)
        yield server
    finally:
        process.kill()  # it has nothing worth a farewell
        process.wait(PATIENCE)


def _await(server: S3Server, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers(server):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"SeaweedFS did not start: {(folder / 'weed.log').read_text('utf-8')[-1000:]}")
        time.sleep(0.05)


def _answers(server: S3Server) -> bool:
    try:
        urllib.request.urlopen(server.endpoint, timeout=2).close()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code == 403
    except OSError:
        return False
    return True
