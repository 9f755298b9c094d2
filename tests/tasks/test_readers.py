"""Readers on files written here, whole and spoilt: what comes out is what was put in."""

import gzip
import io
import pickle
import struct
import tarfile
import wave
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from neurolab import tasks
from neurolab.tasks import cifar, events, mnist, omniglot, series_files, speech
from neurolab.tasks.entry import File, Found, Variant

CHANCE = np.random.default_rng(0)


def found(root, name="made", **files):
    """A Found whose roles are these files of the root."""
    variant = Variant(name, tuple(File(role, path, 0) for role, path in files.items()))
    return Found("made", "NEUROLAB_DATA", root, variant)


def png(pixels):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def archive(path, files):
    with zipfile.ZipFile(path, "w") as out:
        for name, content in files.items():
            out.writestr(name, content)


# ---- idx -----------------------------------------------------------------------------------------


def idx(array):
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.mark.parametrize("shape", [(5,), (4, 3, 2), (0, 28, 28), (2, 1, 3, 2)])
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_idx_round_trip(shape, ending, tmp_path):
    array = CHANCE.integers(0, 256, shape, dtype=np.uint8)
    path = tmp_path / f"file{ending}"
    path.write_bytes(gzip.compress(idx(array)) if ending else idx(array))
    np.testing.assert_array_equal(mnist.read_idx(path), array)


GOOD = idx(np.arange(12, dtype=np.uint8).reshape(3, 4))
SPOILT = {
    "empty": (b"", "magic"),
    "another magic": (b"\x89PNG" + GOOD[4:], "magic 89504e47"),
    "floats": (GOOD[:2] + b"\x0d" + GOOD[3:], "magic 00000d02"),
    "no dimensions": (GOOD[:3] + b"\0", "magic 00000800"),
    "cut in the head": (GOOD[:9], "cannot be read"),
    "cut in the values": (GOOD[:-1], r"needs 12 values, the file has 11"),
    "longer": (GOOD + b"x", "needs 12 values, the file has more"),
    "huge": (GOOD[:4] + b"\xff" * 8, "at most 10"),
}


@pytest.mark.parametrize("kind", SPOILT)
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_spoilt_idx_is_refused(kind, ending, tmp_path):
    content, says = SPOILT[kind]
    path = tmp_path / f"file{ending}"
    path.write_bytes(gzip.compress(content) if ending else content)
    with pytest.raises(tasks.DamagedData, match=says):
        mnist.read_idx(path)


def test_a_cut_or_flipped_gzip_is_refused(tmp_path):
    whole, path = gzip.compress(GOOD, mtime=0), tmp_path / "file.gz"
    path.write_bytes(whole[:-9])
    with pytest.raises(tasks.DamagedData, match="cannot be read"):
        mnist.read_idx(path)
    path.write_bytes(whole[:-6] + bytes([whole[-6] ^ 1]) + whole[-5:])  # in its CRC
    with pytest.raises(tasks.DamagedData, match="CRC"):
        mnist.read_idx(path)


def test_images_and_labels_must_fit(tmp_path):
    (tmp_path / "x").write_bytes(idx(np.zeros((3, 2, 2), np.uint8)))
    (tmp_path / "y").write_bytes(idx(np.zeros(4, np.uint8)))
    here = found(tmp_path, **{"train-images": "x", "train-labels": "y"})
    with pytest.raises(tasks.DamagedData, match="do not fit"):
        mnist.read(here, "train")


# ---- CIFAR-10 ------------------------------------------------------------------------------------

PHOTOS = CHANCE.integers(0, 256, (12, 3, 32, 32), dtype=np.uint8)
LABELS = np.arange(12) % 10
NAMES = [f"data_batch_{k}" for k in range(1, 6)] + ["test_batch"]


def binary(rows):
    return b"".join(bytes([LABELS[r]]) + PHOTOS[r].tobytes() for r in rows)


def python(rows):
    batch = {"data": PHOTOS[rows].reshape(len(rows), -1), "labels": LABELS[rows].tolist()}
    return pickle.dumps(batch, protocol=2)


def batches(tmp_path, kind):
    """Two images a batch in each of the formats in which the whole is published."""
    write = binary if kind == "binary" else python
    contents = {name: write([2 * k, 2 * k + 1]) for k, name in enumerate(NAMES)}
    if kind == "unpacked":
        for name, content in contents.items():
            (tmp_path / name).write_bytes(content)
        return found(tmp_path, kind, **{name: name for name in NAMES})
    folder, ending = ("bin", ".bin") if kind == "binary" else ("py", "")
    with tarfile.open(tmp_path / "archive", "w:gz") as out:
        for name, content in {**contents, "readme.html": b"x"}.items():
            end = ending if name in contents else ""
            info = tarfile.TarInfo(f"cifar-10-batches-{folder}/{name}{end}")
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    return found(tmp_path, kind, archive="archive")


