#!/usr/bin/env python3
"""How do I start, test and check Gonghai? `python3 run.py help` lists the words."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  an older Python must get as far as this line
    sys.exit(
        "Gonghai needs Python 3.11 or newer; this is %d.%d.\n"  # noqa: UP031
        "Install one (Debian 12, Ubuntu 24.04 and later: apt install python3 python3-venv)\n"
        "and start it by its name, for example: python3.12 run.py" % sys.version_info[:2]
    )

from runner.words import main  # the line above must come first

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
