"""Natural images: ten of the Kodak photographs, for learning from patches.

Licence and source are in the entry; no paper describes them.
"""

import torch
from torch import Tensor

from .entry import Entry, File, Found, Source, Variant
from .images import picture

_HOST = "https://r0k.us/graphics/kodak/kodak"
_MIRROR = (
    "https://raw.githubusercontent.com/MohamedBakrAli/Kodak-Lossless-True-Color-Image-Suite/"
    "bee868459a9ec72907b9ec6ba6b2c4ec4cab15d4/PhotoCD_PCD0992"
)
_SUMS = {  # number: (bytes, sha256)
    1: (736501, "a56e27cbf5f843c048b6af1d6e090760e9c92fadba88b7dee0205918a37523bd"),
    5: (785610, "10349e963c5c813d327852f82c1795fa4148d69fedffc4c589bee458e3ac3d53"),
    8: (788470, "ba23983c76b4832ee0e8af0592664756841a16779acd69f792e268fb6d13d6e7"),
    13: (822712, "bc34a3ce58dea09dce1704c997171602de90cb34d0c8503a988b77f473d39b08"),
    15: (612582, "7538cbb80cb9103606c48b806eae57d56c885c7f90b9b3be70a41160f9cbb683"),
    16: (534247, "a89c7268ccd4718ba424a99fc4643c572cf692ca6eae887185ceb4e9f11d2e54"),
    19: (671476, "b7450b264b1b0a411390d8931b112c27905a992520fc90569dc4b920aa32bbdc"),
    20: (492462, "3b46c71e3b92a563820ba32936be8330c586c41f938efd94be938386aae4328a"),
    22: (701970, "1cee58eb1f2d9c7ebb254d208a03c783ce6cf2c4d8c2cf45e235dd23b4ce1b29"),
    23: (557596, "e3111a2fd4da24af15d6459ef9eacfe54106b38e27b4a21821b75c3f5d2d5baf"),
}


def read(found: Found, split: str, grey: bool = False) -> tuple[Tensor, ...]:
    """Each photograph, (3, H, W) float32, 0 to 1; with ``grey`` (H, W), its luma."""
    mode = "L" if grey else "RGB"
    images = [torch.from_numpy(picture(p.read_bytes(), p, mode).copy()) for p in found.paths]
    return tuple((i if grey else i.permute(2, 0, 1).contiguous()).float() / 255 for i in images)


def patches(images: tuple[Tensor, ...], size: int, count: int, seed: int = 0) -> Tensor:
    """Square patches cut from random places: (count, size, size) or (count, 3, size, size).

    Each image is as likely as another, then each place in it.

    Raises:
        ValueError: no images, or one is smaller than ``size``.
    """
    smallest = min((min(image.shape[-2:]) for image in images), default=0)
    if not 1 <= size <= smallest:
        raise ValueError(f"size: got {size}, the smallest image allows 1 to {smallest}")
    chance = torch.Generator().manual_seed(seed)

    def below(most: int) -> int:
        return int(torch.randint(most, (), generator=chance))

    cut = []
    for _ in range(count):
        image = images[below(len(images))]
        top, left = (below(side - size + 1) for side in image.shape[-2:])
        cut.append(image[..., top : top + size, left : left + size])
    return torch.stack(cut) if cut else images[0].new_zeros(0, *images[0].shape[:-2], size, size)


NATURAL = Entry(
    name="natural-images",
    title="Ten of the 24 Kodak photographs, 768 x 512",
    variants=(
        Variant(
            "kodak",
            tuple(
                File(
                    f"kodim{k:02d}",
                    f"natural_images/kodak/kodim{k:02d}.png",
                    size,
                    f"sha256:{sha}",
                    (Source(f"{_HOST}/kodim{k:02d}.png"), Source(f"{_MIRROR}/{k}.png")),
                )
                for k, (size, sha) in _SUMS.items()
            ),
        ),
    ),
    licence="said to be released by Eastman Kodak for unrestricted use",
    citation="Eastman Kodak, Photo CD PCD0992 (1993)",
    home="https://r0k.us/graphics/kodak/",
    splits=("all",),
    read=read,
)
ENTRIES = (NATURAL,)
