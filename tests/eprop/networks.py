"""Small networks that fire, and the loop that autograd goes back through, written by hand."""

import math

import torch

from neurolab.core import FastSigmoid, Triangular
from neurolab.eprop import EProp
from neurolab.spiking import NEURONS, ALIFParams, LIFParams, Neurons, Recurrent

INPUTS, N, K, B, T, DT = 5, 4, 2, 3, 40, 1.0
WIDE = FastSigmoid(sharpness=1.0)  # sees every neuron at every step
KINDS = {
    "lif": Neurons(NEURONS["lif"], LIFParams(tau=10.0), surrogate=WIDE),
    "alif": Neurons(NEURONS["alif"], ALIFParams(tau=10.0, tau_a=80.0, beta=0.4), surrogate=WIDE),
    "mixed": Neurons(
        NEURONS["alif"],
        ALIFParams(
            tau=torch.tensor([5.0, 10.0, 20.0, 10.0]).double(),
            tau_a=80.0,
            beta=torch.tensor([0.0, 0.4, 0.8, 0.0]).double(),
        ),
        surrogate=Triangular(0.5, 1.5),
    ),
}


def network(kind, recurrent=True, outputs=K, **options):
    """In float64, with weights at which neurons fire and, if recurrent, move each other."""
    torch.manual_seed(0)
    net = EProp(Recurrent(INPUTS, N, KINDS[kind]), outputs, **options).double()
    with torch.no_grad():
        net.layer.weight.copy_(drive())
        net.layer.raw.mul_(4.0 if recurrent else 0.0)
        net.bias.copy_(torch.linspace(0.3, -0.2, outputs))
    return net


def drive():
    """Input weights (N, I) at which every neuron fires."""
    return 0.25 + 0.2 * torch.randn(N, INPUTS).double()


def inputs(steps=T, batch=B):
    return (torch.rand(steps, batch, INPUTS) < 0.5).double() * 3


def unrolled(net, x, cut=True):
    """Read-out (T, B, K) and spikes (T, B, N); ``cut`` ends the gradient at z in W z."""
    neurons, w, w_rec = net.layer.neurons, net.layer.weight, net.layer.recurrent
    rest = torch.zeros(x.shape[1], len(w)).double()
    state, z = neurons.start(rest), rest
    z_bar, ys, zs = torch.zeros_like(z), [], []
    for x_t in x:
        before = z.detach() if cut else z
        current = x_t @ w.T + before @ w_rec.T
        z, state = neurons.kind.step(current, state, neurons.params, DT, neurons.surrogate)
        z_bar = math.exp(-DT / net.tau_out) * z_bar + z
        ys.append(z_bar @ net.output.T + net.bias)
        zs.append(z)
    return torch.stack(ys), torch.stack(zs)


def weights(net):
    return [net.layer.weight, net.layer.raw, net.output, net.bias]


def learned(net):
    """A copy of what lies in grad."""
    return [p.grad.clone() for p in weights(net)]


def equal(found, wanted, names=("weight", "raw", "output", "bias")):
    for name, a, b in zip(names, found, wanted, strict=True):
        assert b.abs().max() > 1e-3, f"no gradient of {name}, nothing is tested"
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-9, msg=lambda m, n=name: f"{n}: {m}")
