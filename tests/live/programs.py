"""Programs in the translator's subset, and some outside of it, with what runs and compares them."""

import math
import sys
import types

from neurolab.live.to_js import translate

PROBE = "neurolab.live.figures.probe"


def sections(text):
    """{name: body} of a text in which each section begins with ``--- name``."""
    pairs = [part.split("\n", 1) for part in text.split("--- ")[1:]]
    return {name.strip(): body.rstrip() for name, body in pairs}


def driver(body, head="", arguments="a, b"):
    """The text of a driver: ``head``, then ``simulate`` with this body."""
    lines = "".join(f"    {line}\n" if line else "\n" for line in body.splitlines())
    return f"{head}\n\ndef simulate({arguments}):\n{lines}"


def program(text, checked=False):
    """A text translated as if it were the file of a driver."""
    return translate({"x": PROBE}, checked, texts={PROBE: text})


def python(text):
    """``simulate`` of the same text, as Python takes it."""
    module = sys.modules["probe"] = types.ModuleType("probe")
    exec(compile(text, "probe.py", "exec"), module.__dict__)
    return module.simulate


def plain(x):
    """As JSON would have it."""
    if isinstance(x, list | tuple):
        return [plain(v) for v in x]
    return {k: plain(v) for k, v in x.items()} if isinstance(x, dict) else x


def same(a, b):
    """Is ``a`` of JavaScript ``b`` of Python? Exactly, the sign of a float's zero included."""
    if isinstance(b, list):
        return isinstance(a, list) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(b, dict):
        return isinstance(a, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in b)
    if isinstance(b, bool | str | None) or not isinstance(a, int | float) or isinstance(a, bool):
        return type(a) is type(b) and a == b
    if isinstance(b, float) and b == 0:
        return a == 0 and math.copysign(1, a) == math.copysign(1, b)
    return a == b or (a != a and b != b)


HEAD = """
import math
from dataclasses import dataclass
from typing import NamedTuple

from neurolab.core import abs, atan2, constant, exp, log, maximum, minimum, sigmoid, sqrt, where
from neurolab.core.surrogate import FastSigmoid, spike

DT = 0.5
COUNT: int = 4
TABLE = [1.0, 2.0, [3.0, 4.0]]


class State(NamedTuple):
    v: float
    u: float = -1.0


@dataclass(frozen=True)
class Params:
    "Holds fields only."

    tau: float = 20.0
    steps: int = 3


def twice(x, more=0.0):
    return 2 * x + more


def split(x):
    "A function of two answers."
    return x // 1, x % 1


def fill(xs, n):
    for k in range(n):
        xs.append(k)


def depth(params: Params = Params(), dt=DT * 2, scale=-1.0, extra=None):
    if extra is None:
        return params.tau * dt * scale
    return params.tau * dt * scale + extra


def whole(n: int) -> int:
    return n * 3 - 6


SQUARES = [k * k for k in range(COUNT)]
FIRST = twice(SQUARES[2])
SURROGATE = FastSigmoid()


def fill_and_move(k):
    k[0] = 2
    return 9


def stop(a):
    if a > 1000:
        return
    return a


def min_of(a: int, b: int) -> int:
    return a if a < b else a


def default(x, enum):
    return x + enum


def eval(x):
    return x * 2


def spiking(u, surrogate=None):
    return spike(u, surrogate)


class Word(NamedTuple):
    constructor: int
    new: int
    length: int
"""

