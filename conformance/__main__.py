"""``python -m conformance`` is the command ``createmodel-conformance``."""

from conformance.cli import main

main()