@pytest.mark.parametrize("kind", ["binary", "python", "unpacked"])
def test_cifar_in_each_format(kind, tmp_path):
    here = batches(tmp_path, kind)
    rows = {"train": slice(10), "fit": slice(8), "held-out": slice(8, 10), "test": slice(10, 12)}
    for split, some in rows.items():
        x, y = cifar.read(here, split)
        assert y.tolist() == LABELS[some].tolist()
        torch.testing.assert_close(x, torch.from_numpy(PHOTOS[some]).float() / 255)


def test_cifar_archives_that_are_not_whole(tmp_path):
    with pytest.raises(tasks.DamagedData, match="not whole records of 3073"):
        cifar.read_binary(binary([0])[:-1], "batch")
    with pytest.raises(tasks.DamagedData, match="not a batch of CIFAR-10"):
        cifar.read_python(python([0, 1])[:-20], "batch")
    with pytest.raises(tasks.DamagedData, match="labels"):
        cifar.read_python(pickle.dumps({"data": PHOTOS[:2].reshape(2, -1), "labels": [1]}), "b")
    here = batches(tmp_path, "binary")
    (tmp_path / "archive").write_bytes((tmp_path / "archive").read_bytes()[:5000])
    with pytest.raises(tasks.DamagedData, match="cannot be read"):
        cifar.read(here, "train")
    with tarfile.open(tmp_path / "archive", "w:gz"):
        pass
    with pytest.raises(tasks.DamagedData, match="has no batch 'data_batch_1'"):
        cifar.read(here, "train")


class Evil:
    def __init__(self, what, argument):
        self.call = (what, (argument,))

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [0, 2, 5])
@pytest.mark.parametrize("what", [eval, __import__, np.load, open])
def test_a_pickle_that_asks_for_more_than_arrays_is_refused(what, protocol, tmp_path):
    target = tmp_path / "written"
    argument = f"open({str(target)!r}, 'w')" if what is eval else str(target)
    content = pickle.dumps({"data": Evil(what, argument), "labels": []}, protocol=protocol)
    with pytest.raises(tasks.DamagedData, match="it asks for"):
        cifar.read_python(content, "batch")
    assert not target.exists()


def test_strips_hold_one_image_a_row(tmp_path):
    roles = {}
    for k in range(4):
        strip = PHOTOS[3 * k : 3 * k + 3].transpose(0, 2, 3, 1).reshape(3, 1024, 3)
        (tmp_path / f"{k}.png").write_bytes(png(strip))
        roles[f"strip-{k}"] = f"{k}.png"
    (tmp_path / "labels").write_text("\n".join(map(str, LABELS)))
    here = found(tmp_path, **roles, labels="labels")
    x, y = cifar.read_lossless(here, "train")
    torch.testing.assert_close(x, torch.from_numpy(PHOTOS).float() / 255)
    assert y.tolist() == LABELS.tolist()
    for wrong, says in (
        ("1 2 3", "12 images, 3 labels"),
        ("x " * 12, "not a number"),
        ("77 " * 12, "of 0 to 9"),
    ):
        (tmp_path / "labels").write_text(wrong)
        with pytest.raises(tasks.DamagedData, match=says):
            cifar.read_lossless(here, "train")
    (tmp_path / "2.png").write_bytes((tmp_path / "2.png").read_bytes()[:500])
    with pytest.raises(tasks.DamagedData, match="not a whole picture"):
        cifar.read_lossless(here, "train")


def test_the_subset_has_its_classes_from_the_folders(tmp_path):
    grey = png(np.full((32, 32, 3), 51, np.uint8))
    archive(
        tmp_path / "a",
        {"train/frog/0000.jpg": grey, "train/cat/0001.jpg": grey, "test/dog/0000.jpg": grey},
    )
    x, y = cifar.read_subset(found(tmp_path, images="a"), "train")
    assert y.tolist() == [3, 6] and x.shape == (2, 3, 32, 32)
    torch.testing.assert_close(x, torch.full_like(x, 0.2))
    archive(tmp_path / "b", {"train/newt/0000.jpg": grey})
    with pytest.raises(tasks.DamagedData, match="newt"):
        cifar.read_subset(found(tmp_path, images="b"), "train")


# ---- Omniglot ------------------------------------------------------------------------------------


