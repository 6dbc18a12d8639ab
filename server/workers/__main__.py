"""`python -m server.workers DESCRIPTOR`: one worker, started by the parent and by nobody else."""

import sys

from server import compiled
from server.collector import importing

compiled.use()

with importing():
    from server.workers.worker import main  # after what is compiled can stand in for what it imports

main(int(sys.argv[1]))
