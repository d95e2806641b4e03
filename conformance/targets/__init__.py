"""Who is asked: one small module per kind of target behind one protocol, bytes in, bytes out."""

from conformance.targets.protocol import Target, TargetOptions, TargetProblem, check
from conformance.targets.resolve import is_aws, is_elsewhere, outlives_us, resolve

__all__ = [
    "Target",
    "TargetOptions",
    "TargetProblem",
    "check",
    "is_aws",
    "is_elsewhere",
    "outlives_us",
    "resolve",
]
