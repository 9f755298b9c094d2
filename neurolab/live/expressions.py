"""Expressions of the subset, as JavaScript. Used by ``to_js``, which knows names and statements.

In the plain program whole numbers and floats are both JavaScript numbers. In the checked one
whole numbers are BigInts, so that every operation knows what Python would do with its operands.
"""

import ast
import json
import math
import re

from .calls import Calls
from .source import FORMS, INSTEAD, local
from .whole import WholeNumbers

LARGEST = 2**53  # above it JavaScript's numbers skip whole numbers
MATH_CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau}
NUMBER_FORMAT = re.compile(r"(\+?z?)\.(\d\d?)([f%])")
COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "===", ast.NotEq: "!=="}
BINARY = {  # in the plain and in the checked program
    ast.Add: ("({} + {})", "$add({}, {})"),
    ast.Sub: ("({} - {})", "$subtract({}, {})"),
    ast.Mult: ("({} * {})", "$multiply({}, {})"),
    ast.Div: ("({} / {})", "$divide({}, {})"),
    ast.Mod: ("$mod({}, {})", "$remainder({}, {})"),
    ast.FloorDiv: ("$floordiv({}, {})", "$quotient({}, {})"),
}


class Expressions(Calls, WholeNumbers):
    """``expr`` has one case for each construct; what no case takes is refused."""

    def guard(self, kind: str, text: str) -> str:
        return f"${kind}({text})" if self.checked else text

    def truth(self, node: ast.expr) -> str:
        return self.guard("bool", self.expr(node))

    def expr(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=None):
                return "null"
            case ast.Constant(value=bool(x) | str(x)):
                return literal(x)
            case ast.Constant(value=int(x)):
                if x > LARGEST:
                    self.refuse(node, "a whole number above 2**53", "write it as a float: 1e20")
                return self.integer(x)
            case ast.Constant(value=float(x)):
                if math.isinf(x):
                    self.refuse(node, "a number above 1.8e308", "no float holds it")
                return repr(x)
            case ast.Name(id=name):
                return self.guard("set", local(name)) if name in self.locals else self.use(node)
            case ast.Attribute(value=ast.Name(id="math"), attr=name) if "math" not in self.locals:
                if name not in MATH_CONSTANTS:
                    self.refuse(node, f"math.{name}", INSTEAD["math"])
                return repr(MATH_CONSTANTS[name])
            case ast.Attribute(value=box, attr=name):
                if self.checked:
                    return f'$field({self.expr(box)}, "{name}")'
                return f"{self.expr(box)}.{name}"
            case ast.BinOp():
                return self.binary(node)
            case ast.UnaryOp(op=ast.USub(), operand=x):
                plain = f"(-{self.expr(x)})"
                return f"$negative({self.expr(x)})" if self.checked else self.no_minus(node, plain)
            case ast.UnaryOp(op=ast.Not(), operand=x):
                return f"(!{self.truth(x)})"
            case ast.BoolOp(op=op, values=values):
                sign = " && " if isinstance(op, ast.And) else " || "
                return f"({sign.join(map(self.truth, values))})"
            case ast.Compare():
                return self.compare(node)
            case ast.IfExp(test=test, body=yes, orelse=no):
                return f"({self.truth(test)} ? {self.expr(yes)} : {self.expr(no)})"
            case ast.List(elts=items, ctx=ast.Load()):
                return f"[{', '.join(map(self.expr, items))}]"
            case ast.Tuple(elts=items, ctx=ast.Load()):
                return self.guard("tuple", f"[{', '.join(map(self.expr, items))}]")
            case ast.Dict(keys=keys, values=values):
                return f"({{{', '.join(map(self.entry, keys, values))}}})" if keys else "({})"
            case ast.Subscript(slice=ast.Slice()):
                self.refuse(node, "a slice", "write a comprehension over range")
            case ast.Subscript(slice=ast.UnaryOp(op=ast.USub())):
                self.refuse(node, "an index from the end", "write xs[len(xs) - 1]")
            case ast.Subscript(slice=ast.Tuple()):
                self.refuse(node, "an index of several numbers", "write xs[i][j]")
            case ast.Subscript(value=box, slice=index):
                box, index = self.expr(box), self.expr(index)
                return f"$item({box}, {index})" if self.checked else f"{box}[{index}]"
            case ast.ListComp():
                return self.comprehension(node)
            case ast.JoinedStr(values=pieces):
                return f"({' + '.join([literal(''), *map(self.piece, pieces)])})"
            case ast.Call(func=ast.Name()):
                return self.call(node)
            case ast.Call(func=ast.Attribute(value=box, attr=attr)):
                math_word = isinstance(box, ast.Name) and box.id == "math"
                instead = INSTEAD["math"] if math_word else INSTEAD.get(attr, f"write {attr}(...)")
                self.refuse(node, "a call of a method or of a module's function", instead)
        self.refuse(node, *FORMS.get(type(node), ("this expression",)))

    def integer(self, x: int) -> str:
        return f"{x}n" if self.checked else str(x)

    def entry(self, key: ast.expr | None, value: ast.expr) -> str:
        match key:
            case ast.Constant(value=str(name)) if name.isidentifier() and name[:2] != "__":
                return f"{literal(name)}: {self.expr(value)}"
        self.refuse(key or value, "a dict key that is no name", 'write {"name": value}')

    def no_minus(self, node: ast.expr, text: str) -> str:
        """Whole numbers have no -0, which floats and JavaScript have: (-0 + 0) is 0."""
        sides = [getattr(node, "right", None), getattr(node, "operand", None)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            sides.append(node.left)
        if any(isinstance(side, ast.Constant) and side.value not in (0, None) for side in sides):
            return text  # a positive constant: then no -0 is possible
        return f"({text} + 0)" if self.whole(node) else text

    def binary(self, node: ast.BinOp) -> str:
        left, right = node.left, node.right
        if isinstance(node.op, ast.Pow):
            match right:
                case ast.Constant(value=int(n)) if not isinstance(right.value, bool):
                    return f"{'$power' if self.checked else 'Math.pow'}({self.expr(left)}, {n})"
            self.refuse(node, "a power", "write x ** 2, sqrt(x) or exp(y * log(x))")
        if type(node.op) not in BINARY:
            self.refuse(node, "this operator", "there are + - * / // % **")
        for side in (left, right):
            if isinstance(side, ast.List | ast.ListComp | ast.Tuple):
                self.refuse(node, "arithmetic with a list", "write [0.0 for _ in range(n)]")
            if isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", None), str):
                self.refuse(node, "arithmetic with a text", 'write an f-string: f"{a} {x:.2f}"')
        text = BINARY[type(node.op)][self.checked].format(self.expr(left), self.expr(right))
        if self.checked or isinstance(node.op, ast.Add | ast.Sub):
            return text
        return self.no_minus(node, text)

    def compare(self, node: ast.Compare) -> str:
        sides = [node.left, *node.comparators]
        for side in sides[1:-1]:
            if not isinstance(side, ast.Name | ast.Constant | ast.Attribute):
                self.refuse(node, "a chain of comparisons", "give the middle a name")
        pairs = zip(sides, node.ops, sides[1:], strict=False)
        steps = [self.compare_two(node, *pair) for pair in pairs]
        return steps[0] if len(steps) == 1 else f"({' && '.join(steps)})"

    def compare_two(self, node: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr) -> str:
        a, b = self.expr(left), self.expr(right)
        match op:
            case ast.Is() | ast.IsNot() if b == "null":
                return f"({a} {'===' if isinstance(op, ast.Is) else '!=='} null)"
            case ast.Eq() | ast.NotEq() if self.checked:
                return f"({'' if isinstance(op, ast.Eq) else '!'}$equal({a}, {b}))"
            case _ if type(op) in COMPARE:
                return f"({self.guard('number', a)} {COMPARE[type(op)]} {self.guard('number', b)})"
            case ast.Is() | ast.IsNot():
                self.refuse(node, "is", "write ==, or x is None")
        self.refuse(node, "in", "write a loop")

    def piece(self, node: ast.expr) -> str:
        """A part of an f-string; a number says how many decimals."""
        match node:
            case ast.Constant(value=str(x)):
                return literal(x)
            case ast.FormattedValue(value=x, conversion=-1, format_spec=None):
                text = self.expr(x)
                if self.whole(x) and not self.checked:
                    return f"$fixed({text}, 0)"
                return self.guard("text", text)
            case ast.FormattedValue(
                value=x, conversion=-1, format_spec=ast.JoinedStr(values=[ast.Constant(value=spec)])
            ):
                if spec == "d":
                    text = self.expr(x)
                    return f"$text($whole({text}))" if self.checked else f"$fixed({text} + 0, 0)"
                if found := NUMBER_FORMAT.fullmatch(spec):
                    signs, decimals, kind = found.groups()
                    number = self.guard("float", self.expr(x)) + " * 100" * (kind == "%")
                    more = f", {literal(signs)}" if signs else ""
                    text = f"$fixed({number}, {int(decimals)}{more})"
                    return f'{text} + "%"' if kind == "%" else text
        self.refuse(
            node,
            "an f-string field",
            "there are {text}, {count:d}, {x:.2f}, {x:+.2f}, {x:z.2f} (no minus at 0) and {x:.0%}",
        )


def literal(x: bool | str) -> str:
    """As JavaScript; also inside a script element, which ``</`` would end."""
    return json.dumps(x).replace("</", "<\\/")
