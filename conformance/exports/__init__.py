"""What this suite knows, for other tools: an OpenAPI document, JSON Schemas, labelled requests."""
