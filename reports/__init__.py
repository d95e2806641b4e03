"""Reports: pure functions of the recorded run, one module for each form."""
