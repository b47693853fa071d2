"""Tables, pictures and pages for people who were not there."""

from trackproof.reports.flag_table import COLUMNS, FlagRow, as_csv, as_json, flag_rows

__all__ = ["COLUMNS", "FlagRow", "as_csv", "as_json", "flag_rows"]
