"""By what a photograph is known again when it was resized or saved anew."""

from array import array
from statistics import pstdev

from PIL import Image

NO_HASH = 0
"""Of a picture that tells nothing: a plain one, a logo, a notice."""

DEVIATION_MIN = 12.0
"""Levels of grey by which the parts of a picture differ at least, in the mean: less is plain."""
STEP = 0.2
"""Of the deviation, which counts as darker: an encoder changes the mean of a part by far less."""
STEPS_MIN = 8
"""A picture with fewer dark edges is too plain to be told from others."""
ENTROPY_MIN = 4.0
"""Bits. A drawing has few greys; a photograph, whose every pixel is its own, has 5 to 7."""

_CELLS = (9, 8)
_SMALL = (144, 128)
_SIDE_MIN = 320  # pixels that the shorter side keeps, where the floating point is afforded
_SIGN = 1 << 63


def difference_hash(picture: Image.Image) -> int:
    """Return 64 bits as a signed number, or `NO_HASH`: which parts are darker than their left one.

    A difference hash (Krawetz, 2013) of 8 rows of 9 parts. Their greys are weighted means in
    floating point, as whole pixels and whole greys would fall differently in another size. Two
    pictures are taken for one only where all bits are equal, so that a look-up is by equality.
    """
    grey = picture.convert("L")
    grey = grey.reduce(max(1, min(grey.size) // _SIDE_MIN))
    parts = array("f", grey.convert("F").resize(_CELLS, Image.Resampling.HAMMING).tobytes())
    deviation = pstdev(parts)
    if (
        deviation < DEVIATION_MIN
        or grey.resize(_SMALL, Image.Resampling.BILINEAR).entropy() < ENTROPY_MIN
    ):
        return NO_HASH
    bits = 0
    for at in range(len(parts)):
        if at % _CELLS[0]:
            bits = bits << 1 | (parts[at - 1] - parts[at] > STEP * deviation)
    return NO_HASH if bits.bit_count() < STEPS_MIN else (bits ^ _SIGN) - _SIGN
