"""Calls and comprehensions of the subset, as JavaScript. Used by ``expressions``."""

import ast

from .source import ARGUMENTS, MATH, local, parameters
from .whole import counters, names_in

PLAIN = {"len": "{}.length", "float": "(+{})", "int": "$int({})"}
LOOPS = ("range", "enumerate", "zip")
COUNT = "$k"  # counts the elements of a comprehension


class Calls:
    """A part of the translator, which holds ``module``, ``locals`` and ``wholes``."""

    def builtin(self, node: ast.expr, *names: str) -> bool:
        """Is this a call of one of these words of Python itself?"""
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in names:
                return name not in self.locals and name not in self.module.lines
        return False

    def acts(self, node: ast.expr) -> bool:
        """May computing this change something? Only a function of our own can."""
        calls = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
        known = {*PLAIN, *LOOPS, *self.locals}
        named = [f for f in calls if isinstance(f, ast.Name) and f.id not in known]
        return any(isinstance(self.find(f)[1], ast.FunctionDef) for f in named)

    def call(self, node: ast.Call) -> str:
        name = node.func.id
        if name in self.locals:
            self.refuse(node, f"a call of the variable {name}", "call a function by its own name")
        starred = any(isinstance(a, ast.Starred) for a in node.args)
        if starred or any(k.arg is None for k in node.keywords):
            self.refuse(node, "starred arguments", "write the arguments out")
        if self.builtin(node, *PLAIN) and len(node.args) == 1 and not node.keywords:
            x = self.expr(node.args[0])
            return f"${name}_of({x})" if self.checked else PLAIN[name].format(x)
        module, definition = self.find(node.func)
        if definition is None:
            return self.word(module, node)
        if isinstance(definition, ast.Assign | ast.AnnAssign):
            self.refuse(node, f"a call of {name}, which is no function")
        key = self.use(node.func)
        text = f"{key}({', '.join(self.arguments(node, module, definition))})"
        if isinstance(definition, ast.ClassDef):
            return f"new {text}"
        return f'$back({text}, "{self.module.shown}:{node.lineno}")' if self.checked else text

    def word(self, word: str, node: ast.Call) -> str:
        """A call of a word of ``core.ops``, or of ``spike``, whose surrogate the page drops."""
        name = node.func.id
        given = [*node.args, *(k for k in node.keywords if k.arg == "surrogate")]
        if word == "spike" and node.args and len(given) == len(node.args) + len(node.keywords) < 3:
            return f"$spike({self.guard('number', self.expr(node.args[0]))})"
        if node.keywords or len(node.args) != ARGUMENTS.get(word, 1):
            self.refuse(node, f"arguments that do not fit {name}")
        values = list(map(self.expr, node.args))
        if self.checked:
            kinds = ["number"] * len(values)
            if word == "where":
                kinds[0] = "bool"
            elif word in MATH or word == "sigmoid":
                kinds = ["float"] * len(values)
            values = [f"${kind}({value})" for kind, value in zip(kinds, values, strict=True)]
        return f"{self.word_key(word)}({', '.join(values)})"

    def arguments(self, node: ast.Call, module, definition: ast.stmt) -> list[str]:
        """One value for each parameter, in the order of the definition."""
        name = node.func.id
        if isinstance(definition, ast.ClassDef):
            with self.inside(module):
                names, defaults = self.fields(definition)
            by_position = len(names)
        else:
            arguments, defaults = parameters(definition)
            names = [a.arg for a in arguments]
            by_position = len(names) - len(definition.args.kwonlyargs)
        keywords = [k.arg for k in node.keywords]
        taken = names[: len(node.args)] + keywords
        if len(node.args) > by_position or len({*taken}) < len(taken) or not {*taken} <= {*names}:
            self.refuse(node, f"arguments that do not fit {name}({', '.join(names)})")
        calls = [k for k in node.keywords if self.acts(k.value)]
        if len(calls) > 1 and keywords != sorted(keywords, key=names.index):
            self.refuse(node, "calls as keywords in another order than that of the definition",
                        f"the order is {', '.join(names)}")  # fmt: skip
        given = dict(zip(names, map(self.expr, node.args), strict=False))
        given |= {k.arg: self.expr(k.value) for k in node.keywords}
        return [
            given[a] if a in given else self.default(node, module, a, default)
            for a, default in zip(names, defaults, strict=True)
        ]

    def default(self, node: ast.Call, module, argument: str, default: ast.expr | None) -> str:
        name = node.func.id
        if default is None:
            self.refuse(node, f"{argument} of {name} is missing")
        with self.inside(module):
            match default:
                case ast.Constant() | ast.UnaryOp() | ast.BinOp() | ast.Name() | ast.Attribute():
                    return self.expr(default)
                case ast.Call(func=ast.Name(id=record)):
                    if isinstance(module.defined.get(record), ast.ClassDef):
                        return self.expr(default)  # frozen, so a new one for each call will do
        self.refuse(node, f"the default of {argument} of {name} is no constant", f"give {argument}")

    # loops

    def range(self, call: ast.Call) -> tuple[str, str, int]:
        """Low, high and step of a range."""
        sign, size = 1, ast.Constant(1)
        match call.args:
            case [_, _, ast.UnaryOp(op=ast.USub(), operand=size)]:
                sign = -1
            case [_, _, size]:
                pass
            case [_] | [_, _]:
                pass
            case _:
                self.refuse(call, "arguments that do not fit range")
        if not (isinstance(size, ast.Constant) and type(size.value) is int and size.value > 0):
            self.refuse(call, "the step of a range", "write a whole number, not 0")
        ends = [self.guard("whole", self.expr(a)) for a in call.args[:2]]
        low, high = ends if len(ends) == 2 else (self.integer(0), *ends)
        return low, high, sign * size.value

    def iterable(self, node: ast.expr) -> str:
        """What a loop runs over, as one list."""
        if self.builtin(node, "range"):
            low, high, step = self.range(node)
            return f"$range({low}, {high}, {self.integer(step)})"
        if self.builtin(node, "enumerate"):
            return f"$enumerate({self.iterable(self.enumerated(node))})"
        if self.builtin(node, "zip"):
            return f"$zip({', '.join(map(self.iterable, self.zipped(node)))})"
        return self.guard("list", self.expr(node))

    def enumerated(self, node: ast.Call) -> ast.expr:
        if len(node.args) != 1 or node.keywords:
            self.refuse(node, "enumerate with a start", "write k + 1 where you use k")
        return node.args[0]

    def zipped(self, node: ast.Call) -> list[ast.expr]:
        match node.keywords:
            case [ast.keyword(arg="strict", value=ast.Constant(value=True))] if node.args:
                return node.args
        self.refuse(node, "zip that drops what is left over", "write zip(a, b, strict=True)")

    def streams(self, target: ast.expr, node: ast.expr) -> list[tuple[ast.expr, str | None]]:
        """(target, list) pairs that advance together; None for the list that counts from 0."""
        if isinstance(target, ast.Tuple):
            if self.builtin(node, "enumerate") and len(target.elts) == 2:
                count, item = target.elts
                return [(count, None), *self.streams(item, self.enumerated(node))]
            if self.builtin(node, "zip") and len(self.zipped(node)) == len(target.elts):
                pairs = zip(target.elts, node.args, strict=True)
                return [stream for pair in pairs for stream in self.streams(*pair)]
        return [(target, self.iterable(node))]

    def parts(self, target: ast.expr, text: str) -> list[tuple[ast.expr, str]]:
        """(target, value) of all single targets; ``text`` may be read more than once."""
        if not isinstance(target, ast.Tuple):
            return [(target, text)]
        box = f"$unpack({text}, {len(target.elts)})" if self.checked else text
        return [p for k, t in enumerate(target.elts) for p in self.parts(t, f"{box}[{k}]")]

    def comprehension(self, node: ast.ListComp) -> str:
        if len(node.generators) > 1:
            self.refuse(node, "two loops in a comprehension", "nest two comprehensions, or loops")
        loop = node.generators[0]
        if self.builtin(loop.iter, "range") and isinstance(loop.target, ast.Name):
            low, high, step = self.range(loop.iter)
            head, streams = f"$build({low}, {high}, {self.integer(step)}, ", []
            names, lines = [local(loop.target.id)], []
        else:
            streams = self.streams(loop.target, loop.iter)
            names, lines = self.heads(streams)
            lists = [text for _, text in streams if text is not None]
            head = f"{lists[0]}.map(" if len(lists) == 1 else "$map("
        outer = self.locals, self.wholes
        bound = set(names_in(loop.target))
        self.locals = self.locals | bound
        self.wholes = self.wholes - bound | counters(loop.target, loop.iter)
        element = self.expr(node.elt)
        tests = [self.truth(test) for test in loop.ifs]
        self.locals, self.wholes = outer
        if tests:
            element = f"({' && '.join(tests)} ? {element} : $skip)"
        body = f"{{ {' '.join(lines)} return {element}; }}" if lines else f"({element})"
        text = f"{head}({', '.join(names)}) => {body}"
        if streams and not head.startswith(lists[0] + "."):
            text += "".join(f", {text}" for text in lists)
        return f"$kept({text}))" if tests else f"{text})"

    def heads(self, streams) -> tuple[list[str], list[str]]:
        """Parameters of a comprehension's function, and the lines that take them apart."""
        names, lines = [], []
        for k, (target, text) in enumerate(streams):
            simple = isinstance(target, ast.Name) and text is not None
            value = local(target.id) if simple else COUNT if text is None else f"$t{k}"
            if text is not None:
                names.append(value)
            if not simple:
                value = self.guard("count", value) if text is None else value
                for part, found in self.parts(target, value):
                    if not isinstance(part, ast.Name):
                        self.refuse(part, "this loop variable", "write a name or (x, y)")
                    lines.append(f"const {local(part.id)} = {found};")
        if any(text is None for _, text in streams):
            names.append(COUNT)
        return names, lines
