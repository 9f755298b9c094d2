"""(exp(x) - 1) / x without its hole at 0: the word in which exact steps and gates are written.

    exprel(x) = (exp(x) - 1) / x = 1 + x / 2 + x^2 / 6 + ...,     exprel(0) = 1

    the mean of exp(-s / tau) over a step of dt     exprel(-dt / tau)
    a gate's rate  r y / (1 - exp(-y))              r / exprel(-y)

Near 0 the quotient loses its digits, so within 0.01 the series stands in. Tested against
``scipy.special.exprel`` to 1e-13 relative, at 0 and on both sides of the seam.

Reference: Higham (2008), Functions of Matrices, ch. 10.7, doi:10.1137/1.9780898717778
"""

from neurolab.core.ops import Value, abs, exp, where


def exprel(x: Value) -> Value:
    """(exp(x) - 1) / x, and 1 at 0. Elementwise."""
    near = abs(x) < 0.01
    series = 1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5 * (1 + x / 6))))
    return where(near, series, (exp(x) - 1) / where(near, 1.0 + 0 * x, x))
