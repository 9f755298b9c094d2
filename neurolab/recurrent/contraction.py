"""Contraction: when two copies of a network, fed the same, forget where they started.

    tau dx/dt = -x + W phi(x) + u,      0 <= phi' <= g
    log norm  m(J) = largest eigenvalue of (Q J Q^-1 + (Q J Q^-1)^T) / 2,      Q = sqrt(P)
    m(J) <= -c everywhere  =>  |x(t) - y(t)|_P <= exp(-c t) |x(0) - y(0)|_P
    sizes     if g |W| - I is Hurwitz, then P = diag(l / r) makes c = (1 - g rho(|W|)) / tau
    coupling  L = B - P^-1 B^T P  has m(L) = 0, whatever B is: it adds nothing to m

    symbol   meaning                                                        shape    unit
    x, y     two states under the same input u                              (N,)     -
    W        weights of a network, (to, from)                               (N, N)   -
    |W|      sizes of the weights; on the diagonal a negative one counts 0  (N, N)   -
    g        steepest slope of phi                                          ()       -
    rho      largest eigenvalue of |W|, l and r its two eigenvectors        (), (N,) -
    P        metric: a positive diagonal, the weights of a squared length   (N,)     -
    J        Jacobian of dx/dt at a state                                   (N, N)   1/ms
    c        rate of contraction, promised                                  ()       1/ms
    B, L     free matrix, and the coupling made of it                       (N, N)   -

What follows, and is tested: no slope between 0 and g makes m(J) larger than what is promised, and
with positive weights and slope g it is reached, so no diagonal metric promises more; L adds nothing
to m. Where |W| falls into parts that do not hear each other, it is widened by a trace, which only
lowers the promise.

Where it differs from the paper: it asks for any P that makes P (g |W| - I) + its transpose
negative; we take the best one, which the eigenvectors of |W| give.

Reference: Kozachkov, Ennis & Slotine (2022), arXiv:2106.08928; Lohmiller & Slotine (1998),
doi:10.1016/S0005-1098(98)00019-3
"""

import torch
from torch import Tensor

TRACE = 1e-9  # of the largest weight, that joins parts which do not hear each other


def log_norm(jacobian: Tensor, metric: Tensor) -> Tensor:
    """The fastest rate (...) at which two neighbouring states can part, in the metric.

    Args:
        jacobian: (..., N, N), of any unit per time.
        metric: (N,), positive.
    """
    positive("metric", metric)
    q = metric.sqrt()
    seen = q[:, None] * jacobian / q
    return torch.linalg.eigvalsh((seen + seen.mT) / 2)[..., -1]


def distance(x: Tensor, y: Tensor, metric: Tensor) -> Tensor:
    """Length (...) of x - y (..., N) in the metric (N,)."""
    return (metric * (x - y) ** 2).sum(-1).sqrt()


def coupling(free: Tensor, metric: Tensor) -> Tensor:
    """L = B - P^-1 B^T P (N, N) from any B, in a metric P (N,)."""
    return free - metric * free.mT / metric[:, None]


def sizes(weight: Tensor) -> Tensor:
    """|W| (N, N): a neuron that inhibits itself only helps, so it counts 0."""
    return weight.abs() - torch.diag((-weight.diagonal()).clamp(min=0))


def diagonal_metric(weight: Tensor, gain: float = 1.0) -> tuple[Tensor, float]:
    """The metric P (N,) in which tau dx/dt = -x + W phi(x) contracts fastest, and 1 - g rho(|W|).

    Divide the second by tau for the rate c.

    Args:
        weight: (N, N).
        gain: g, steepest slope of phi; phi must rise everywhere.

    Raises:
        ValueError: weight is not square, gain is not positive, or g rho(|W|) is 1 or more: then
            this condition promises nothing.
    """
    if weight.ndim != 2 or weight.shape[0] != weight.shape[1]:
        raise ValueError(f"weight: a shape (N, N) is needed, got {tuple(weight.shape)}")
    if not gain > 0:
        raise ValueError(f"gain: a number above 0 is needed, got {gain}")
    a = sizes(weight.detach().double())
    a = a + TRACE * a.max() if a.max() > 0 else torch.ones_like(a) * TRACE
    values, right = torch.linalg.eig(a)
    top = values.real.argmax()
    left = torch.linalg.eig(a.mT)
    r = right[:, top].real.abs()
    found = left.eigenvectors[:, left.eigenvalues.real.argmax()].real.abs()
    rate = 1 - gain * values.real[top].item()
    if rate <= 0:
        raise ValueError(f"weight: gain times rho(|W|) must be below 1, got {1 - rate:.4f}")
    metric = found / r
    return (metric / metric.mean()).to(weight.dtype), rate


def positive(name: str, value: Tensor) -> None:
    if not bool(((value > 0) & torch.isfinite(value)).all()):
        raise ValueError(f"{name}: positive finite numbers are needed, got {value.tolist()}")
