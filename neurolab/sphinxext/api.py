"""The directive ``api``: a room's public names with their docstrings, read from the source.

    ```{api} neurolab.hebbian
    ```

Nothing is imported: the files are parsed, so a page shows what stands in them. A docstring keeps
its layout: paragraphs are text, indented blocks (equations, tables of symbols) stay as they are
written, ``name: meaning`` below Args, Returns and Raises becomes a list.
"""

import ast
import re
from pathlib import Path
from textwrap import dedent

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from neurolab.__about__ import reference, repository

PACKAGE = Path(__file__).parents[1]
FIELDS = ("Args:", "Returns:", "Raises:", "Attributes:", "Yields:")
Definition = ast.FunctionDef | ast.ClassDef


def modules(room: str) -> list[Path]:
    """The files of a room: ``neurolab.core`` -> core/ops.py, ...; or of one module."""
    path = PACKAGE.parent / room.replace(".", "/")
    if path.is_dir():
        return sorted(p for p in path.glob("*.py") if not p.name.startswith("_"))
    if not path.with_suffix(".py").exists():
        raise ValueError(f"there is no module {room}")
    return [path.with_suffix(".py")]


def public(tree: ast.Module) -> list[Definition]:
    """Functions and classes without an underscore in front, in the order of the file."""
    found = (n for n in tree.body if isinstance(n, Definition))
    return [n for n in found if not n.name.startswith("_")]


def signature(node: Definition) -> str:
    """``def f(x: Value) -> Value`` or ``class A(B)`` and the fields, as the file has them."""
    if isinstance(node, ast.FunctionDef):
        back = f" -> {ast.unparse(node.returns)}" if node.returns else ""
        return f"{node.name}({ast.unparse(node.args)}){back}"
    bases = f"({', '.join(map(ast.unparse, node.bases))})" if node.bases else ""
    return f"class {node.name}{bases}"


def members(node: ast.ClassDef, source: str) -> list[str]:
    """The fields with their comments, and the public methods, of a class."""
    lines = source.splitlines()
    found = []
    for part in node.body:
        if isinstance(part, ast.AnnAssign):
            found += [line.strip() for line in lines[part.lineno - 1 : part.end_lineno]]
        elif isinstance(part, ast.FunctionDef) and not part.name.startswith("_"):
            found.append(signature(part))
        elif isinstance(part, ast.FunctionDef) and part.name == "__init__":
            found.append(f"{node.name}({ast.unparse(part.args).removeprefix('self, ')})")
    return found


def named(tree: ast.Module) -> list[tuple[str, str]]:
    """Public names that a module assigns, with what the file says of them.

    A call that ends in a sentence (``exp = _word("exp", ..., "e to the power x.")``) is meant by
    it; other values are shown as they are written, if they are short.
    """
    found = []
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not name.startswith("_"):
                last = value.args[-1] if isinstance(value, ast.Call) and value.args else None
                said = isinstance(last, ast.Constant) and isinstance(last.value, str)
                shown = ast.unparse(value)
                found.append((name, last.value if said else f"``{shown}``" * (len(shown) < 100)))
    return found


def text(words: str) -> list[nodes.Node]:
    """Words with ``code`` set as code."""
    parts = re.split(r"``(.+?)``", " ".join(words.split()))
    return [nodes.literal(p, p) if k % 2 else nodes.Text(p) for k, p in enumerate(parts) if p]


def listed(block: str, first: re.Pattern) -> nodes.bullet_list:
    """One item for each line that ``first`` finds, with the lines that go on below it."""
    starts = [m.start() for m in first.finditer(block)]
    items = [block[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    bullets = (nodes.paragraph("", "", *text(item.removeprefix("- "))) for item in items)
    return nodes.bullet_list("", *(nodes.list_item("", p) for p in bullets))


def docstring(words: str) -> list[nodes.Node]:
    """The nodes of one docstring."""
    found: list[nodes.Node] = []
    for block in re.split(r"\n\s*\n", words.strip("\n")):
        head, _, rest = block.partition("\n")
        lead = nodes.paragraph("", "", nodes.strong("", head.strip(":")))
        if head in FIELDS and re.search(r"^\w[\w, ]*: ", dedent(rest), re.M):
            found += [lead, listed(dedent(rest), re.compile(r"^\w[\w, ]*: ", re.M))]
        elif head in FIELDS:
            found += [lead, nodes.paragraph("", "", *text(rest))]
        elif block.startswith("    "):
            shown = nodes.literal_block(block, dedent(block), language="text")
            found.append(shown)
        elif re.search(r"^- ", block, re.M):
            before = block[: re.search(r"^- ", block, re.M).start()]
            found += [nodes.paragraph("", "", *text(before))] if before.strip() else []
            found.append(listed(block[len(before) :], re.compile(r"^- ", re.M)))
        else:
            found.append(nodes.paragraph("", "", *text(block)))
    return found


class Api(SphinxDirective):
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        try:
            files = modules(self.arguments[0])
        except ValueError as error:
            raise self.error(str(error)) from error
        return [self.module(path) for path in files]

    def module(self, path: Path) -> nodes.section:
        self.env.note_dependency(str(path))
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        page = self.section(name, name)
        page += docstring(ast.get_docstring(tree) or "")
        pairs = [f"- ``{word}``{': ' * bool(means)}{means}" for word, means in named(tree)]
        page += [listed("\n".join(pairs), re.compile(r"^- ", re.M))] if pairs else []
        page += [self.definition(node, name, path, source) for node in public(tree)]
        return page

    def section(self, name: str, title: str) -> nodes.section:
        made = nodes.section(ids=[nodes.make_id(name)], names=[name])
        made += nodes.title(title, title)
        return made

    def definition(self, node: Definition, module: str, path: Path, source: str) -> nodes.section:
        made = self.section(f"{module}.{node.name}", node.name)
        made += nodes.literal_block(signature(node), signature(node), language="python")
        made += docstring(ast.get_docstring(node) or "")
        if isinstance(node, ast.ClassDef) and (inside := "\n".join(members(node, source))):
            made += nodes.literal_block(inside, inside, language="python")
        place = f"{path.relative_to(PACKAGE.parent).as_posix()}#L{node.lineno}-L{node.end_lineno}"
        link = nodes.reference("", "source", refuri=f"{repository()}/blob/{reference()}/{place}")
        made += nodes.paragraph("", "", link)
        return made


def setup(app) -> None:
    app.add_directive("api", Api)
