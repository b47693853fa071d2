"""Files to labels and back: one module per format."""
