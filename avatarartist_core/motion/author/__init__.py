"""The script that performs the bundled clips: ``python -m avatarartist_core.motion.author``.

Every movement is written down here as keyframes, visemes and seeded noise; nothing was recorded.
"""
