from dataclasses import replace

import numpy as np

from avatarartist_core.entries import DomainEntry
from avatarartist_core.testing import DomainTransferContract, sample_portrait
from avatarartist_toon.config import ToonConfig
from avatarartist_toon.plugin import aa_components, aa_domains
from avatarartist_toon.transfer import ToonTransfer

DOMAIN = next(aa_domains())


class TestToon(DomainTransferContract):
    entry = next(aa_components())

    def domain(self) -> DomainEntry:
        return DOMAIN


def test_fewer_tones_are_fewer_colours():
    def colours(tones: int) -> int:
        toon = ToonTransfer(ToonConfig(tones=tones, ink=0.0))
        picture = toon.transfer(sample_portrait(), DOMAIN).picture
        return len(np.unique(picture.reshape(-1, 3) // 8, axis=0))

    assert colours(2) < colours(5) < colours(16)


def test_ink_darkens_and_no_ink_draws_no_line():
    portrait = sample_portrait()
    drawn = ToonTransfer(ToonConfig(ink=1.0)).transfer(portrait, DOMAIN).picture.astype(int)
    plain = ToonTransfer(ToonConfig(ink=0.0)).transfer(portrait, DOMAIN).picture.astype(int)
    assert (drawn.sum(-1) <= plain.sum(-1) + 3).mean() > 0.99
    assert (plain - drawn).max() > 60


def test_a_flat_picture_stays_flat():
    grey = replace(sample_portrait(), picture=np.full((128, 128, 3), 120, np.uint8))
    picture = ToonTransfer(ToonConfig()).transfer(grey, DOMAIN).picture
    assert np.ptp(picture.reshape(-1, 3), axis=0).max() == 0
