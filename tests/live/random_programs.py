"""Random programs of the translator's subset, written from random bytes.

Bytes, because hypothesis draws and shrinks one text of them much faster than a thousand choices;
where they end, every choice is the first, which is the simplest. Every variable keeps one kind,
so that most programs run in Python without an error: int, float, num (int or float, as the run
goes), bool, text, ints and floats (lists).
"""

from hypothesis import strategies as st

HEAD = """
import math
from typing import NamedTuple

from neurolab.core.ops import abs, constant, maximum, minimum, sqrt, where
from neurolab.core.surrogate import spike


class Pair(NamedTuple):
    one: float
    two: int = 2


WHOLE = 7
PART = 0.25
LIST = [3, -1, 4]
"""
ARGUMENTS = "a: float, b: int, c, d"
KINDS = {"a": "float", "b": "int", "c": "num", "d": "num"}
NUMBERS = ("int", "float", "num")
INTS = ("0", "1", "2", "3", "5", "-1", "-4", "10", "1000", "65537", "2147483647", "WHOLE")
FLOATS = (
    "0.0",
    "-0.0",
    "1.0",
    "0.5",
    "-2.5",
    "0.1",
    "3.7",
    "1e-3",
    "1e16",
    "-7.25",
    "PART",
    "math.pi",
)
WORDS = ("alpha", "", "β", "'", "\\n", "%s", "</")
MODULUS = 9973  # keeps whole numbers small where a loop repeats an assignment


