"""Every kind of picture file becomes the same upright RGB, or is refused in one sentence."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from avatarartist_core.errors import InputError
from avatarartist_core.prepare.decode import decode

SIDES = (60, 40)


@pytest.fixture
def scene():
    """(40, 60, 3) RGB: red above left, green above right, blue below, smooth within."""
    picture = np.zeros((40, 60, 3), np.uint8)
    picture[:20, :30] = (200, 40, 40)
    picture[:20, 30:] = (40, 180, 60)
    picture[20:] = (50, 60, 190)
    return picture


def off(picture, scene):
    return np.abs(picture.astype(int) - scene).mean()


@pytest.mark.parametrize(
    ("name", "mode", "tolerance"),
    [
        ("a.png", "RGB", 0),
        ("a.bmp", "RGB", 0),
        ("a.tiff", "RGB", 0),
        ("a.webp", "RGB", 6),
        ("a.jpg", "RGB", 6),
        ("a.gif", "P", 6),
        ("palette.png", "P", 6),
        ("cmyk.jpg", "CMYK", 12),
        ("cmyk.tiff", "CMYK", 12),
        ("lab.tiff", "LAB", 12),
    ],
)
def test_formats_and_colour_modes(tmp_path, scene, name, mode, tolerance):
    from PIL import ImageCms

    image = Image.fromarray(scene)
    if mode == "LAB":
        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        image = ImageCms.profileToProfile(image, srgb, lab, outputMode="LAB")
    else:
        image = image.convert(mode, palette=Image.Palette.ADAPTIVE)
    image.save(tmp_path / name)
    decoded = decode(tmp_path / name)
    assert decoded.picture.dtype == np.uint8
    assert decoded.picture.shape == (40, 60, 3)
    assert decoded.alpha is None
    assert off(decoded.picture, scene) <= tolerance


@pytest.mark.parametrize("mode", ["L", "1", "LA"])
def test_grey_becomes_rgb(tmp_path, scene, mode):
    Image.fromarray(scene).convert("L").convert(mode).save(tmp_path / "a.png")
    picture = decode(tmp_path / "a.png").picture
    assert picture.shape == (40, 60, 3)
    assert (picture[..., 0] == picture[..., 2]).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_become_eight(tmp_path, scene, channels):
    deep = scene.astype(np.uint16) * 257
    cv2.imwrite(str(tmp_path / "a.png"), deep[..., ::-1] if channels == 3 else deep[..., 0])
    expected = scene if channels == 3 else np.repeat(scene[..., :1], 3, axis=2)
    assert off(decode(tmp_path / "a.png").picture, expected) <= 1


def test_float_grey_becomes_eight_bit(tmp_path, scene):
    Image.fromarray(scene[..., 0].astype(np.float32) / 255).save(tmp_path / "a.tiff")
    assert off(decode(tmp_path / "a.tiff").picture, scene[..., :1]) <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_orientation_flag_is_obeyed(tmp_path, scene, orientation):
    turned = {
        1: scene,
        2: scene[:, ::-1],
        3: scene[::-1, ::-1],
        4: scene[::-1],
        5: scene.transpose(1, 0, 2),
        6: np.rot90(scene, 1),
        7: scene[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(scene, -1),
    }[orientation]
    image = Image.fromarray(np.ascontiguousarray(turned))
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(decode(tmp_path / "a.png").picture, scene)


def test_transparency_is_kept_and_laid_over_a_neutral_ground(tmp_path, scene):
    alpha = np.zeros((40, 60), np.uint8)
    alpha[:, :30] = 255
    Image.fromarray(np.dstack([scene, alpha])).save(tmp_path / "a.png")
    decoded = decode(tmp_path / "a.png")
    np.testing.assert_array_equal(decoded.alpha, alpha)
    np.testing.assert_array_equal(decoded.picture[:, :30], scene[:, :30])
    ground = decoded.picture[:, 30:].reshape(-1, 3)
    assert (ground == ground[0]).all()
    assert np.ptp(ground[0].astype(int)) == 0


def test_a_palette_with_a_clear_colour_is_transparent(tmp_path, scene):
    image = Image.fromarray(scene).convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    image.save(tmp_path / "a.png", transparency=int(np.asarray(image)[30, 30]))
    alpha = decode(tmp_path / "a.png").alpha
    assert alpha[30, 30] == 0
    assert alpha[5, 5] == 255


def test_an_opaque_alpha_channel_is_none(tmp_path, scene):
    Image.fromarray(scene).convert("RGBA").save(tmp_path / "a.png")
    assert decode(tmp_path / "a.png").alpha is None


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_an_animation_gives_its_first_frame(tmp_path, scene, name):
    first, second = Image.fromarray(scene), Image.fromarray(255 - scene)
    first.save(tmp_path / name, save_all=True, append_images=[second], duration=100)
    assert off(decode(tmp_path / name).picture, scene) < 8


def png_of_size(width, height):
    """A PNG file that claims a size and holds next to nothing."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))


BAD = {
    "empty.png": (b"", "is empty"),
    "words.jpg": (b"this is no picture at all\n" * 20, "is not a picture"),
    "bomb.png": (png_of_size(60_000, 60_000), "is too large"),
    "large.png": (png_of_size(12_000, 9_000), "is too large: 12000 x 9000 pixels"),
    "tiny.png": (png_of_size(8, 8), "is too small: 8 x 8 pixels"),
    "cut.png": (png_of_size(64, 64), "is damaged or cut short"),
    "phone.heic": (b"\x00\x00\x00\x18ftypheic" + bytes(60), "is a HEIC picture"),
    "renamed.jpg": (b"\x00\x00\x00\x18ftypheic" + bytes(60), "is a HEIC picture"),
    "clip.png": (b"\x00\x00\x00\x18ftypisom" + bytes(60), "is a video"),
    "code.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a picture"),
    "script.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n", "is not a picture"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_refused_in_one_sentence(tmp_path, name):
    content, said = BAD[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        decode(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "gif", "tiff"])
def test_a_truncated_file_is_refused(tmp_path, ending):
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
    path = tmp_path / f"a.{ending}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError):
        decode(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match="there is no picture"):
        decode(tmp_path / "nowhere.png")
    with pytest.raises(InputError, match="is a folder"):
        decode(tmp_path)
