"""Counts words."""

import re
from collections import Counter


def tally(text: str) -> Counter[str]:
    """How often each word is in a text, whatever its case."""
    return Counter(re.findall(r"\w+", text.lower()))
