"""A decision as a slide: two gates compete, and the plane of both is the landscape."""

from neurolab.core.ops import exp
from neurolab.core.random import normal, seeded
from neurolab.live.figure import Figure, axis, handle, level, mark, panel, slider
from neurolab.recurrent.decision import (
    DecisionParams,
    DecisionState,
    decision_rate,
    decision_step,
    nullcline,
    resting_points,
    stimulus_current,
)

DT = 4.0  # ms
SHOWN = 6  # trials that are drawn
TRIALS = 40  # trials that are counted
FEWER = 12  # trials at each other coherence
OTHERS = [0.0, 6.4, 12.8, 25.6, 51.2]  # percent
LONGEST = 1600.0  # ms
GOES_ON = 800.0  # ms, at least, of the trials that are drawn
SMOOTH = 20.0  # ms over which rates are averaged
THRESHOLD = 15.0  # Hz
GRID = 90  # points of a nullcline


def trial(start1, start2, c, params, least, s):
    """One noisy trial until a rate is above the threshold, or time is out; ``least`` ms anyway.

    Returns:
        gates and rates at each step, who won (1, 2; 0: nobody), when (ms), the random state.
    """
    i1, i2 = stimulus_current(c, params), stimulus_current(-c, params)
    state = DecisionState(start1, start2, 0.0, 0.0)
    x1 = params.own * start1 - params.other * start2 + params.base
    x2 = params.own * start2 - params.other * start1 + params.base
    told1, told2 = decision_rate(x1, params), decision_rate(x2, params)
    keep = exp(-DT / SMOOTH)
    s1, s2, r1, r2 = [start1], [start2], [told1], [told2]
    k, won = 0, 0
    end = LONGEST
    while k < least / DT or (won == 0 and k < LONGEST / DT):
        g1, s = normal(s)
        g2, s = normal(s)
        (f1, f2), state = decision_step(i1, i2, g1, g2, state, params, DT)
        told1, told2 = keep * told1 + (1 - keep) * f1, keep * told2 + (1 - keep) * f2
        s1.append(state.s1)
        s2.append(state.s2)
        r1.append(told1)
        r2.append(told2)
        k += 1
        if won == 0 and (told1 > THRESHOLD or told2 > THRESHOLD):
            won = 1 if told1 > told2 else 2
            end = k * DT
    return s1, s2, r1, r2, won, end, s


def simulate(coherence, strength, noise, recurrent, start1, start2):
    """Nullclines, a few drawn trials, and many that are counted.

    Args:
        coherence: percent, above 0 for choice 1.
        strength: rate of the stimulus without coherence, in Hz.
        noise: standard deviation, in nA.
        recurrent: of each population with itself, in nA.
        start1, start2: the gates at first.
    """
    c = coherence / 100
    params = DecisionParams(own=recurrent, mu=strength, sigma=noise)
    i1, i2 = stimulus_current(c, params), stimulus_current(-c, params)
    own = [0.004 + 0.84 * k / GRID for k in range(GRID)]
    other1 = [nullcline(x, i1, params) for x in own]
    other2 = [nullcline(x, i2, params) for x in own]
    rest = resting_points(i1, i2, params)
    stable = [row for row in rest if row[2] > 0]
    unstable = [row for row in rest if row[2] < 1]
    s = seeded(7)
    to_one1, to_one2, to_two1, to_two2 = [], [], [], []
    time, first, second = [], [], []
    right, ended, total = 0, 0, 0.0
    for n in range(TRIALS):
        s1, s2, r1, r2, won, when, s = trial(
            start1, start2, c, params, GOES_ON if n < SHOWN else 0.0, s
        )
        right += 1 if won == 1 else 0
        ended += 1 if won > 0 else 0
        total += when if won > 0 else 0.0
        if n == 0:
            time, first, second = [k * DT for k in range(len(r1))], r1, r2
        if n < SHOWN:
            for a, b in zip(s1, s2, strict=True):
                if s1[len(s1) - 1] > s2[len(s2) - 1]:
                    to_one1.append(a)
                    to_one2.append(b)
                else:
                    to_two1.append(a)
                    to_two2.append(b)
    curve, s = [], seeded(9)  # at other coherences, the same draws for any setting
    for other in OTHERS:
        n = 0
        for _ in range(FEWER):
            _, _, _, _, won, _, s = trial(start1, start2, other / 100, params, 0.0, s)
            n += 1 if won == 1 else 0
        curve.append(100 * n / FEWER)
    mean = total / ended if ended > 0 else LONGEST
    share = 100 * right / TRIALS
    if ended == 0:
        said = "No trial reaches 15 Hz within 1.6 s."
    else:
        said = (
            f"{right:.0f} of {TRIALS:.0f} trials choose 1, {ended - right:.0f} choose 2, "
            f"after {mean:.0f} ms on average."
        )
    return {
        "own": own,
        "other1": other1,
        "other2": other2,
        "stable1": [row[0] for row in stable],
        "stable2": [row[1] for row in stable],
        "unstable1": [row[0] for row in unstable],
        "unstable2": [row[1] for row in unstable],
        "to_one1": to_one1,
        "to_one2": to_one2,
        "to_two1": to_two1,
        "to_two2": to_two2,
        "others": [1.0 * other for other in OTHERS],
        "curve": curve,
        "start1": [start1],
        "start2": [start2],
        "time": time,
        "first": first,
        "second": second,
        "coherence": [coherence],
        "share": [share],
        "mean": [mean],
        "ended": [1.0 * ended],
        "summary": f"{len(stable):.0f} states attract, {len(unstable):.0f} do not. {said}",
    }


