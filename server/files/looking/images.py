"""Pictures: decoded to the end to see that they are some, shown small, and freed of metadata."""

import io

from PIL import Image, ImageOps

from server.files.looking import jpeg, png
from server.files.looking.foreign import refuse_two_types
from server.files.looking.looked import Limits, Looked, Refused

THUMBNAIL = (320, 320)
QUALITY = 80
ORIENTATION = 0x0112
# From here on width and height change places.
LYING = 5
# We look at the size ourselves, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None


def look_at_jpeg(data: bytes, limits: Limits) -> Looked:
    return _look(data, limits, "JPEG")


def look_at_png(data: bytes, limits: Limits) -> Looked:
    return _look(data, limits, "PNG")


def _look(data: bytes, limits: Limits, form: str) -> Looked:
    refuse_two_types(data)
    with Image.open(io.BytesIO(data), formats=(form,)) as image:
        width, height = image.size
        if limits.max_pixels and width * height > limits.max_pixels:
            raise Refused("image_too_large", f"{width}x{height}")
        orientation = int(image.getexif().get(ORIENTATION, 1)) if form == "JPEG" else 1
        thumbnail = _thumbnail(image)
    clean = jpeg.without_metadata(data, orientation) if form == "JPEG" else png.without_metadata(data)
    if orientation >= LYING:
        width, height = height, width
    return Looked(clean, thumbnail, width, height)


def _thumbnail(image: Image.Image) -> bytes:
    """Reads the picture to its end; JPEG at a fraction of its size, which costs a fraction of the memory."""
    image.draft("RGB", (2 * THUMBNAIL[0], 2 * THUMBNAIL[1]))
    image.load()
    small = ImageOps.exif_transpose(image)
    small = small.convert("RGBA" if small.has_transparency_data else "RGB")
    small.thumbnail(THUMBNAIL)
    if small.mode == "RGBA":
        white = Image.new("RGB", small.size, "white")
        white.paste(small, mask=small.getchannel("A"))
        small = white
    # What the picture said of itself, a comment for one, would be written again.
    small.info = {}
    out = io.BytesIO()
    small.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
