"""Links to the repository are made from one address, and only to files that exist."""

import pytest

from neurolab.sphinxext.links import address

REPOSITORY = "https://github.com/someone/something"


def test_addresses():
    assert address("source", REPOSITORY, "main", "a/b.py") == f"{REPOSITORY}/blob/main/a/b.py"
    assert address("source", REPOSITORY + "/", "v1", "a.py") == f"{REPOSITORY}/blob/v1/a.py"
    colab = "https://colab.research.google.com/github/someone/something/blob/main/labs/a.ipynb"
    assert address("colab", REPOSITORY, "main", "labs/a.ipynb") == colab


def test_colab_needs_github():
    with pytest.raises(ValueError, match=r"example\.org"):
        address("colab", "https://example.org/a", "main", "labs/a.ipynb")


@pytest.mark.slow
def test_roles_in_a_page(tmp_path, sphinx_build):
    book = tmp_path / "book"
    book.mkdir()
    (tmp_path / "a.py").write_text("")
    (book / "conf.py").write_text(
        "extensions = ['myst_parser']\nroot_doc = 'intro'\n"
        f"html_theme_options = {{'repository_url': '{REPOSITORY}'}}\n"
        "suppress_warnings = ['config']\n"
        "def setup(app):\n"
        "    from neurolab.sphinxext import links\n"
        "    links.setup(app)\n"
    )
    page = "# A\n{source}`a.py`, {colab}`run it <a.py>`, {source}`b.py`.\n"
    (book / "intro.md").write_text(page)
    pages, warnings = sphinx_build(book, tmp_path / "out")
    links = [(a.text, a["href"]) for a in pages["intro"].select("a.external")]
    colab = "https://colab.research.google.com/github/someone/something/blob/main/a.py"
    assert ("a.py", f"{REPOSITORY}/blob/main/a.py") in links and ("run it", colab) in links
    assert "b.py" in warnings and "no file 'b.py'" in warnings
