"""Memory for serial order in spiking neurons: binding, a buffer that fades, a store that grows.

    d buffer/dt = (pair - held down while an item is written) / T
    d store/dt  = pair / T + store / tau_grow             until the neurons saturate
    recall      = (buffer + store) * ~place

    symbol       meaning                                           unit
    pair         item * place while an item is written, else 0     -
    T            in which an item is written in full               s
    tau_grow     of the growth that rehearsal brings               s

The plain equations, which move once an item, are in ``nef.serial_order``. Here the growth runs in
time, and the buffer fades because its neurons are held down a little while an item is written.

What follows, and is tested: a pair is bound, kept, and gives its item back.

References: Choo & Eliasmith (2010), A spiking neuron model of serial-order recall, Proc. 32nd
Annual Conf. Cognitive Science Society; within a larger model Gosmann & Eliasmith (2021),
doi:10.1037/rev0000250
"""

import nengo
import nengo_spa as spa
import numpy as np

from .spaun_parts import hold_down


class SerialMemory(spa.Network):
    """Binding, buffer, store and unbinding in spiking neurons.

    Inputs ``item`` (zero when nothing is to be written) and ``position``; output ``recall``.

    Args:
        neurons: of a product when binding, of a dimension in a memory, of a product of unbinding.
        writing: active while an item is written; it makes the buffer fade.
        idle: active while none is; it silences the binding, whose errors would add up.
    """

    def __init__(
        self,
        vocab: spa.Vocabulary,
        position: nengo.Node,
        neurons: tuple[int, int, int] = (20, 24, 24),
        write: float = 0.25,  # s in which an item is written in full
        tau_grow: float = 4.0,  # s
        fade: float = 0.03,  # part of the current that silences, while an item is written
        writing=None,
        idle=None,
    ):
        super().__init__(label="serial memory")
        d = vocab.dimensions
        with self:
            self.binding = spa.Bind(vocab, neurons_per_dimension=neurons[0])
            self.item = self.binding.input_left
            self.unbinding = spa.Bind(vocab, neurons_per_dimension=neurons[2], unbind_right=True)
            self.parts = {}
            for name, growth in (("buffer", 0.0), ("store", 0.1 / tau_grow)):
                part = nengo.networks.EnsembleArray(
                    neurons[1], d, radius=3 / np.sqrt(d), label=name
                )
                nengo.Connection(part.output, part.input, transform=1 + growth, synapse=0.1)
                nengo.Connection(
                    self.binding.output, part.input, transform=0.1 / write, synapse=0.1
                )
                nengo.Connection(
                    part.output, self.unbinding.input_left, transform=0.5, synapse=0.01
                )
                self.parts[name] = part
            self.recall = self.unbinding.output
        nengo.Connection(position, self.binding.input_right, synapse=0.01)
        nengo.Connection(position, self.unbinding.input_right, synapse=0.01)
        if idle is not None:
            product = self.binding.binding_net.product
            for half in (product.sq1, product.sq2):
                hold_down(idle, half.add_neuron_input())
        if writing is not None:
            hold_down(writing, self.parts["buffer"].add_neuron_input(), fade)
