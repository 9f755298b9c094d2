"""What the readers of images share: the tensors they give, and opening a picture."""

import io
import math
from typing import NamedTuple

import numpy as np
from torch import Tensor

from .entry import DamagedData, UnknownData


class Labelled(NamedTuple):
    """Examples and their classes; ``x, y = load(...)`` takes it apart."""

    x: Tensor  # (B, ...), float32
    y: Tensor  # (B,), int64, from 0


def picture(content: bytes, name: object, mode: str = "RGB", size: int = 0) -> np.ndarray:
    """The pixels (H, W, 3), or (H, W) for mode "L", as bytes 0 to 255.

    ``size`` > 0 makes the picture size x size; a pixel is the mean of the area that it covers.

    Raises:
        DamagedData: it is no picture, or cut short; the message has ``name``.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as image:
            image = image.convert(mode)
            if size and image.size != (size, size):
                image = image.resize((size, size), Image.Resampling.BOX)
            return np.asarray(image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DamagedData(f"{name} is not a whole picture: {error}") from error


def check_size(size: int, largest: int) -> int:
    """The option ``size`` of a reader, in pixels.

    Raises:
        UnknownData: not a whole number from 1 to ``largest``.
    """
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= largest:
        raise UnknownData(f"size: got {size!r}, a whole number from 1 to {largest} is allowed")
    return size


def read_array(path) -> np.ndarray:
    """A .npy file of finite numbers; pickles are refused.

    Raises:
        DamagedData: it is no whole .npy file of numbers.
    """
    try:
        array = np.load(path, allow_pickle=False)
        ok = math.isfinite(np.abs(array).max(initial=0))
    except (OSError, ValueError, EOFError, TypeError) as error:
        raise DamagedData(f"{path} is not a whole .npy file of numbers: {error}") from error
    if not ok:
        raise DamagedData(f"{path} has values that are not finite")
    return array
