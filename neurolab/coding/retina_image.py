"""A picture as first-spike latencies: centre and surround, who fires first, and the way back.

    r = W image,     W(d) = gauss(d, centre) - weight gauss(d, surround)
    x = min(r / full, 1)  for ON cells,   min(-r / full, 1)  for OFF cells;   x <= 0 stays silent
    t = first + (last - first) (1 - x)                                        ``linear_time``
    image' = argmin_i |W i - r'|^2 + ridge |i|^2,     r' = full (x'_on - x'_off) from the times

    symbol     meaning                                                 shape           unit
    image      brightness, 0 to 1                                      (B, H, W)       -
    r          what the cells at each pixel see                        (B, H W)        -
    x          drive of the ON and then the OFF cells                  (B, 2 H W)      0 to 1
    t          time of the one spike of a cell, inf for none           (B, 2 H W)      ms
    full       drive that fires at once                                ()              -
    centre     width of the centre, and of the surround                ()              pixels
    ridge      how little the inverse trusts weak directions           ()              -

At the edge the picture goes on as darkness. With weight below 1 the surround does not cancel the
centre, so an even field passes, weakened, and W can be undone.

What follows, and is tested: from times without noise and a small ridge the picture comes back; with
a jitter of 1 ms in a window of 50 ms, from one spike a cell at most, the structural similarity to
pictures of Fashion-MNIST is above 0.8 (``ridge`` was chosen on its training pictures), and higher
than from counts of the same cells in the same window: those that fire by chance with up to
400 / s, and those that fire like a clock, without noise, with up to 200 / s. At 400 / s the clock
comes out ahead, with several spikes a cell.

Where it differs from the paper: there the latencies of single recorded cells are shown to carry
the picture; here all cells are alike, one ON and one OFF at each pixel, and the inverse is linear.

References: Gollisch & Meister (2008), doi:10.1126/science.1149639; difference of Gaussians: Rodieck
(1965), doi:10.1016/0042-6989(65)90033-7
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from .latency import LinearLatencyParams, linear_time, linear_value
from .spikes import check_from_zero, check_ordered, check_part, check_positive

WINDOW = LinearLatencyParams()  # 0 to 50 ms


@dataclass(frozen=True)
class RetinaImageParams:
    centre: float = 0.6  # pixels, standard deviation
    surround: float = 1.8  # pixels
    weight: float = 0.7  # of the surround
    full: float = 0.5
    ridge: float = 1e-2
    latency: LinearLatencyParams = WINDOW

    def __post_init__(self):
        check_positive(centre=self.centre, full=self.full, ridge=self.ridge)
        check_ordered(centre=self.centre, surround=self.surround)
        check_part(weight=self.weight)


def receptive_fields(
    height: int, width: int, params: RetinaImageParams = RetinaImageParams()
) -> Tensor:
    """W (H W, H W), to cells from pixels; each Gaussian has sum 1 on an endless grid."""

    def blur(sigma: float) -> Tensor:
        def along(size: int) -> Tensor:
            away = torch.arange(size, dtype=torch.float64)
            reach = torch.arange(-99, 100, dtype=torch.float64)
            total = torch.exp(-((reach / sigma) ** 2) / 2).sum()
            return torch.exp(-(((away[:, None] - away) / sigma) ** 2) / 2) / total

        return torch.kron(along(height), along(width))

    return blur(params.centre) - params.weight * blur(params.surround)


def drives(image: Tensor, fields: Tensor, params: RetinaImageParams) -> Tensor:
    """x (B, 2 H W) of the ON and the OFF cells.

    Raises:
        ValueError: brightness that is not (B, H, W) within 0 .. 1, or another size than the fields.
    """
    size = len(fields)
    inside = (image >= 0) & (image <= 1)
    if image.ndim != 3 or image[0].numel() != size or not bool(inside.all()):
        raise ValueError(
            f"image: numbers from 0 to 1 of shape (B, H, W), H W = {size}, are needed, "
            f"got {tuple(image.shape)} with {int((~inside).sum())} that are not"
        )
    r = image.flatten(1) @ fields.to(image).T
    return (torch.cat([r, -r], 1) / params.full).clamp(0, 1)


def image_times(image: Tensor, fields: Tensor, params: RetinaImageParams) -> Tensor:
    """Times (B, 2 H W) of the one spike of each ON and each OFF cell, inf for none."""
    return linear_time(drives(image, fields, params), params.latency)


def jitter_times(t: Tensor, jitter: float, generator: torch.Generator) -> Tensor:
    """Times moved by a Gaussian with this standard deviation in ms, none ahead of 0."""
    check_from_zero(jitter=jitter)
    noise = torch.randn(t.shape, generator=generator, dtype=t.dtype, device=t.device)
    return (t + jitter * noise).clamp(min=0)


def image_from_drives(x: Tensor, fields: Tensor, params: RetinaImageParams) -> Tensor:
    """Brightness (B, H W), 0 .. 1, from what is believed of the drives (B, 2 H W)."""
    on, off = x.double().chunk(2, dim=1)
    square = fields.T @ fields + params.ridge * torch.eye(len(fields), dtype=fields.dtype)
    back = torch.linalg.solve(square, fields.T @ (params.full * (on - off)).T).T
    return back.clamp(0, 1).to(x.dtype)


def image_from_times(t: Tensor, fields: Tensor, params: RetinaImageParams) -> Tensor:
    """Brightness (B, H W), 0 .. 1, from first spikes (B, 2 H W) and nothing else."""
    x = linear_value(t, params.latency).clamp(0, 1)
    return image_from_drives(x, fields, params)
