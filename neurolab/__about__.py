"""Version and address of the project, each kept in one place.

The version stands here; the address stands in ``_config.yml``, goes into the package's metadata
when it is installed, and is read from there.
"""

from importlib.metadata import PackageNotFoundError, metadata

__version__ = "0.1.0.dev0"
DISTRIBUTION = "neurolab-book"  # what pip calls it; the name neurolab belongs to another project


def repository() -> str:
    """Address of the source repository, as it was when the package was installed.

    Raises:
        RuntimeError: neurolab is on the path but not installed, so it has no metadata.
    """
    try:
        urls = metadata(DISTRIBUTION).get_all("Project-URL") or []
    except PackageNotFoundError as error:
        raise RuntimeError(
            f"{DISTRIBUTION} is not installed, so its address is not known: "
            "run `pip install -e .` in the folder of its pyproject.toml."
        ) from error
    return dict(url.split(", ", 1) for url in urls)["Source"]


def reference() -> str:
    """Where links into the repository point: a release's tag, or main between releases."""
    return "main" if "dev" in __version__ else f"v{__version__}"
