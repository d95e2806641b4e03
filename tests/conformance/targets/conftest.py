"""Servers for targets to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fakes.raw_server import Server, serving


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """A function that starts servers; all are ended afterwards."""
    with serving() as start:
        yield start
