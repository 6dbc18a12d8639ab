"""The README's pictures: four of those that `make screens` took, made small. `python -m tests.browser.pictures`."""

from pathlib import Path

from PIL import Image

HOME = Path(__file__).parent.parent.parent
SCREENS, PICTURES = HOME / "build" / "screens", HOME / "docs" / "pictures"
CHOSEN = {
    "conversation": "about-a-prescription-desk-light",
    "inbox-phone": "doctor-inbox-phone-dark",
    "question": "question-desk-light",
    "mentor": "mentor-desk-light",
}
WIDEST = 880
COLOURS = 64


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    for name, screen in CHOSEN.items():
        with Image.open(SCREENS / f"{screen}.png") as picture:
            picture.thumbnail((WIDEST, WIDEST))
            small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            small.save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
