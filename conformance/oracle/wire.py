"""The ``wire/`` family: what a target makes of bytes that are not a plain awsJson 1.1 call.

A body that is an array, a string or a number is the business of ``CreateModel:type``.
"""

from __future__ import annotations

from conformance.oracle.scenario import Scenario
from conformance.oracle.wire_bodies import BODIES
from conformance.oracle.wire_headers import HEADERS
from conformance.oracle.wire_members import MEMBERS

WIRE: tuple[Scenario, ...] = (*BODIES, *MEMBERS, *HEADERS)
