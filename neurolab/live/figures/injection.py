"""A current-injection bench: one pulse into four neurons, and how high it lifts one of them."""

from neurolab.core.ops import exp, maximum
from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.spiking import (
    AdExParams,
    HodgkinHuxleyParams,
    IzhikevichParams,
    LIFParams,
    adex_start,
    adex_step,
    hodgkin_huxley_start,
    hodgkin_huxley_step,
    izhikevich_start,
    izhikevich_step,
    lif_start,
    lif_step,
)

START = 10.0  # ms, begin of the pulse
LENGTH = 70.0  # ms
DT = 0.05  # ms
COARSE = 0.1  # ms, for the stairs
SMALL = -4.0  # smallest amplitude of the stairs
LARGE = 8.0
TRIED = 37  # amplitudes
HH_UNIT = 2.24  # uA / cm^2, the smallest long step that makes a spike
ADEX_UNIT = 577.0  # pA, that of AdEx
IZHIKEVICH_UNIT = 2.71  # mV / ms, that of Izhikevich's neuron


def pulse(t, amplitude, width, rise):
    """The current at time ``t``: up along a ramp of ``rise`` ms, held for ``width`` ms."""
    since = t - START
    if since < 0 or since >= rise + width:
        return 0.0
    return amplitude * since / rise if since < rise else amplitude


def highest(amplitude, width, rise, rest, params):
    """How far above rest the Hodgkin-Huxley neuron rises until 20 ms after the pulse, mV."""
    state, top = rest, rest.v
    for k in range(int((rise + width + 20) / COARSE)):
        current = HH_UNIT * pulse(START + (k + 0.5) * COARSE, amplitude, width, rise)
        _, state = hodgkin_huxley_step(current, state, params, COARSE)
        top = maximum(top, state.v)
    return top - rest.v


def simulate(amplitude, width, rise):
    """70 ms of four neurons, and the peaks that other amplitudes of the same pulse make.

    Args:
        amplitude: in units of the smallest long step at which each neuron fires.
        width: time for which the amplitude is held, in ms.
        rise: time over which the current climbs to it, in ms.
    """
    p_hh, p_adex = HodgkinHuxleyParams(), AdExParams()
    p_izhikevich, p_lif = IzhikevichParams(), LIFParams()
    hh, adex = hodgkin_huxley_start(p_hh), adex_start(p_adex)
    izhikevich, lif = izhikevich_start(p_izhikevich), lif_start(p_lif)
    rest = hh
    t, current, v, m, h, n = [], [], [], [], [], []
    t_lif, v_lif, t_adex, v_adex, t_izhikevich, v_izhikevich = [], [], [], [], [], []
    counts, top = [0, 0, 0, 0], rest.v
    for k in range(int(LENGTH / DT)):
        i = pulse((k + 0.5) * DT, amplitude, width, rise)
        now = (k + 1) * DT
        z, hh = hodgkin_huxley_step(HH_UNIT * i, hh, p_hh, DT)
        counts[3] += 1 if z > 0 else 0
        top = maximum(top, hh.v)
        if k % 4 == 0:
            t.append(now)
            current.append(i)
            v.append(hh.v)
            m.append(hh.m)
            h.append(hh.h)
            n.append(hh.n)
        z, lif = lif_step(i, lif, p_lif, DT)
        if z > 0:
            counts[0] += 1
            t_lif.append(now)
            v_lif.append(1.0)
        if z > 0 or k % 4 == 0:
            t_lif.append(now)
            v_lif.append(lif.v)
        z, adex = adex_step(ADEX_UNIT * i, adex, p_adex, DT)
        if z > 0:
            counts[1] += 1
            t_adex.append(now)
            v_adex.append(p_adex.v_peak)
        if z > 0 or k % 4 == 0:
            t_adex.append(now)
            v_adex.append(adex.v)
        z, izhikevich = izhikevich_step(IZHIKEVICH_UNIT * i, izhikevich, p_izhikevich, DT)
        if z > 0:
            counts[2] += 1
            t_izhikevich.append(now)
            v_izhikevich.append(30.0)
        if z > 0 or k % 4 == 0:
            t_izhikevich.append(now)
            v_izhikevich.append(izhikevich.v)
    tried = [SMALL + (LARGE - SMALL) * k / (TRIED - 1) for k in range(TRIED)]
    own = highest(amplitude, width, rise, rest, p_hh)
    conductance = p_hh.g_leak + p_hh.g_k * rest.n * rest.n * rest.n * rest.n
    conductance = conductance + p_hh.g_na * rest.m * rest.m * rest.m * rest.h
    tau = p_hh.capacitance / conductance
    faded = exp(-width / tau)
    climbed = 1 - tau / rise * (1 - exp(-rise / tau)) if rise > 0 else 0.0
    share = HH_UNIT / conductance * (climbed * faded + 1 - faded)
    return {
        "t": t,
        "current": current,
        "v": v,
        "m": m,
        "h": h,
        "n": n,
        "t_lif": t_lif,
        "v_lif": v_lif,
        "t_adex": t_adex,
        "v_adex": v_adex,
        "t_izhikevich": t_izhikevich,
        "v_izhikevich": v_izhikevich,
        "tried": tried,
        "peak": [highest(a, width, rise, rest, p_hh) for a in tried],
        "passive": [maximum(0.0, a) * share for a in tried],
        "amplitude": [amplitude],
        "own": [own],
        "counts": [float(c) for c in counts],
        "end": [START + rise + width],
        "summary": f"Spikes: LIF {counts[0]:.0f}, AdEx {counts[1]:.0f}, "
        f"Izhikevich {counts[2]:.0f}, Hodgkin-Huxley {counts[3]:.0f}. "
        f"Its potential rises {own:.0f} mV above rest.",
    }


