"""Pictures through the network of ``hebbian.stdp_digits`` in one compiled loop.

Every sum is taken in the order of the slow path and none is contracted, so spikes, weights,
thresholds and potentials are equal to its to the last bit. What makes it fast:

    - only inputs that fire are added to the drive, only cells that fire change their weights
    - traces are not stepped: a table gives them by the steps since the last spike
    - pixels that are black never draw; a hash of the place in time gives two steps' draws
    - cells of a step are computed side by side (the loops have no branches)

    symbol     meaning                                                        shape
    x          pictures                                                       (B, I)
    w          weights transposed                                             (I, N)
    c          constants as ``constants`` orders them, float32                (C,)
    cells      v, g_exc, g_inh, wait, z, h, f, wait_h, k                      nine of (N,)
    last       the step of each input's last spike, on the clock of the call  (I,)
    table      trace by steps since the last spike                            (M,)

Tested against the slow path on odd sizes, several pictures, with and without learning.
"""

import math

import numpy as np
from numba import njit

GOLDEN, FIRST, SECOND = (
    np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
S27, S30, S31, S32, LOW = (np.uint64(n) for n in (27, 30, 31, 32, 2**32 - 1))
QUIET = np.float32(2.0**-25)
ZERO, ONE = np.float32(0), np.float32(1)


def compiled(function):
    try:
        return njit(nogil=True, error_model="numpy", cache=True)(function)
    except RuntimeError:  # no folder to keep the code in
        return njit(nogil=True, error_model="numpy")(function)


@compiled
def mixed(z):
    z = (z ^ (z >> S30)) * FIRST
    z = (z ^ (z >> S27)) * SECOND
    return z ^ (z >> S31)


@compiled
def draw(keys, chances, pair, bits):
    """bits[a] = 1 if input a fires in the first step of a ``pair``, + 2 if in the second."""
    shift = np.uint64(pair + 1) * GOLDEN
    for a in range(keys.shape[0]):
        z = mixed(keys[a] + shift)
        bits[a] = np.uint64((z & LOW) < chances[a]) + np.uint64(2) * np.uint64(
            (z >> S32) < chances[a]
        )


@compiled
def ones(z):
    """How many are 1; whole numbers, so that the loop may count many at a time."""
    count = np.int32(0)
    for n in range(z.shape[0]):
        count += np.int32(z[n] > ZERO)
    return count


@compiled
def step(drive, theta, c, v, g_exc, g_inh, wait, z, h, f, wait_h, k):
    """All cells one step later, in place; how many excitatory cells fired."""
    total = np.float32(ones(k))
    for n in range(v.shape[0]):
        g = c[0] * g_exc[n] + c[2] * drive[n]
        b = c[1] * g_inh[n] + c[3] * (total - k[n])
        e = c[0] * f[n] + c[4] * z[n]
        g, b, e = g if g >= QUIET else ZERO, b if b >= QUIET else ZERO, e if e >= QUIET else ZERO
        g_exc[n], g_inh[n], f[n] = g, b, e
        free = (v[n] + c[5] * (c[7] + b * c[8])) / (c[6] + c[5] * (g + b))
        held = c[9] if wait[n] > ZERO else free
        fires = held - theta[n] - c[10] > ZERO
        z[n] = ONE if fires else ZERO
        v[n] = c[9] if fires else held
        wait[n] = max(wait[n] - ONE, ZERO) + (c[11] if fires else ZERO)
    for n in range(h.shape[0]):
        free = (h[n] + c[12] * c[14]) / (c[13] + c[12] * f[n])
        held = c[15] if wait_h[n] > ZERO else free
        fires = held - c[16] > ZERO
        k[n] = ONE if fires else ZERO
        h[n] = c[15] if fires else held
        wait_h[n] = max(wait_h[n] - ONE, ZERO) + (c[17] if fires else ZERO)
    return ones(z)


@compiled
def quiet(g_exc, g_inh, wait, z, f, wait_h, k):
    moving = np.int32(0)
    for n in range(z.shape[0]):
        moving += g_exc[n] + g_inh[n] + f[n] + wait[n] + z[n] + wait_h[n] + k[n] > ZERO
    return moving == 0


@compiled
def learned(w, theta, z, c, last, now, table, trace):
    """The cells that fired change their weights and raise their threshold."""
    oldest = table.shape[0] - 1
    for i in range(w.shape[0]):
        trace[i] = c[19] * (table[min(now - last[i], oldest)] - c[20])
    for n in range(z.shape[0]):
        if z[n] > ZERO:
            theta[n] += c[18]
            for i in range(w.shape[0]):
                w[i, n] += max(trace[i] * (c[21] - w[i, n]), -w[i, n])


@compiled
def normalise(w, sums, total):
    sums[:] = 0
    for i in range(w.shape[0]):
        for n in range(w.shape[1]):
            sums[n] += w[i, n]
    for n in range(w.shape[1]):
        sums[n] = np.float32(total / max(sums[n], 1e-30))
    for i in range(w.shape[0]):
        for n in range(w.shape[1]):
            w[i, n] *= np.float32(sums[n])


@compiled
def pictures(
    x, w, theta, c, v, g_exc, g_inh, wait, z, h, f, wait_h, k, last, table, silence,
    seed, number, learn, steps, rest, least, peak, more, dt, fade, total, attempts, counts,
):  # fmt: skip
    """Show all pictures; counts (B, N) are filled, everything else moves in place; the clock."""
    inputs, size = w.shape
    drive, trace = np.zeros(size, np.float32), np.empty(inputs, np.float32)
    sums, where = np.empty(size, np.float64), np.empty(inputs, np.int64)
    keys, chances = np.empty(inputs, np.uint64), np.empty(inputs, np.uint64)
    bits, now = np.zeros(inputs, np.uint64), 0
    for b in range(x.shape[0]):
        for attempt in range(attempts):
            key = mixed(seed + GOLDEN) ^ np.uint64(number + b)
            key = mixed(key + GOLDEN) ^ np.uint64(attempt)
            key = mixed(key + GOLDEN)
            count = 0
            for i in range(inputs):
                odds = min(np.float64(x[b, i]) * ((peak + attempt * more) * dt / 1000), 1.0)
                if odds > 0:
                    where[count], chances[count] = i, np.uint64(odds * 2.0**32)
                    keys[count] = mixed(key + np.uint64(i + 1) * GOLDEN)
                    count += 1
            counts[b] = 0
            all_spikes = 0
            left = steps + rest
            while left and not (left <= rest and quiet(g_exc, g_inh, wait, z, f, wait_h, k)):
                t = steps + rest - left
                drive[:] = ZERO
                now += 1
                if t < steps:
                    bit = np.uint64(1 + t % 2)
                    if t % 2 == 0:
                        draw(keys[:count], chances[:count], t // 2, bits)
                    for a in range(count):
                        if bits[a] & bit:
                            i = where[a]
                            last[i] = now
                            for n in range(size):
                                drive[n] += w[i, n]
                spikes = step(drive, theta, c, v, g_exc, g_inh, wait, z, h, f, wait_h, k)
                if spikes > 0:
                    all_spikes += spikes
                    for n in range(size):
                        counts[b, n] += np.int32(z[n])
                    if learn:
                        learned(w, theta, z, c, last, now, table, trace)
                left -= 1
            for n in range(size):
                if left:
                    v[n] = c[7] + (v[n] - c[7]) * silence[0, left]
                    h[n] = c[14] + (h[n] - c[14]) * silence[1, left]
            now += left
            if learn:
                if total > 0:
                    normalise(w, sums, total)
                for n in range(size):
                    theta[n] *= fade
            if all_spikes >= least:
                break
    return now


def constants(p) -> np.ndarray:
    """What a step multiplies by and compares with, float32."""
    e, i, dt = p.excitatory, p.inhibitory, p.dt
    a, b = dt / e.tau, dt / i.tau
    decays = [math.exp(-dt / tau) for tau in (p.tau_exc, p.tau_inh)]
    numbers = [*decays, p.gain, p.inhibition, p.relay]
    numbers += [a, 1 + a, e.rest, e.e_inh, e.reset, e.threshold, round(e.refractory / dt)]
    numbers += [b, 1 + b, i.rest, i.reset, i.threshold, round(i.refractory / dt)]
    return np.array([*numbers, p.theta_plus, p.rate, p.target, p.w_max], np.float32)


def present(network, x: np.ndarray, learn: bool) -> np.ndarray:
    """What ``DigitNetwork.present`` answers, with the network moved on as it would be there."""
    p, table = network.params, network.table
    rest, steps = round(p.rest / p.dt), round(p.picture / p.dt)
    decays = [math.log1p(p.dt / q.tau) for q in (p.excitatory, p.inhibitory)]
    silence = [[math.exp(-left * decay) for left in range(rest + 1)] for decay in decays]
    total = p.mean_weight * len(network.since) if p.keep_mean else 0.0  # 0: not scaled
    counts, last = np.zeros((len(x), len(network.theta)), np.int32), -network.since
    now = pictures(
        x, network.weight.T, network.theta, constants(p), *network.cells, last, table,
        np.array(silence, np.float32), np.uint64(network.seed), network.shown, learn,
        steps, rest, p.least, p.peak, p.raise_by, p.dt,
        np.float32(math.exp(-(p.picture + p.rest) / p.tau_theta)), total,
        p.attempts, counts,
    )  # fmt: skip
    network.since = np.minimum(now - last, len(table) - 1)
    network.shown += len(x)
    return counts
