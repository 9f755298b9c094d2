"""Statements of the subset, as JavaScript. Used by ``to_js``, which knows definitions."""

import ast
import copy

from .expressions import Expressions
from .source import FORMS, local
from .whole import names_in


class Statements(Expressions):
    """``statement`` has one case for each construct; what no case takes is refused."""

    def block(self, body: list[ast.stmt], depth: int) -> list[str]:
        lines = []
        for node in body:
            found = self.statement(node, "  " * depth, depth)
            if found and self.checked:
                lines.append(f'{"  " * depth}$here = "{self.module.shown}:{node.lineno}";')
            lines += found
        return lines

    def statement(self, node: ast.stmt, pad: str, depth: int) -> list[str]:
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return []
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=box, attr="append"), args=[x])):
                self.changes(box)
                return [f"{pad}{self.guard('list', self.expr(box))}.push({self.expr(x)});"]
            case ast.Expr(value=ast.Call(func=ast.Name())):
                return [f"{pad}{self.expr(node.value)};"]
            case ast.Assign(targets=[target], value=value):
                return self.assign(target, value, pad)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return self.assign(target, value, pad)
            case ast.AugAssign(target=target, op=op, value=value):
                total = ast.copy_location(ast.BinOp(as_load(target), op, value), node)
                return [f"{pad}{self.place(target)} = {self.expr(total)};"]
            case ast.Return(value=None):
                return [f"{pad}return null;"]
            case ast.Return(value=value):
                text = self.expr(value)
                return [f"{pad}return {self.guard('whole', text) if self.returns_whole else text};"]
            case ast.If(test=test, body=body, orelse=orelse):
                lines = [f"{pad}if ({self.truth(test)}) {{", *self.block(body, depth + 1)]
                if orelse:
                    lines += [pad + "} else {", *self.block(orelse, depth + 1)]
                return [*lines, pad + "}"]
            case ast.While(test=test, body=body, orelse=[]):
                head = f"{pad}while ({self.truth(test)}) {{"
                return [head, *self.block(body, depth + 1), pad + "}"]
            case ast.For(orelse=[]):
                return self.loop(node, pad, depth)
            case ast.Break() | ast.Continue():
                return [pad + type(node).__name__.lower() + ";"]
        self.refuse(node, *FORMS.get(type(node), ("this statement",)))

    def loop(self, node: ast.For, pad: str, depth: int) -> list[str]:
        k, inner = f"$k{depth}", pad + "  "
        if self.builtin(node.iter, "range"):
            low, high, step = self.range(node.iter)
            test = f"{k} {'<' if step > 0 else '>'} $end{depth}"
            head = f"let {k} = {low}, $end{depth} = {high}; {test}; {k} += {self.integer(step)}"
            lines = self.store(node.target, k, inner)
        else:
            streams = self.streams(node.target, node.iter)
            texts = [text for _, text in streams if text is not None]
            lists = [f"$list{depth}_{j}" for j in range(len(texts))]
            setup = "".join(f", {n} = {t}" for n, t in zip(lists, texts, strict=True))
            both = [f"$more({k}, {lists[0]}, {other})" for other in lists[1:]]
            test = " & ".join(both) if both else f"{k} < {lists[0]}.length"
            head, names = f"let {k} = 0{setup}; {test}; {k} += 1", iter(lists)
            lines = [
                line
                for target, text in streams
                for line in self.store(
                    target, self.guard("count", k) if text is None else f"{next(names)}[{k}]", inner
                )
            ]
        return [f"{pad}for ({head}) {{", *lines, *self.block(node.body, depth + 1), pad + "}"]

    def assign(self, target: ast.expr, value: ast.expr, pad: str) -> list[str]:
        pairs = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
        if pairs and len(target.elts) == len(value.elts):
            names = [f"$v{k}" for k in range(len(value.elts))]
            values = zip(names, map(self.expr, value.elts), strict=True)
            lines = [f"{pad}  const {name} = {text};" for name, text in values]
            for t, name in zip(target.elts, names, strict=True):
                lines += self.store(t, name, pad + "  ")
            return [pad + "{", *lines, pad + "}"]
        first = isinstance(target, ast.Subscript) and self.acts(value)  # before the place is read
        if isinstance(target, ast.Tuple) or first:
            lines = self.store(target, "$v", pad + "  ")
            return [f"{pad}{{", f"{pad}  const $v = {self.expr(value)};", *lines, pad + "}"]
        return [f"{pad}{self.place(target)} = {self.expr(value)};"]

    def store(self, target: ast.expr, text: str, pad: str) -> list[str]:
        """Store a value that may be read more than once; tuples are taken apart by position."""
        return [f"{pad}{self.place(t)} = {value};" for t, value in self.parts(target, text)]

    def place(self, node: ast.expr) -> str:
        match node:
            case ast.Name(id=name):
                return local(name)
            case ast.Subscript(value=box, slice=index):
                self.changes(node)
                if self.acts(node):
                    self.refuse(node, "a call inside the place of an assignment", "name it before")
                self.expr(as_load(node))  # refuses what cannot be read either
                box, index = self.expr(box), self.expr(index)
                return f"{box}[$place({box}, {index})]" if self.checked else f"{box}[{index}]"
            case ast.Attribute():
                self.refuse(node, "an assignment to a field", "make a new record")
        self.refuse(node, "an assignment to this", "write a name, xs[k] or x, y")

    def changes(self, node: ast.expr) -> None:
        """Refuse to change a list that is no local one."""
        root = node
        while isinstance(root, ast.Subscript | ast.Attribute):
            root = root.value
        if not (isinstance(root, ast.Name) and root.id in self.locals):
            self.refuse(node, "a change of a list that is no local one", "give it a name here")


def as_load(target: ast.expr) -> ast.expr:
    """The same place, read."""
    read = copy.copy(target)
    read.ctx = ast.Load()
    return read


def stored_names(node: ast.AST) -> list[str]:
    """Names that a statement stores in the function it stands in."""
    match node:
        case ast.Assign(targets=targets):
            return [n for target in targets for n in names_in(target)]
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target) | ast.For(target=target):
            return names_in(target)
    return []
