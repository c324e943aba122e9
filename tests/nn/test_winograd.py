"""Fast convolutions against the plain ones; see ``relative_error`` for how they are compared."""

import pytest
import torch
from torch.nn import functional as F

from avatarartist_core.nn import winograd
from avatarartist_core.nn.conv3d import SameConv3d, SameConvTranspose3d, replicate_pad
from avatarartist_core.nn.plane_taps import products_of_four, products_of_three

TOLERANCE = 5e-6  # of the largest value, in float32; the plain convolution itself is off by 5e-7
B, C, D = 2, 8, 12


def relative_error(given, expected):
    return ((given - expected).abs().max() / expected.abs().max()).item()


def plain(conv, x):
    """The same sums in double precision by the framework's own convolution."""
    conv, x = conv.double(), x.double()
    padded = replicate_pad(x, conv.kernel_size, conv.stride)
    if isinstance(conv, SameConvTranspose3d):
        return F.conv_transpose3d(padded, conv.weight, conv.bias, conv.stride, padding=3)
    return F.conv3d(padded, conv.weight, conv.bias, conv.stride)


KINDS = {
    "same": (lambda: SameConv3d(C, D), winograd.convolve),
    "down": (lambda: SameConv3d(C, D, 4, stride=2), winograd.convolve_down),
    "up": (lambda: SameConvTranspose3d(C, D), winograd.convolve_up),
}


@pytest.fixture(params=KINDS)
def kind(request):
    torch.manual_seed(0)
    make, fast = KINDS[request.param]
    return make(), fast


# one plane, few, four as in a triplane with its UV plane, more; sides that no tile divides
@pytest.mark.parametrize(
    "size", [(4, 16, 16), (3, 10, 14), (2, 6, 30), (1, 8, 8), (5, 4, 4)], ids=str
)
@torch.no_grad()
def test_it_is_the_plain_convolution(kind, size):
    conv, fast = kind
    x = torch.randn(B, C, *size)
    given = fast(x, conv.weight, conv.bias)
    assert relative_error(given, plain(conv, x)) < TOLERANCE


@torch.no_grad()
def test_bands_of_rows_join_without_a_seam(kind, monkeypatch):
    conv, fast = kind
    x = torch.randn(B, C, 4, 24, 20)
    whole = fast(x, conv.weight, conv.bias)
    for kept in (winograd.KEPT, 0):  # filters kept from band to band, and made again
        monkeypatch.setattr(winograd, "BAND", 1)
        monkeypatch.setattr(winograd, "KEPT", kept)
        assert relative_error(fast(x, conv.weight, conv.bias), whole) < 1e-6


@torch.no_grad()
def test_layers_take_it_where_no_gradient_is_wanted(kind):
    conv, fast = kind
    x = torch.randn(B, C, 4, 16, 16)
    assert torch.equal(conv(x), fast(x, conv.weight, conv.bias))


def test_gradients_are_those_of_the_plain_convolution(kind):
    conv, _ = kind
    x = torch.randn(B, C, 4, 16, 16, requires_grad=True)
    conv(x).sum().backward()
    assert x.grad is not None
    assert conv.weight.grad is not None
    with torch.no_grad():
        assert relative_error(conv(x), plain(conv, x)) < TOLERANCE


@torch.no_grad()
def test_the_number_of_threads_does_not_change_the_result(kind):
    conv, fast = kind
    x = torch.randn(1, C, 4, 20, 20)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = fast(x, conv.weight, conv.bias)
        torch.set_num_threads(3)
        three = fast(x, conv.weight, conv.bias)
    finally:
        torch.set_num_threads(before)
    assert relative_error(three, one) < 1e-6


@pytest.mark.parametrize("planes", [1, 2, 3, 4, 7])
@pytest.mark.parametrize(
    ("plan", "before", "taps"), [(products_of_three, 1, 3), (products_of_four, 2, 4)]
)
def test_products_along_the_planes_make_a_correlation(planes, plan, before, taps):
    made = plan(planes)
    g, x = torch.randn(taps).double(), torch.randn(planes).double()
    read, along, write = (torch.from_numpy(part) for part in (made.read, made.taps, made.write))
    expected = [
        sum(g[k] * x[min(max(p + k - before, 0), planes - 1)] for k in range(taps))
        for p in range(planes)
    ]
    torch.testing.assert_close(write @ ((along @ g) * (read @ x)), torch.stack(expected))
    assert len(made.read) < planes * taps or planes == 1
