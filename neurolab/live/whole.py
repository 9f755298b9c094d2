"""Which expressions are surely whole numbers (an int of Python, and no bool).

The page needs to know in two places: whole numbers have no -0, which floats and JavaScript's
numbers have; and an f-string shows a whole number without decimals. Where it cannot be told
from the text the expression counts as a float.
"""

import ast

from .source import parameters


class WholeNumbers:
    """A part of the translator, which holds ``module``, ``locals`` and ``wholes``."""

    def whole(self, node: ast.expr | None) -> bool:
        match node:
            case ast.Constant(value=x):
                return type(x) is int
            case ast.Name(id=name) if name in self.locals:
                return name in self.wholes
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Mod() | ast.FloorDiv()):
                return self._counts(node.left) and self._counts(node.right)
            case ast.BinOp(op=ast.Pow(), left=x) | ast.UnaryOp(op=ast.USub(), operand=x):
                return self._counts(x)
            case ast.IfExp(body=yes, orelse=no):
                return self.whole(yes) and self.whole(no)
            case ast.Call() if self.builtin(node, "len", "int"):
                return True
            case (ast.Name() as name) | ast.Call(func=ast.Name() as name):
                return name.id not in self.locals and self._global(name)
        return False

    def _counts(self, node: ast.expr) -> bool:
        """Is this a whole number or a comparison, which counts as 0 or 1?"""
        match node:
            case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()) | ast.Constant(bool()):
                return True
        return self.whole(node)

    def _global(self, node: ast.Name) -> bool:
        """A constant that holds one, or a function that says ``-> int``."""
        try:
            module, definition = self.package.find(self.module, node.id)
        except LookupError:
            return False
        match definition:
            case ast.FunctionDef(returns=annotation):
                return says_int(annotation)
            case ast.Assign(value=value) | ast.AnnAssign(value=value):
                with self.inside(module):
                    return self.whole(value)
        return False

    def whole_locals(self, function: ast.FunctionDef) -> set[str]:
        """Locals in which nothing but whole numbers is stored, whatever happens."""
        arguments = parameters(function)[0]
        given = {a.arg: says_int(a.annotation) for a in arguments}
        stored = [pair for node in ast.walk(function) for pair in _stored(node)]
        self.wholes = {n for n, _ in stored if given.get(n, True)} | {n for n in given if given[n]}
        while wrong := {n for n, value in stored if n in self.wholes and not self.whole(value)}:
            self.wholes -= wrong
        return self.wholes


def says_int(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == "int"


def counters(target: ast.expr, source: ast.expr) -> set[str]:
    """Names of a loop's target that count: ``k`` of range and of enumerate."""
    match target, source:
        case ast.Name(id=name), ast.Call(func=ast.Name(id="range")):
            return {name}
        case ast.Tuple(elts=[ast.Name(id=name), _]), ast.Call(func=ast.Name(id="enumerate")):
            return {name}
    return set()


def _stored(node: ast.AST) -> list[tuple[str, ast.expr | None]]:
    """(name, value) for each name that a statement stores; None for a value of unknown kind."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(
            names
        ) == len(values):
            pairs = zip(names, values, strict=True)
            return [(t.id, v) if isinstance(t, ast.Name) else (n, None)
                    for t, v in pairs for n in names_in(t)]  # fmt: skip
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [(name, value)]
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            return [(name, value)]
        case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
            return [(name, ast.BinOp(target, op, value))]
        case ast.For(target=target, iter=source):
            counting = counters(target, source)
            return [(n, ast.Constant(0) if n in counting else None) for n in names_in(target)]
        case ast.Assign(targets=targets):
            return [(n, None) for t in targets for n in names_in(t)]
    return []


def names_in(target: ast.expr) -> list[str]:
    """Names that an assignment to the target stores."""
    names = [n for n in ast.walk(target) if isinstance(n, ast.Name)]
    return [n.id for n in names if isinstance(n.ctx, ast.Store)]