TAKEN = sections(r"""
--- numbers
return [1, 1.0, 1e300, 1e-7, 1_000, 0x1F, 9007199254740992, 1e16, -2, -0.0, 5e-324]
--- booleans and none
return [True, False, None, a > b]
--- precedence
return [(a - b) - (a - b) * 2, a - (b - a), -(-a), (a + b) / 2 * 3, - a ** 2]
--- mixed
return [1 / 2, 7 // 2, 7 // 2.0, 7 % 2.5, 2 * 0.5, a + 1, 3 - b]
--- floor and rest
out = []
for x in [7, -7, 7.5, -7.5, 0.0, -0.0, 0, 1e-20, -1e-20, 1e300, 1.0, 9.4, 3.7, 5e15, -1e17, 4.3]:
    for y in [2, -2, 2.5, 0.1, -0.1, 1e300, 3, 0.7, 0.3, 1e-20]:
        out.append([x // y, x % y])
return out
--- powers
return [a ** 2, b ** 3, 3 ** 20, 2 ** 53, (-3) ** 3, a ** 0, 0 ** 0, (a + b) ** 2]
--- comparisons
xs = [a, b, 0.25, 1]
some = [[x < y, x <= y, x > y, x >= y, x == y, x != y] for x, y in [(a, b), (a, a), (b, a)]]
return [some, [x <= 0.25 for x in xs], 1 == 1.0, -0.0 == 0]
--- chained comparison
return [0 < a < 1, a < b <= 10, a == a == a, b > a > 0 > -1]
--- logic
return [a > 0 and b > 0, a > 0 or 1 / 0 > 0, not a > b, not (a > 0 and b > a)]
--- conditional
return [1 if a > b else 2 if a > 0 else 3, 'x' if a < b else 'y']
--- elif
if a > b:
    c = 1
elif a > 0.2:
    c = 2
else:
    c = 3
return c
--- range
up = [[k for k in range(3)], [k for k in range(2, 5)], [k for k in range(1, 9, 3)]]
down = [k for k in range(7, 0, -2)]
return [up, down, [k for k in range(0)], [k for k in range(2, -2)]]
--- loop variable afterwards
for k in range(4):
    pass
return k
--- loop variable changed
n = []
for k in range(4):
    n.append(k)
    k = k * 10
return [n, k]
--- range looked at once
n, xs = 3, []
for k in range(n):
    n = 10
    xs.append(k)
return xs
--- nested loops
xs = []
for i in range(3):
    for j in range(i, 3):
        for v in [a, b]:
            xs.append(i * 10 + j + v)
return xs
--- while
k = 0
while True:
    k += 1
    if k == 3:
        continue
    if k > 5:
        break
return k
--- list that grows
xs = [1.0]
for x in xs:
    if x < 20:
        xs.append(2 * x)
return xs
--- enumerate
out = []
for k, x in enumerate([a, b]):
    out.append(k * x)
return [out, k, x]
--- zip
out = []
for x, y in zip([1, 2], [a, b], strict=True):
    out.append(x * y)
return out
--- zip of three
return [x * y + z for x, y, z in zip([1, 2], [a, b], [3, 4], strict=True)]
--- enumerate of zip
out = []
for k, (x, y) in enumerate(zip([a], [b], strict=True)):
    out.append([k, x, y])
more = [k * x + y for k, (x, y) in enumerate(zip([a, b], range(2), strict=True))]
return [out, more]
--- pairs kept
return [[p[0], p[1]] for p in zip([a], [b], strict=True)]
--- counted pairs kept
return [q[0] * q[1] for q in enumerate([a, b])]
--- list of pairs
ps = [(a, b), (b, a)]
out = [x - y for x, y in ps]
for x, y in ps:
    out.append(x)
return out
--- nested pairs
return [x + y + z for (x, y), z in [((a, b), 1.0), ((b, b), 2.0)]]
--- conditions
some = [x for x in [a, b, 1.0, 2.0] if x > 0.5 if x < 1.5]
return [some, [k for k in range(9) if k % 3 == 1], [k for k, x in enumerate([b, a, b]) if x == b]]
--- nested comprehension
return [[i * j for j in range(i)] for i in range(4)]
--- comprehension shadows
x = [a, b]
y = [x + 1 for x in x]
return [x, y]
--- comprehension sees locals
k = 5
return [[k + j for j in range(2)], [k for k in range(2)], k]
--- comprehension gives the name back
xs = [COUNT + DT for COUNT, DT in [(a, b)]]
return [xs, COUNT, DT, [COUNT for _ in [1]], f'{COUNT}']
--- swap
c, d = a, b
c, d = d, c
xs = [1, 2]
xs[0], xs[1] = xs[1], xs[0]
return [c, d, xs]
--- two answers
q, r = split(a + b)
return [q, r, split(b)]
--- chosen pair
c, d = (a, 1) if a > b else (b, 2)
return [c, d]
--- take apart
(c, d), e = (a, b), 3
f, (g, h) = [1, (2, 3)]
return [c, d, e, f, g, h]
--- items
xs = [[a], [b, 3.0]]
k = 1
xs[1][0] = 5
xs[0][0] += b
xs[1][k] *= 2
xs[1][k - 1] -= twice(a)
xs[0][len(xs) - 2] /= 4
xs[len(xs) - 1] = [twice(b)]
return xs
--- item of item
k = [2, 0, 1]
xs = [a, b, 3.0]
xs[k[0]] -= 1
return [xs, xs[k[1]]]
--- value before place
xs = [1, 2, 3]
k = [0]
xs[k[0]] = fill_and_move(k)
return xs
--- append
rows = [[], []]
rows[1].append(a)
rows[0].append(len(rows[1]))
return rows
--- changes
k, n = 7, 7
k += 1
k -= 3
k *= 4
k /= 8
k //= 0.4
k %= 4
n **= 2
return [k, n]
--- aliases
xs = [a]
ys = xs
ys.append(b)
fill(xs, 2)
return [xs, ys]
--- annotated
c: float = a + 1
return c
--- dict
d = {'one': a, 'two': [b]}
d['one'] = 3.0
d['two'].append(1)
d['new'] = 1
k = 'one'
return {'d': d, 'one': d[k], 'none': {}}
--- tuple record
s = State(a)
t = State(u=b, v=1.0)
v, u = t
return [s.v, s.u, t.v, t[1], v, u]
--- frozen record
p = Params(steps=5)
return [p.tau, p.steps, Params(1.0).tau, Params().steps]
--- nested record
p = State(State(a, b), Params())
return [p.v.u, p.u.tau]
--- defaults
p, q = Params(1.0), twice(a)
some = [depth(), depth(p), depth(dt=2.0, extra=1), depth(scale=a), depth(extra=None)]
return [some, q, twice(more=1, x=b)]
--- is none
c = None
return [c is None, c is not None, a is None, c == None, a != None]
--- constants
return [DT, COUNT, TABLE[2][1], SQUARES, FIRST, math.pi, math.e, math.tau]
--- whole numbers
n = [whole(2), whole(COUNT), len(TABLE), float(3)]
return [n, int(a * 10), int(-0.5), int(2.9), int(-2.9)]
--- truth counts
n = 0
for x in [a, b, 1.0]:
    n += x > 0.5
return [n, (a > b) * 2.0, True + True]
--- texts
c = 'one'
return [c, c == 'one', c != 'two', 'a' 'b', f'{c} {c}', c == 1, '']
--- escapes
quotes = ['"', "'", '`', '\\', '${a}', '</script>', '<!--']
return [quotes, '\n\t\r\0', 'é°€', '\u2028', '😀', f'{{}} \\ " {a:.1f}\n']
--- fields
n = len([a, b])
return [f'{n} {n:d} {COUNT} {whole(2):d}', f'{a:.2f} {b:+.1f} {a:.0%} {-0.001:z.1f} {-0.001:.1f}']
--- f-string in parts
c = (
    f'{a:.1f} '
    'and'
    f' {b:.1f}'
)
return [c, c == 'x']
--- whole zero has no sign
z, n = 0, -3
some = f'{z * n:.1f} {-z:.1f} {z // n:.1f} {-6 % n:.1f} {int(-0.2):.1f} {0.0 * n:.1f}'
return [some, f'{whole(2) * n} {-whole(2)} {min_of(z, n) * 0.5:.1f} {z * (a > 9):.1f}']
--- whole in a comprehension
n, out = 3, [f'{k} {-k:.1f} {-k * 0.5:.1f}' for k in range(2)]
more = [f'{k} {-k:.1f} {-x:.1f}' for k, x in enumerate([0.0, a])]
return [out, more, [f'{-n:.1f}' for n in [0.0, -0.0]], f'{n}']
--- float behind a whole number
x, y, z = 0.0, 0, 0
y = x
for k in range(2):
    z = y
return f'{-x:.1f} {-y:.1f} {-z:.1f}'
--- procedure
xs = []
nothing = fill(xs, 2)
fill(xs, 1)
return [xs, nothing is None]
--- early return
return stop(a)
--- function constant
return 3
return 4
--- words
some = [abs(-a), sqrt(b), maximum(a, b), minimum(a, b), where(a > b, 1, 2), sqrt(-1.0)]
return [some, maximum(-1, 2), minimum(3, 2), constant(a), atan2(0.0, -1.0)]
--- spikes
some = [spike(a), spike(-a), spike(0.0), spike(a, FastSigmoid()), spike(a, surrogate=None)]
return [some, spike(a, SURROGATE), spiking(a - b)]
--- js words
var, let, function, new, this, null = 1, 2, 3, 4, 5, 6
undefined, NaN, Math, Infinity = a, b, a, b
some = {'var': var + let, 'function': function, 'new': new, 'this': default(this, enum=null)}
return [some, undefined, NaN, Math, Infinity, sqrt(4.0), eval(2), [typeof for typeof in [a]]]
--- js globals
Array, Object, Number, String, BigInt = a, b, 1, 2, 3
JSON = [k for k in range(2)]
name, length, map, push = 1, 2, 3, 4
some = [Array, Object, Number, String, BigInt, JSON, name, length, map, push]
return [some, f'{BigInt} {a:.1f}', int(a), len(JSON)]
--- js fields
w = Word(1, 2, 3)
x, y, z = w
return [w.constructor, w.new, w.length, w[2], x, y, z]
--- underscores
_ = 1
__ = 2
return [_, __, [0.5 for _ in range(2)]]
--- greek
α, größe, ﬁ = a, b, 1
return [α, größe, fi]
--- shadowed globals
DT = a
State = [b for DT in [1]]
return [DT, State]
""")

