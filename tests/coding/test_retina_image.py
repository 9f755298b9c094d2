"""Pictures from latencies: the fields against scipy's, the way back, and real pictures by SSIM."""

import os

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from neurolab.coding import RateParams, poisson, regular
from neurolab.coding.latency import LinearLatencyParams
from neurolab.coding.rate import rate_value
from neurolab.coding.retina_image import (
    RetinaImageParams,
    drives,
    image_from_drives,
    image_from_times,
    image_times,
    jitter_times,
    receptive_fields,
)


@pytest.fixture
def image():
    return torch.rand(3, 9, 7, dtype=torch.float64)


def test_fields_are_two_gaussian_filters(image):
    params = RetinaImageParams(centre=0.7, surround=1.5, weight=0.6)
    seen = (image.flatten(1) @ receptive_fields(9, 7, params).T).view(3, 9, 7)
    wide = {"mode": "constant", "truncate": 20}
    expected = [
        gaussian_filter(i, 0.7, **wide) - 0.6 * gaussian_filter(i, 1.5, **wide)
        for i in image.numpy()
    ]
    np.testing.assert_allclose(seen, np.stack(expected), atol=1e-9)


def test_an_even_field_passes_weakened_and_a_spot_is_seen_against_it():
    params = RetinaImageParams(weight=0.7)
    fields = receptive_fields(31, 31, params)
    middle = fields[15 * 31 + 15]
    assert middle.sum().item() == pytest.approx(0.3, abs=1e-6)
    assert middle.argmax() == 15 * 31 + 15 and middle.min() < 0


def test_a_cell_fires_once_on_one_side_and_the_stronger_first(image):
    params = RetinaImageParams()
    fields = receptive_fields(9, 7, params)
    x, t = drives(image, fields, params), image_times(image, fields, params)
    on, off = t.chunk(2, dim=1)
    assert ((on < np.inf) ^ (off < np.inf)).all(), "a response is above or below 0"
    fired = t[0] < np.inf
    assert torch.equal(x[0][fired].argsort(descending=True), t[0][fired].argsort())


def test_without_noise_the_picture_comes_back(image):
    params = RetinaImageParams(full=2.0, ridge=1e-10, latency=LinearLatencyParams(5.0, 30.0))
    fields = receptive_fields(9, 7, params)
    back = image_from_times(image_times(image, fields, params), fields, params)
    torch.testing.assert_close(back, image.flatten(1), atol=1e-6, rtol=0)
    turned = image_from_times(image_times(1 - image, fields, params), fields, params)
    torch.testing.assert_close(turned, 1 - image.flatten(1), atol=1e-6, rtol=0)


def test_the_ridge_is_the_least_squares_it_says():
    params = RetinaImageParams(full=1.0, ridge=0.05)
    fields, x = receptive_fields(5, 4, params), torch.rand(2, 40).double() * 0.1 + 0.2
    x[:, 20:] *= 0.1
    stacked = torch.cat([fields, 0.05**0.5 * torch.eye(20).double()])
    target = torch.cat([x[:, :20] - x[:, 20:], torch.zeros(2, 20)], 1)
    expected = torch.linalg.lstsq(stacked, target.T).solution.T.clamp(0, 1)
    torch.testing.assert_close(image_from_drives(x, fields, params), expected)
    assert ((expected > 0) & (expected < 1)).any()


def test_jitter_has_its_deviation_and_leaves_silent_cells_silent():
    t = torch.cat([torch.full((1, 20_000), 30.0), torch.full((1, 20_000), torch.inf)])
    moved = jitter_times(t, 2.0, torch.Generator().manual_seed(0))
    assert moved[0].std().item() == pytest.approx(2, rel=0.03)
    assert (moved[1] == torch.inf).all()
    assert jitter_times(t[:1] * 0, 2.0, torch.Generator()).min() == 0


def test_bad_pictures_and_settings_are_refused_by_name(image):
    params = RetinaImageParams()
    fields = receptive_fields(9, 7, params)
    with pytest.raises(ValueError, match=r"image: .* H W = 63, are needed, got \(9, 7\) with 0"):
        image_times(image[0], fields, params)
    with pytest.raises(ValueError, match=r"image: .* with 189 that are not"):
        image_times(image + 2, fields, params)
    with pytest.raises(ValueError, match=r"surround: more than centre = 2.0 is needed, got 1.0"):
        RetinaImageParams(centre=2.0, surround=1.0)
    with pytest.raises(ValueError, match=r"weight: a number from 0 to below 1 is needed, got 1.0"):
        RetinaImageParams(weight=1.0)


@pytest.mark.data
def test_fashion_from_one_spike_a_cell_beats_counts_of_equal_length():
    """S04d: SSIM >= 0.8 from latencies with 1 ms of jitter; the first 40 test pictures."""
    if not os.environ.get("NEUROLAB_DATA", "").strip():
        pytest.skip("NEUROLAB_DATA is not set")
    from skimage.metrics import structural_similarity

    from neurolab import tasks

    images = tasks.load("fashion-mnist", "test").x[:40].double()
    params, steps, generator = RetinaImageParams(), 50, torch.Generator().manual_seed(0)
    fields = receptive_fields(28, 28, params)

    def similarity(found):
        pairs = zip(images.numpy(), found.view(-1, 28, 28).numpy(), strict=True)
        return np.mean([structural_similarity(a, b, data_range=1.0) for a, b in pairs])

    def from_counts(z, rate):
        x = rate_value(z, RateParams(rate)).clamp(0, 1)
        return similarity(image_from_drives(x, fields, params))

    t = image_times(images, fields, params)
    latency = similarity(image_from_times(jitter_times(t, 1.0, generator), fields, params))
    assert latency >= 0.8
    x = drives(images, fields, params)
    for rate in (100.0, 200.0, 400.0):
        assert latency > from_counts(poisson(x, steps, generator, RateParams(rate)), rate)
    clock = {r: regular(x, steps, RateParams(r)) for r in (100.0, 200.0, 400.0)}
    assert latency > from_counts(clock[200.0], 200.0) > from_counts(clock[100.0], 100.0)
    assert latency < from_counts(clock[400.0], 400.0)
    assert clock[400.0].sum() > 4 * (t < torch.inf).sum()
