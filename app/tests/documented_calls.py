"""The curl commands of docs/app.md, with the statuses that stand below them."""

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "app.md").read_text(encoding="utf-8")
_FENCES = re.findall(r"^```sh\n(.*?)^```\n(?:\nStatus(?:es)?: ([\d, ]+)\.\n)?", PAGE, re.MULTILINE | re.DOTALL)
_CALLS = [(re.findall(r"^curl .*", commands, re.MULTILINE), statuses.split(", ")) for commands, statuses in _FENCES]

# Where a number of statuses is not that of the calls above it, that fence's calls; there should be none.
MISCOUNTED = [calls for calls, statuses in _CALLS if calls and len(calls) != len(statuses)]
CALLS = [call for calls, statuses in _CALLS if calls for call in zip(calls, statuses, strict=False)]
