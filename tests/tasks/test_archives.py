"""Archives: what an attacker or a bad disk puts into one is refused; nothing is ever written."""

import io
import stat
import tarfile
import zipfile
import zlib

import pytest

from neurolab.tasks import DamagedData
from neurolab.tasks.archives import MOST_BYTES, digest, members
from neurolab.tasks.entry import Inside


def zipped(path, files, change=None):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if change:
                change(info)
            archive.writestr(info, content)
    return path


def tarred(path, files, change=None, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            if change:
                change(info)
            archive.addfile(info, io.BytesIO(content))
    return path


FILES = {"top/a.txt": b"one", "top/sub/b.txt": b"two" * 1000, "other.bin": b""}


@pytest.fixture(params=["zip", "tar", "tar.gz", "tar.xz", "folder"])
def archive(request, tmp_path):
    path = tmp_path / "top"
    if request.param == "zip":
        return zipped(path, FILES)
    if request.param == "folder":
        for name, content in FILES.items():
            if name.startswith("top/"):
                (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / name).write_bytes(content)
        return path
    return tarred(path, FILES, mode=f"w:{request.param.removeprefix('tar').removeprefix('.')}")


def test_members_come_by_pattern(archive):
    assert dict(members(archive, r"top/(.+\.txt)")) == {"a.txt": b"one", "sub/b.txt": b"two" * 1000}
    assert dict(members(archive, "(nothing)")) == {}


def test_the_sum_does_not_depend_on_the_packing(archive):
    inside = Inside(r"top/(.+\.txt)", 2, "")
    assert digest(archive, inside) == (
        2,
        # printf 'one' | sha256sum and so on: lines "sum  name", sorted, and their sha256
        "0dd610f285a0eacc39dd86bfa2e2a0f3c24cda8f05958413b159c7ada5cf64b0",
    )


EVIL = ["../up.txt", "a/../../up.txt", "/etc/up.txt", "C:/up.txt", "..\\up.txt", "\\up.txt", "a/.."]


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_name_that_leads_out_is_refused(pack, name, tmp_path):
    """Even where the member is not wanted, and nothing is written beside the archive."""
    path = pack(tmp_path / "evil", {"good.txt": b"x", name: b"y"})
    with pytest.raises(DamagedData, match="leads out of the folder"):
        list(members(path, r"(good\.txt)"))
    assert [p.name for p in tmp_path.iterdir()] == ["evil"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_in_a_zip_are_refused(kind, tmp_path):
    def change(info):
        info.create_system, info.external_attr = 3, (kind | 0o644) << 16

    path = zipped(tmp_path / "evil.zip", {"link": b"/etc/passwd"}, change)
    with pytest.raises(DamagedData, match="link or a device"):
        list(members(path))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar_are_refused(kind, tmp_path):
    def change(info):
        info.type, info.linkname, info.size = kind, "/etc/passwd", 0

    path = tarred(tmp_path / "evil.tar", {"link": b""}, change)
    with pytest.raises(DamagedData, match="link or a device"):
        list(members(path))


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_oversized_member_is_refused_before_it_is_read(pack, tmp_path, monkeypatch):
    """A bomb: it packs to a thousandth. Memory for it must not be asked for."""
    path = pack(tmp_path / "bomb", {"big.bin": bytes(MOST_BYTES + 1)})
    assert path.stat().st_size < MOST_BYTES / 500
    refuse = pytest.fail
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *a, **k: refuse("was read"))
    monkeypatch.setattr(tarfile.TarFile, "extractfile", lambda *a, **k: refuse("was read"))
    with pytest.raises(DamagedData, match=r"64,000,001 bytes, allowed are 64,000,000"):
        list(members(path))


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_all_members_together_have_a_limit(pack, tmp_path, monkeypatch):
    monkeypatch.setattr("neurolab.tasks.archives.MOST_IN_ALL", 1000)
    path = pack(tmp_path / "many", {f"{k}": bytes(100) for k in range(11)})
    with pytest.raises(DamagedData, match="more than 1,000 bytes together"):
        list(members(path))
    monkeypatch.setattr("neurolab.tasks.archives.MOST_MEMBERS", 10)
    with pytest.raises(DamagedData, match="more than 10 members"):
        list(members(path))


def test_a_zip_that_lies_about_a_size_is_refused(tmp_path):
    """Stated 10 bytes, packed 1,000,000: reading stops at 10 and the CRC does not hold."""
    path = zipped(tmp_path / "lie.zip", {"a": bytes(1_000_000)})
    content = path.read_bytes()
    lie = content.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lie != content
    path.write_bytes(lie)
    with pytest.raises(DamagedData, match="cannot be read"):
        list(members(path))


def test_two_members_of_one_name_are_refused(tmp_path):
    path = tmp_path / "twice.tar"
    with tarfile.open(path, "w") as archive:
        for content in (b"one", b"two"):
            info = tarfile.TarInfo("a")
            info.size = 3
            archive.addfile(info, io.BytesIO(content))
    with pytest.raises(DamagedData, match="two members have the same name"):
        list(members(path))


def test_an_encrypted_zip_is_refused(tmp_path):
    path = zipped(tmp_path / "secret.zip", {"a": b"x"})
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(bytes(content))
    with pytest.raises(DamagedData, match="encrypted"):
        list(members(path))


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_every_cut_is_noticed(pack, tmp_path):
    """At any length the answer is all members or DamagedData, never fewer members or a crash."""
    noise = bytes(zlib.crc32(bytes([k % 256, k // 256])) % 256 for k in range(3000))
    files = {"a": noise, "b": noise[::-1]}
    path = pack(tmp_path / "whole", files)
    content, cut = path.read_bytes(), tmp_path / "cut"
    refused = 0
    for length in range(0, len(content), 97):
        cut.write_bytes(content[:length])
        try:
            assert dict(members(cut)) == files
        except DamagedData:
            refused += 1
    assert refused > 20


@pytest.mark.slow
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_flipped_bytes_crash_nothing(pack, tmp_path):
    """A sum is checked before an archive is opened; even without it, no other error comes out."""
    noise = bytes(zlib.crc32(bytes([k % 256, k // 256])) % 256 for k in range(200))
    path = pack(tmp_path / "whole", {"a": noise})
    content, bad = path.read_bytes(), tmp_path / "bad"
    for place in range(len(content)):
        for bit in (1, 128):
            bad.write_bytes(content[:place] + bytes([content[place] ^ bit]) + content[place + 1 :])
            try:
                for _, got in members(bad):
                    assert got == noise or pack is tarred
            except DamagedData:
                continue


def test_no_archive_at_all(tmp_path):
    (tmp_path / "text").write_text("not an archive")
    for path in (tmp_path / "text", tmp_path / "absent"):
        with pytest.raises(DamagedData, match="cannot be read"):
            list(members(path))
