"""Free ports of the loopback, for servers that cannot be asked to take port 0."""

import socket


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
