"""A review on disk: flags, verdicts, edit journal."""
