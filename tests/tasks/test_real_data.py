"""The real files, read: compared with what others have published or say of them; and spoilt."""

import json
import shutil

import pytest
import torch

from neurolab import tasks
from neurolab.tasks.series import windows

pytestmark = pytest.mark.data

TRAIN = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # MNIST's digits a class
TEST = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def classify_by_mean(train, test):
    """Accuracy of the nearest class mean, a classifier without a choice in it."""
    flat, means = test.x.flatten(1), []
    for digit in range(10):
        means.append(train.x[train.y == digit].flatten(1).mean(0))
    return (torch.cdist(flat, torch.stack(means)).argmin(1) == test.y).float().mean().item()


def test_mnist(real):
    """Counts as published; mean and deviation are the 0.1307 and 0.3081 that everyone subtracts."""
    train, test = tasks.load("mnist"), tasks.load("mnist", "test")
    assert train.x.shape == (60_000, 28, 28) and test.x.shape == (10_000, 28, 28)
    assert train.y.bincount().tolist() == TRAIN and test.y.bincount().tolist() == TEST
    assert train.x.mean().item() == pytest.approx(0.1307, abs=5e-5)
    assert train.x.std().item() == pytest.approx(0.3081, abs=5e-5)
    assert train.y[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert 0.80 < classify_by_mean(train, test) < 0.84  # the well-known 82 %


def test_mnist_held_out_is_the_end_of_the_training_images(real):
    train, fit, held_out = (tasks.load("mnist", split) for split in ("train", "fit", "held-out"))
    assert torch.equal(torch.cat([fit.y, held_out.y]), train.y)
    assert torch.equal(held_out.x, train.x[50_000:]) and len(fit.x) == 50_000


def test_fashion_mnist(real):
    """6,000 and 1,000 of each class; mean and deviation 0.2860 and 0.3530, as everyone has them."""
    train, test = tasks.load("fashion-mnist"), tasks.load("fashion-mnist", "test")
    assert train.y.bincount().tolist() == [6000] * 10 and test.y.bincount().tolist() == [1000] * 10
    assert train.x.mean().item() == pytest.approx(0.2860, abs=5e-5)
    assert train.x.std().item() == pytest.approx(0.3530, abs=5e-5)
    assert 0.65 < classify_by_mean(train, test) < 0.71


@pytest.mark.slow
def test_nmnist_has_mnists_labels_and_pictures(real):
    """The same digits in the same order: the events, summed, look like the pixels' edges."""
    recordings, digits = tasks.load("nmnist-small"), tasks.load("mnist")
    assert torch.equal(recordings.y, digits.y[:1000])
    assert torch.equal(tasks.load("nmnist-small", "test").y, tasks.load("mnist", "test").y[:100])
    lengths = [len(events.t) for events in recordings.x]
    assert sum(lengths) / 1000 == pytest.approx(4108, abs=60)
    for events in recordings.x[:50]:
        assert (events.t.diff() >= 0).all() and 250 < events.t[-1] < 350
    counts = torch.stack([tasks.frames(e, dt=350.0, steps=1).sum((0, 1)) for e in recordings.x])
    where = torch.nn.functional.pad(digits.x[:1000], (3, 3, 3, 3))
    wide = torch.nn.functional.max_pool2d(where[:, None], 5, 1, 2)[:, 0] > 0.2  # moved 2 pixels
    right = (counts * wide).sum((1, 2)) / counts.sum((1, 2))
    wrong = (counts * wide.roll(1, 0)).sum((1, 2)) / counts.sum((1, 2))
    assert right.mean() > 0.9 and (right > wrong).float().mean() > 0.95


@pytest.mark.slow
def test_cifar_lossless_and_jpeg_are_the_same_photographs(real):
    """Labels as published; each exact image has its JPEG near by, under its own class."""
    exact, jpeg = tasks.load("cifar10-lossless"), tasks.load("cifar10-subset")
    start = [6, 9, 9, 4, 1, 1, 2, 7, 8, 3, 4, 7, 7, 2, 9, 9, 9, 3, 2, 6]
    assert exact.y[:20].tolist() == start
    assert exact.y.bincount().tolist() == [396, 366, 420, 384, 422, 393, 414, 385, 407, 413]
    assert jpeg.y.bincount().tolist() == [1000] * 10
    distance = torch.cdist(exact.x[::20].flatten(1), jpeg.x.flatten(1)) * 255 / 3072**0.5
    nearest = distance.min(1)
    assert torch.equal(jpeg.y[nearest.indices], exact.y[::20])
    assert nearest.values.pow(2).mean().sqrt().item() == pytest.approx(8.1, abs=0.3)
    assert tasks.load("cifar10-subset", "test").y.bincount().tolist() == [200] * 10


@pytest.mark.slow
def test_omniglot(real):
    """30 and 20 alphabets, 964 and 659 characters, 20 drawers each."""
    for split, alphabets, characters in (("background", 30, 964), ("evaluation", 20, 659)):
        drawn = tasks.load("omniglot", split)
        assert drawn.y.bincount().tolist() == [20] * characters
        assert drawn.drawer.bincount().tolist() == [characters] * 20
        assert len(drawn.names) == alphabets and drawn.alphabet.max() == alphabets - 1
        assert 0.03 < drawn.x.mean() < 0.09, "thin strokes on paper"
    assert "Latin" not in drawn.names and "Tibetan" in drawn.names


def test_one_shot_runs(real):
    """Each run asks for each of its 20 characters once; the published modified Hausdorff distance
    errs in 38.8 % (Lake 2015): plain pixels must do better than chance and worse than that.
    """
    runs = tasks.load("omniglot-oneshot")
    assert runs.seen.shape == runs.new.shape == (20, 20, 28, 28)
    assert (runs.answer.sort(1).values == torch.arange(20)).all()
    guess = torch.cdist(runs.new.flatten(2), runs.seen.flatten(2)).argmin(2)
    right = (guess == runs.answer).float().mean().item()
    assert 0.12 < right < 0.612


def test_spoken_digits(real):
    train, test = tasks.load("spoken-digits"), tasks.load("spoken-digits", "test")
    assert train.y.bincount().tolist() == [270] * 10 and test.y.bincount().tolist() == [30] * 10
    assert train.speaker.bincount().tolist() == [450] * 6
    lengths = torch.tensor([len(sound) for sound in (*train.x, *test.x)]) / 8000
    assert lengths.mean().item() == pytest.approx(0.44, abs=0.01)
    assert (lengths.min().item(), lengths.max().item()) == pytest.approx((0.14, 2.28), abs=0.01)
    assert all(0.01 < sound.abs().max() <= 1 for sound in train.x)


def test_natural_images_have_the_spectrum_of_nature(real):
    """Amplitude falls as 1 / f (Field 1987, doi:10.1364/JOSAA.4.002379): slope -1.2 to -0.8."""
    slopes = []
    images = tasks.load("natural-images", grey=True)
    assert len(images) == 10 and {tuple(i.shape) for i in images} == {(512, 768), (768, 512)}
    for image in images:
        centre = image[:512, :512] - image[:512, :512].mean()
        window = torch.hann_window(512)
        power = torch.fft.fft2(centre * window * window[:, None]).abs() ** 2
        f = torch.fft.fftfreq(512) * 512
        radius = (f**2 + f[:, None] ** 2).sqrt().round().long().flatten()
        mean = torch.zeros(400).scatter_reduce(0, radius.clamp(max=399), power.flatten(), "mean")
        low, high = 4, 128
        x = torch.arange(low, high).float().log()
        y = mean[low:high].log() / 2
        slopes.append(((x - x.mean()) * (y - y.mean())).sum() / (x - x.mean()).square().sum())
    assert -1.3 < torch.stack(slopes).mean() < -0.8


def test_rooms_and_weather(real):
    """Rows and shares as UCI states them: occupied 21 % in training; ozone days 160 of 2,534."""
    train, test, late = (tasks.load("occupancy", s) for s in ("train", "test", "test-2"))
    assert [len(part.x) for part in (train, test, late)] == [8143, 2665, 9752]
    assert train.y.float().mean().item() == pytest.approx(0.2123, abs=1e-4)
    assert (train.time.diff() >= 59).all() and (train.time.diff() <= 61).all()
    dark = train.x[:, 2] == 0
    assert train.y[dark].float().mean() < 0.01, "nobody sits in the dark"
    ozone = tasks.load("ozone")
    assert ozone.x.shape == (2534, 72) and ozone.y.sum() == 160
    assert (ozone.time.diff() > 0).all() and ozone.x.isnan().any() and not ozone.x.isnan().all()


def test_traffic(real):
    x, cars, time = tasks.load("traffic")
    assert x.shape == (48204, 6) and cars.min() == 0 and cars.max() == 7280
    assert (time.diff() >= 0).all() and (time % 3600 == 0).all()
    hour = time // 3600 % 24
    assert cars[hour == 3].mean() < 600 < 4000 < cars[hour == 16].mean(), "rush hour"


def test_gestures_and_activities(real):
    gesture, wisdm = tasks.load("gesture"), tasks.load("wisdm")
    assert gesture.x.shape == (1743, 32) and len(gesture.y.unique()) == 5
    assert (gesture.y.diff() == 0).float().mean() > 0.8, "phases last"
    assert wisdm.x.shape == (5418, 43)
    assert wisdm.y.bincount().tolist() == [2081, 1625, 632, 528, 306, 246]


def test_cheetah_and_laser(real):
    splits = [tasks.load("cheetah", split) for split in ("train", "test", "validation")]
    assert [tuple(s.shape) for s in splits] == [(10, 1000, 17), (10, 1000, 17), (5, 1000, 17)]
    moved, speed = splits[0][:, :, :8].diff(dim=1), splits[0][:, :, 9:]
    speed = (speed[:, 1:] + speed[:, :-1]) / 2
    for k in range(8):  # a place and its speed: a step of this simulation takes 0.05 s
        along = (moved[..., k] * speed[..., k]).sum() / speed[..., k].square().sum()
        both = torch.stack([moved[..., k].flatten(), speed[..., k].flatten()]).corrcoef()[0, 1]
        assert 0.04 < along < 0.06 and both > 0.5
    assert windows(splits[0][0], 32, 10).shape == (97, 32, 17)
    laser = tasks.load("santafe")
    assert laser.shape == (10_093,) and laser.min() >= 0 and laser.max() == 255
    assert torch.equal(laser, laser.round())
    assert laser[:10].tolist() == [86, 141, 95, 41, 22, 21, 32, 72, 138, 111]  # as in the contest


# ---- the real files, spoilt ----------------------------------------------------------------------


def flip(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


SPOIL = {
    "truncated": lambda content: content[: len(content) * 2 // 3],
    "one bit flipped": flip,
    "wrong magic": lambda content: b"\0\0\0\0" + content[4:],
    "empty": lambda content: b"",
}
SMALL = sorted(set(tasks.DATA) - {"cifar10", "digits", "photographs"})


@pytest.mark.parametrize("kind", SPOIL)
@pytest.mark.parametrize("name", SMALL)
def test_a_spoilt_copy_is_refused_with_its_name(name, kind, real, tmp_path, monkeypatch):
    """A root with links to the real files, but for one of them, which is spoilt."""
    entry, here = tasks.DATA[name], tasks.find(name)
    for file in here.variant.files:
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.path).symlink_to(real / file.path)
    first = here.variant.files[0]
    (tmp_path / first.path).unlink()
    (tmp_path / first.path).write_bytes(SPOIL[kind]((real / first.path).read_bytes()))
    monkeypatch.setenv("NEUROLAB_DATA", str(tmp_path))
    with pytest.raises(tasks.DamagedData) as error:
        tasks.load(name)
    assert str(tmp_path / first.path) in str(error.value) and entry.home in str(error.value)
    report = tasks.verify(name)
    assert [check.ok for check in report.checks].count(False) == 1 and not report.checks[0].ok


@pytest.mark.parametrize("kind", ["truncated", "wrong magic"])
@pytest.mark.parametrize("name", SMALL)
def test_readers_refuse_spoilt_files_even_without_a_sum(name, kind, real, tmp_path, monkeypatch):
    """The second line of defence: the reader sees the spoilt file itself.

    Text without a magic number may lose rows unseen, and a zip is read from its end: then only
    nothing else than DamagedData may be raised.
    """
    entry, here = tasks.DATA[name], tasks.find(name)
    for file in here.variant.files:
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(real / file.path, tmp_path / file.path)
        (tmp_path / file.path).write_bytes(SPOIL[kind]((real / file.path).read_bytes()))
    moved = type(here)(name, here.place, tmp_path, here.variant)
    path = here.variant.files[0].path
    unseen = path.endswith((".txt", ".csv", ".data", ".arff"))
    unseen |= path.endswith(".zip") and kind == "wrong magic"
    try:
        entry.read(moved, entry.splits[0])
    except tasks.DamagedData as error:
        assert str(tmp_path) in str(error)
    else:
        assert unseen


def test_unpacked_folders_are_read_too(real, tmp_path, monkeypatch):
    """What other programs leave: MNIST's idx files unpacked, the recordings as a folder."""
    import gzip
    import zipfile

    for file in tasks.find("mnist").variant.files:
        path = tmp_path / file.path.removesuffix(".gz")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.decompress((real / file.path).read_bytes()))
    with zipfile.ZipFile(tasks.find("spoken-digits").paths[0]) as packed:
        packed.extractall(tmp_path / "free-spoken-digit-dataset")
    one, sounds = tasks.load("mnist", "test"), tasks.load("spoken-digits", "test")
    monkeypatch.setenv("NEUROLAB_DATA", str(tmp_path))
    assert tasks.find("mnist").variant.name == "unpacked" and tasks.verify("mnist").ok
    assert torch.equal(tasks.load("mnist", "test").x, one.x)
    assert tasks.find("spoken-digits").variant.name == "unpacked"
    again = tasks.load("spoken-digits", "test")
    assert torch.equal(again.y, sounds.y)
    assert all(torch.equal(a, b) for a, b in zip(again.x, sounds.x, strict=True))


def test_the_registry_can_be_written_down():
    """What a record keeps of its data: names, variants, sums."""
    for name, entry in tasks.DATA.items():
        kept = {"data": name, "files": {f.path: f.sum for f in entry.variants[0].files}}
        assert json.loads(json.dumps(kept)) == kept
