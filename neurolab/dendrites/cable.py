"""Cable theory in compartments: a dendrite as a tree of short cylinders.

    C_k dv_k/dt = leak_k (e_leak - v_k) + g_k (e_k - v_k) + i_k + sum over neighbors a (v_j - v_k)

    C_k = c_m pi d l,    leak_k = pi d l / r_m,    1 / a = sum over both of 2 r_a l / (pi d^2)

    symbol        meaning                                           shape    unit
    v_k           potential of a compartment                        (N,)     mV
    g_k, e_k      open synapses, and the potential they pull to     (N,)     nS, mV
    i_k           injected current                                  (N,)     pA
    C_k, leak_k   capacitance and leak                              (N,)     pF, nS
    a             axial conductance to the parent; of the root 0    (N,)     nS
    d, l          diameter and length of a compartment              (N,)     um
    c_m           capacitance of the membrane                       ()       uF / cm2
    r_m           resistance of the membrane                        ()       kOhm cm2
    r_a           resistivity of the inside                         ()       Ohm cm

A step is implicit (backward Euler): it solves the equation at the end of the step, so that it is
stable at any ``dt``, and ``dt = math.inf`` gives the steady state. The matrix has one entry off the
diagonal a compartment, its parent; elimination from the tips to the root and back solves it in N
steps (``tree_solve``, Hines). Compartments are numbered so that parents come first. A child begins
at the middle of its parent; one that is to begin at its end gets a compartment of length 0 between.

What follows, and is tested: the steady state of one cable is cosh((L - x) / lambda), with
lambda = sqrt(d r_m / 4 r_a), to an error of second order in the length of a compartment, and a long
one falls as exp(-x / lambda); a tree whose diameters obey Rall's law, d^(3/2) = sum of the
children's, is one cable; in time it converges to the matrix exponential, at first order in dt.

Where it differs from the sources: Hines' method in NEURON takes its second-order step as an option;
here is the first-order one alone.

References: Rall (1959), doi:10.1016/0014-4886(59)90046-9; Hines (1984),
doi:10.1016/0020-7101(84)90008-4
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core.ops import Value


@dataclass(frozen=True)
class CableParams:
    c_m: float = 1.0  # uF/cm2
    r_m: float = 15.0  # kOhm cm2
    r_a: float = 150.0  # Ohm cm
    e_leak: float = -70.0  # mV


class CableTree(NamedTuple):
    parent: list  # N whole numbers, each smaller than its place; of the root -1
    capacitance: list  # pF
    leak: list  # nS
    axial: list  # nS, to the parent; of the root 0
    e_leak: float  # mV


def cable_tree(parent: list, length: list, diameter: list, params: CableParams) -> CableTree:
    """The conductances of a tree of N cylinders, from their lengths and diameters in um.

    ``parent[k] < k``; the root, 0, has -1. A length may be 0 between two that are not. Not checked.
    """
    area = [math.pi * d * long for d, long in zip(diameter, length, strict=True)]  # um2
    half = [  # GOhm, from an end to the middle
        2e-5 * params.r_a * long / (math.pi * d * d)
        for d, long in zip(diameter, length, strict=True)
    ]
    return CableTree(
        parent=parent,
        capacitance=[0.01 * params.c_m * x for x in area],
        leak=[0.01 * x / params.r_m for x in area],
        axial=[0.0 if k == 0 else 1 / (half[k] + half[p]) for k, p in enumerate(parent)],
        e_leak=params.e_leak,
    )


def tree_solve(
    diagonal: list,
    axial: list,
    parent: list,
    right: list,
) -> list:
    """v of  diagonal_k v_k - sum over neighbors axial v_j = right_k.

    Lists of N numbers, arrays or tensors.
    """
    size = len(parent)
    d, v = [x for x in diagonal], [x for x in right]
    for k in range(size - 1, 0, -1):
        part = axial[k] / d[k]
        d[parent[k]] = d[parent[k]] - part * axial[k]
        v[parent[k]] = v[parent[k]] + part * v[k]
    v[0] = v[0] / d[0]
    for k in range(1, size):
        v[k] = (v[k] + axial[k] * v[parent[k]]) / d[k]
    return v


def cable_step(
    v: list,
    g: list,
    i: list,
    tree: CableTree,
    dt: Value,
) -> list:
    """The potentials ``dt`` ms later, a list of N values.

    Args:
        g: what is open beside the leak, nS.
        i: the current that flows at 0 mV, pA: of a synapse
            g times its potential, and what is injected.
    """
    c, leak, rest = tree.capacitance, tree.leak, tree.e_leak
    diagonal = [c[k] / dt + leak[k] + x for k, x in enumerate(g)]
    for k in range(1, len(v)):
        p = tree.parent[k]
        diagonal[k] = diagonal[k] + tree.axial[k]
        diagonal[p] = diagonal[p] + tree.axial[k]
    right = [c[k] / dt * v[k] + leak[k] * rest + x for k, x in enumerate(i)]
    return tree_solve(diagonal, tree.axial, tree.parent, right)


def space_constant(diameter: float, params: CableParams) -> float:
    """lambda in um, of a cable of this diameter in um."""
    return 1000 * math.sqrt(10 * diameter * params.r_m / (4 * params.r_a))
