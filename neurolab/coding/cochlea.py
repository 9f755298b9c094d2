"""A cochlea: a bank of gammatone filters, rectified, compressed, and told by level crossings.

    motion_c = sound * h_c,     h_c[n] = 2 C(n + 3, 3) (1 - a_c)^4 a_c^n cos(2 pi f_c n / rate)
    a_c      = exp(-2 pi 1.019 ERB(f_c) / rate),     ERB(f) = 24.7 (1 + 0.00437 f)
    m_c(t)   = mean of max(motion_c, 0) over frame t
    x_c(t)   = log(1 + m_c / floor) / log(1 + 1 / floor)
    up       = 1 where x_c has passed a level since the frame before, down where it has fallen below

    symbol   meaning                                            shape        unit
    sound    pressure, -1 to 1                                  (S, B)       -
    f        best frequencies, even steps on the ERB scale      (C,)         Hz
    ERB      bandwidth of human hearing at f                    (C,)         Hz
    x        level of a channel, 0 to 1                         (T, B, C)    -
    z        spikes: for each level ups, then downs             (T, B, 2 L C)  -

h is a gammatone of order 4 on the grid of the samples: four equal leaky integrators in a row that
turn with f_c. So the answer to a tone has a closed form (``response``),
    G(w) = P(w - w_c) + P(w + w_c),     P(d) = ((1 - a) / (1 - a exp(-i d)))^4,
tested against filtered tones. The time constant falls with frequency, as it does in the ear. Tested
too: a tone moves the channel of its frequency most; a louder sound raises every channel; silence
stays silent; a level is passed up and down equally often or once more.

Where it differs from the ear: filters do not sharpen or widen with loudness, and a frame of 5 ms
stands for the phase locking of the nerve.

References: bandwidths: Glasberg & Moore (1990), doi:10.1016/0378-5955(90)90170-T; onsets and
offsets of levels as spikes: Gutig & Sompolinsky (2009), doi:10.1371/journal.pbio.1000141
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from .spikes import check_ordered, check_positive

ORDER = 4


@dataclass(frozen=True)
class CochleaParams:
    rate: float = 8000.0  # samples a second
    channels: int = 24
    low: float = 100.0  # Hz, lowest best frequency
    high: float = 3600.0  # Hz, highest
    frame: float = 5.0  # ms
    floor: float = 1e-3  # of the full amplitude, where compression begins

    def __post_init__(self):
        if isinstance(self.channels, bool) or not isinstance(self.channels, int):
            raise ValueError(f"channels: a whole number is needed, got {self.channels!r}")
        check_positive(rate=self.rate, channels=self.channels, low=self.low, high=self.high)
        check_positive(frame=self.frame, floor=self.floor)
        check_ordered(low=self.low, high=self.high)
        if self.high >= self.rate / 2:
            raise ValueError(f"high: less than {self.rate / 2} Hz is needed, got {self.high!r}")
        if self.frame * self.rate < 1000:
            raise ValueError(f"frame: at least a sample, 1 / rate, is needed, got {self.frame!r}")


def bandwidth(f: Tensor) -> Tensor:
    """ERB in Hz of frequencies in Hz."""
    return 24.7 * (1 + 0.00437 * f)


def centres(params: CochleaParams = CochleaParams()) -> Tensor:
    """Best frequencies (C,) in Hz, float64: even steps of the integral of 1 / ERB."""
    low, high = (math.log1p(0.00437 * f) for f in (params.low, params.high))
    return torch.linspace(low, high, params.channels, dtype=torch.float64).expm1() / 0.00437


def response(f: Tensor, params: CochleaParams = CochleaParams()) -> Tensor:
    """Amplitudes (F, C) to which each channel moves under tones of amplitude 1 at f (F,) in Hz."""
    best = centres(params)
    turn = 2 * math.pi / params.rate
    a = torch.exp(-turn * 1.019 * bandwidth(best))
    passed = 0
    for sign in (-1, 1):
        d = turn * (f.double()[:, None] + sign * best)
        passed = passed + ((1 - a) / (1 - a * torch.polar(torch.ones_like(d), -d))) ** ORDER
    return passed.abs()


def motion(sound: Tensor, params: CochleaParams = CochleaParams()) -> Tensor:
    """What the filters make of sounds (S, B): (S, B, C).

    Raises:
        TypeError: no tensor of floats.
        ValueError: another shape, or numbers that are not finite.
    """
    if not (isinstance(sound, Tensor) and sound.is_floating_point()):
        kind = sound.dtype if isinstance(sound, Tensor) else type(sound).__name__
        raise TypeError(f"sound: a tensor of floats is needed, got {kind}")
    if sound.ndim != 2:
        raise ValueError(f"sound: shape (S, B) is needed, got {tuple(sound.shape)}")
    if not bool(torch.isfinite(sound).all()):
        bad = int((~torch.isfinite(sound)).sum())
        raise ValueError(f"sound: finite numbers are needed, got {bad} that are not")
    if sound.numel() == 0:
        return sound.new_zeros(*sound.shape, params.channels)
    n, best = torch.arange(len(sound), dtype=torch.float64)[:, None], centres(params)
    turn = 2 * math.pi / params.rate
    decay = turn * 1.019 * bandwidth(best)
    ways = (n + 1) * (n + 2) * (n + 3) / 6
    envelope = 2 * ways * (-torch.expm1(-decay)) ** ORDER * torch.exp(-decay * n)
    h = (envelope * torch.cos(turn * best * n)).to(sound)
    size = 1 << (2 * len(sound) - 1).bit_length()  # transforms like powers of two
    sound_f, h_f = (torch.fft.rfft(part, n=size, dim=0) for part in (sound, h))
    return torch.fft.irfft(sound_f[..., None] * h_f[:, None], n=size, dim=0)[: len(sound)]


def cochlea(sound: Tensor, params: CochleaParams = CochleaParams()) -> Tensor:
    """Levels (T, B, C) of sounds (S, B), one for each whole frame; see ``motion``."""
    length = round(params.frame * params.rate / 1000)
    moved = motion(sound, params).clamp(min=0)
    frames = len(moved) // length
    mean = moved[: frames * length].unflatten(0, (frames, length)).mean(1)
    return torch.log1p(mean / params.floor) / math.log1p(1 / params.floor)


def level_crossings(x: Tensor, levels: tuple[float, ...] = (0.2, 0.35, 0.5)) -> Tensor:
    """Spikes (T, B, 2 L C) from x (T, B, C), which is below all levels before the first frame.

    Raises:
        ValueError: x has another shape, or the levels do not grow from above 0.
    """
    if x.ndim != 3:
        raise ValueError(f"x: shape (T, B, C) is needed, got {tuple(x.shape)}")
    if not levels or not all(a < b for a, b in zip((0.0, *levels), levels, strict=False)):
        raise ValueError(f"levels: numbers above 0 that grow are needed, got {levels!r}")
    above = torch.stack([(x > level).to(x.dtype) for level in levels], 2)  # (T, B, L, C)
    step = torch.diff(above, dim=0, prepend=torch.zeros_like(above[:1]))
    return torch.stack([step.clamp(min=0), (-step).clamp(min=0)], 3).flatten(2)
