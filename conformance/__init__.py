"""Conformance of implementations of the SageMaker CreateModel API, judged rule by rule."""

__version__ = "0.1.0"
