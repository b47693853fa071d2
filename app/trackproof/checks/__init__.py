"""One module per check; findings and their ranking."""
