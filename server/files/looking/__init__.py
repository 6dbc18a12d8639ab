"""The look inside a file that somebody sent. It runs in a process of its own, since parsers of hostile files break."""
