"""Tables and pictures for people who were not there."""
