"""`python -m server.workers DESCRIPTOR`: one worker, started by the parent and by nobody else."""

import sys

from server import compiled

compiled.use()

from server.workers.worker import main  # noqa: E402  # after what is compiled can stand in for what it imports

main(int(sys.argv[1]))
