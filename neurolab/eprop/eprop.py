"""E-prop: the gradient of a recurrent spiking network, computed forward in time.

    z(t)      = neurons(W_in x(t) + W z(t - 1))
    z_bar(t)  = kappa z_bar(t - 1) + z(t),      y(t) = W_out z_bar(t) + b
    e_bar(t)  = kappa e_bar(t - 1) + e(t)
    L_j(t)    = sum_k B_jk dE(t)/dy_k(t)
    dE/dw_ji ~= sum_t L_j(t) e_bar_ji(t),       dE/dW_out_kj = sum_t dE(t)/dy_k(t) z_bar_j(t)

    symbol   meaning                                              shape           unit
    x        inputs                                               (B, I)          -
    z        spikes, 0 or 1                                       (B, N)          -
    y        read-out, leaky, with bias b                         (B, K)          of the target
    w        W_in and W side by side, what comes to a neuron      (N, I + N)      of the current
    e        eligibility of w, see ``eligibility``                (B, N, I + N)   1 / threshold
    kappa    exp(-dt / tau_out)                                   ()              -
    B        feedback weights, see ``feedback``                   (N, K)          -
    L        learning signal                                      (B, N)          of E
    E(t)     loss of a step, times ``when``, mean over the batch  (B,)            -

``step`` is online, one call a time step: nothing of the past is kept but state and traces, and the
weights may change after any step. ``learn`` takes stretches of time at once where a fast core can,
see ``fused``: the same numbers. Neither needs memory that grows with T.

What follows, and is tested to 1e-6 against autograd through the loop, for LIF and ALIF: without
recurrence the gradients are exactly those of BPTT (the reset being hidden from both). With it they
are those of BPTT with z(t - 1) cut from the gradient in W z(t - 1) alone: what a spike does to
other neurons later is not counted. W_out and b are always exact.

Where it differs from the paper: the bias is added behind the filter; rates are regularised by a
running mean, see ``rates``; losses are means over the batch.

Reference: Bellec et al. (2020), doi:10.1038/s41467-020-17236-y
"""

import math

import torch
from torch import Tensor, nn

from neurolab import kernels
from neurolab.core import exponential_trace
from neurolab.spiking import Recurrent

from . import fused
from .eligibility import ELIGIBILITIES, columns
from .feedback import FEEDBACKS
from .losses import LOSSES
from .rates import RateParams, RateState, rate_step
from .state import EPropState, Gradients


