"""Python to JavaScript, for the drivers of live figures and the pure steps they call.

The subset: functions, NamedTuples, frozen dataclasses and constants of neurolab's modules;
numbers, booleans, None, texts, lists, tuples, dicts with names as keys; if, for, while,
comprehensions, f-strings; the words of ``core.ops`` and ``spike``. All else is refused with
file, line and what to write instead: a page must never show other mathematics than the tested one.

What only a run can tell (an index out of range, the truth of a list, a whole number above
2**53) is left to ``checked=True``: the same program with a guard at every operation, which the
tests run beside the plain one.

Not covered: where the text does not say that a number is whole (an item of a list, a field, an
argument that is not annotated ``int``), its zero may be -0, which {x:.1f} shows and {x:z.1f} and
{n:d} do not; and a comprehension whose element changes the list that it runs over. A figure that
meets one of them fails its parity test.
"""

import ast
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .source import MATH, ROOT, Module, Package, Unsupported, local, name_of, parameters
from .statements import Statements, stored_names
from .whole import says_int

WEB = Path(__file__).parent / "web"
DRIVER = "simulate"
NO_ROOM = {"core", "live"}  # their steps are words, not ideas


class Translator(Statements):
    """Writes each definition once, after those that it needs."""

    def __init__(self, package: Package, checked: bool = False):
        self.package, self.checked = package, checked
        self.done: dict[str, bool] = {}  # False while it is being translated
        self.output: list[str] = []
        self.reached: list[tuple[Module, ast.stmt]] = []
        self.module: Module | None = None
        self.locals: set[str] = set()
        self.wholes: set[str] = set()
        self.returns_whole = False

    def refuse(self, node: ast.AST, what: str, instead: str = ""):
        """Raise: where, what (and its first line, if it is one), what to write instead."""
        line = (ast.get_source_segment(self.module.text, node) or "").partition("\n")[0]
        if isinstance(node, ast.stmt) and (hasattr(node, "body") or isinstance(node, ast.Match)):
            line = ""  # a block is named well enough
        text = f"{what}: {line[:60]}{'...' if len(line) > 60 else ''}" if line else what
        where = f"{self.module.shown}:{node.lineno}"
        raise Unsupported(f"{where}: {text}; {instead}" if instead else f"{where}: {text}")

    @contextmanager
    def inside(self, module: Module) -> Iterator[None]:
        """At the top level of another module."""
        outer = self.module, self.locals, self.wholes, self.returns_whole
        self.module, self.locals, self.wholes = module, set(), set()
        try:
            yield
        finally:
            self.module, self.locals, self.wholes, self.returns_whole = outer

    # names

    def find(self, node: ast.Name) -> tuple[Module | str, ast.stmt | None]:
        try:
            return self.package.find(self.module, node.id)
        except LookupError as error:
            raise Unsupported(f"{self.module.shown}:{node.lineno}: {error}") from None

    def word_key(self, word: str) -> str:
        return f"Math.{word}" if word in MATH else f"${word}"

    def use(self, node: ast.Name) -> str:
        """The JavaScript name of a global; translates its definition first if need be."""
        module, definition = self.find(node)
        if definition is None:
            self.refuse(node, "a word of core.ops as a value", "call it")
        key = name_of(definition) + module.mark
        if self.done.get(key) is False:
            self.refuse(node, "a function that calls itself", "write a loop")
        if key not in self.done:
            self.done[key] = False
            with self.inside(module):
                self.output.append(self.define(definition, key))
            self.reached.append((module, definition))
            self.done[key] = True
        return key

    # definitions

    def define(self, node: ast.stmt, key: str) -> str:
        match node:
            case ast.FunctionDef():
                return self.function(node, key)
            case ast.ClassDef():
                return self.record(node, key)
            case ast.AnnAssign(value=None):
                self.refuse(node, "a constant without a value")
        value = f"$constant_of({self.expr(node.value)})" if self.checked else self.expr(node.value)
        return f"const {key} = {value};"

    def function(self, node: ast.FunctionDef, key: str) -> str:
        if node.decorator_list:
            self.refuse(node.decorator_list[0], "a decorator", "write the function without")
        if star := node.args.vararg or node.args.kwarg:
            self.refuse(star, "any number of arguments", "write them out")
        arguments = [a.arg for a in parameters(node)[0]]
        stored = {n for statement in ast.walk(node) for n in stored_names(statement)}
        self.locals = stored | set(arguments)
        self.wholes = self.whole_locals(node)
        self.returns_whole = says_int(node.returns)
        own = sorted(stored - set(arguments))
        body = [f"  let {', '.join(map(local, own))};"] if own else []
        if self.checked:
            body += [f"  {n} = $whole({n});" for n in map(local, arguments) if n in self.wholes]
        body += self.block(node.body, 1)
        if not isinstance(node.body[-1], ast.Return):
            body.append("  return null;")
        head = f"function {key}({', '.join(map(local, arguments))}) {{"
        return "\n".join([f"// {self.module.shown}:{node.lineno}", head, *body, "}"])

    def record(self, node: ast.ClassDef, key: str) -> str:
        """A NamedTuple or a frozen dataclass: a class with fields and nothing else."""
        names = self.fields(node)[0]
        lines = [f"class {key} {{", f"  constructor({', '.join(map(local, names))}) {{"]
        lines += [f"    this.{n} = {local(n)};" for n in names] + ["  }"]
        if node.bases:
            lines += [f"  get {k}() {{ return this.{n}; }}" for k, n in enumerate(names)]
            lines += [f"  get $size() {{ return {len(names)}; }}"]
        return "\n".join([*lines, "}"])

    def fields(self, node: ast.ClassDef) -> tuple[list[str], list[ast.expr | None]]:
        """Names and defaults."""
        shown = [ast.unparse(n) for n in node.bases + node.decorator_list]
        if shown not in (["NamedTuple"], ["dataclass(frozen=True)"]) or node.keywords:
            self.refuse(node, "a class that is neither a NamedTuple nor a @dataclass(frozen=True)")
        names, defaults = [], []
        for n in node.body:
            match n:
                case ast.Expr(value=ast.Constant(value=str())):  # the docstring
                    continue
                case ast.AnnAssign(target=ast.Name(id=name)) if name[:2] != "__":
                    names.append(name)
                    defaults.append(n.value)
                case _:
                    self.refuse(n, f"{node.name} holds more than fields", "write a function")
        return names, defaults


