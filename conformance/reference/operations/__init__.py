"""What each operation does once its input is valid."""

from __future__ import annotations

from types import MappingProxyType

from conformance.reference.behaviour import Handler
from conformance.reference.operations.downstream import (
    create_endpoint_config,
    create_transform_job,
    delete_endpoint_config,
    describe_endpoint_config,
    list_endpoint_configs,
)
from conformance.reference.operations.models import (
    create_model,
    delete_model,
    describe_model,
    list_models,
)
from conformance.reference.operations.tagging import add_tags, delete_tags, list_tags

HANDLERS: MappingProxyType[str, Handler] = MappingProxyType(
    {
        "CreateModel": create_model,
        "DescribeModel": describe_model,
        "DeleteModel": delete_model,
        "ListModels": list_models,
        "AddTags": add_tags,
        "ListTags": list_tags,
        "DeleteTags": delete_tags,
        "CreateEndpointConfig": create_endpoint_config,
        "DescribeEndpointConfig": describe_endpoint_config,
        "DeleteEndpointConfig": delete_endpoint_config,
        "ListEndpointConfigs": list_endpoint_configs,
        "CreateTransformJob": create_transform_job,
    }
)

__all__ = ["HANDLERS"]
