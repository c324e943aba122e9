import pytest
import torch
from torch.nn import functional as F

from avatarartist_core.nn.channel_norm import group_norm
from avatarartist_core.nn.conv3d import NormSilu

TOLERANCE = 1e-6  # of the largest value


def relative_error(given, expected):
    return ((given - expected).abs().max() / expected.abs().max()).item()


@pytest.fixture
def stack():
    """Values far from zero, whose variance a careless sum loses."""
    random = torch.Generator().manual_seed(0)
    centre = 5 * torch.randn(1, 16, 1, 1, 1, generator=random)
    x = torch.randn(2, 16, 4, 24, 20, generator=random) + centre
    return x.contiguous(memory_format=torch.channels_last_3d)


def test_it_is_the_group_norm_of_double_precision(stack):
    weight, bias = torch.randn(2, 16)
    expected = F.group_norm(stack.double(), 4, weight.double(), bias.double(), 1e-6)
    given = group_norm(stack, 4, weight, bias, 1e-6)
    assert given.is_contiguous(memory_format=torch.channels_last_3d)
    assert relative_error(given, expected) < TOLERANCE


def test_a_stack_without_variance_becomes_its_bias():
    flat = torch.full((1, 8, 4, 8, 8), 3.0).contiguous(memory_format=torch.channels_last_3d)
    given = group_norm(flat, 2, torch.ones(8), torch.arange(8.0), 1e-6)
    torch.testing.assert_close(given[0, :, 0, 0, 0], torch.arange(8.0), atol=1e-3, rtol=0)


def test_the_layer_gives_the_same_with_and_without_gradients(stack):
    layer = NormSilu(16, groups=4)
    tracked = layer(stack)
    assert tracked.requires_grad
    with torch.no_grad():
        precise = layer.double()(stack.double())
        assert relative_error(layer.float()(stack), precise) < TOLERANCE