class Writer:
    def __init__(self, choices: bytes):
        self.choices = list(reversed(choices))
        self.in_text = 0  # inside an f-string no other text may stand
        self.functions: dict[str, tuple[list[str], str]] = {}  # kinds of arguments, of the answer
        self.kinds: dict[str, str] = {}
        self.fresh = 0
        self.loops = 0

    def below(self, n: int) -> int:
        return self.choices.pop() % n if self.choices else 0

    def one(self, options):
        return options[self.below(len(options))]

    def names(self, *kinds: str) -> list[str]:
        return [n for n, k in self.kinds.items() if k in kinds]

    def new(self, kind: str) -> str:
        self.fresh += 1
        name = f"{self.one(('v', 'x', 'let', 'new', 'Math', 'n'))}{self.fresh}"
        self.kinds[name] = kind
        return name

    # expressions

    def expr(self, kind: str, depth: int) -> str:
        if kind == "num":
            kind = self.one(NUMBERS)
        if kind == "num":
            names = self.names("num")
            return self.one(names) if names else self.expr("float", depth)
        return getattr(self, f"write_{kind}")(depth)

    def known(self, kind: str, constants) -> str:
        names = self.names(kind)
        return self.one(names) if names and self.below(3) else self.one(constants)

    def call(self, kind: str, depth: int) -> str | None:
        fitting = [f for f, (_, answer) in self.functions.items() if answer == kind]
        if not fitting:
            return None
        name = self.one(fitting)
        return f"{name}({', '.join(self.expr(k, depth - 1) for k in self.functions[name][0])})"

    def write_int(self, depth: int) -> str:
        if depth <= 0 or not self.choices:
            return self.known("int", INTS)
        x, y = self.write_int(depth - 1), self.write_int(depth - 1)
        match self.below(14):
            case 0 | 1 | 2:
                return f"({x} {self.one('+-*')} {y})"
            case 3:
                return f"({x} {self.one(('//', '%'))} {y})"
            case 4 | 5:
                return f"({x} {self.one(('//', '%'))} {self.one(('2', '3', '-3', '10', 'WHOLE'))})"
            case 6:
                return f"(-{x})"
            case 7:
                return f"len({self.expr(self.one(('ints', 'floats')), depth - 1)})"
            case 8:
                return f"int({self.expr('float', depth - 1)})"
            case 9:
                return f"({x} if {self.write_bool(depth - 1)} else {y})"
            case 10:
                return self.item("ints", depth) or x
            case 11:
                return f"({x} ** {self.one('0123')})"
            case 12:
                return f"({x} + ({self.write_bool(depth - 1)}))"
        return self.call("int", depth) or y

    def write_float(self, depth: int) -> str:
        if depth <= 0 or not self.choices:
            return self.known("float", FLOATS)
        x, y = self.write_float(depth - 1), self.expr("num", depth - 1)
        match self.below(16):
            case 0 | 1 | 2:
                return f"({x} {self.one('+-*')} {y})"
            case 3:
                return f"({y} {self.one('+-*')} {x})"
            case 4 | 5:
                return f"({y} {self.one(('/', '//', '%'))} {x})"
            case 6:
                return f"({self.write_int(depth - 1)} / {self.one(('2', '3', '-7', '1e300'))})"
            case 7:
                return (
                    f"({x} {self.one(('//', '%'))} {self.one(('2', '-3', '0.1', '-0.7', '1e17'))})"
                )
            case 8:
                return f"(-{x})"
            case 9:
                return f"{self.one(('sqrt', 'abs', 'constant', 'float'))}({x})"
            case 10:
                return f"{self.one(('maximum', 'minimum'))}({x}, {self.write_float(depth - 1)})"
            case 11:
                return f"where({self.write_bool(depth - 1)}, {x}, {self.write_float(depth - 1)})"
            case 12:
                return f"spike({y})"
            case 13:
                return f"({x} if {self.write_bool(depth - 1)} else {self.write_float(depth - 1)})"
            case 14:
                return (
                    self.item("floats", depth) or f"Pair({x}, two={self.write_int(depth - 1)}).one"
                )
        return self.call("float", depth) or x

    def write_bool(self, depth: int) -> str:
        if depth <= 0 or not self.choices:
            return self.known("bool", ("True", "False"))
        x, y = self.expr("num", depth - 1), self.expr("num", depth - 1)
        match self.below(6 if self.in_text else 7):
            case 0 | 1 | 2:
                return f"({x} {self.one(('<', '<=', '>', '>=', '==', '!='))} {y})"
            case 3:
                sign = self.one(("and", "or"))
                return f"({self.write_bool(depth - 1)} {sign} {self.write_bool(depth - 1)})"
            case 4:
                return f"(not {self.write_bool(depth - 1)})"
            case 5:
                middle = self.known("num", ("1", "0.5"))
                return f"({x} <= {middle} < {y})"
        return f"({self.write_text(depth - 1)} == {self.write_text(depth - 1)})"

    def write_text(self, depth: int) -> str:
        if depth <= 0 or not self.below(3):
            return self.known("text", [f'"{w}"' for w in WORDS])
        self.in_text += 1
        fields = [self.field(depth) for _ in range(1 + self.below(3))]
        self.in_text -= 1
        return f'f"{" ".join(fields)}"'

    def field(self, depth: int) -> str:
        match self.below(5):
            case 0:
                return f"{{{self.write_int(depth - 1)}:d}}"
            case 1:
                return f"{{{self.write_int(depth - 1)}:.{self.below(4)}f}}"
            case 2:
                sign = self.one(("", "+", "z"))
                return f"{{{self.write_float(depth - 1)}:{sign}.{self.below(6)}{self.one('ff%')}}}"
            case 3:  # whether a num of 0 has a sign only a run can tell
                return f"{{{self.expr('num', depth - 1)}:z.{self.below(3)}f}}"
        return "{{}} é"

    def item(self, kind: str, depth: int) -> str | None:
        names = self.names(kind) + ["LIST"] * (kind == "ints")
        if not names:
            return None
        name = self.one(names)
        return f"{name}[({self.write_int(depth - 1)}) % len({name})]"

    def write_ints(self, depth: int) -> str:
        return self.write_list("int", depth)

    def write_floats(self, depth: int) -> str:
        return self.write_list("float", depth)

    def write_list(self, kind: str, depth: int) -> str:
        if depth <= 0 or not self.choices:
            return self.known(kind + "s", ["LIST"] if kind == "int" else ["[0.5, 2]"])
        if not self.below(3):
            return "[" + ", ".join(self.expr(kind, depth - 1) for _ in range(self.below(4))) + "]"
        outer = dict(self.kinds)
        target, source = self.loop(depth)
        test = f" if {self.write_bool(depth - 1)}" if not self.below(3) else ""
        text = f"[{self.expr(kind, depth - 1)} for {target} in {source}{test}]"
        self.kinds = outer
        return text

    def loop(self, depth: int) -> tuple[str, str]:
        """Target and source of a loop; the source is written before the target is known."""
        match self.below(5):
            case 0 | 1:
                ends = [str(self.below(9) - 4) for _ in range(1 + self.below(3))]
                if len(ends) == 3:
                    ends[2] = self.one(("2", "-1", "-3", "1"))
                return self.new("int"), f"range({', '.join(ends)})"
            case 2:
                source = self.write_floats(depth - 1)
                return self.new("num"), source
            case 3:
                source = self.write_ints(depth - 1)
                return f"{self.new('int')}, {self.new('int')}", f"enumerate({source})"
        name = self.one([*self.names("ints"), "LIST"])
        more = f"[{self.expr('float', 1)} for _ in {name}]"
        return f"{self.new('int')}, {self.new('num')}", f"zip({name}, {more}, strict=True)"

    # statements

    def block(self, size: int, pad: str) -> list[str]:
        lines = [line for _ in range(size) for line in self.statement(pad)]
        return lines or [f"{pad}pass"]

    def inner(self, size: int, pad: str) -> list[str]:
        """A block whose new names are not used after it: it may not run."""
        outer = dict(self.kinds)
        lines = self.block(size, pad + "    ")
        self.kinds = outer
        return lines

    def small(self, kind: str, text: str) -> str:
        return f"({text}) % {MODULUS}" if self.loops and kind in ("int", "num") else text

    def statement(self, pad: str) -> list[str]:
        choice = self.below(14)
        numbers = [n for n in self.names(*NUMBERS) if n not in KINDS]
        if choice < 4:
            kind = self.one(("int", "float", "num", "bool", "text", "ints", "floats"))
            text = self.small(kind, self.expr(kind, 3))
            return [f"{pad}{self.new(kind)} = {text}"]
        if choice < 6 and numbers:
            name = self.one(numbers)
            kind = self.kinds[name]
            if self.below(2):
                return [f"{pad}{name} = {self.small(kind, self.expr(kind, 3))}"]
            if kind == "float":
                return [f"{pad}{name} {self.one(('+', '-', '*', '/', '%'))}= {self.expr('num', 2)}"]
            return [f"{pad}{name} {self.one(('+', '-', '//', '%'))}= {self.one(INTS)}"]
        if choice == 6 and self.names("ints") and self.loops < 2:
            name = self.one(self.names("ints"))
            return [
                f"{pad}if len({name}) < 9:",
                f"{pad}    {name}.append({self.small('int', self.write_int(2))})",
            ]
        if choice == 7 and self.names("floats"):
            name = self.one(self.names("floats"))
            place = f"{name}[{self.below(3)} % len({name})]"
            sign = self.one(("", "+", "*"))
            return [f"{pad}if len({name}) > 0:", f"{pad}    {place} {sign}= {self.write_float(2)}"]
        if choice == 8:
            values = f"{self.small('int', self.write_int(2))}, {self.write_float(2)}"
            if self.below(2):
                return [f"{pad}{self.new('int')}, {self.new('float')} = {values}"]
            values = f"Pair(two={self.write_int(0)}, one={self.write_float(2)})"
            return [f"{pad}{self.new('float')}, {self.new('int')} = {values}"]
        if choice == 9 and len(numbers) > 1:
            same = [n for n in numbers if self.kinds[n] == self.kinds[numbers[0]]]
            x, y = self.one(same), self.one(same)
            return [f"{pad}{x}, {y} = {y}, {x}"]
        if choice < 12:
            lines = [f"{pad}if {self.write_bool(3)}:", *self.inner(1 + self.below(2), pad)]
            if self.below(2):
                lines += [f"{pad}elif {self.write_bool(2)}:", *self.inner(1, pad)]
            if self.below(2):
                lines += [f"{pad}else:", *self.inner(1 + self.below(2), pad)]
            return lines
        if self.loops == 2:
            return []
        outer = dict(self.kinds)
        self.loops += 1
        if choice == 12:
            self.fresh += 1
            count = f"count{self.fresh}"  # not among the names: nothing else may change it
            lines = [f"{pad}{count} = 0", f"{pad}while {count} < {self.below(5)}:"]
            lines.append(f"{pad}    {count} += 1")
        else:
            target, source = self.loop(2)
            lines = [f"{pad}for {target} in {source}:"]
        if self.below(2):
            lines.append(f"{pad}    if {self.write_bool(2)}:")
            lines.append(f"{pad}        {self.one(('break', 'continue'))}")
        lines += self.block(1 + self.below(3), pad + "    ")
        self.kinds = outer
        self.loops -= 1
        return lines

    def function(self) -> str:
        """A function of numbers; an argument with an annotation keeps its promise."""
        arguments = [self.one(("int", "float", "num")) for _ in range(1 + self.below(3))]
        answer = self.one(("int", "float"))
        self.kinds = {f"p{k}": kind for k, kind in enumerate(arguments)}
        notes = {"int": ": int", "float": ": float", "num": ""}
        head = ", ".join(f"p{k}{notes[kind]}" for k, kind in enumerate(arguments))
        name = f"f{len(self.functions)}"
        lines = [f"def {name}({head}){' -> int' if answer == 'int' else ''}:"]
        lines += self.block(self.below(3), "    ")
        lines.append(f"    return {self.expr(answer, 3)}")
        self.functions[name] = (arguments, answer)
        return "\n".join(lines)


def written(choices: bytes) -> str:
    """The text of a driver of the arguments in ``ARGUMENTS``."""
    writer = Writer(choices)
    functions = [writer.function() for _ in range(writer.below(3))]
    writer.kinds = dict(KINDS)
    body = writer.block(2 + writer.below(6), "    ")
    shown = [n for n in writer.kinds if writer.kinds[n] != "text" or writer.below(2)]
    answer = ", ".join(f'"{name}": {name}' for name in shown)
    summary = writer.write_text(3)
    lines = [f"def simulate({ARGUMENTS}):", *body, f'    return {{{answer}, "summary": {summary}}}']
    return "\n\n\n".join([HEAD.strip(), *functions, "\n".join(lines)]) + "\n"


programs = st.binary(min_size=100, max_size=500).map(written)
