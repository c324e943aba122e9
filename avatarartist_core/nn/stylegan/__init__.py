"""StyleGAN2-style parts: layers with equalised learning rate, FIR resampling, synthesis networks.

Written from the published mathematics (Karras et al., "Analyzing and Improving the Image Quality
of StyleGAN", 2020; "Alias-free resampling" filters of 2020). Public names:

- ``fir``: ``upfirdn``, ``upsample``, ``downsample``, ``smooth``
- ``activation``: ``bias_activation``, ``Activation``
- ``layers``: ``EqualLinear``, ``EqualConv2d``, ``resampling_conv``
- ``modulation``: ``modulated_weight``, ``modulated_conv``
- ``noise``: ``Noise``, ``NoiseFeed``
- ``synthesis``: ``SynthesisLayer``, ``ToImage``, ``SynthesisBlock``, ``SynthesisNetwork``,
  ``blend``
- ``mapping``: ``MappingNetwork``, ``LatentMapping``, ``truncate``
- ``super_resolution``: ``SuperResolution``
- ``raster_encoder``: ``RasterEncoder``
- ``fixed``: ``fixed_synthesis``, ``fixed_super_resolution``, ``fixed_encoder``: prepared for speed
  where latents and weights stay the same
- ``official``: ``Names``, ``StyleKeyMap`` and the names published checkpoints give to each part
"""
