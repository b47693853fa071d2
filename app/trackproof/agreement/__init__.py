"""Two label sets of one sequence, side by side: matching, metrics, and detections linked into tracks."""
