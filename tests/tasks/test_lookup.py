"""Where data is found, what is said of it when it is damaged, and what when it is not there."""

import hashlib
from dataclasses import replace

import pytest
import torch
from made_data import made, put

from neurolab import tasks
from neurolab.tasks import lookup
from neurolab.tasks.entry import Entry, File, Inside, Variant

CONTENT = bytes(range(200))


@pytest.fixture
def data(register):
    return register(made(CONTENT, b"second file"))


def test_nothing_is_found_where_nothing_is(data, root):
    assert tasks.find("made") is None
    report = tasks.verify("made")
    assert not report.ok and report.found is None and str(report) == "made: not on this machine"


def test_the_named_folder_comes_before_the_cache(data, root, cache):
    put(cache, CONTENT, b"second file")
    assert tasks.find("made").place == "cache"
    put(root, CONTENT, b"second file")
    found = tasks.find("made")
    assert (found.place, found.root) == ("NEUROLAB_DATA", root)
    assert found.paths == (root / "made/0.bin", root / "made/1.bin")
    assert found.path("1").read_bytes() == b"second file"
    assert tasks.load("made") == CONTENT


def test_the_home_sign_is_understood(data, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NEUROLAB_DATA", "~/mine")
    put(tmp_path / "mine", CONTENT, b"second file")
    assert tasks.find("made").root == tmp_path / "mine"


def test_a_part_of_the_files_is_not_the_data(data, root):
    put(root, CONTENT)
    assert tasks.find("made") is None
    with pytest.raises(tasks.MissingData, match=r"1\.bin: not there"):
        tasks.load("made", download=False)
    report = tasks.verify("made")
    assert not report.ok and [check.ok for check in report.checks] == [True, False]


DAMAGE = {
    "cut": (CONTENT[:-1], "199 bytes, should be 200: cut short"),
    "longer": (CONTENT + b"x", "201 bytes, should be 200: too long"),
    "empty": (b"", "0 bytes, should be 200"),
    "flipped": (CONTENT[:100] + bytes([CONTENT[100] ^ 1]) + CONTENT[101:], "should be"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_in_the_named_folder_is_an_error(kind, data, root):
    content, says = DAMAGE[kind]
    put(root, content, b"second file")
    for call in (tasks.get, tasks.load):
        with pytest.raises(tasks.DamagedData, match=says) as error:
            call("made")
        assert str(root / "made/0.bin") in str(error.value)
        assert "https://example.org/made" in str(error.value)
    report = tasks.verify("made")
    assert not report.ok and says in str(report) and "NOT whole" in str(report)
    assert [check.ok for check in report.checks] == [False, True]


def test_a_whole_copy_in_the_cache_stands_in_for_a_damaged_one(data, root, cache):
    put(root, CONTENT[::-1], b"second file")
    put(cache, CONTENT, b"second file")
    assert tasks.get("made").place == "cache" and tasks.load("made") == CONTENT


def test_a_file_that_changes_is_looked_at_again(data, root):
    put(root, CONTENT, b"second file")
    assert tasks.load("made") == CONTENT
    put(root, CONTENT[::-1], b"second file")
    with pytest.raises(tasks.DamagedData):
        tasks.load("made")


def test_md5_sums_are_understood(register, root):
    md5 = hashlib.md5(CONTENT).hexdigest()
    file = File("0", "made/0.bin", 200, f"md5:{md5}")
    words = {"licence": "", "citation": "", "home": "", "splits": ("all",)}
    read = made().read
    register(Entry("made", "Made", (Variant("published", (file,)),), read=read, **words))
    put(root, CONTENT)
    assert tasks.verify("made").ok
    put(root, CONTENT[::-1])
    assert "md5" in str(tasks.verify("made")) and not tasks.verify("made").ok


def test_a_folder_is_judged_by_what_is_inside(register, root):
    one, two = (hashlib.sha256(content).hexdigest() for content in (b"one", b"two"))
    total = hashlib.sha256(f"{one}  a.png\n{two}  sub/b.png\n".encode()).hexdigest()
    inside = Inside(r"pictures/(.+\.png)", 2, total)
    file = File("0", "pictures", 6, inside=inside, folder=True)
    words = {"licence": "", "citation": "", "home": "", "splits": ("all",), "read": made().read}
    register(Entry("made", "Made", (Variant("unpacked", (file,)),), **words))
    (root / "pictures/sub").mkdir(parents=True)
    (root / "pictures/a.png").write_bytes(b"one")
    (root / "pictures/notes.txt").write_bytes(b"does not count")
    assert "1 members that count, should be 2" in str(tasks.verify("made"))
    (root / "pictures/sub/b.png").write_bytes(b"two")
    assert tasks.verify("made").ok and tasks.get("made").place == "NEUROLAB_DATA"
    (root / "pictures/sub/b.png").write_bytes(b"2wo")
    assert "sum of the members" in str(tasks.verify("made"))
    with pytest.raises(tasks.DamagedData, match="sum of the members"):
        tasks.get("made")


def test_the_first_whole_variant_is_taken(register, root):
    first, second = made(b"gone").variants[0], made(CONTENT).variants[0]
    two = Variant("other", tuple(File("0", "other/0.bin", f.size, f.sum) for f in second.files))
    entry = made(b"gone")
    register(replace(entry, variants=(first, two)))
    (root / "other").mkdir()
    (root / "other/0.bin").write_bytes(CONTENT)
    assert tasks.find("made").variant.name == "other" and tasks.load("made") == CONTENT
    put(root, b"gone")
    assert tasks.find("made").variant.name == "files"
    put(root, b"none")  # damaged: the whole one is taken
    assert tasks.get("made").variant.name == "other"


def test_missing_data_says_name_size_where_from_and_where_to(data, root, cache):
    with pytest.raises(tasks.MissingData) as error:
        tasks.load("made", download=False)
    for part in ("'made'", "211 bytes", "https://example.org/made", "made/0.bin  200 bytes"):
        assert part in str(error.value)
    assert f"below {root} or {cache}" in str(error.value)
    assert "sha256:" in str(error.value) and "neurolab data get" not in str(error.value)


def test_missing_data_names_a_folder_that_is_not_there(data, cache, monkeypatch, tmp_path):
    monkeypatch.setenv("NEUROLAB_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(tasks.MissingData, match=r"nowhere \(no such folder\)"):
        tasks.get("made")
    monkeypatch.delenv("NEUROLAB_DATA")
    with pytest.raises(tasks.MissingData, match="NEUROLAB_DATA is not set; in the cache"):
        tasks.get("made")


def test_data_of_a_package_that_is_not_there(monkeypatch):
    monkeypatch.setattr(lookup, "find_spec", lambda name: None)
    assert tasks.find("digits") is None
    for call in (tasks.get, tasks.load):
        with pytest.raises(tasks.MissingData, match="pip install scikit-learn"):
            call("digits")


@pytest.mark.parametrize("call", [tasks.find, tasks.get, tasks.verify, tasks.load, tasks.entry])
def test_an_unknown_name_gets_the_nearest(call):
    with pytest.raises(tasks.UnknownData, match=r"'mnits'\. Did you mean 'mnist'\?.*fashion-mnist"):
        call("mnits")
    with pytest.raises(ValueError, match="no data set 7"):
        call(7)


def test_wrong_splits_and_options_are_named():
    with pytest.raises(tasks.UnknownData, match="digits has no 'dev', only all, train, test"):
        tasks.load("digits", split="dev")
    with pytest.raises(tasks.UnknownData, match="size: not an option of digits, it takes none"):
        tasks.load("digits", size=3)
    with pytest.raises(tasks.UnknownData, match="colour: not an option of photographs, only grey"):
        tasks.load("photographs", colour=True)


def test_the_digits_are_scikit_learns():
    """Read from its file; its own loader is the judge."""
    from sklearn.datasets import load_digits

    theirs = load_digits()
    x, y = tasks.load("digits")
    torch.testing.assert_close(x.double(), torch.from_numpy(theirs.images / 16))
    assert torch.equal(y, torch.from_numpy(theirs.target))
    parts = [tasks.load("digits", split) for split in ("train", "test")]
    assert torch.equal(torch.cat([part.x for part in parts]), x)
    assert tasks.verify("digits").ok and tasks.find("digits").place == "scikit-learn"


def test_the_photographs_are_scikit_learns():
    from sklearn.datasets import load_sample_images

    ours = tasks.load("photographs")
    for mine, theirs in zip(ours, load_sample_images().images, strict=True):
        want = torch.from_numpy(theirs.copy()).permute(2, 0, 1) / 255
        torch.testing.assert_close(mine, want)
    grey = tasks.load("photographs", grey=True)
    luma = torch.tensor([0.299, 0.587, 0.114])
    for mine, colour in zip(grey, ours, strict=True):
        want = torch.einsum("c,chw->hw", luma, colour)
        torch.testing.assert_close(mine, want, atol=1.01 / 255, rtol=0)