# Each section: what is written | a part of the message; "# <-" marks the line it must name.
REFUSED = sections(r"""
--- lambda | a lambda: lambda x: x; write a function with a name
f = lambda x: x  # <-
return f(1)
--- slice | a slice: x[1:]; write a comprehension over range
x = [1, 2, 3]
return x[1:]  # <-
--- negative index | an index from the end: x[-1]; write xs[len(xs) - 1]
x = [1, 2, 3]

return x[-1]  # <-
--- index of two numbers | an index of several numbers: x[0, 1]; write xs[i][j]
return x[0, 1]  # <-
--- unknown name | foo is neither defined nor imported
return foo(a)  # <-
--- unknown constant | bar is neither defined nor imported
return a + bar  # <-
--- call of a variable | a call of the variable a
return a(1)  # <-
--- call of a constant | a call of DT, which is no function
return DT(1)  # <-
--- word as a value | a word of core.ops as a value: exp; call it
f = [exp]  # <-
return f
--- power | a power: a ** 0.5; write x ** 2, sqrt(x)
return a ** 0.5  # <-
--- negative power | a power: a ** -1
return a ** -1  # <-
--- power of two variables | a power: a ** b
return a ** b  # <-
--- sum | the page has no sum; add up in a loop
return sum([a])  # <-
--- round | the page has no round; write int(x + 0.5), or let an f-string round
return round(a)  # <-
--- min | the page has no min; import minimum from neurolab.core
return min(a, 1)  # <-
--- str | the page has no str; write an f-string
return str(a)  # <-
--- sorted | the page has no sorted
return sorted([a])  # <-
--- math.exp | math.exp(a); import the words of neurolab.core
return math.exp(a)  # <-
--- math.inf | math.inf
best = math.inf  # <-
return best
--- method | a call of a method or of a module's function: a.sort()
return a.sort()  # <-
--- replace | State(a)._replace(v=1); write the new record out
return State(a)._replace(v=1)  # <-
--- for else | for with else; write a flag
for k in range(3):  # <-
    pass
else:
    pass
return 1
--- while else | while with else
while a > b:  # <-
    pass
else:
    pass
return 1
--- try | try; test the numbers with if
try:  # <-
    pass
except Exception:
    pass
--- raise | raise: raise ValueError(a)
raise ValueError(a)  # <-
--- assert | assert
assert a > 0  # <-
--- with | with
with a:  # <-
    pass
--- match | match; write if and elif
match a:  # <-
    case 1:
        return 1
--- nested function | a function inside a function; move it to the top of the file
def g():  # <-
    return 1
return g()
--- import inside | an import inside a function
from neurolab.core import exp  # <-
return exp(a)
--- global | global: global DT
global DT  # <-
DT = 1
--- del | del: del x[0]
x = [1]
del x[0]  # <-
--- zip kept | zip that drops what is left over: zip([a], [b]); write zip(a, b, strict=True)
return [x for x, y in zip([a], [b])]  # <-
--- zip with a loose end | zip that drops
for x, y in zip([a], [b], strict=False):  # <-
    pass
--- zip as a value | the page has no zip; loop over it
z = zip([a], [b], strict=True)  # <-
return z
--- enumerate with a start | enumerate with a start: enumerate([a], 1); write k + 1
return [k for k, x in enumerate([a], 1)]  # <-
--- two loops | two loops in a comprehension
return [x for x in [1] for y in [2]]  # <-
--- generator | a generator: (x for x in [a]); write a list comprehension
x = (x for x in [a])  # <-
return x
--- dict comprehension | a dict comprehension
return {k: a for k in ['a']}  # <-
--- set | a set: {a}
return {a}  # <-
--- key that is no name | a dict key that is no name: 1
return {1: a}  # <-
--- key with a space | a dict key that is no name: 'a b'
return {'a b': a}  # <-
--- key of JavaScript | a dict key that is no name: '__proto__'
return {'__proto__': a}  # <-
--- dict in a dict | a dict key that is no name
d = {'a': 1}
return {**d}  # <-
--- f-string format | an f-string field
return f'{a:g}'  # <-
--- f-string width | there are {text}, {count:d}, {x:.2f}
return f'{a:8.2f}'  # <-
--- f-string conversion | an f-string field
return f'{a!r}'  # <-
--- f-string with a computed format | an f-string field
n = 2
return f'{a:.{n}f}'  # <-
--- text plus text | arithmetic with a text: 'a' + 'b'; write an f-string
return 'a' + 'b'  # <-
--- percent | arithmetic with a text: '%.2f' % a; write an f-string
return '%.2f' % a  # <-
--- list plus list | arithmetic with a list: [a] + [b]
return [a] + [b]  # <-
--- list times number | arithmetic with a list: [0.0] * 3; write [0.0 for _ in range(n)]
return [0.0] * 3  # <-
--- matrix product | this operator: a @ b; there are + - * / // % **
return a @ b  # <-
--- bits | this operator: a & 1
return a & 1  # <-
--- inverted | this expression: ~a
return ~a  # <-
--- starred call | starred arguments: twice(*a)
return twice(*a)  # <-
--- starred keywords | starred arguments
return twice(**a)  # <-
--- starred list | a starred item
return [*a]  # <-
--- unknown keyword | arguments that do not fit twice(x, more): twice(a, nope=1)
return twice(a, nope=1)  # <-
--- too many arguments | arguments that do not fit twice(x, more)
return twice(a, 1, 2)  # <-
--- argument given twice | arguments that do not fit twice(x, more)
return twice(a, x=1)  # <-
--- missing argument | x of twice is missing: twice()
return twice()  # <-
--- word with two arguments | arguments that do not fit exp: exp(a, b)
return exp(a, b)  # <-
--- word with a keyword | arguments that do not fit exp
return exp(x=a)  # <-
--- spike with another keyword | arguments that do not fit spike
return spike(a, sharpness=2)  # <-
--- calls in another order | calls as keywords in another order
return State(u=twice(a), v=twice(b))  # <-
--- is | is: a is b; write ==, or x is None
return a is b  # <-
--- in | in: a in [b]; write a loop
return a in [b]  # <-
--- chain with a middle that computes | a chain of comparisons: 0 < a + b < 1; give
return 0 < a + b < 1  # <-
--- chained assignment | this statement: b = c = 1
b = c = 1  # <-
return b
--- starred assignment | an assignment to this: *d
c, *d = [1, 2, 3]  # <-
--- walrus | an assignment inside an expression
return (b := a)  # <-
--- field assigned | an assignment to a field: a.v; make a new record
a.v = 1  # <-
return a
--- call in a place | a call inside the place of an assignment: xs[twice(0)]
xs = [1, 2]
xs[twice(0)] = 1  # <-
--- loop into a list | this loop variable
return [0 for xs[0] in [a]]  # <-
--- large whole number | a whole number above 2**53
return 9007199254740993  # <-
--- infinity written as a number | a number above 1.8e308
return 1e400  # <-
--- complex | this expression: 1j
return 1j  # <-
--- step of zero | the step of a range
return [k for k in range(0, 3, 0)]  # <-
--- step in a variable | the step of a range: range(0, 3, k); write a whole number, not 0
k = 1
return [k for k in range(0, 3, k)]  # <-
--- global list | a change of a list that is no local one
TABLE.append(a)  # <-
--- global item | a change of a list that is no local one: TABLE[0]
TABLE[0] = a  # <-
--- recursion | a function that calls itself
return simulate(a, b)  # <-
--- statement without effect | this statement: a + b
a + b  # <-
--- yield | this statement: yield a
yield a  # <-
""")

