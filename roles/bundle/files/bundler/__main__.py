"""Command line of the bundler: `python -m bundler plan|build NAME|tools`; answers in JSON on standard output."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from .errors import BundleError
from .tools import require_tools
from .workshop import Workshop


def main() -> int:
    """Run one command. Exit status 1 comes with one sentence per finding on standard error."""
    parser = argparse.ArgumentParser(prog="bundler", description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True, help="the bundle's directory")
    parser.add_argument("--cache", type=Path, required=True, help="where compiled programs and logs are kept")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("plan", help="hash what is there and list what must be made")
    commands.add_parser("build", help="make one artefact").add_argument("name")
    commands.add_parser("tools", help="check that everything that a build calls is installed")
    arguments = parser.parse_args()
    workshop = Workshop(arguments.bundle, arguments.cache)
    try:
        answer: dict[str, Any]
        match arguments.command:
            case "plan":
                answer = workshop.plan()
            case "build":
                answer = workshop.build(arguments.name)
            case _:
                answer = {"go": require_tools(arguments.cache)}
    except BundleError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
