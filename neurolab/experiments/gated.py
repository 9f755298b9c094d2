"""What experiments on many tasks share: an MLP of which other units are on in each task.

Reference: Masse, Grant & Freedman (2018), arXiv:1802.01569
"""

from torch import Tensor, nn
from torch.nn.functional import relu


class Gated(nn.Module):
    """An MLP whose hidden units are multiplied by the mask that is given as context."""

    def __init__(self, inputs: int, hidden: list[int], outputs: int):
        super().__init__()
        sizes = [inputs, *hidden, outputs]
        self.layers = nn.ModuleList(map(nn.Linear, sizes, sizes[1:]))

    def forward(self, x: Tensor, masks: Tensor) -> Tensor:
        """masks (N_1 + ... + N_L,) of 0 and 1."""
        *hidden, last = self.layers
        parts = masks.split([layer.out_features for layer in hidden])
        for layer, mask in zip(hidden, parts, strict=True):
            x = relu(layer(x)) * mask
        return last(x)
