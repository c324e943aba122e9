import numpy as np
import pytest
import torch

from aa_faceverse.align import aligned, similarity, three_points
from aa_faceverse.network import LENGTH, MotionNetwork
from aa_faceverse.weights import key_map, network_from_official, network_to_official
from avatarartist_core.errors import WeightsError
from avatarartist_core.testing import sample_portrait


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(1)
    return MotionNetwork().eval()


def test_eye_emotion_and_mouth_make_548_numbers(network):
    assert LENGTH == 548
    pictures = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.no_grad():
        motion = network(pictures)
        features = network.backbone(pictures)
        assert motion.shape == (1, 548)
        np.testing.assert_array_equal(motion[:, :6], network.eye(features))
        np.testing.assert_array_equal(motion[:, 6:36], network.emotion(features))
        np.testing.assert_array_equal(motion[:, 36:], network.mouth.hidden(features))


def test_the_authors_names_come_and_go(network):
    official = network_to_official(network)
    for name, shape in {
        "model.conv1.weight": (64, 3, 7, 7),
        "model.conv2.downsample.2.weight": (128, 64, 1, 1),
        "model.m0.b1_4.conv3.weight": (64, 64, 3, 3),
        "model.m0.b2_plus_1.bn1.running_var": (256,),
        "model.l0.weight": (68, 256, 1, 1),
        "model.conv6.weight": (1, 68, 3, 3),
        "model.fc.weight": (512, 784),
        "to_mouth.3.weight": (512, 512),
        "mouth_embed.1.weight": (500, 512),
        "headpose_embed.1.weight": (6, 512),
        "eye_embed.1.weight": (6, 512),
        "emo_embed.1.weight": (30, 512),
    }.items():
        assert tuple(official[name].shape) == shape, name
    again = network_from_official(official)
    for name, tensor in network.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], tensor, rtol=0, atol=0)
    assert len(key_map().ours) == len(official)


@pytest.mark.parametrize("wrap", [lambda s: {"state_dict": s, "epoch": 3}, lambda s: s])
def test_wrapping_other_heads_and_old_files_are_understood(network, wrap):
    official = network_to_official(network)
    plain = {
        f"module.{name}": tensor
        for name, tensor in official.items()
        if not name.endswith("num_batches_tracked")
    }
    plain["module.classifier.weight"] = torch.zeros(3, 512)
    again = network_from_official(wrap(plain))
    torch.testing.assert_close(again.eye.project.weight, network.eye.project.weight)


def test_another_network_is_refused_in_a_sentence(network):
    with pytest.raises(WeightsError, match=r"motion_model\.pth of PD-FGC lacks"):
        network_from_official({"backbone.weight": torch.zeros(2)})
    wide = {**network_to_official(network), "model.fc.weight": torch.zeros(512, 10)}
    with pytest.raises(WeightsError, match=r"model\.fc\.weight is \(512, 10\)"):
        network_from_official(wide)


def test_a_similarity_is_the_least_squares_one():
    rng = np.random.default_rng(0)
    points, places = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    found = similarity(points, places)

    def missed(a, b, x, y):
        moved = points @ np.array([[a, -b], [b, a]]).T + (x, y)
        return ((moved - places) ** 2).sum()

    a, b, x, y = found[0, 0], found[1, 0], found[0, 2], found[1, 2]
    best = missed(a, b, x, y)
    for step in 1e-3 * np.concatenate([np.eye(4), -np.eye(4)]):
        assert missed(*(np.array([a, b, x, y]) + step)) > best


@pytest.mark.parametrize("side", [256, 1100])
def test_eyes_and_mouth_come_to_their_places(side):
    small = sample_portrait(256)
    grow = side / 256
    landmarks = (small.landmarks + 0.5) * np.float32(grow) - 0.5
    eyes = three_points(landmarks)
    picture = np.full((side, side, 3), 200, np.uint8)
    for x, y in eyes:  # a dark spot at each of the three points
        radius = max(round(3 * grow), 3)
        picture[
            round(y) - radius : round(y) + radius + 1, round(x) - radius : round(x) + radius + 1
        ] = 0
    cut = aligned(picture, landmarks).astype(np.float64)
    assert cut.shape == (224, 224, 3)
    # (87, 59), (137, 59), (112, 120) of 224, less the cut of 16 columns, 192 grown to 224.
    moved = similarity(eyes, np.array([[87, 59], [137, 59], [112, 120.0]]))
    for x, y in eyes @ moved[:, :2].T + moved[:, 2]:
        column, row = ((x - 16 + 0.5) * 224 / 192 - 0.5, (y + 0.5) * 224 / 192 - 0.5)
        near = cut[round(row) - 12 : round(row) + 13, round(column) - 12 : round(column) + 13, 0]
        weight = 200 - near
        rows, columns = np.indices(near.shape) - 12
        assert abs((weight * rows).sum() / weight.sum() - (row - round(row))) < 1
        assert abs((weight * columns).sum() / weight.sum() - (column - round(column))) < 1
