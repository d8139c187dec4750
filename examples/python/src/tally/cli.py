"""tally TEXT: a line for each word, the most frequent one first."""

import sys

from tally import tally


def main() -> int:
    """Entry point of the program `tally`."""
    if len(sys.argv) < 2:
        print("tally: expected a text, for example: tally one two one", file=sys.stderr)
        return 1
    for word, count in tally(" ".join(sys.argv[1:])).most_common():
        print(f"{count} {word}")
    return 0
