"""A queue for drivers: a binary heap in a list, whose comparisons are counted.

An event is a record with a ``time`` and a ``number``; of two at one time the lower number is first.
The list keeps its length when an event leaves, so the driver counts the ``size`` itself.
"""


def sooner(a, b):
    return a.time < b.time or (a.time == b.time and a.number < b.number)


def push(heap, size: int, event) -> int:
    """Put an event into a heap of ``size``; answers how many comparisons that took."""
    k, compared = size, 0
    if k < len(heap):
        heap[k] = event
    else:
        heap.append(event)
    while k > 0:
        up = (k - 1) // 2
        compared += 1
        if not sooner(event, heap[up]):
            break
        heap[k] = heap[up]
        k = up
    heap[k] = event
    return compared


def pop(heap, size: int) -> int:
    """Take the first event out of a heap of ``size``; answers the comparisons."""
    event, k, compared = heap[size - 1], 0, 0
    while 2 * k + 1 < size - 1:
        down = 2 * k + 1
        if down + 1 < size - 1:
            compared += 1
            if sooner(heap[down + 1], heap[down]):
                down += 1
        compared += 1
        if not sooner(heap[down], event):
            break
        heap[k] = heap[down]
        k = down
    heap[k] = event
    return compared
