"""What the translator reads: neurolab's files, found by name and never imported.

A name leads from the module that uses it, through imports and re-exports, to its
definition or to one of the words that the page knows (``exp``, ``spike``, ...).
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
OPS = "neurolab.core.ops"
MATH = {"exp", "log", "sqrt", "tanh", "sin", "cos", "abs", "atan2"}  # Math.exp, ...
OWN = {"sigmoid", "where", "maximum", "minimum", "constant"}  # $sigmoid, ... of runtime.js
ARGUMENTS = {"where": 3, "maximum": 2, "minimum": 2, "atan2": 2}  # the other words take one
WORDS = {(OPS, word) for word in MATH | OWN} | {("neurolab.core.surrogate", "spike")}
JS_WORDS = set(
    """
    arguments async await break case catch class const continue debugger default delete do else
    enum eval export extends false finally for function if implements import in instanceof
    interface let new null package private protected public return static super switch this
    throw true try typeof var void while with yield undefined NaN Infinity Math
    """.split()  # noqa: SIM905
)
INSTEAD = {  # what to write for a word that the page does not know
    **{word: f"import {word} from neurolab.core" for word in MATH | OWN},
    "_replace": "write the new record out",
    "append": "give it a line of its own",
    "all": "write a loop",
    "any": "write a loop",
    "bool": "write a comparison",
    "dict": 'write {"column": [...], ...}',
    "divmod": "write // and %",
    "enumerate": "loop over it: for k, x in enumerate(xs)",
    "filter": "write [x for x in xs if ...]",
    "isinstance": "a function of the page takes one kind of argument",
    "list": "write [x for x in xs]",
    "map": "write [f(x) for x in xs]",
    "math": "import the words of neurolab.core; of math there are math.pi, math.e and math.tau",
    "max": "import maximum from neurolab.core",
    "min": "import minimum from neurolab.core",
    "pow": "write x ** 2, or exp(y * log(x))",
    "print": "put the sentence into the summary",
    "range": "loop over it, or write [k for k in range(n)]",
    "reversed": "count down with range(n - 1, -1, -1)",
    "round": "write int(x + 0.5), or let an f-string round: {x:.2f}",
    "set": "use a list",
    "sorted": "keep the list in order while you fill it",
    "str": "write an f-string",
    "sum": "add up in a loop",
    "tuple": "write the tuple out",
    "zip": "loop over it: for x, y in zip(xs, ys, strict=True)",
}
FORMS = {  # constructs by their kind: what it is, and what to write instead
    ast.Lambda: ("a lambda", "write a function with a name"),
    ast.GeneratorExp: ("a generator", "write a list comprehension"),
    ast.DictComp: ("a dict comprehension", "write the keys out"),
    ast.SetComp: ("a set", "use a list"),
    ast.Set: ("a set", "use a list"),
    ast.NamedExpr: ("an assignment inside an expression", "give it a line of its own"),
    ast.Starred: ("a starred item", "write the items out"),
    ast.FunctionDef: ("a function inside a function", "move it to the top of the file"),
    ast.ClassDef: ("a class inside a function", "move it to the top of the file"),
    ast.Import: ("an import inside a function", "move it to the top of the file"),
    ast.ImportFrom: ("an import inside a function", "move it to the top of the file"),
    ast.Global: ("global", "pass the value in and return it"),
    ast.Nonlocal: ("nonlocal", "pass the value in and return it"),
    ast.Try: ("try", "test the numbers with if"),
    ast.Raise: ("raise", "check arguments where the figure is called"),
    ast.Assert: ("assert", "put it into a test"),
    ast.With: ("with", "a page has nothing to open or close"),
    ast.Delete: ("del", "build a new list without it"),
    ast.Match: ("match", "write if and elif"),
    ast.For: ("for with else", "write a flag and an if"),
    ast.While: ("while with else", "write a flag and an if"),
}


class Unsupported(SyntaxError):
    """The program leaves the subset; the message says where, what, and what to write instead."""


class Module:
    """One source file: what it defines and what it imports, by name."""

    def __init__(self, name: str, root: Path, text: str | None = None):
        path = root.joinpath(*name.split("."))
        package = text is None and path.is_dir()
        self.name = name
        self.path = path / "__init__.py" if package else path.with_suffix(".py")
        self.shown = self.path.relative_to(root).as_posix()
        self.text = self.path.read_text(encoding="utf-8") if text is None else text
        self.mark = "$" + name.split(".", 1)[-1].replace(".", "$")  # no Python name has a $
        self.defined: dict[str, ast.stmt] = {}
        self.imported: dict[str, tuple[str, str]] = {}
        self.lines: dict[str, list[int]] = {}  # where each name is bound
        self.package = name if package else name.rpartition(".")[0]
        for node in ast.parse(self.text, self.shown).body:
            self._bind(node)

    def _bind(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                self.defined[name] = node
                self.lines.setdefault(name, []).append(node.lineno)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                self.defined[name] = node
                self.lines.setdefault(name, []).append(node.lineno)
            case ast.ImportFrom():
                for alias in node.names:
                    bound = alias.asname or alias.name
                    self.imported[bound] = (self._source(node), alias.name)
                    self.lines.setdefault(bound, []).append(node.lineno)
            case ast.Import():
                for alias in node.names:
                    self.lines.setdefault(alias.asname or alias.name, []).append(node.lineno)
            case _:  # if, try, with, +=: what it binds may change what stands elsewhere
                for n in ast.walk(node):
                    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store):
                        self.lines.setdefault(n.id, []).append(n.lineno)

    def _source(self, node: ast.ImportFrom) -> str:
        package = self.package
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        return ".".join(filter(None, [package, node.module])) if node.level else node.module

    def segment(self, node: ast.stmt) -> str:
        """The lines of a definition."""
        return "\n".join(self.text.splitlines()[node.lineno - 1 : node.end_lineno])


class Package:
    """The modules below a folder; ``texts`` gives modules that are not on disk, by name."""

    def __init__(self, root: Path = ROOT, texts: dict[str, str] | None = None):
        self.root, self.texts = root, texts or {}
        self.modules: dict[str, Module] = {}

    def load(self, name: str) -> Module:
        if name not in self.modules:
            self.modules[name] = Module(name, self.root, self.texts.get(name))
        return self.modules[name]

    def find(self, module: Module, name: str) -> tuple[Module | str, ast.stmt | None]:
        """(module, definition) of a global name, or (word, None) for a word of the page.

        Raises:
            LookupError: there is none, or more than one; the message says which.
        """
        wanted, seen = name, set()
        while True:
            lines = module.lines.get(name, [])
            if len(lines) > 1:
                where = " and ".join(map(str, lines))
                raise LookupError(f"{name} is bound more than once, in lines {where}")
            if name in module.defined:
                return module, module.defined[name]
            if name not in module.imported:
                end = f" in {module.shown}" if seen else ""
                instead = INSTEAD.get(name)
                raise LookupError(
                    f"the page has no {name}; {instead}"
                    if instead
                    else f"{name} is neither defined nor imported by name{end}"
                )
            source, name = module.imported[name]
            if (source, name) in WORDS:
                return name, None
            if source == "math":
                raise LookupError(f"{wanted} comes from math; {INSTEAD['math']}")
            if source.split(".")[0] != "neurolab" or source == OPS:
                raise LookupError(f"{wanted} comes from {source}; only neurolab's own code is read")
            if (source, name) in seen:
                raise LookupError(f"{wanted} is imported in a ring, through {source}")
            seen.add((source, name))
            try:
                module = self.load(source)
            except OSError:
                raise LookupError(f"{wanted} comes from {source}, which has no file") from None


def parameters(function: ast.FunctionDef) -> tuple[list[ast.arg], list[ast.expr | None]]:
    """Arguments of a function and their defaults (None where there is none), in order."""
    names = function.args.posonlyargs + function.args.args
    defaults = [None] * (len(names) - len(function.args.defaults)) + function.args.defaults
    return names + function.args.kwonlyargs, defaults + function.args.kw_defaults


def name_of(definition: ast.stmt) -> str:
    match definition:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return definition.name


def local(name: str) -> str:
    """A Python name in JavaScript."""
    return name + "$" if name in JS_WORDS else name
