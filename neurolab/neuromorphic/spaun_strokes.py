"""Digits as movements: twelve points that a pen passes, fitted to pictures.

    pen(s)   = sum_j tent_j(s) p_j,   tent_j(s) = max(0, 1 - |(J - 1) s - j|)
    ink(x)   = max over s of exp(-|x - pen(s)|^2 / (2 width^2))
    p fitted = argmin  mean_x (ink(x) - picture(x))^2 + stay mean_j |p_j - template_j|^2

    symbol     meaning                                            shape        unit
    p          via points, x to the right and y up                (B, J, 2)    half a picture
    s          phase of the movement, 0 to 1                      ()           -
    tent       weight of each via point                           (S, J)       -
    width      of the pen                                         ()           half a picture
    stay       how much a fit costs that leaves its template      ()           -

A picture has no strokes, so each training picture of a digit is explained by a template of its
class that is bent until its ink fits. The start templates are drawn by hand, in one stroke each; so
are the letters that name the tasks.

What follows, and is tested: tents sum to 1, so a pen between two equal points stands still; the ink
of a straight stroke is a Gaussian of the distance; a fit finds a picture that was drawn from bent
points.

Reference: the motor part of Spaun, Eliasmith et al. (2012), doi:10.1126/science.1225266, whose arm
and whose mapping from vision to movement are other ones
"""

import math

import torch
from torch import Tensor

POINTS = 12
# The strokes of each digit, resampled below to POINTS via points.
STROKES = {
    0: [(0.15, 0.9), (-0.4, 0.65), (-0.55, 0.0), (-0.35, -0.7), (0.05, -0.9), (0.45, -0.6),
        (0.55, 0.05), (0.45, 0.7), (0.1, 0.9)],
    1: [(-0.35, 0.45), (0.1, 0.9), (0.1, 0.0), (0.05, -0.9)],
    2: [(-0.5, 0.5), (-0.2, 0.9), (0.3, 0.8), (0.35, 0.35), (0.0, -0.2), (-0.5, -0.85),
        (0.1, -0.85), (0.55, -0.85)],
    3: [(-0.5, 0.75), (0.0, 0.9), (0.45, 0.6), (0.3, 0.2), (-0.1, 0.05), (0.35, -0.1),
        (0.5, -0.5), (0.1, -0.9), (-0.5, -0.8)],
    4: [(0.05, 0.9), (-0.3, 0.3), (-0.55, -0.15), (0.0, -0.2), (0.55, -0.1), (0.25, -0.15),
        (0.3, 0.3), (0.2, -0.3), (0.1, -0.9)],
    5: [(0.5, 0.85), (-0.3, 0.85), (-0.4, 0.2), (0.1, 0.25), (0.5, -0.1), (0.4, -0.7),
        (0.0, -0.9), (-0.5, -0.75)],
    6: [(0.25, 0.9), (-0.2, 0.5), (-0.45, -0.1), (-0.4, -0.65), (0.0, -0.9), (0.45, -0.6),
        (0.35, -0.1), (-0.05, -0.05), (-0.4, -0.4)],
    7: [(-0.5, 0.8), (0.0, 0.85), (0.5, 0.85), (0.25, 0.2), (0.4, 0.05), (-0.25, 0.0), (0.15, 0.0),
        (-0.05, -0.5), (-0.2, -0.9)],
    8: [(0.4, 0.6), (0.0, 0.9), (-0.4, 0.6), (-0.1, 0.1), (0.35, -0.35), (0.3, -0.8), (0.0, -0.9),
        (-0.35, -0.75), (-0.3, -0.3), (0.05, 0.1), (0.4, 0.6)],
    9: [(0.4, 0.55), (0.0, 0.9), (-0.4, 0.6), (-0.3, 0.15), (0.1, 0.05), (0.4, 0.5),
        (0.4, -0.1), (0.25, -0.75), (-0.3, -0.85)],
}  # fmt: skip
LETTERS = {
    "C": [(0.6, 0.6), (0.1, 0.9), (-0.5, 0.5), (-0.6, -0.2), (-0.2, -0.85), (0.6, -0.7)],
    "R": [(-0.6, -0.9), (-0.6, 0.9), (0.3, 0.85), (0.5, 0.45), (0.2, 0.05), (-0.6, 0.0),
          (-0.1, 0.0), (0.65, -0.9)],
    "M": [(-0.8, -0.9), (-0.75, 0.9), (0.0, -0.2), (0.75, 0.9), (0.8, -0.9)],
    "N": [(-0.6, -0.9), (-0.6, 0.9), (0.6, -0.9), (0.6, 0.9)],
    "?": [(-0.6, 0.4), (-0.3, 0.9), (0.4, 0.85), (0.5, 0.4), (0.0, -0.05), (0.0, -0.4),
          (0.0, -0.9)],
}  # fmt: skip


