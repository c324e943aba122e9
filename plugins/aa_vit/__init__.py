"""The paper's motion-aware ViT renderer."""
