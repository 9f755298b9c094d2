"""Tuning curves of LIF neurons: how fast each fires for a value that it stands for.

    J_n = gain_n e_n . x / radius + bias_n
    a_n = 1 / (t_ref + tau log(1 + 1 / (J_n - 1)))     for J_n > 1, else 0

    symbol      meaning                                              shape     unit
    x           the value                                            (B, D)    that of the model
    e           encoder, the direction that a neuron prefers         (N, D)    of length 1
    J           current; 1 is the threshold                          (B, N)    threshold distances
    a           rate                                                 (B, N)    Hz
    tau, t_ref  membrane time constant, refractory time              ()        ms
    intercept   where on its axis e . x / radius a neuron begins     (N,)      -
    max_rate    how fast it fires at e . x = radius                  (N,)      Hz

From the last two follow gain and bias: J is 1 at the intercept and at 1 the current whose rate is
max_rate.

What follows, and is tested: at the intercept the rate is 0, at 1 it is max_rate; gain, bias and
rates are Nengo's.

References: Eliasmith & Anderson (2003), Neural Engineering, ch. 2; in short: Stewart & Eliasmith
(2014), doi:10.1109/JPROC.2014.2306061
"""

from neurolab.core.ops import Value, exp, log, where


def lif_rate_step(
    current: Value,
    tau: float = 20.0,
    t_ref: float = 2.0,
) -> Value:
    """The rate (Hz) of a LIF neuron, constant current. Elementwise."""
    over = where(current > 1, current - 1, 1.0 + 0.0 * current)
    rate = 1000 / (t_ref + tau * log(1 + 1 / over))
    return where(current > 1, rate, 0.0 * current)


def gain_bias(
    max_rate: Value, intercept: Value, tau: float = 20.0, t_ref: float = 2.0
) -> tuple[Value, Value]:
    """Gain and bias of neurons with these maximal rates (Hz) and intercepts (below 1).

    Elementwise; max_rate must be below 1000 / t_ref.
    """
    top = 1 / (1 - exp((t_ref - 1000 / max_rate) / tau))  # current with that rate
    gain = (top - 1) / (1 - intercept)
    return gain, 1 - gain * intercept
