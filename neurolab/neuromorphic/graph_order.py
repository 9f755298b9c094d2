"""The order in which the nodes of a NIR graph can be run, and the loops in it.

    order     input first; each node behind all that it hears, but for edges that close a loop
    back      edges that lead back to a node on the way from the input to it
    groups    the nodes of each loop together, all others alone

Tested in tests/neuromorphic/test_nir.py, on graphs with loops and with graphs inside them.
"""

from graphlib import TopologicalSorter


def flat(graph, prefix: str = "") -> tuple[dict, list]:
    """Nodes by name and edges, graphs inside the graph taken apart."""
    nodes, edges, ends = {}, [], {}
    for name, node in graph.nodes.items():
        full = f"{prefix}{name}"
        if type(node).__name__ != "NIRGraph":
            nodes[full] = node
            ends[name] = (full, full)
            continue
        inside, between = flat(node, f"{full}.")
        into, out = only(inside, "Input"), only(inside, "Output")
        first = [b for a, b in between if a == into]
        final = [a for a, b in between if b == out]
        nodes |= {n: x for n, x in inside.items() if n not in (into, out)}
        edges += [(a, b) for a, b in between if a != into and b != out]
        ends[name] = (first, final)
    for a, b in graph.edges:
        starts, stops = ends[a][1], ends[b][0]
        starts = [starts] if isinstance(starts, str) else starts
        stops = [stops] if isinstance(stops, str) else stops
        edges += [(start, stop) for start in starts for stop in stops]
    return nodes, list(dict.fromkeys(edges))


def sizes(kind: dict) -> tuple[int, ...]:
    """The shape that NIR notes for what goes into a node or leaves it."""
    (shape,) = kind.values()
    return tuple(int(n) for n in shape)


def only(nodes: dict, kind: str) -> str:
    found = [name for name, node in nodes.items() if type(node).__name__ == kind]
    if len(found) != 1:
        raise ValueError(f"graph: one node of type {kind} is needed, got {len(found)}")
    return found[0]


def ordered(nodes: dict, edges: list, source: str) -> tuple[list[str], list]:
    """Names in an order in which they can be run, and the edges that close loops."""
    after = {name: [b for a, b in edges if a == name] for name in nodes}
    back, on_way, done = [], [source], set()
    stack = [(source, iter(after[source]))]
    while stack:
        name, rest = stack[-1]
        for following in rest:
            if following in on_way:
                back.append((name, following))
            elif following not in done:
                on_way.append(following)
                stack.append((following, iter(after[following])))
                break
        else:
            stack.pop()
            on_way.remove(name)
            done.add(name)
    reached = {n for n in nodes if n in done}
    sorter = TopologicalSorter({n: [] for n in nodes if n in reached})
    for a, b in edges:
        if (a, b) not in back and a in reached:
            sorter.add(b, a)
    order = list(sorter.static_order())
    return [source, *(n for n in order if n != source)], back


def grouped(order: list[str], edges: list, back: list) -> list[list[str]]:
    """The nodes of each loop together, all others alone, in an order in which they can be run."""
    place = {name: k for k, name in enumerate(order)}
    groups = [{name} for name in order]
    for end, start in back:  # what lies between the two
        down, up = {start}, {end}
        for name in order[place[start] :]:
            down |= {name} if any(b == name and a in down for a, b in edges) else set()
        for name in reversed(order[: place[end] + 1]):
            up |= {name} if any(a == name and b in up for a, b in edges) else set()
        whole = down & up
        whole |= set().union(*(g for g in groups if g & whole))
        groups = [whole, *(g for g in groups if not g & whole)]
    which = {name: k for k, group in enumerate(groups) for name in group}
    sorter = TopologicalSorter({k: [] for k in range(len(groups))})
    for a, b in edges:
        if a in which and b in which and which[a] != which[b]:
            sorter.add(which[b], which[a])
    return [sorted(groups[k], key=place.__getitem__) for k in sorter.static_order()]
