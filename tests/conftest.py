"""What every test may rely on: the same random numbers, one thread, no deadline."""

import pytest
import torch
from hypothesis import settings

# Derandomized: a test that passes here passes there. No database: nothing is left in the tree.
settings.register_profile("neurolab", deadline=None, derandomize=True, database=None)
settings.load_profile("neurolab")
torch.set_num_threads(1)  # two processes on two cores, and sums in the same order everywhere


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)