def resample(stroke: list[tuple[float, float]], points: int = POINTS) -> Tensor:
    """Via points (J, 2) at equal distances along a polyline."""
    line = torch.tensor(stroke)
    steps = (line[1:] - line[:-1]).norm(dim=1)
    at = torch.cat([torch.zeros(1), steps.cumsum(0)])
    wanted = torch.linspace(0, float(at[-1]), points)
    k = torch.searchsorted(at, wanted, right=True).clamp(1, len(line) - 1) - 1
    part = (wanted - at[k]) / steps[k]
    return line[k] + part[:, None] * (line[k + 1] - line[k])


def tents(phase: Tensor, points: int = POINTS) -> Tensor:
    """Weights (S, J) of the via points at phases (S,)."""
    return (1 - ((points - 1) * phase[:, None] - torch.arange(points)).abs()).clamp_min(0)


def pen(via: Tensor, samples: int = 34) -> Tensor:
    """Positions (B, S, 2) of a pen that passes via points (B, J, 2)."""
    return tents(torch.linspace(0, 1, samples), via.shape[1]) @ via


def ink(path: Tensor, side: int, width: float) -> Tensor:
    """The picture (B, side, side) that a path (B, S, 2) leaves, 0 to 1."""
    at = (torch.arange(side) + 0.5) * 2 / side - 1
    dx = (path[:, :, 0, None] - at).square()  # (B, S, side)
    dy = (path[:, :, 1, None] + at).square()  # rows count from the top
    far = dy[:, :, :, None] + dx[:, :, None, :]
    return (-far.amin(1) / (2 * width**2)).exp()


def templates() -> Tensor:
    """The start templates of the ten digits, (10, J, 2)."""
    return torch.stack([resample(STROKES[k]) for k in range(10)])


def fit(x: Tensor, start: Tensor, width: float, steps: int = 60, stay: float = 0.05) -> Tensor:
    """Via points (B, J, 2) whose ink is near to pictures x (B, H, H), from templates (B, J, 2)."""
    if x.ndim != 3 or len(x) != len(start):
        raise ValueError(f"x: (B, H, H) with B = {len(start)} is needed, got {tuple(x.shape)}")
    via = start.clone().requires_grad_(True)
    descent = torch.optim.Adam([via], 0.05)
    for _ in range(steps):
        off = (ink(pen(via), x.shape[-1], width) - x).square().mean((1, 2))
        bent = (via - start).square().mean((1, 2))
        wild = (via[:, 2:] - 2 * via[:, 1:-1] + via[:, :-2]) - (
            start[:, 2:] - 2 * start[:, 1:-1] + start[:, :-2]
        )
        descent.zero_grad()
        (off + stay * bent + stay * wild.square().mean((1, 2))).sum().backward()
        descent.step()
    return via.detach()


def glyphs(symbol: str, count: int, side: int, width: float, chance: torch.Generator) -> Tensor:
    """Pictures (count, side, side) of a letter, each a little bent, turned and moved."""
    via = resample(LETTERS[symbol]).repeat(count, 1, 1)
    turn = 0.15 * torch.randn(count, generator=chance)
    size = 0.9 + 0.07 * torch.randn(count, 1, 1, generator=chance)
    move = 0.05 * torch.randn(count, 1, 2, generator=chance)
    bend = 0.03 * torch.randn(via.shape, generator=chance)
    cos, sin = torch.cos(turn), torch.sin(turn)
    spin = torch.stack([torch.stack([cos, -sin], -1), torch.stack([sin, cos], -1)], -2)
    return ink(pen(((via + bend) * size) @ spin + move), side, width)


def read(picture: Tensor, x: Tensor, y: Tensor, neighbours: int = 5) -> Tensor:
    """The digits (B,) that pictures (B, H, H) show, by the nearest of known ones (M, H, H).

    Nearness is the correlation of pixels; pictures may be moved by one pixel each way.
    """
    known = _flat(x)
    moved = [torch.roll(picture, (a, b), (1, 2)) for a in (-1, 0, 1) for b in (-1, 0, 1)]
    near = torch.stack([_flat(p) @ known.T for p in moved]).amax(0)
    best, which = near.topk(neighbours, dim=1)
    votes = torch.zeros(len(picture), 10)
    votes.scatter_add_(1, y[which], best.clamp_min(0) ** 8)
    return votes.argmax(1)


def _flat(x: Tensor) -> Tensor:
    flat = x.flatten(1)
    flat = flat - flat.mean(1, keepdim=True)
    return flat / flat.norm(dim=1, keepdim=True).clamp_min(1e-6)


def correlation(a: Tensor, b: Tensor) -> Tensor:
    """Of pictures (B, H, H) with pictures (B, H, H), pixel by pixel, (B,)."""
    return (_flat(a) * _flat(b)).sum(1)


def pen_width(side: int) -> float:
    """Of a pen that leaves lines as thick as those of the digits (half a picture)."""
    return 0.17 * math.sqrt(8 / side)
