"""Hostile targets: servers on a loopback port, each named by its vice and otherwise right.

``VICES`` is the catalogue: a vice is a function with one line that says what it does.
"""

from fakes.hostile.bodies import BODIES
from fakes.hostile.excess import EXCESS
from fakes.hostile.moods import MOODS
from fakes.hostile.serving import HostileServer, Vice, hostile
from fakes.hostile.transport import TRANSPORT

VICES: dict[str, Vice] = {each.__name__: each for each in (*TRANSPORT, *EXCESS, *BODIES, *MOODS)}

__all__ = ["VICES", "HostileServer", "Vice", "hostile"]
