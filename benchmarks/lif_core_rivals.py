"""What ``lif_core`` puts beside the fast cores, in plain torch."""

from collections.abc import Callable

import torch


def train(layer: Callable, parameters: list, x: torch.Tensor) -> Callable:
    def once():
        for p in parameters:
            p.grad = None
        layer(x).sum().backward()

    return once


def products(steps, batch, inputs, units, recurrent) -> Callable:
    """Current, recurrent product forward and backward, both weight gradients."""
    x, w = torch.randn(steps * batch, inputs), torch.randn(units, inputs)
    rec, z, out = torch.randn(units, units), torch.randn(batch, units), torch.empty(batch, units)
    current, d = torch.empty(steps * batch, units), torch.randn(steps * batch, units)
    d_w, d_rec = torch.empty_like(w), torch.empty_like(rec)

    def once():
        torch.mm(x, w.T, out=current)
        torch.mm(d.T, x, out=d_w)
        if recurrent:
            for _ in range(steps):
                torch.mm(z, rec.T, out=out)
            for _ in range(steps):
                torch.mm(z, rec, out=out)
            torch.mm(d.T, current, out=d_rec)

    return once


class Whole(torch.autograd.Function):
    """LIF over the sequence in plain torch: keeps u and z, the backward pass by hand."""

    @staticmethod
    def forward(ctx, x, w, rec, decay, surrogate):
        current = (x.flatten(0, 1) @ w.T).view(*x.shape[:2], -1)
        u, z = torch.empty_like(current), torch.empty_like(current)
        v, total, back = (
            torch.zeros_like(u[0]),
            torch.empty_like(u[0]),
            None if rec is None else rec.T,
        )
        for t in range(len(x)):
            alone = rec is None or t == 0
            total = current[t] if alone else torch.addmm(current[t], z[t - 1], back)
            v.mul_(decay).add_(total, alpha=1 - decay)
            torch.sub(v, 1, out=u[t])
            z[t].copy_(u[t] > 0)
            v.sub_(z[t])
        ctx.save_for_backward(x, w, rec, u, z)
        ctx.decay, ctx.surrogate = decay, surrogate
        return z

    @staticmethod
    def backward(ctx, dz):
        x, _, rec, u, z = ctx.saved_tensors
        psi = ctx.surrogate.derivative(u)
        delta, past = torch.empty_like(u), torch.zeros_like(u[0])
        for t in range(len(x) - 1, -1, -1):
            now = dz[t] if rec is None or t == len(x) - 1 else torch.addmm(dz[t], delta[t + 1], rec)
            past.addcmul_(psi[t], now)
            torch.mul(past, 1 - ctx.decay, out=delta[t])
            past.mul_(ctx.decay)
        d_rec = None if rec is None else delta[1:].flatten(0, 1).T @ z[:-1].flatten(0, 1)
        return None, delta.flatten(0, 1).T @ x.flatten(0, 1), d_rec, None, None
