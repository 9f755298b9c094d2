"""Data sets made in a test: entries for them, and their files."""

import hashlib
from pathlib import Path

from neurolab.tasks.entry import Entry, File, Source, Variant


def text(found, split):
    """A reader for made data: the bytes of the first file."""
    return found.paths[0].read_bytes()


def made(*contents: bytes, name: str = "made", addresses: tuple[str, ...] = (), **more) -> Entry:
    """An entry whose files 0.bin, 1.bin, ... have these contents; each has a source an address."""
    files = tuple(
        File(
            str(k),
            f"made/{k}.bin",
            len(content),
            f"sha256:{hashlib.sha256(content).hexdigest()}",
            tuple(Source(f"{address}/{k}.bin") for address in addresses),
        )
        for k, content in enumerate(contents)
    )
    words = {"licence": "none", "citation": "none", "home": "https://example.org/made"}
    words |= {"title": "Made data", "splits": ("all",), "read": text} | more
    return Entry(name=name, variants=(Variant("files", files),), **words)


def put(root: Path, *contents: bytes) -> None:
    """Write the files of ``made`` below a root."""
    for k, content in enumerate(contents):
        path = root / "made" / f"{k}.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
