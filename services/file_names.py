"""Names that people gave to files: kept as they are, refused when they are more than a name."""

import unicodedata

from services.errors import ValidationFailed

LONGEST = 255
# Control and format characters (which turn the direction of "gpj.exe" round), lone surrogates, private use, separators of
# lines. The zero width joiner is part of emojis and of Persian names.
REFUSED_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
ALLOWED = "\u200c\u200d"
REFUSED = '/\\:*?"<>|'
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


def checked_name(name: str, *, field: str = "file") -> str:
    """In the composed form. Raises ValidationFailed for a path, a device, what cannot be seen, or nothing."""
    name = unicodedata.normalize("NFC", name)
    if not 0 < len(name) <= LONGEST or name != name.strip() or name.strip(".") == "" or name.endswith("."):
        raise ValidationFailed(fields={field: "bad_file_name"})
    for character in name:
        hidden = unicodedata.category(character) in REFUSED_CATEGORIES and character not in ALLOWED
        if hidden or character in REFUSED:
            raise ValidationFailed(fields={field: "bad_file_name"})
    if name.split(".")[0].lower() in DEVICES:
        raise ValidationFailed(fields={field: "bad_file_name"})
    return name


def extension_of(name: str) -> str:
    """In lower case, without the dot; "" when the name has none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem else ""
