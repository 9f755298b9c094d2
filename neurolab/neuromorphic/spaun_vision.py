"""The eye of the mini-Spaun: learned with smooth rates, run with spikes.

    J = W x + b                                 current into each neuron
    r = 1 / (tau_ref + tau log(1 + 1 / p(J - 1))),   p(u) = gamma log(1 + e^(u / gamma))
    symbol scores = A r,    style z = B r
    via points of class c = mean_c + M_c z

    symbol    meaning                                          shape        unit
    x         pixels, 0 paper to 1 ink                         (B, P)       -
    r         firing rates                                     (B, N)       1/s
    p         softplus: the kink at threshold made round       ()           -
    A, B      read-out of symbols and of style                 (15, N), (Z, N)
    z         style: what the movement must keep               (B, Z)       -
    M_c       one linear map for each digit                    (10, 2J, Z)  half a picture
    gamma     roundness; 0 is the rate of a LIF neuron         ()           -

Learned: the square of the errors of the scores (1 for the shown symbol, 0 for all others, and 0 for
an empty picture) and of the via points of the shown class, with noise on the rates as spikes would
bring it. The weights are then given to spiking neurons as they are.

What follows, and is tested: for gamma near 0 the rates are those of Nengo's LIF; the spiking layer
reads held-out digits as the rates do.

References: Hunsberger & Eliasmith (2016), arXiv:1611.05141 (soft LIF, noise); Eliasmith et al.
(2012), doi:10.1126/science.1225266 (a linear map for each digit keeps the style)
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

TAU_REF, TAU = 0.002, 0.02  # s
SYMBOLS = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE",
           "COPY", "READ", "LIST", "COUNT", "ASK")  # fmt: skip
DIGITS, TASKS = SYMBOLS[:10], SYMBOLS[10:14]


@dataclass(frozen=True)
class EyeParams:
    neurons: int = 400
    style: int = 10  # Z
    gamma: float = 0.05
    noise: float = 15.0  # 1/s, on the rates
    epochs: int = 120
    rate: float = 0.003  # of Adam
    moves: float = 16.0  # weight of the via points' errors


def soft_lif(current: Tensor, gamma: float) -> Tensor:
    """Rates (1/s) of LIF neurons with threshold 1, made smooth."""
    above = gamma * softplus((current - 1) / gamma)
    return 1 / (TAU_REF + TAU * torch.log1p(1 / above.clamp_min(1e-12)))


class Eye(nn.Module):
    """Pixels (B, P) to scores (B, 15), style (B, Z); ``paths`` to via points of given classes."""

    def __init__(self, pixels: int, points: int, params: EyeParams, seed: int = 0):
        super().__init__()
        self.params = params
        chance = torch.Generator().manual_seed(seed)
        self.weight = nn.Parameter(torch.randn(params.neurons, pixels, generator=chance) * 0.25)
        self.bias = nn.Parameter(0.5 + torch.rand(params.neurons, generator=chance))
        self.scores = nn.Parameter(torch.zeros(len(SYMBOLS), params.neurons))
        self.style = nn.Parameter(
            torch.randn(params.style, params.neurons, generator=chance) / params.neurons**0.5
        )
        self.maps = nn.Parameter(torch.randn(10, 2 * points, params.style, generator=chance) * 0.05)
        self.register_buffer("means", torch.zeros(10, 2 * points))

    def rates(self, x: Tensor) -> Tensor:
        return soft_lif(x @ self.weight.T + self.bias, self.params.gamma)

    def forward(self, x: Tensor, noise: Tensor | None = None) -> tuple[Tensor, Tensor]:
        rates = self.rates(x) if noise is None else self.rates(x) + noise
        return rates @ self.scores.T / 100, rates @ self.style.T / 100

    def paths(self, z: Tensor, digit: Tensor) -> Tensor:
        """Via points (B, J, 2)."""
        flat = self.means[digit] + (self.maps[digit] @ z[:, :, None])[:, :, 0]
        return flat.view(len(z), -1, 2)


def learn(x: Tensor, y: Tensor, via: Tensor, params: EyeParams = EyeParams(), seed: int = 0) -> Eye:
    """An eye that knows symbols y (B,) of pictures x (B, P) and movements via (D, J, 2).

    Args:
        x: the D digits first, then letters; an empty picture is added to each batch.
        via: of the D digits.
    """
    if not 0 < len(via) <= len(x) or int(y[: len(via)].max()) > 9:
        raise ValueError(f"via: for the first pictures, all digits, got {len(via)} of {len(x)}")
    eye = Eye(x.shape[1], via.shape[1], params, seed)
    moves = via.flatten(1)
    for k in range(10):
        eye.means[k] = moves[y[: len(via)] == k].mean(0)
    chance = torch.Generator().manual_seed(seed)
    descent = torch.optim.Adam(eye.parameters(), params.rate)
    steps = params.epochs * (len(x) // 64 + 1)
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(descent, steps)
    for _ in range(params.epochs):
        for at in torch.randperm(len(x), generator=chance).split(64):
            shown = torch.cat([x[at], torch.zeros(4, x.shape[1])])
            wanted = torch.zeros(len(shown), len(SYMBOLS))
            wanted[torch.arange(len(at)), y[at]] = 1
            noise = params.noise * torch.randn(len(shown), params.neurons, generator=chance)
            scores, z = eye(shown, noise)
            loss = (scores - wanted).square().sum(1).mean()
            drawn = at < len(via)
            if drawn.any():
                path = eye.paths(z[: len(at)][drawn], y[at][drawn]).flatten(1)
                far = (path - moves[at[drawn]]).square().mean()
                loss = loss + params.moves * far
            descent.zero_grad()
            loss.backward()
            descent.step()
            slower.step()
    return eye.requires_grad_(False)
