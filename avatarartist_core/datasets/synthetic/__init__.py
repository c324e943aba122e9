"""Procedural heads with exact labels: the portrait source ``synthetic``.

Every number comes from an explicit seed. What others may call, each from the module named:

- ``person.person(seed, config)``: one person: shape, skin, eyes, hair, clothes, light, what they
  have on. ``seed`` is a number or a list of them. The costly half of a sample: keep it for views.
- ``expressions.random_expression(rng)`` and ``expressions.random_gaze(rng)``: (52,) and (2,).
- ``views.random_view(rng, config)`` and ``views.view(angles, config)``: a (25,) EG3D label of a
  camera round the head, which stands still in the world of the ``anny-head`` window.
- ``draw.draw(person, expression, gaze, camera, side)``: a ``Drawing``: colour multiplied by alpha,
  alpha, depth, landmarks, weak-perspective fit; ``Drawing.over(background)`` is a picture.
- ``background.random_background(rng, side)``: a (P, P, 3) picture.
- ``source.Synthetic``: the above put together as a ``PortraitSource``.
"""
