"""The parts of the forum that need libraries, and how its services are built."""
