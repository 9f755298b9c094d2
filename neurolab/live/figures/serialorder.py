"""A list in one vector: a buffer that fades, a store that grows, and who is recalled."""

from neurolab.live.figure import Figure, axis, handle, mark, panel, slider
from neurolab.nef.serial_order import chance, strengths

WORDS = 10  # there are to choose from
LONGEST = 7
TOP = 4.5  # of the strengths that are shown
FEWEST = 16  # dimensions
SIZES = 57  # numbers of dimensions, two apart, up to 128


def simulate(fade, grow, items: int, dimensions: int):
    """Strength of each place when the list has ended, and the chance that it is told rightly.

    Args:
        fade: what is left of the buffer when another item comes.
        grow: what the store has become when another item comes.
        items: in the list.
        dimensions: of the pointers.
    """
    buffer, store = strengths(items, fade, grow)
    both = [buffer[j] + store[j] for j in range(items)]
    squares = 0.0
    for own in both:
        squares += own * own
    right = [100 * chance(own, squares, dimensions, WORDS) for own in both]
    sizes = [FEWEST + 2 * k for k in range(SIZES)]
    first = [100 * chance(both[0], squares, d, WORDS) for d in sizes]
    last = [100 * chance(both[items - 1], squares, d, WORDS) for d in sizes]
    places = [j + 1 for j in range(items)]
    worst, least = 1, right[0]
    for j in range(items):
        if right[j] < least:
            worst, least = j + 1, right[j]
    middle = [100 * chance(both[worst - 1], squares, d, WORDS) for d in sizes]
    whole = 0.0
    for x in right:
        whole += x / items
    return {
        "place": places,
        "buffer": buffer,
        "store": store,
        "both": both,
        "right": right,
        "sizes": sizes,
        "first": first,
        "middle": middle,
        "last": last,
        "chosen": [dimensions],
        "before": [items - 1],
        "fade": [fade],
        "grow": [grow],
        "worst": [worst],
        "least": [least],
        "whole": [whole],
        "summary": f"Told rightly: the first {right[0]:.0f} %, the last {right[items - 1]:.0f} %, "
        f"place {worst:d} worst with {least:.0f} %; {whole:.0f} % of all.",
    }


FIGURE = Figure(
    simulate,
    title="Five digits in one vector",
    caption="Each item is bound to its place, and all are added. The store favours what came "
    "first, the buffer what came last. Together they leave the middle of the list worst.",
    inputs=(
        slider("fade", "Buffer left when another item comes", 0, 1, 0.05, 0.5),
        slider("grow", "Store, times, when another item comes", 1, 1.4, 0.05, 1.2),
        slider("items", "Items in the list", 2, LONGEST, 1, 5),
        slider("dimensions", "Dimensions of the pointers", 16, 128, 16, 32),
    ),
    panels=(
        panel(
            "Strength in the memory",
            axis("place in the list", 0.5, LONGEST + 0.5),
            axis("strength", 0, TOP),
            mark("line", "a", label="store", dash="dashed", x="place", y="store",
                 options={"strokeWidth": 2}),
            mark("line", "b", label="buffer", dash="dotted", x="place", y="buffer",
                 options={"strokeWidth": 2}),
            mark("line", "ink", label="both", x="place", y="both", options={"strokeWidth": 2.5}),
            mark("dot", "ink", fill="a", x="before", y="grow", options={"r": 5}),
            mark("dot", "ink", fill="b", x="before", y="fade", options={"r": 5}),
            height=320,
        ),
        panel(
            "Told rightly, out of ten words",
            axis("place in the list", 0.5, LONGEST + 0.5),
            axis("%", 0, 105),
            mark("line", "ink", x="place", y="right", options={"strokeWidth": 2}),
            mark("dot", "ink", fill="c", x="place", y="right", options={"r": 4.5}),
            height=190,
        ),
        panel(
            "The same, with other numbers of dimensions",
            axis("dimensions", FEWEST, FEWEST + 2 * (SIZES - 1)),
            axis("%", 0, 105),
            mark("line", "a", label="first place", dash="dashed", x="sizes", y="first",
                 options={"strokeWidth": 2}),
            mark("line", "b", label="last place", dash="dotted", x="sizes", y="last",
                 options={"strokeWidth": 2}),
            mark("line", "ink", label="worst place", x="sizes", y="middle",
                 options={"strokeWidth": 2.5}),
            mark("ruleX", "soft", x="chosen"),
            height=190,
        ),
    ),
    handles=(
        handle("Growth of the store", "before", "grow", drag_y="grow"),
        handle("Fading of the buffer", "before", "fade", drag_y="fade"),
    ),
    table=(("sizes", "dimensions"), ("first", "first place told rightly (%)"),
           ("middle", "worst place (%)"), ("last", "last place (%)")),
)  # fmt: skip
