import numpy as np
import pytest

from aa_faceverse.coefficients import LENGTH, Coefficients, rotation_of


def test_610_numbers_come_apart_where_the_authors_put_them():
    assert LENGTH == 610
    vector = np.arange(2 * 610, dtype=np.float32).reshape(2, 610)
    parts = Coefficients.split(vector)
    places = {
        "identity": (0, 150),
        "expression": (150, 321),
        "texture": (321, 572),
        "angles": (572, 575),
        "light": (575, 602),
        "translation": (602, 605),
        "eyes": (605, 609),
        "scale": (609, 610),
    }
    for name, (start, end) in places.items():
        np.testing.assert_array_equal(getattr(parts, name), vector[:, start:end])
    np.testing.assert_array_equal(parts.join(), vector)
    np.testing.assert_array_equal(Coefficients.split(vector[0]).join(), vector[0])


def test_another_number_of_them_is_a_mistake():
    with pytest.raises(ValueError, match=r"not \(\.\.\., 610\)"):
        Coefficients.split(np.zeros(611, np.float32))


def test_angles_turn_about_x_then_y_then_z():
    x, y, z = 0.3, -0.5, 0.9
    about_x = np.array([[1, 0, 0], [0, np.cos(x), -np.sin(x)], [0, np.sin(x), np.cos(x)]])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_z = np.array([[np.cos(z), -np.sin(z), 0], [np.sin(z), np.cos(z), 0], [0, 0, 1]])
    np.testing.assert_allclose(
        rotation_of(np.array([x, y, z])), about_z @ about_y @ about_x, atol=1e-6
    )
