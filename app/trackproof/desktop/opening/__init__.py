"""Getting labels and frames into the window."""
