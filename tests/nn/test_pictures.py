import numpy as np
import torch

from avatarartist_core.nn.pictures import to_image, to_pictures


def test_bytes_come_back_as_they_went():
    picture = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    (back,) = to_pictures(to_image(picture, 16) + 1e-4, 16)
    np.testing.assert_array_equal(back, picture)


def test_values_outside_the_range_are_cut_off():
    images = torch.tensor([-3.0, 3.0]).view(2, 1, 1, 1).expand(2, 3, 4, 4)
    dark, bright = to_pictures(images, 4)
    assert dark.max() == 0
    assert bright.min() == 255


def test_another_size_keeps_the_picture():
    ramp = torch.linspace(-0.8, 0.8, 64).view(1, 1, 1, 64).expand(1, 3, 64, 64)
    (small,) = to_pictures(ramp, 32)
    (same,) = to_pictures(ramp, 64)
    assert small.shape == (32, 32, 3)
    averaged = same.reshape(32, 2, 32, 2, 3).astype(float).mean((1, 3))
    assert np.abs(small[:, 2:-2] - averaged[:, 2:-2]).max() <= 2


def test_half_precision_is_drawn_too():
    images = torch.zeros(1, 3, 8, 8, dtype=torch.bfloat16)
    assert to_pictures(images, 8)[0].dtype == np.uint8
