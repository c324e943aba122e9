"""Procedural heads with exact labels: the portrait source ``synthetic``.

Every number comes from an explicit seed. What others may call:

- ``person.person(seed, config)``: one person: shape, skin, eyes, hair, clothes and light.
- ``expressions.random_expression(rng)`` and ``expressions.random_gaze(rng)``.
- ``views.random_view(rng, config)``: a (25,) EG3D label of a camera round the head at rest.
- ``draw.draw(person, expression, gaze, camera, side)``: the person before nothing: straight colour,
  alpha, depth, landmarks and weak-perspective fit, with ``over(background)`` for a picture.
- ``background.random_background(rng, side)``: a (P, P, 3) picture.
- ``source.Synthetic``: the above put together as a ``PortraitSource``.
"""
