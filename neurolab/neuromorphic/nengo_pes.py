"""An ensemble that learns by PES beside a world that it acts on, in Nengo or on Loihi's emulator.

    world -> (x, E);    x -> ensemble -> decoders, zero at first -> world;    E -> PES

    symbol     meaning                                          shape     unit
    x          what the ensemble is told                        (D,)      that of the model
    E          error of what is decoded                         (K,)      that of the model
    kappa      rate of learning                                 ()        1 / (Hz^2 s)

The world is called once a step, with what the filtered decoders said, and answers x and E. The
neurons are those of ``nef.Ensemble``: the same encoders, gains and biases.

On the chip, as nengo-loihi 1.1 has it: x comes as spikes of cells that stand for it, E as a whole
number from -127 to 127 in steps of ``1 / ERROR_STEPS``, learned weights have 8 bits, and the trace
of the spikes 7. So errors beyond 1.27 are cut: choose units in which they stay below.

Tested: in Nengo the decoders are those of ``nef.Adaptive``; on the chip a constant is learned.

References: Bekolay et al. (2014), doi:10.3389/fninf.2013.00048; on Loihi: Davies et al. (2018),
doi:10.1109/MM.2018.112130359
"""

import warnings
from collections.abc import Callable

import nengo
import numpy as np

from neurolab.nef import Ensemble

from .nengo import numpy_left_alone

ERROR_STEPS = 100  # whole numbers for an error of 1
World = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # (K,) -> (D,), (K,)


def learn_beside(
    ensemble: Ensemble,
    outputs: int,
    world: World,
    steps: int,
    kappa: float,
    tau_syn: float = 5.0,
    tau_learn: float = 5.0,
    chip: bool = False,
    seed: int = 0,
) -> None:
    """Runs so many steps of 1 ms; what happens is for the world to keep.

    Args:
        outputs: K.
        kappa, tau_syn, tau_learn: as of ``nef.Adaptive``.
        chip: on Loihi's emulator.
    """
    size = ensemble.shape[1]

    def step(t: float, said: np.ndarray) -> np.ndarray:
        x, error = world(said.copy())
        return np.concatenate([x, error])

    with nengo.Network(seed=seed) as network:
        node = nengo.Node(step, size_in=outputs, size_out=size + outputs)
        group = nengo.Ensemble(
            *ensemble.shape,
            **{n: getattr(ensemble, n).double().numpy() for n in ("encoders", "gain", "bias")},
            radius=ensemble.radius,
            normalize_encoders=False,
            neuron_type=nengo.LIF(
                tau_rc=ensemble.tau / 1000,
                tau_ref=ensemble.t_ref / 1000,
                initial_state={"voltage": nengo.dists.Choice([0])},
            ),
        )
        nengo.Connection(node[:size], group, synapse=None)
        learned = nengo.Connection(
            group,
            node,
            function=lambda x: np.zeros(outputs),
            synapse=tau_syn / 1000,
            learning_rule_type=nengo.PES(kappa, pre_synapse=nengo.Lowpass(tau_learn / 1000)),
        )
        nengo.Connection(node[size:], learned.learning_rule, synapse=None)
    options = {"progress_bar": False, "seed": seed}
    with numpy_left_alone(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that nengo-loihi was not tried with this Nengo
        if chip:
            import nengo_loihi

            from .loihi import ready

            ready()
            with nengo_loihi.Simulator(network, target="sim", **options) as simulator:
                simulator.run_steps(steps)
        else:
            with nengo.Simulator(network, **options) as simulator:
                simulator.run_steps(steps, progress_bar=False)