def test_omniglot_is_ink_on_paper(tmp_path):
    """A black square on white: its ink is 1, and shrinking keeps the amount of ink."""
    pixels = np.full((105, 105), True)
    pixels[30:60, 45:90] = False
    name = "images_background/{}/character{:02d}/{:04d}_{:02d}.png"
    places = [("Greek", 2, 5, 1), ("Greek", 1, 4, 20), ("Futurama", 1, 9, 3)]
    archive(tmp_path / "a", {name.format(*place): png(pixels) for place in places})
    here = found(tmp_path, background="a")
    drawn = omniglot.read(here, "background", size=105)
    assert torch.equal(drawn.x, torch.from_numpy(~pixels).float().expand(3, -1, -1))
    assert drawn.y.tolist() == [0, 1, 2] and drawn.drawer.tolist() == [2, 19, 0]
    assert drawn.names == ("Futurama", "Greek") and drawn.alphabet.tolist() == [0, 1, 1]
    small = omniglot.read(here, "background", size=21).x  # 5 x 5 pixels become one
    torch.testing.assert_close(
        small[0], drawn.x[0].reshape(21, 5, 21, 5).mean((1, 3)), atol=3e-3, rtol=0
    )
    for size in (0, 106, 2.5, True):
        with pytest.raises(tasks.UnknownData, match="size: got"):
            omniglot.read(here, "background", size=size)
    with pytest.raises(tasks.DamagedData, match="no images of the split"):
        omniglot.read(found(tmp_path, evaluation="a"), "evaluation")


# ---- sound, events -------------------------------------------------------------------------------


