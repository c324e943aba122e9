from aa_facemesh.plugin import aa_components
from avatarartist_core.testing import FeatureContract, MotionEncoderContract

ENCODER, FEATURES = aa_components()


class TestFacemesh(MotionEncoderContract):
    entry = ENCODER


class TestFacemeshFeatures(FeatureContract):
    entry = FEATURES
