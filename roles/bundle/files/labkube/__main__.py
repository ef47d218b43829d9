"""Where Python enters the packed file."""

import sys

from labkube.cli import main

sys.exit(main(sys.argv))
