"""Mini-Spaun: one spiking network that sees, decides, remembers and draws, for four tasks.

    eye -> symbol -> relays -> registers (task, phase, position, digit, steps)
                  -> binding -> serial memory -> unbinding -> digit
    all of them -> basal ganglia -> thalamus -> gates of the relays, the hand
    digit, style -> hand -> pen

    shown       then                     then             drawn
    C           a digit                  ?                that digit, in the same hand
    R           a digit                  ?                the digit as the network draws it
    M           up to five digits        ?                the list, in order
    N           a digit, a number        ?                the digit that many steps further on

Nothing outside changes with the task: one stream of pictures goes in, pen and ink come out. Each
action of the basal ganglia has a use that is 1 when all its conditions hold (what is seen, the
task, the phase, ...) and 0 or less when one is missing; the largest one opens its gates.

What follows, and is tested: at most 20,000 neurons; each task, one trial; without the output of the
basal ganglia nothing is drawn.

Where it differs from Spaun: 20,000 neurons and not 2.5 million, four tasks and not eight, a pen and
not an arm, letters that name the tasks and not the letter A with a number.

References: Eliasmith et al. (2012), doi:10.1126/science.1225266; nengo-spa: Bekolay et al. (2014),
doi:10.3389/fninf.2013.00048
"""

from collections.abc import Sequence

import nengo
import nengo_spa as spa
import numpy as np

from .nengo import numpy_left_alone
from .spaun_actions import choose
from .spaun_hand import Hand
from .spaun_memory import SerialMemory
from .spaun_parts import NEW, counter, gate, hold_down, register, relay, step, switch
from .spaun_use import possible
from .spaun_vision import DIGITS, SYMBOLS, Eye
from .spaun_words import EARLIER, FOLLOWING, NEXT_PLACE, Seen, SpaunParams, Trial, vocabulary


