"""Pictures as sequences: pixel after pixel, row by row, as numbers or as crossings of thresholds.

    analog      x(t) = p(t), one input
    crossings   of each of C thresholds: one input spikes at t if p rises over it from t - 1 to t,
                another if p falls back; before the first pixel p is 0

    symbol   meaning                                             shape              unit
    p        pixels, 0 paper to 1 ink, in the order of reading   (T, B)             -
    x        inputs                                              (T, B, 1 or 2 C)   -
    T        number of pixels, height times width                ()                 steps

The thresholds are (k + 1/2) / C for k = 0 .. C - 1, so that no grey of an 8-bit picture lies on one
(C even and below 128). A larger picture is made smaller by ``halved``: means of 2 x 2 pixels.

Reference: Le, Jaitly & Hinton (2015), arXiv:1504.00941; crossings: Bellec et al. (2018),
arXiv:1803.09574
"""

import torch
from torch import Tensor

ENCODINGS = ("analog", "crossings")


def halved(x: Tensor) -> Tensor:
    """Pictures (B, H, W) of half the height and width: means of 2 x 2 pixels.

    Raises:
        ValueError: not three axes, or an odd height or width.
    """
    if x.ndim != 3 or x.shape[1] % 2 or x.shape[2] % 2:
        given = tuple(x.shape)
        raise ValueError(f"x: (B, H, W) with even H and W is needed, got shape {given}")
    return torch.nn.functional.avg_pool2d(x[:, None], 2)[:, 0]


def pixel_sequence(x: Tensor, encoding: str = "analog", thresholds: int = 40) -> Tensor:
    """Pictures (B, H, W) from 0 to 1 as inputs (H W, B, 1), or (H W, B, 2 ``thresholds``).

    The first ``thresholds`` inputs of "crossings" say that p rises, the others that it falls.

    Raises:
        ValueError: not three axes, a pixel below 0, above 1 or nan, an unknown encoding, or
            ``thresholds`` is not a whole number of at least 1.
    """
    if x.ndim != 3:
        raise ValueError(f"x: (B, H, W) is needed, got shape {tuple(x.shape)}")
    if not bool(((x >= 0) & (x <= 1)).all()):
        raise ValueError("x: pixels from 0 to 1 are needed, got some outside or nan")
    if encoding not in ENCODINGS:
        raise ValueError(f"encoding: one of {list(ENCODINGS)} is needed, got {encoding!r}")
    if isinstance(thresholds, bool) or not isinstance(thresholds, int) or thresholds < 1:
        raise ValueError(f"thresholds: a whole number from 1 is needed, got {thresholds!r}")
    p = x.flatten(1).T
    if encoding == "analog":
        return p[:, :, None]
    levels = (torch.arange(thresholds, dtype=x.dtype, device=x.device) + 0.5) / thresholds
    over = torch.cat([p.new_zeros(1, p.shape[1]), p])[:, :, None] > levels
    up, down = over[1:] & ~over[:-1], over[:-1] & ~over[1:]
    return torch.cat([up, down], -1).to(x.dtype)
