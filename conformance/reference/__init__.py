"""A conformant control plane for SageMaker models, in memory, and faults that can be switched on.

It shares no code with the rest of the suite: a mistake would have to be made twice to stay hidden.
The catalogue of faults is ``conformance.reference.faults``; whoever wants none need not load it.
"""

from conformance.reference.errors import ConnectionDropped
from conformance.reference.factory import UnknownFault, application
from conformance.reference.messages import Reply, Request
from conformance.reference.server import Server
from conformance.reference.service import Service
from conformance.reference.strict import Strict
from conformance.reference.undecided import UNDECIDED
from conformance.reference.wsgi import Application

__all__ = [
    "UNDECIDED",
    "Application",
    "ConnectionDropped",
    "Reply",
    "Request",
    "Server",
    "Service",
    "Strict",
    "UnknownFault",
    "application",
]
