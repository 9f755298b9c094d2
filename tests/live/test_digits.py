"""The digits in the page are those of scikit-learn, in fewer levels."""

import numpy as np
import pytest

from neurolab.live.digits import LABELS, unpacked


def test_the_digits_are_the_first_ten_of_each():
    datasets = pytest.importorskip("sklearn.datasets")
    digits = datasets.load_digits()
    first = np.sort(np.concatenate([np.flatnonzero(digits.target == c)[:10] for c in range(10)]))
    np.testing.assert_array_equal(LABELS, digits.target[first])
    levels = np.minimum(digits.data[first] // 2, 7)
    np.testing.assert_allclose(unpacked(), levels / 7)