# Module texts whose marked line is refused, whatever simulate says.
REFUSED_MODULES = sections(r"""
--- no simulate | :1: a driver has a function simulate(...)
def other():
    return 1
--- decorator | a decorator: cache
@cache  # <-
def simulate():
    return 1
--- any number of arguments | any number of arguments: xs; write them out
def simulate(*xs):  # <-
    return 1
--- numpy | np.exp(a); import exp from neurolab.core
import numpy as np

def simulate(a):
    return np.exp(a)  # <-
--- other package | sin comes from numpy; only neurolab's own code is read
from numpy import sin

def simulate(a):
    return sin(a)  # <-
--- no such module | thing comes from neurolab.nowhere, which has no file
from neurolab.nowhere import thing

def simulate(a):
    return thing(a)  # <-
--- not in that module | nor imported by name in neurolab/spiking/__init__.py
from neurolab.spiking import hebb

def simulate(a):
    return hebb(a)  # <-
--- from math | log comes from math; import the words of neurolab.core
from math import log

def simulate(a):
    return log(a)  # <-
--- something of ops that is no word | np comes from neurolab.core.ops
from neurolab.core.ops import np

def simulate(a):
    return np  # <-
--- bound twice | RATE is bound more than once, in lines 1 and 2
RATE = 1
RATE = 2

def simulate(a):
    return RATE  # <-
--- bound in an if | RATE is bound more than once
RATE = 1
if RATE > 0:
    RATE = 2

def simulate(a):
    return RATE  # <-
--- imported and defined | exp is bound more than once
from neurolab.core import exp

def exp(x):
    return x

def simulate(a):
    return exp(a)  # <-
--- class with a method | Neuron holds more than fields
class Neuron(NamedTuple):
    v: float

    def step(self):  # <-
        return 1

def simulate(a):
    return Neuron(a)
--- plain class | a class that is neither a NamedTuple nor a @dataclass(frozen=True)
class Neuron:  # <-
    pass

def simulate(a):
    return Neuron()
--- dataclass that is not frozen | a class that is neither
@dataclass
class Neuron:  # <-
    v: float

def simulate(a):
    return Neuron(a)
--- default that is no constant | the default of xs of keep is no constant
def keep(x, xs=[]):
    return xs

def simulate(a):
    return keep(a)  # <-
--- field without a constant | the default of xs of Box is no constant
@dataclass(frozen=True)
class Box:
    xs: list = field(default_factory=list)

def simulate(a):
    return Box()  # <-
--- two functions in a ring | a function that calls itself: one
def one(x):
    return other(x)

def other(x):
    return one(x)  # <-

def simulate(a):
    return one(a)
--- constant made of itself | a function that calls itself
RATE = RATE + 1  # <-

def simulate(a):
    return RATE
--- constant that cannot be translated | this expression: ~1
BITS = ~1  # <-

def simulate(a):
    return BITS
""")

