from aa_facemesh.plugin import aa_components
from avatarartist_core.testing import MotionEncoderContract


class TestFacemesh(MotionEncoderContract):
    entry = next(iter(aa_components()))
