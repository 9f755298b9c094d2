"""Two ways to keep a stream of bits: slow neurons, or fast neurons in a chain."""

from neurolab.core.ops import exp, log, maximum
from neurolab.core.random import normal, seeded, uniform
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.recurrent.trainable_tau import tau_step

CELLS = 12  # of each network
LONGEST = 12  # bits back that are read
SETTLE = 30  # steps before any is used
FITTED = 400  # steps that the read-out is fitted on, and as many that it is tried on
PULSE = 60  # steps that are drawn after a pulse


def spread(slowest):
    """Time constants of the lone neurons: evenly from 1 to the slowest, in ratio."""
    return [exp(log(slowest) * k / (CELLS - 1)) for k in range(CELLS)]


def chained(r, bit, taus, shake):
    """One step of the chain: each neuron follows the one before it."""
    return [tau_step(r[k], (bit if k == 0 else r[k - 1]) + shake[k], taus[k]) for k in range(CELLS)]


def alone(r, bit, taus, shake):
    """One step of neurons that all hear the bit, and nobody else."""
    return [tau_step(r[k], bit + shake[k], taus[k]) for k in range(CELLS)]


def after_pulse(chain, taus, cell):
    """What one neuron does after a single pulse without noise, its largest made 1."""
    r, still, seen, most = [0.0 for _ in taus], [0.0 for _ in taus], [], 1e-12
    for t in range(PULSE):
        bit = 1.0 if t == 0 else 0.0
        r = chained(r, bit, taus, still) if chain else alone(r, bit, taus, still)
        seen.append(r[cell])
        most = maximum(most, r[cell])
    return [x / most for x in seen]


def history(chain, taus, noise, bits, s):
    """Rates of all neurons at each step, and a 1 for the bias behind them."""
    r, rows = [0.0 for _ in taus], []
    for bit in bits:
        shake = []
        for _ in range(CELLS):
            x, s = normal(s)
            shake.append(noise * x)
        r = chained(r, bit, taus, shake) if chain else alone(r, bit, taus, shake)
        rows.append([r[k] if k < CELLS else 1.0 for k in range(CELLS + 1)])
    return rows


def read_outs(rows, bits):
    """Weights of the best linear read-out (least squares) for each bit back, one row a cell."""
    size = CELLS + 1
    both = [[0.0 for _ in range(size + LONGEST)] for _ in range(size)]
    for t in range(SETTLE, SETTLE + FITTED):
        row = rows[t]
        wide = [row[k] if k < size else bits[t - k + size] for k in range(size + LONGEST)]
        both = [
            [b + x * y for b, y in zip(line, wide, strict=True)]
            for line, x in zip(both, row, strict=True)
        ]
    for k in range(size):  # elimination; the sums of squares are positive definite
        pivot = both[k][k] + 1e-6
        top = [b / pivot for b in both[k]]
        below = []
        for j in range(size):
            factor = both[j][k]
            line = [b - factor * x for b, x in zip(both[j], top, strict=True)]
            below.append(top if j == k else line)
        both = below
    return [[both[k][size + n] for k in range(size)] for n in range(LONGEST)]


def right(rows, bits):
    """By how many bits back: part of fresh bits read right; and of parities of the last so many."""
    weights = read_outs(rows, bits)
    bit_right, parity_right = [0.0 for _ in weights], [0.0 for _ in weights]
    for t in range(SETTLE + FITTED, SETTLE + 2 * FITTED):
        wrong = 0
        for n in range(LONGEST):
            told = 0.0
            for w, x in zip(weights[n], rows[t], strict=True):
                told += w * x
            if (told > 0) != (bits[t - n] > 0):
                wrong += 1
            else:
                bit_right[n] = bit_right[n] + 100 / FITTED
            if wrong % 2 == 0:
                parity_right[n] = parity_right[n] + 100 / FITTED
    return bit_right, parity_right


def simulate(tau, slowest, noise, asked: int):
    """Both networks hear the same bits; a linear read-out asks for each of the last twelve.

    Args:
        tau: time constant of every neuron in the chain, in steps.
        slowest: largest time constant of the lone neurons; the others are between 1 and it.
        noise: standard deviation of what is added to each neuron's input in a step.
        asked: N, how many bits' parity is asked for.
    """
    bits, s = [], seeded(1)
    for _ in range(SETTLE + 2 * FITTED):
        u, s = uniform(s)
        bits.append(1.0 if u < 0.5 else -1.0)
    same, taus = [tau for _ in range(CELLS)], spread(slowest)
    chain_bit, chain_parity = right(history(True, same, noise, bits, s), bits)
    lone_bit, lone_parity = right(history(False, taus, noise, bits, s), bits)
    return {
        "step": [1.0 * t for t in range(PULSE)],
        "near": after_pulse(True, same, 3),
        "far": after_pulse(True, same, 11),
        "slow": after_pulse(False, taus, CELLS - 1),
        "back": [n + 1.0 for n in range(LONGEST)],
        "chain_bit": chain_bit,
        "lone_bit": lone_bit,
        "chain_parity": chain_parity,
        "lone_parity": lone_parity,
        "asked_at": [1.0 * asked],
        "own": [chain_parity[asked - 1]],
        "summary": f"Parity of the last {asked:.0f} bits: right in {chain_parity[asked - 1]:.0f} % "
        f"by the chain, in {lone_parity[asked - 1]:.0f} % by the lone neurons.",
    }


FIGURE = Figure(
    simulate,
    title="Slow neurons, or fast neurons in a chain",
    caption="Twelve neurons hear a stream of bits. Lone neurons with long time constants mix all "
    "bits into one fading sum; fast neurons in a chain keep them apart. With the same noise the "
    "chain still knows the parity where the lone neurons guess.",
    inputs=(
        slider("tau", "Time constant in the chain", 1, 3, 0.1, 1, "steps"),
        slider("slowest", "Slowest lone neuron", 2, 40, 1, 12, "steps"),
        slider("noise", "Noise", 0, 0.6, 0.02, 0.1),
        slider("asked", "Bits asked for, N", 1, LONGEST, 1, 6),
    ),
    panels=(
        panel(
            "After one pulse",
            axis("steps", 0, 40),
            axis("rate, largest 1", 0, 1.05, ticks=3),
            mark("line", "b", label="slowest lone neuron", dash="dashed", x="step", y="slow"),
            mark("line", "a", label="4th of the chain", x="step", y="near"),
            mark("line", "a", label="12th of the chain", dash="dotted", x="step", y="far",
                 options={"strokeWidth": 2.5}),
            height=150,
        ),
        panel(
            "One bit, read right",
            axis("bits back", 1, LONGEST),
            axis("%", 40, 102, ticks=4),
            mark("line", "b", label="lone neurons", dash="dashed", x="back", y="lone_bit"),
            mark("line", "a", label="chain", x="back", y="chain_bit"),
            height=150,
        ),
        panel(
            "Parity of the last N bits, read right",
            axis("N", 1, LONGEST),
            axis("%", 40, 102, ticks=4),
            mark("line", "b", label="lone neurons", dash="dashed", x="back", y="lone_parity"),
            mark("line", "a", label="chain", x="back", y="chain_parity"),
            mark("ruleX", "soft", x="asked_at"),
            height=170,
        ),
    ),
    handles=(handle("Bits asked for", "asked_at", "own", panel=2, drag_x="asked"),),
    table=(("step", "steps after a pulse"), ("near", "4th of the chain"),
           ("far", "12th of the chain"), ("slow", "slowest lone neuron")),
)  # fmt: skip