# Programs that only a run can judge: the checked one stops. What it says | the body; a is 0.
STOPPED = sections(r"""
--- a number was expected, got a list | list and list
x, y = [a], [b]
return x + y  # <-
--- a number was expected, got "one" | text and text
x = 'one'
return x + x  # <-
--- a number was expected, got None | None
x = None
return x + 1  # <-
--- has no item 3 | index out of range
x = [a, b]
k = 3
return x[k]  # <-
--- has no item -1 | computed negative index
x = [a]
k = len(x) - 2
return x[k]  # <-
--- has no item 1 | index that is a float
x = [a, b]
k = 2 / 2
return x[k]  # <-
--- has no item "two" | key of a dict
d = {'one': 1}
k = 'two'
return d[k]  # <-
--- has no item 0 | letter of a text
x = 'one'
return x[0]  # <-
--- has no place 2 | item behind the end
x = [a, b]
x[2] = 1.0  # <-
--- has no place 0 | record changed
x = State(a)
x[0] = 1.0  # <-
--- has no field w | field
x = State(a)
return x.w  # <-
--- has no field length | length of a list
x = [a]
return x.length  # <-
--- a comparison was expected, got 0 | truth of a number
return 1.0 if a else 2.0  # <-
--- a comparison was expected, got a list | truth of a list
x = []
while x:  # <-
    pass
--- a comparison was expected, got 1 | and of numbers
return a > 1 or 1  # <-
--- a comparison was expected, got None | not None
x = None
return not x  # <-
--- a comparison was expected, got 0 | where with a number
return where(a, 1, 2)  # <-
--- == of lists or records | == of lists
x = [a]
return x == x  # <-
--- == of lists or records | == of records
return State(a) != State(a)  # <-
--- == of a number and a comparison | True == 1
x = True
return x == 1  # <-
--- division by zero | /
return b / a  # <-
--- division by zero | //
return b // a  # <-
--- division by zero | %
return b % a  # <-
--- unpacking a list into 2 | three into two
x = [1.0, 2.0, 3.0]
c, d = x  # <-
--- unpacking a record or dict into 2 | record that is no tuple
c, d = Params()  # <-
--- a whole number was expected, got 1.5 | range of a fraction
return [k for k in range(1.5)]  # <-
--- a whole number was expected, got 2 | range of a float
return [k for k in range(6 / 3)]  # <-
--- a whole number was expected, got 2.5 | an argument that says int
return whole(b + 0.5)  # <-
--- a whole number was expected, got 0.5 | a function that says int
return broken(b)
--- a whole number was expected, got 0.5 | {x:d}
return f'{b / 4:d}'  # <-
--- a variable without a value | variable that was never set
for k in range(0):
    c = 1.0
return c + 1  # <-
--- a variable without a value | variable that was never set, not computed with
if a > 1:
    c = 1.0
return [c]  # <-
--- a text was expected, got 2 | number in an f-string
c = b / 1
return f'{c}'  # <-
--- a text was expected, got false | comparison in an f-string
return f'{a > b}'  # <-
--- a list was expected, got "one" | loop over a text
x = 'one'
return [c for c in x]  # <-
--- a list was expected, got a record | loop over a record
for x in State(a):  # <-
    pass
--- a list was expected, got a record or dict | append to a record
x = State(a)
x.append(1)  # <-
--- a list was expected, got 0 | len of a number
return len(a)  # <-
--- the lists differ in length | zip
x, y = [a], [a, b]
for c, d in zip(x, y, strict=True):
    pass
--- the lists differ in length | zip of three, the last too long
x, y = [a], [a, b]
for c, d, e in zip(x, x, y, strict=True):
    pass
--- the lists differ in length | zip of three, the last too short
x, y = [a], [a, b]
for c, d, e in zip(y, y, x, strict=True):
    pass
--- the lists differ in length | zip of three in a comprehension
x, y = [a], [a, b]
return [c for c, d, e in zip(x, x, y, strict=True)]
--- the lists differ in length | zip of three kept
x, y = [a], [a, b]
return [p for p in zip(x, x, y, strict=True)]
--- the lists differ in length | zip in a comprehension
x, y = [a], [a, b]
return [c + d for c, d in zip(x, y, strict=True)]
--- not extensible | append to a tuple
x = (a, b)
x.append(1)
--- read only | item of a tuple
x = (a, b)
x[0] = 1
--- not extensible | a global list reached by another name
x = TABLE
x.append(1)
--- a whole number above 2**53 | product
x = 94906267
return x * x  # <-
--- a whole number above 2**53 | sum
x = 2 ** 53
return x + 1  # <-
--- a whole number above 2**53 | power
x = 3
return x ** 40  # <-
--- a whole number above 2**53 | large float made whole
return int(b * 1e17)  # <-
--- a power too large for a float | overflow
x = 1e200
return x ** 2  # <-
--- int of Infinity | int of infinity
return int(-log(a))  # <-
--- int of NaN | int of nan
return int(sqrt(a - 1))  # <-
""")
