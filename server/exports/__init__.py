"""What exports need of libraries: seals, the printer of PDFs, and the task that works through what was asked for."""
