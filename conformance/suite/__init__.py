"""The suite for pytest: one item for each side of each rule.

Run it as ``pytest --pyargs conformance.suite --createmodel-target URL``, or import its one test
into a test module of your own: ``from conformance.suite.test_createmodel import test_createmodel``.
"""