def wav(samples, channels=1, width=2, rate=8000):
    stream = io.BytesIO()
    with wave.open(stream, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(width)
        out.setframerate(rate)
        out.writeframes(np.asarray(samples, "<i2").tobytes())
    return stream.getvalue()


def test_recordings_and_their_split(tmp_path):
    files = {f"recordings/{d}_{who}_{k}.wav": wav([d, k, -32768, 32767]) for d, who, k in
             ((3, "theo", 4), (3, "theo", 5), (1, "lucas", 49))}  # fmt: skip
    archive(tmp_path / "a", files)
    here = found(tmp_path, recordings="a")
    train, test = speech.read(here, "train"), speech.read(here, "test")
    assert train.y.tolist() == [1, 3] and train.speaker.tolist() == [2, 4]
    assert test.y.tolist() == [3] and speech.SPEAKERS[test.speaker[0]] == "theo"
    want = torch.tensor([3.0, 4.0, -32768.0, 32767.0]) / 32768
    torch.testing.assert_close(test.x[0], want)


def test_spoilt_recordings():
    for content, says in (
        (wav([1, 2], channels=2), r"\(2, 2, 8000\)"),
        (wav([1, 2], rate=16000), r"\(1, 2, 16000\)"),
        (wav(range(100))[:-20], "180 bytes of 200"),
        (wav([]), "0 bytes of 0"),
        (wav([1])[:30], "not a whole recording"),
        (b"ID3 of another kind", "not a whole recording"),
    ):
        with pytest.raises(tasks.DamagedData, match=says):
            speech.read_wav(content, "sound")


def test_events_are_unpacked_bit_by_bit():
    """t = 0x7fffff us is the largest that 23 bits hold."""
    rows = [(3, 33, 0, 5), (0, 7, 1, 300), (33, 0, 1, 0x7FFFFF)]
    content = b"".join(
        bytes([x, y, p << 7 | t >> 16, t >> 8 & 255, t & 255]) for x, y, p, t in rows
    )
    got = events.read_events(content, "made")
    assert [v.tolist() for v in (got.x, got.y, got.p)] == [[r[k] for r in rows] for k in range(3)]
    torch.testing.assert_close(got.t, torch.tensor([0.005, 0.3, 8388.607]).double())
    for spoilt, says in (
        (content[:-1], "not whole events"),
        (b"", "not whole"),
        (b"\x22" * 5, "outside"),
    ):
        with pytest.raises(tasks.DamagedData, match=says):
            events.read_events(spoilt, "made")


def test_frames_count_every_event_in_its_step():
    t = torch.tensor([0.0, 0.04, 0.3, 0.35, 9.9]).double()
    x, y, p = torch.tensor([[1, 1, 2, 2, 3], [4, 4, 5, 6, 7], [1, 1, 0, 1, 0]])
    film = tasks.frames(tasks.Events(t, x, y, p), dt=0.1, steps=5)
    assert film.shape == (5, 2, 34, 34) and film.sum() == 4, "the last one is too late"
    assert film[0, 1, 4, 1] == 2 and film[3, 0, 5, 2] == 1 and film[3, 1, 6, 2] == 1
    with pytest.raises(ValueError, match="dt, steps: got 0"):
        tasks.frames(tasks.Events(t, x, y, p), dt=0)


# ---- series --------------------------------------------------------------------------------------

HEAD = "holiday,temp,rain_1h,snow_1h,clouds_all,weather_main,weather_description,date_time,cars"
UCI = f"""{HEAD}
None,288.28,0.0,0.0,40,Clouds,scattered clouds,2012-10-02 09:00:00,5545
Labor Day,270,0.5,0.25,90,Snow,"snow, heavy",2013-09-02 00:00:00,7
"""


def test_traffic_takes_both_forms_of_time(tmp_path):
    (tmp_path / "uci.csv.gz").write_bytes(gzip.compress(UCI.encode()))
    (tmp_path / "again.csv").write_text(UCI.replace(":00:00,", ":00,"))
    one = series_files.read_traffic(tmp_path / "uci.csv.gz")
    two = series_files.read_traffic(tmp_path / "again.csv")
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.x.tolist() == [[0, 288.28, 0, 0, 40, 1], [1, 270, 0.5, 0.25, 90, 8]]
    assert one.y.tolist() == [5545, 7]
    assert one.time.tolist() == [1349168400, 1378080000]  # date -u +%s


def test_gestures_with_and_without_names(tmp_path):
    rows = [",".join([str(k + i / 100) for i in range(32)] + [p]) for k, p in enumerate("DPSHR")]
    (tmp_path / "a").write_text("\n".join(rows))
    (tmp_path / "b").write_text("\n".join([",".join(f"n{i}" for i in range(33)), *rows, ""]))
    for name in "ab":
        table = series_files.read_gesture(tmp_path / name)
        assert table.x.shape == (5, 32) and table.y.tolist() == [0, 1, 2, 3, 4]
        assert table.x[2, 31] == 2.31 and table.time is None


def test_missing_values_are_nan(tmp_path):
    rows = [["1/31/1998", *["?"] * 3, *["1.5"] * 69, "1."], ["12/1/2004", *["2"] * 72, "0."]]
    (tmp_path / "a").write_text("\n".join(",".join(row) for row in rows))
    table = series_files.read_ozone(tmp_path / "a")
    assert np.isnan(table.x[0, :3]).all() and np.isfinite(table.x[0, 3:]).all()
    assert table.y.tolist() == [1, 0] and table.time.tolist() == [886204800, 1101859200]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (",5545", "", "row 2 has 8"),
        ("288.28", "warm", "could not convert"),
        ("Clouds,", "Frogs,", "class 'Frogs' is not one of Clear"),
        ("2012-10-02", "2012-13-02", "2012-13-02|Month"),
        (UCI, HEAD, "no rows"),
        (UCI, "", "no rows"),
    ],
)
def test_spoilt_tables_are_named(old, new, says, tmp_path):
    (tmp_path / "a.csv").write_text(UCI.replace(old, new, 1))
    with pytest.raises(tasks.DamagedData, match=says):
        series_files.read_traffic(tmp_path / "a.csv")


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(UCI.encode())[:-5])
    for name in ("a.csv", "b.csv.gz", "absent.csv"):
        with pytest.raises(tasks.DamagedData, match="cannot be read"):
            series_files.read_traffic(tmp_path / name)
    with pytest.raises(tasks.DamagedData, match="cannot be read"):
        series_files.read_wisdm(tmp_path / "a.csv")


def test_arrays_with_pickles_or_infinities_are_refused(tmp_path):
    from neurolab.tasks.images import read_array

    np.save(tmp_path / "good.npy", np.arange(4.0))
    assert read_array(tmp_path / "good.npy").tolist() == [0, 1, 2, 3]
    np.save(tmp_path / "evil.npy", np.array([{"a": 1}]), allow_pickle=True)
    np.save(tmp_path / "words.npy", np.array(["a"]))
    (tmp_path / "cut.npy").write_bytes((tmp_path / "good.npy").read_bytes()[:-1])
    for name in ("evil", "words", "cut", "absent"):
        with pytest.raises(tasks.DamagedData, match=r"not a whole \.npy file of numbers"):
            read_array(tmp_path / f"{name}.npy")
    np.save(tmp_path / "inf.npy", np.array([1.0, np.inf]))
    with pytest.raises(tasks.DamagedData, match="not finite"):
        read_array(tmp_path / "inf.npy")