def _driver(t: Translator, module: str) -> tuple[ast.FunctionDef, str]:
    """``simulate`` of a module and its JavaScript name."""
    t.module = t.package.load(module)
    function = t.module.defined.get(DRIVER)
    if not isinstance(function, ast.FunctionDef):
        raise Unsupported(f"{t.module.shown}:1: a driver has a function {DRIVER}(...)")
    name = ast.copy_location(ast.Name(DRIVER, ast.Load()), function)
    return function, t.use(name)


def translate(
    drivers: dict[str, str], checked: bool = False, *, root: Path = ROOT, texts: dict | None = None
) -> str:
    """A JavaScript expression {name: {parameters, run}} for {name: module with ``simulate``}.

    Args:
        drivers: such as {"oja": "neurolab.live.figures.oja"}.
        checked: guard every operation; the program then stops where Python would.
        root: the folder that holds ``neurolab/``.
        texts: sources of modules that are not on disk, {module: text}.

    Raises:
        Unsupported: with file, line and what to write instead.
    """
    t = Translator(Package(root, texts), checked)
    entries = []
    for name, module in drivers.items():
        function, key = _driver(t, module)
        arguments = parameters(function)[0]
        names = json.dumps([a.arg for a in arguments])
        kinds = [ast.unparse(a.annotation) if a.annotation else None for a in arguments]
        run = f"$entry({key}, {json.dumps(kinds)})" if checked else key
        entries.append(f"  {json.dumps(name)}: {{parameters: {names}, run: {run}}},")
    runtime = [(WEB / f).read_text() for f in ("runtime.js", "checked.js")[: 1 + checked]]
    lines = ["(() => {", '"use strict";', *runtime, *t.output, "return {", *entries, "};", "})()"]
    return "// translated from Python by neurolab.live.to_js; do not edit\n" + "\n".join(lines)


def step_sources(module: str, *, root: Path = ROOT, texts: dict | None = None) -> list[dict]:
    """The pure steps of the idea rooms that a driver reaches, in the order in which it needs them.

    Where it reaches none (nothing in it goes on in steps), the other functions of those rooms.

    Returns:
        dicts of name, module, path (from ``root``), line, end (last line) and source.
    """
    t = Translator(Package(root, texts))
    _driver(t, module)
    ideas = [
        (found, node)
        for found, node in t.reached
        if isinstance(node, ast.FunctionDef) and found.name.split(".")[1] not in NO_ROOM
    ]
    steps = [(found, node) for found, node in ideas if node.name.endswith("_step")]
    return [
        {
            "name": node.name,
            "module": found.name,
            "path": found.shown,
            "line": node.lineno,
            "end": node.end_lineno,
            "source": found.segment(node),
        }
        for found, node in steps or ideas
    ]


def parameters_of(module: str, *, root: Path = ROOT, texts: dict | None = None) -> list[str]:
    """Names of a driver's parameters, in order."""
    t = Translator(Package(root, texts))
    return [a.arg for a in parameters(_driver(t, module)[0])[0]]
