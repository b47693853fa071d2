"""What the labeling service accepts, in one place.

Figures of the public SageMaker developer guide for video frame jobs ("Input Data Quotas", "Create
a Labeling Category Configuration File") and of the botocore service model.
"""

from __future__ import annotations

FRAMES_PER_SEQUENCE = 2_000
SEQUENCES_PER_MANIFEST = 10

MANIFEST_LINE_CHARACTERS = 100_000
MANIFEST_ATTRIBUTE_CHARACTERS = 20_000

SHORT_INSTRUCTION_CHARACTERS = 254
FULL_INSTRUCTION_CHARACTERS = 2_047

LABELS = 30
LABEL_CHARACTERS = 16
READ_LABEL_CHARACTERS = 256
"""The general quota page allows longer category names than the video frame table."""

ATTRIBUTE_NAME_CHARACTERS = 16
ATTRIBUTE_DESCRIPTION_CHARACTERS = 128
ATTRIBUTES_PER_LABEL = 10
FREE_TEXT_ATTRIBUTES_PER_LABEL = 5
FRAME_ATTRIBUTES = 10
FREE_TEXT_FRAME_ATTRIBUTES = 5
ENUM_VALUES = 10
ENUM_VALUE_CHARACTERS = 16

FRAME_SUFFIXES = (".jpg", ".jpeg", ".png")