class MiniSpaun:
    """The network, built once; ``run`` shows it a stream from rest.

    Args:
        eye: learned by ``spaun_vision.learn``.
        style: largest style in its training pictures.
        watch: names of what ``Trial.more`` is to hold besides pen and ink.
        every: s between two rows of a trial.
    """

    def __init__(
        self,
        eye: Eye,
        style: float,
        params: SpaunParams | None = None,
        watch: Sequence[str] = (),
        every: float = 0.005,
    ):
        params = params or SpaunParams()
        self.params, self.every = params, every
        self.stream: list[Seen] = []
        self.pixels = eye.weight.shape[1]
        self._blank = np.zeros(self.pixels)
        self.vocab = vocabulary(params.dimensions, params.seed)
        self.actions = possible(params.tasks)
        made = spa.Network(label="mini-Spaun", seed=params.seed)
        with numpy_left_alone(), made as self.network:
            self.act = {name: nengo.Node(size_in=1, label=name) for name in self.actions}
            self._eye(eye)
            self._registers()
            if "COUNT" in params.tasks:
                self._steps()
            if "LIST" in params.tasks:
                self._list()
            self._hand(eye, style)
            self._actions()
            self._watch(watch)
        self.simulator: nengo.Simulator | None = None  # made when it is first needed

    @property
    def neurons(self) -> int:
        return self.network.n_neurons

    def run(self, stream: Sequence[Seen], seconds: float) -> Trial:
        """Show a stream, then no picture for some seconds; raises as ``Trial.length_of``."""
        whole = Trial.length_of(stream, seconds, self.every)
        self.stream = list(stream)
        seed = self.params.seed
        with numpy_left_alone():
            if self.simulator is None:
                self.simulator = nengo.Simulator(self.network, seed=seed, progress_bar=False)
            self.simulator.reset(seed=seed)
            self.simulator.run_steps(round(1000 * whole), progress_bar=False)
        data = {name: self.simulator.data[probe].copy() for name, probe in self.probes.items()}
        t = self.every * (1 + np.arange(len(data["pen"])))
        return Trial(t, data.pop("pen"), data.pop("ink")[:, 0], data)

    def close(self) -> None:
        if self.simulator is not None:
            self.simulator.close()

    def _picture(self, t: float) -> np.ndarray:
        for picture, seconds in self.stream:
            t -= seconds
            if t <= 0:
                return self._blank if picture is None else picture
        return self._blank

    def _eye(self, eye: Eye) -> None:
        """Retina, visual cortex, symbols; the clock: high while something is seen or drawn."""
        size, n = eye.params.neurons, self.params.gate_neurons
        self.retina = nengo.Node(self._picture, size_out=self.pixels, label="retina")
        options = {"gain": np.ones(size), "bias": eye.bias.numpy(), "encoders": np.ones((size, 1))}
        self.cortex = nengo.Ensemble(size, 1, label="visual cortex", **options)
        seen = self.cortex.neurons
        nengo.Connection(self.retina, seen, transform=eye.weight.numpy(), synapse=None)
        words, many = list(SYMBOLS), self.params.symbol_neurons
        self.symbol = spa.WTAAssocMem(
            0.3, self.vocab, mapping=words, n_neurons=many, function=step, label="symbol"
        )
        scores = eye.scores.numpy() / 100
        nengo.Connection(seen, self.symbol.selection.input, transform=scores, synapse=0.02)
        self.bright = switch(50, "bright", 0.3)
        light = np.full((1, self.pixels), 6.0 / self.pixels)
        nengo.Connection(self.retina, self.bright, transform=light, synapse=0.005)
        self.high, self.low = switch(n, "high", 0.3), switch(n, "low", 0.3)
        nengo.Connection(self.bright, self.high, function=step, synapse=0.005)
        nengo.Connection(nengo.Node(1.0), self.low, synapse=None)
        nengo.Connection(self.high, self.low, function=step, transform=-1, synapse=0.005)

    def _gate(self, label: str, *actions: str, forbidden=()) -> nengo.Ensemble:
        """Shut unless one of the actions is let through."""
        allowed = [self.act[name] for name in actions if name in self.act]
        return gate(self.params.gate_neurons, label, allowed, forbidden)

    def _see(self, target, words, shut, label: str, strength: float = NEW) -> None:
        """A relay from what is seen."""
        made = relay(self.vocab, {w: w for w in words}, self.params.relay_neurons, label)
        nengo.Connection(self.symbol.output, made.input, synapse=0.005)
        nengo.Connection(made.output, target, transform=strength, synapse=0.01)
        hold_down(shut, made.shut)

    def _registers(self) -> None:
        p, vocab, clocks = self.params, self.vocab, (self.high, self.low)
        self.task = register(vocab, p.tasks, p.word_neurons, "task")
        self._see(self.task.input, p.tasks, self._gate("no task", "task"), "see task")
        self.phase = register(vocab, ["LISTEN", "ANSWER"], p.word_neurons, "phase")
        self.registers = {"symbol": self.symbol, "task": self.task, "phase": self.phase}
        if {"LIST", "COUNT"} & {*p.tasks}:
            self.place, _ = counter(vocab, NEXT_PLACE, p.word_neurons, *clocks, label="place")
            self.registers["place"] = self.place
        if "COUNT" in p.tasks:
            self.idle = self._gate("not counting", "count")
            self.digit, _ = counter(vocab, FOLLOWING, p.word_neurons, *clocks, [self.idle], "digit")
        else:
            self.digit = register(vocab, DIGITS, p.word_neurons, "digit")
        shut = self._gate("no digit", "see to copy", "see to read", "see start")
        self._see(self.digit.input, DIGITS, shut, "see digit")
        self.registers["digit"] = self.digit

    def _steps(self) -> None:
        """How many steps are left to count."""
        p, clocks = self.params, (self.high, self.low)
        steps, _ = counter(self.vocab, EARLIER, p.word_neurons, *clocks, [self.idle], "steps")
        self._see(steps.input, DIGITS, self._gate("no steps", "see steps"), "see steps")
        self.registers["steps"] = steps

    def _list(self) -> None:
        """Items are bound to places; in the pauses between two drawings one is recalled."""
        p = self.params
        shut, writing = self._gate("no item", "see to list"), switch(p.gate_neurons, "writing", 0.3)
        nengo.Connection(self.act["see to list"], writing, synapse=0.005)
        self.memory = SerialMemory(
            self.vocab, self.place.output, p.memory_neurons, writing=writing, idle=shut,
            tau_grow=p.tau_grow, fade=p.fade,
        )  # fmt: skip
        self._see(self.memory.item, DIGITS, shut, "see item", 1.0)
        self.cleanup = spa.WTAAssocMem(
            0.12, self.vocab, mapping=list(DIGITS), n_neurons=40, function=step, label="cleanup"
        )
        with self.cleanup:
            silent = self.cleanup.selection.thresholding.add_neuron_input()
        nengo.Connection(self.memory.recall, self.cleanup.input, synapse=0.03)
        nengo.Connection(self.cleanup.output, self.digit.input, transform=NEW, synapse=0.01)
        hold_down(self._gate("no recall", "recall"), silent)
        hold_down(self.high, silent)

    def _hand(self, eye: Eye, style: float) -> None:
        """The hand, what it is told, and the ink of its pen."""
        keep = plain = None
        if "COPY" in self.params.tasks:
            copies = self.task.selection.output[self.params.tasks.index("COPY")]
            plain = gate(self.params.gate_neurons, "plain", [copies])
            dark = switch(30, "dark", 0.3)
            nengo.Connection(nengo.Node(1.0), dark, synapse=None)
            nengo.Connection(self.bright, dark, function=step, transform=-1, synapse=0.002)
            keep = nengo.Node(size_in=1, label="keep style")
            for source in (self._gate("no style", "see to copy"), dark):
                nengo.Connection(source, keep, transform=1.3, synapse=None)
        answers = [name for name in ("draw", "recall", "count", "reply") if name in self.act]
        waiting = self._gate("hand waits", *answers, forbidden=[self.bright])
        weights = eye.means.numpy(), eye.maps.numpy()
        counting = self.act.get("count")
        self.hand = Hand(*weights, style, waiting, counting, keep, plain, self.params.hand)
        nengo.Connection(self.digit.selection.output, self.hand.held, synapse=0.01)
        read = eye.style.numpy() / 100
        nengo.Connection(self.cortex.neurons, self.hand.style, transform=read, synapse=0.04)
        nengo.Connection(self.hand.on, self.high, function=step, synapse=0.005)
        self.ink = switch(40, "ink", 0.1)
        nengo.Connection(nengo.Node(-1.3), self.ink, synapse=None)
        nengo.Connection(self.hand.on, self.ink, function=step, synapse=0.03)
        for name in answers:
            if name != "count":
                nengo.Connection(self.act[name], self.ink, synapse=0.01)

    def _actions(self) -> None:
        p = self.params
        self.choice = choose(self.actions, self.registers, self.bright, p.action_neurons)
        through = 0.0 if p.lesion else 1.0
        for k, told in enumerate(self.act.values()):
            freed = self.choice.thalamus.output[k]
            nengo.Connection(freed, told, transform=through, synapse=None)
        orders = [("task", self.phase, "LISTEN"), ("ask", self.phase, "ANSWER")]
        if "place" in self.registers:
            orders += [("task", self.place, "P0"), ("ask", self.place, "P0")]
        for name, target, word in orders:
            pointer = NEW * self.vocab.parse(word).v[:, None]
            nengo.Connection(self.act[name], target.input, transform=pointer, synapse=0.01)

    def _watch(self, names: Sequence[str]) -> None:
        found = {name: one.selection.output for name, one in self.registers.items()}
        found["actions"] = self.choice.thalamus.output
        found |= {"plan": self.hand.plan, "clock": self.hand.phase, "on": self.hand.on}
        if "LIST" in self.params.tasks:
            found |= {name: part.output for name, part in self.memory.parts.items()}
            found["recall"] = self.memory.recall
        unknown = set(names) - set(found)
        if unknown:
            raise ValueError(f"watch: some of {', '.join(found)}, got {', '.join(unknown)}")
        self.probes = {"pen": (self.hand.pen, None), "ink": (self.ink, 0.01)}
        self.probes |= {name: (found[name], 0.02) for name in names}
        self.probes = {
            name: nengo.Probe(what, synapse=tau, sample_every=self.every)
            for name, (what, tau) in self.probes.items()
        }
