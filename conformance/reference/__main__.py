"""``python -m conformance.reference``: the service on a port of this machine until it is told to
stop.
"""

from __future__ import annotations

import sys

from conformance.reference.command import main

if __name__ == "__main__":
    sys.exit(main())
