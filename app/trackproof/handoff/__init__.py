"""What leaves and comes back: focus windows, manifests, jobs."""