FIGURE = Figure(
    simulate,
    title="A decision as a slide",
    caption="Two populations excite themselves and inhibit each other. With a stimulus the state "
    "between them is a saddle: trials that begin alike slide to one of two corners, by chance and "
    "by the evidence.",
    inputs=(
        slider("coherence", "Coherence", -60, 60, 0.4, 3.2, "%"),
        slider("strength", "Stimulus", 0, 60, 1, 30, "Hz"),
        slider("noise", "Noise", 0, 0.04, 0.002, 0.02, "nA"),
        slider("recurrent", "Excitation of itself", 0.2, 0.3, 0.0001, 0.2609, "nA"),
        slider("start1", "Gate 1 at first", 0.02, 0.8, 0.01, 0.1),
        slider("start2", "Gate 2 at first", 0.02, 0.8, 0.01, 0.1),
    ),
    panels=(
        panel(
            "The landscape: both gates",
            axis("gate 1", 0, 0.84),
            axis("gate 2", 0, 0.84),
            mark("cloud", "a", label="trials that go to 1", x="to_one1", y="to_one2"),
            mark("cloud", "b", label="trials that go to 2", x="to_two1", y="to_two2"),
            mark("line", "ink", label="gate 1 rests", x="own", y="other1"),
            mark("line", "ink", label="gate 2 rests", dash="dashed", x="other2", y="own"),
            mark("dot", "ink", fill="c", label="attracts", x="stable1", y="stable2",
                 options={"r": 6}),
            mark("dot", "ink", label="does not", x="unstable1", y="unstable2", options={"r": 6}),
            aspectRatio=1,
        ),
        panel(
            "Rates of the first trial",
            axis("time (ms)", 0, LONGEST),
            axis("rate (Hz)", 0, 32, ticks=4),
            level("ruleY", THRESHOLD, options={"strokeOpacity": 1}),
            mark("line", "a", label="population 1", x="time", y="first",
                 options={"strokeWidth": 2.5}),
            mark("line", "b", label="population 2", dash="dashed", x="time", y="second",
                 options={"strokeWidth": 2.5}),
            height=150,
        ),
        panel(
            "How often 1 is chosen",
            axis("coherence (%)", -61, 61),
            axis("trials (%)", -4, 104, ticks=3),
            level("ruleY", 50, options={"strokeOpacity": 1}),
            mark("line", "ink", label="12 trials each", dash="dotted", x="others", y="curve"),
            mark("dot", "ink", x="others", y="curve", options={"r": 4}),
            mark("dot", "ink", fill="c", label="40 trials, here", x="coherence", y="share",
                 options={"r": 6}),
            height=150,
        ),
    ),
    handles=(
        handle("Start", "start1", "start2", drag_x="start1", drag_y="start2"),
        handle("Coherence", "coherence", "share", 2, drag_x="coherence"),
    ),
    table=(("time", "time (ms)"), ("first", "rate 1 (Hz)"), ("second", "rate 2 (Hz)")),
)  # fmt: skip