class EProp(nn.Module):
    """A recurrent layer with a leaky read-out that learns by e-prop.

    Args:
        layer: of LIF or ALIF neurons; its mask and signs hold, too.
        outputs: K.
        loss: a key of ``LOSSES``.
        feedback: a key of ``FEEDBACKS``.
        tau_out: time constant of the read-out, ms.
        rates: firing-rate regularisation; None means none.

    The read-out starts normal with variance 1 / N. ``forward`` is the same network for autograd.
    """

    def __init__(
        self,
        layer: Recurrent,
        outputs: int,
        loss: str = "regression",
        feedback: str = "symmetric",
        tau_out: float = 20.0,
        rates: RateParams | None = None,
    ):
        super().__init__()
        for name, key, table in (("loss", loss, LOSSES), ("feedback", feedback, FEEDBACKS)):
            if key not in table:
                raise ValueError(f"{name}: one of {list(table)} is needed, got {key!r}")
        if isinstance(outputs, bool) or not isinstance(outputs, int) or outputs < 1:
            raise ValueError(f"outputs: a whole number of at least 1 is needed, got {outputs!r}")
        if not isinstance(tau_out, int | float) or not 0 < tau_out < math.inf:
            raise ValueError(f"tau_out: a positive number of ms is needed, got {tau_out!r}")
        neurons, units = layer.neurons, len(layer.weight)
        if neurons.kind.step not in ELIGIBILITIES:
            known = [step.__name__ for step in ELIGIBILITIES]
            given = neurons.kind.step.__name__
            raise ValueError(f"layer: neurons with one of the steps {known}, got {given}")
        if neurons.learned:
            given = list(neurons.learned)
            raise ValueError(f"layer: e-prop learns weights, not constants, but it learns {given}")
        self.layer, self.loss, self.tau_out = layer, LOSSES[loss], tau_out
        self.rates = RateParams() if rates is None else rates
        self.output = nn.Parameter(torch.randn(outputs, units) / math.sqrt(units))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.feedback = FEEDBACKS[feedback](units, outputs)
        self.eligibility, self.kind_of_traces = ELIGIBILITIES[neurons.kind.step]

    def start(self, batch: int) -> EPropState:
        """Rest, with nothing remembered."""
        if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
            raise ValueError(f"batch: a whole number of at least 1 is needed, got {batch!r}")
        (units, inputs), zeros = self.layer.weight.shape, self.output.new_zeros
        sources = inputs + units
        rest = zeros(batch, units)
        sizes = {"epsilon_v": (batch, 1, sources), "epsilon_a": (batch, units, sources)}
        traces = self.kind_of_traces(*(zeros(sizes[f]) for f in self.kind_of_traces._fields))
        rates = RateState(zeros(units) + self.rates.target, zeros(units, sources))
        neurons = self.layer.neurons.start(rest)
        return EPropState(neurons, rest, traces, zeros(batch, units, sources), rest, rates)

    def fire(self, x: Tensor, state: EPropState) -> tuple[Tensor, tuple, Tensor]:
        """The neurons alone: spikes, their state, and what came to them, (B, 1, I + N)."""
        layer, needed = self.layer, (len(state.z), self.layer.weight.shape[1])
        if x.shape != needed:
            raise ValueError(f"x: shape (B, I) = {needed} is needed, got {tuple(x.shape)}")
        if not bool(torch.isfinite(x).all()):
            raise ValueError("x: finite numbers are needed, got some that are nan or infinite")
        x = x.to(layer.weight.dtype)
        current = x @ layer.weight.T + state.z @ layer.recurrent.T
        z, after = layer.neurons.stepper()(current, state.neurons)
        return z, after, torch.cat([x, state.z], -1)[:, None]

    @torch.no_grad()
    def advance(self, x: Tensor, state: EPropState) -> tuple[Tensor, Tensor, EPropState]:
        """One step of ``x`` (B, I): the read-out (B, K), e (B, N, I + N) and the state after it."""
        neurons = self.layer.neurons
        z, after, sources = self.fire(x, state)
        options = columns(neurons.params), neurons.dt, neurons.surrogate
        e, traces = self.eligibility(sources, after.u[..., None], state.traces, *options)
        kappa = math.exp(-neurons.dt / self.tau_out)
        e_bar, z_bar = kappa * state.e_bar + e, kappa * state.z_bar + z
        y = z_bar @ self.output.T + self.bias
        return y, e, EPropState(after, z, traces, e_bar, z_bar, state.rates)

    @torch.no_grad()
    def step(
        self, x: Tensor, target: Tensor, state: EPropState, when: float | Tensor = 1.0
    ) -> tuple[Gradients, Tensor, Tensor, EPropState]:
        """One step of time, and what it adds to the gradient.

        Args:
            x: (B, I).
            target: as the loss wants it.
            when: how much this step counts, a number or (B,).

        Returns:
            gradients, loss (), read-out (B, K), state.
        """
        if (found := fused.step(self, x, target, state, when)) is not None:
            return found
        y, e, state = self.advance(x, state)
        loss, error = self.loss(y, target)
        error = error * torch.as_tensor(when, dtype=y.dtype)[..., None] / len(y)
        gradients = self.gradients(error, state.e_bar, state.z_bar)
        gradients, cost, state = self.regularised(gradients, e, state)
        return gradients, (loss * when).mean() + cost, y, state

    def regularised(
        self, gradients: Gradients, e: Tensor, state: EPropState
    ) -> tuple[Gradients, Tensor | float, EPropState]:
        """The same with what the rates add, and what they cost."""
        if not self.rates.cost:
            return gradients, 0.0, state
        cost, pull, rates = rate_step(state.z, e, state.rates, self.rates, self.layer.neurons.dt)
        weight, raw = self.split(pull)
        gradients = gradients._replace(weight=gradients.weight + weight, raw=gradients.raw + raw)
        return gradients, cost, state._replace(rates=rates)

    def gradients(self, error: Tensor, e_bar: Tensor, z_bar: Tensor) -> Gradients:
        """From an error dE/dy (B, K) of the step, summed over the batch."""
        if not bool(error.any()):  # nothing was asked: spare the product
            error, e_bar, z_bar = error[:0], e_bar[:0], z_bar[:0]
        signal = error @ self.feedback.matrix(self.output).T
        weights = self.split(torch.einsum("bn,bni->ni", signal, e_bar))
        return Gradients(*weights, error.T @ z_bar, error.sum(0))

    def split(self, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """(N, I + N) into that of the input weights and that of what the layer learns as W."""
        inputs = self.layer.weight.shape[1]
        raw = gradient[:, inputs:] * self.layer.mask
        if self.layer.signs is not None:
            raw = raw * self.layer.signs * self.layer.raw.sign()
        return gradient[:, :inputs], raw

    @torch.no_grad()
    def accumulate(self, gradients: Gradients) -> None:
        """Add to ``grad`` of the parameters, where an optimizer looks for it."""
        named = zip(self._learned(), gradients, strict=True)
        followed = self.feedback.gradient(gradients.output)
        pairs = [*named, *([] if followed is None else [(self.feedback.weight, followed)])]
        for parameter, gradient in pairs:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            parameter.grad += gradient

    def _learned(self) -> tuple:
        return self.layer.weight, self.layer.raw, self.output, self.bias

    def learn(
        self,
        x: Tensor,
        target: Tensor,
        state: EPropState | None = None,
        when: float | Tensor = 1.0,
        last: bool = True,
    ) -> tuple[Tensor, EPropState | None]:
        """Every step of x (T, B, I) with T targets, gradients accumulated.

        ``when`` is a number, (T,) or (T, B). Without ``last`` no state is given back, and the
        fast core takes the sequence as a whole: sooner, with memory that grows with T.

        Returns:
            the loss (), summed over time, and the last state.
        """
        if x.ndim != 3 or len(x) != len(target):
            given = f"{tuple(x.shape)} with {len(target)} targets"
            raise ValueError(f"x: (T, B, I) with T targets is needed, got {given}")
        state = self.start(x.shape[1]) if state is None else state
        when = torch.as_tensor(when, dtype=self.output.dtype)
        if when.shape not in ((), x.shape[:1], x.shape[:2]):
            needed, given = f"(), (T,) or (T, B) = {tuple(x.shape[:2])}", tuple(when.shape)
            raise ValueError(f"when: shape {needed} is needed, got {given}")
        whens, total = (when.expand(len(x)) if when.ndim == 0 else when), self.output.new_zeros(())
        span = fused.SPAN if last and kernels.enabled() else max(1, len(x))
        for t in range(0, len(x), span):
            now = (part[t : t + span] for part in (x, target, whens))
            loss, state = self._stretch(*now, state, last)
            total += loss
        return total, state if last else None

    def _stretch(self, *given) -> tuple:
        gradients, loss, state = fused.sequence(self, *given) or self._steps(*given[:-1])
        self.accumulate(gradients)
        return loss, state

    def _steps(self, x: Tensor, target: Tensor, when: Tensor, state: EPropState) -> tuple:
        """One after the other: what the fast cores have to equal."""
        found, total = [torch.zeros_like(p) for p in self._learned()], 0.0
        for x_t, target_t, when_t in zip(x, target, when, strict=True):
            gradients, loss, _, state = self.step(x_t, target_t, state, when_t)
            for part, more in zip(found, gradients, strict=True):
                part += more
            total += loss
        return Gradients(*found), total, state

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Read-out (T, B, K) and spikes (T, B, N) from rest, for autograd: this is BPTT."""
        z, _ = self.layer(x)
        heard = z @ self.output.T  # filtering commutes with the weights, and K is less than N
        return exponential_trace(heard, self.tau_out, self.layer.neurons.dt) + self.bias, z
