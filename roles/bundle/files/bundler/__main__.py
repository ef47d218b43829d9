"""Command line of the bundler: `python -m bundler plan|build|save|tools`; answers in JSON on standard output.

Lines on standard error that begin with `progress:` tell how a download gets on.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from .errors import BundleError
from .node import node_recipe
from .recipe import Tools
from .releases import system
from .settings import Settings
from .source import NAMES, choose
from .store import Store
from .tools import require_tools
from .workshop import Workshop


def main() -> int:
    """Run one command. Exit status 1 comes with one sentence per finding on standard error."""
    parser = argparse.ArgumentParser(prog="bundler", description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True, help="the bundle's directory")
    parser.add_argument("--cache", type=Path, required=True, help="where compiled programs and logs are kept")
    parser.add_argument("--source", choices=("auto", *NAMES), default="packages", help="what fills the bundle")
    parser.add_argument("--settings", type=json.loads, default={}, help="where releases come from, as JSON")
    parser.add_argument("--offline", action="store_true", help="look at no site to choose the source")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("plan", help="hash what is there and list what must be made")
    commands.add_parser("build", help="make one artefact").add_argument("name")
    saving = commands.add_parser("save", help="keep what a node's own apt fetches for nodes of its platform")
    saving.add_argument("platform", help="distribution, release and architecture: ubuntu-24.04-amd64")
    saving.add_argument("ssh", nargs=argparse.REMAINDER, help="the ssh command up to and including the node's name")
    commands.add_parser("tools", help="check that everything that a build calls is installed")
    arguments = parser.parse_args()
    try:
        answer: dict[str, Any]
        match arguments.command:
            case "plan":
                answer = _workshop(arguments).plan()
            case "build":
                answer = _workshop(arguments).build(arguments.name)
            case "save":
                answer = _workshop(arguments).make(node_recipe(arguments.platform, arguments.ssh))
            case _:
                answer = {"go": require_tools(arguments.cache, Tools if system() == "linux" else {Tools.GO})}
    except BundleError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(answer))
    return 0


def _workshop(arguments: argparse.Namespace) -> Workshop:
    filled_by = Store(arguments.bundle, {}).filled_by()
    source = choose(arguments.source, filled_by, Settings(**arguments.settings), offline=arguments.offline)
    return Workshop(arguments.bundle, arguments.cache, source)


if __name__ == "__main__":
    sys.exit(main())
