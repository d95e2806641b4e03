"""awsJson 1.1 without I/O: calls are encoded and signed here, replies are decoded."""

from conformance.wire.messages import Call, Reply, TransportFault, encode
from conformance.wire.reading import Reading, read

__all__ = ["Call", "Reading", "Reply", "TransportFault", "encode", "read"]
