from dataclasses import replace

import numpy as np

from aa_faceverse.fit import Solution, fit_landmarks, model_of, shared_identity, solve
from avatarartist_core.heads.mesh_map import mesh_maps
from avatarartist_core.motion import ARKIT
from avatarartist_core.motion.angles import rotation_from_angles

JAW, SMILE = ARKIT.index("jawOpen"), ARKIT.index("mouthSmileLeft")


def truth(angles=(0.2, -0.1, 0.05), eyes=(0.1, -0.2, 0.1, -0.2), **expression):
    rng = np.random.default_rng(4)
    identity = np.zeros(150)
    identity[:20] = rng.normal(size=20)
    coefficients = np.zeros(171)
    for name, value in expression.items():
        coefficients[ARKIT.index(name)] = value
    rotation = rotation_from_angles(np.array(angles, np.float32)).astype(np.float64)
    return Solution(
        identity, coefficients, rotation, 70.0, np.array([130.0, -140.0]), np.array(eyes)
    )


def landmarks_of(basis, solution):
    """Draw the landmarks as a face finder would see them: pixels, y down."""
    model = model_of(basis)
    points = np.zeros((478, 3))
    points[:468] = model.face(solution.identity, solution.expression)
    for eye, (pitch, yaw) in zip(model.eyes, solution.eyes.reshape(2, 2), strict=True):
        middle, *iris = eye.points(solution.identity, solution.expression)
        turn = rotation_from_angles(np.array([yaw, -pitch, 0], np.float32))
        points[eye.numbers] = (np.array(iris) - middle) @ turn.T + middle
    depth = solution.scale * (points @ solution.rotation.T)[:, 2]
    flat = solution.projected(points)
    return np.stack([flat[:, 0], -flat[:, 1], -depth], 1).astype(np.float32)


def missed(basis, solution, landmarks):
    """Return the rms distance in head units of a fit's landmarks from those given."""
    drawn = landmarks_of(basis, solution)
    return float(np.sqrt((((drawn - landmarks)[:468, :2] / 70) ** 2).sum(1).mean()))


def test_a_face_is_found_again(basis):
    wanted = truth(jawOpen=0.7, mouthSmileLeft=0.6)
    landmarks = landmarks_of(basis, wanted)
    found = solve(model_of(basis), landmarks, steps=12)
    assert missed(basis, found, landmarks) < 0.01
    assert (found.expression >= 0).all()
    turn = found.rotation @ wanted.rotation.T
    assert np.degrees(np.arccos((np.trace(turn) - 1) / 2)) < 3
    np.testing.assert_allclose(found.eyes, wanted.eyes, atol=0.08)


def test_a_known_identity_gives_the_expression_exactly(basis):
    wanted = truth(jawOpen=0.7)
    landmarks = landmarks_of(basis, wanted)
    begin = replace(solve(model_of(basis), landmarks, steps=2), identity=wanted.identity)
    found = solve(model_of(basis), landmarks, begin, identity_is_known=True, steps=12)
    assert abs(found.expression[JAW] - 0.7) < 0.1
    assert found.expression[SMILE] < 0.1
    assert missed(basis, found, landmarks) < 0.006


def test_several_frames_share_one_identity(basis):
    faces = [
        landmarks_of(basis, truth(angles=(yaw, 0.1 * yaw, 0), jawOpen=jaw))
        for yaw, jaw in ((-0.4, 0.0), (0.0, 0.5), (0.4, 0.2))
    ]
    identity = shared_identity(model_of(basis), faces)
    assert identity.shape == (150,)
    model = model_of(basis)
    still = np.zeros(171)
    apart = model.face(identity, still) - model.face(truth().identity, still)
    unlike = model.mean - model.face(truth().identity, still)
    assert np.sqrt((apart**2).mean()) < 0.5 * np.sqrt((unlike**2).mean())


def test_a_fit_of_a_portrait_is_weak_perspective(basis, head):
    wanted = truth(jawOpen=0.3)
    landmarks = landmarks_of(basis, wanted)
    fit = fit_landmarks(basis, landmarks)
    assert fit.expression.shape == (175,)
    points = head.landmarks(head.vertices(fit.identity, fit.expression))
    drawn = fit.project(points)[:468, :2]
    assert np.abs(drawn - landmarks[:468, :2]).mean() < 1.5  # pixels of a face 100 wide
    assert fit.rms < 0.01
    assert mesh_maps(head, fit.identity, fit.expression[None])[0, ..., 2].mean() > 0.3
