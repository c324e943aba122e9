import pytest
import torch

from avatarartist_core.nn.conv3d import ResBlock3d, SameConv3d, SameConvTranspose3d, replicate_pad

TOLERANCE = 1e-5  # absolute, on values of order one
B, C, D, P, H, W = 2, 3, 5, 4, 4, 6


@pytest.fixture
def planes():
    return torch.randn(B, C, P, H, W, generator=torch.Generator().manual_seed(0))


def at(x, plane, row, column):
    """Values at an index, replicated beyond the border."""
    sizes = x.shape[2:]
    plane, row, column = (
        min(max(index, 0), size - 1)
        for index, size in zip((plane, row, column), sizes, strict=True)
    )
    return x[:, :, plane, row, column]


def convolved_slowly(x, conv, kernel, stride):
    before = [(kernel - step + 1) // 2 for step in (1, stride, stride)]
    out = torch.zeros(B, D, P, H // stride, W // stride)
    for p, i, j in torch.cartesian_prod(*(torch.arange(n) for n in out.shape[2:])).tolist():
        total = conv.bias.repeat(B, 1)
        for a, b, c in torch.cartesian_prod(*[torch.arange(kernel)] * 3).tolist():
            where = (p + a - before[0], i * stride + b - before[1], j * stride + c - before[2])
            total = total + at(x, *where) @ conv.weight[:, :, a, b, c].T
        out[:, :, p, i, j] = total
    return out


@pytest.mark.parametrize(("kernel", "stride"), [(3, 1), (4, 2), (4, 1), (1, 1)])
@torch.no_grad()
def test_a_convolution_keeps_the_stack_and_replicates_its_border(planes, kernel, stride):
    conv = SameConv3d(C, D, kernel, stride)
    expected = convolved_slowly(planes, conv, kernel, stride)
    torch.testing.assert_close(conv(planes), expected, atol=TOLERANCE, rtol=0)


@torch.no_grad()
def test_a_transposed_convolution_doubles_height_and_width(planes):
    conv = SameConvTranspose3d(C, D)
    out = conv.bias.view(1, D, 1, 1, 1).repeat(B, 1, P, 2 * H, 2 * W)
    # every padded input position writes its 4 x 4 x 4 taps; 3 positions are cropped on each side
    for p in range(-2, P + 1):
        for i in range(-1, H + 1):
            for j in range(-1, W + 1):
                for a, b, c in torch.cartesian_prod(*[torch.arange(4)] * 3).tolist():
                    q, r, s = p + 2 + a - 3, 2 * (i + 1) + b - 3, 2 * (j + 1) + c - 3
                    if 0 <= q < P and 0 <= r < 2 * H and 0 <= s < 2 * W:
                        out[:, :, q, r, s] += at(planes, p, i, j) @ conv.weight[:, :, a, b, c]
    torch.testing.assert_close(conv(planes), out, atol=TOLERANCE, rtol=0)


def test_the_larger_half_of_the_padding_comes_first(planes):
    padded = replicate_pad(planes, (4, 4, 4), (1, 2, 2))
    assert padded.shape == (B, C, P + 3, H + 2, W + 2)
    assert torch.equal(padded[:, :, 0, 1:-1, 1:-1], planes[:, :, 0])
    assert torch.equal(padded[:, :, 2:6, 1:-1, 1:-1], planes)


def test_a_residual_block_starts_from_its_input_and_passes_gradients(planes):
    block = ResBlock3d(8, groups=2)
    x = torch.randn(B, 8, P, H, W, requires_grad=True)
    out = block(x)
    out.square().sum().backward()
    assert x.grad is not None
    assert x.grad.abs().min() > 0
    with torch.no_grad():
        torch.testing.assert_close(block(x), out, atol=TOLERANCE, rtol=0)
        block.conv2.weight.zero_()
        block.conv2.bias.zero_()
        assert torch.equal(block(x), x)


def test_normalisation_leaves_its_input_alone_without_gradients(planes):
    block = ResBlock3d(8, groups=2)
    x = torch.randn(B, 8, P, H, W)
    kept = x.clone()
    with torch.no_grad():
        block(x)
    assert torch.equal(x, kept)