def trace(name, label, low, high, x, y, color):
    """One panel with the potential of one neuron."""
    return panel(
        name,
        axis(None, 0, LENGTH),
        axis(label, low, high, ticks=3),
        mark("line", color, x=x, y=y, options={"strokeWidth": 1.8}),
        height=104,
        marginTop=20,
        marginBottom=8,
    )


FIGURE = Figure(
    simulate,
    title="Current-injection bench",
    caption="One pulse, four neurons. Below its threshold the Hodgkin-Huxley neuron rises by a few "
    "millivolts, above it by about a hundred, whatever the amplitude: a step, not a slope.",
    inputs=(
        slider("amplitude", "Amplitude of the pulse", SMALL, LARGE, 0.1, 3.0, "× thr."),
        slider("width", "Held for", 0.5, 30, 0.5, 10.0, "ms"),
        slider("rise", "Climbs over", 0, 20, 0.5, 0.0, "ms"),
    ),
    panels=(
        panel(
            "Current",
            axis(None, 0, LENGTH),
            axis("× threshold", SMALL, LARGE, ticks=3),
            mark("line", "ink", x="t", y="current", options={"strokeWidth": 2}),
            height=108,
            marginTop=20,
            marginBottom=8,
        ),
        trace("LIF", "× threshold", -1.2, 1.2, "t_lif", "v_lif", "c"),
        trace("AdEx", "mV", -110, 40, "t_adex", "v_adex", "b"),
        trace("Izhikevich", "mV", -110, 40, "t_izhikevich", "v_izhikevich", "b"),
        trace("Hodgkin-Huxley", "mV", -110, 50, "t", "v", "a"),
        panel(
            "Its gates",
            axis("time (ms)", 0, LENGTH),
            axis("open", 0, 1, ticks=3),
            mark("line", "a", label="m, sodium opens", x="t", y="m", options={"strokeWidth": 2}),
            mark("line", "b", label="h, sodium stays", dash="dashed", x="t", y="h",
                 options={"strokeWidth": 2}),
            mark("line", "c", label="n, potassium opens", dash="dotted", x="t", y="n",
                 options={"strokeWidth": 2.5}),
            height=130,
        ),
        panel(
            "Its peak against the amplitude of the pulse",
            axis("amplitude (× threshold of a long step)", SMALL, LARGE),
            axis("peak above rest (mV)", -3, 125),
            mark("line", "soft", label="membrane without gates", dash="dashed", x="tried",
                 y="passive", options={"strokeWidth": 2}),
            mark("line", "a", label="Hodgkin-Huxley", x="tried", y="peak",
                 options={"strokeWidth": 2}),
            mark("dot", fill="b", label="this pulse", x="amplitude", y="own", options={"r": 5}),
            height=190,
        ),
    ),
    handles=(
        handle("Amplitude of the pulse", "amplitude", "own", 6, drag_x="amplitude"),
        handle("Height of the pulse", 12.0, "amplitude", 0, drag_y="amplitude"),
    ),
    table=(("t", "time (ms)"), ("current", "current (× threshold)"),
           ("v", "Hodgkin-Huxley (mV)"), ("m", "m"), ("h", "h"), ("n", "n")),
)  # fmt: skip
