"""Links to the repository, made from its one address in ``_config.yml``.

In a page, the role ``source`` with a path links to that file, and ``colab`` with the path of a
notebook opens it in Colab; ``words <path>`` gives the link other words. A file that does not exist
is a warning of the build.
"""

from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import ReferenceRole

COLAB = "https://colab.research.google.com/github/"
GITHUB = "https://github.com/"


def address(kind: str, repository: str, branch: str, path: str) -> str:
    """Where a file of the repository is read (``source``) or run (``colab``).

    Raises:
        ValueError: an address that is not on GitHub, which Colab needs.
    """
    repository = repository.rstrip("/")
    if kind == "colab":
        if not repository.startswith(GITHUB):
            raise ValueError(f"Colab opens files from {GITHUB}, not from {repository!r}")
        repository = COLAB + repository.removeprefix(GITHUB)
    return f"{repository}/blob/{branch}/{path}"


class FileRole(ReferenceRole):
    """``{source}`` and ``{colab}``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        theme = self.config.html_theme_options
        if not (Path(self.env.srcdir).parent / self.target).exists():
            message = f"no file {self.target!r} in the repository"
            return [], [self.inliner.reporter.warning(message, line=self.lineno)]
        uri = address(
            self.name, theme["repository_url"], theme.get("repository_branch", "main"), self.target
        )
        words = self.title if self.has_explicit_title else ""
        inner = nodes.Text(words) if words else nodes.literal(self.title, self.title)
        return [nodes.reference(self.rawtext, "", inner, refuri=uri)], []


def setup(app) -> None:
    for kind in ("source", "colab"):
        app.add_role(kind, FileRole())
