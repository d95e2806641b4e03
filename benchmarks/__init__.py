"""How fast the suite is, measured: ``python -m benchmarks`` (``make bench``). Not in the wheel."""
