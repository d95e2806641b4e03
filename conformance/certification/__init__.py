"""Certificates: a run over frozen requirements, the statement about it, and its verification."""
