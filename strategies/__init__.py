"""How to make CreateModel requests: inside, at and beyond every limit of the specification.

Hypothesis strategies for your own tests are imported from here, for instance
``from strategies import create_model_requests, model_names, role_arns, violating_requests``.
They are loaded when they are first asked for: the enumerated cases need no Hypothesis.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from strategies.exploration import violating_requests as violating_requests
    from strategies.requests import containers as containers
    from strategies.requests import create_model_requests as create_model_requests
    from strategies.requests import environments as environments
    from strategies.requests import tags as tags
    from strategies.requests import vpc_configs as vpc_configs
    from strategies.resources import Resources as Resources
    from strategies.strings import account_ids as account_ids
    from strategies.strings import channel_names as channel_names
    from strategies.strings import container_hostnames as container_hostnames
    from strategies.strings import container_images as container_images
    from strategies.strings import entity_tags as entity_tags
    from strategies.strings import environment_keys as environment_keys
    from strategies.strings import environment_values as environment_values
    from strategies.strings import hub_content_arns as hub_content_arns
    from strategies.strings import inference_specification_names as inference_specification_names
    from strategies.strings import metrics_endpoint_paths as metrics_endpoint_paths
    from strategies.strings import model_data_urls as model_data_urls
    from strategies.strings import model_names as model_names
    from strategies.strings import model_package_names as model_package_names
    from strategies.strings import (
        repository_credentials_provider_arns as repository_credentials_provider_arns,
    )
    from strategies.strings import role_arns as role_arns
    from strategies.strings import security_group_ids as security_group_ids
    from strategies.strings import subnet_ids as subnet_ids
    from strategies.strings import tag_keys as tag_keys
    from strategies.strings import tag_values as tag_values

_HOMES = {
    "strategies.exploration": ("violating_requests",),
    "strategies.requests": (
        "containers",
        "create_model_requests",
        "environments",
        "tags",
        "vpc_configs",
    ),
    "strategies.resources": ("Resources",),
    "strategies.strings": (
        "account_ids",
        "channel_names",
        "container_hostnames",
        "container_images",
        "entity_tags",
        "environment_keys",
        "environment_values",
        "hub_content_arns",
        "inference_specification_names",
        "metrics_endpoint_paths",
        "model_data_urls",
        "model_names",
        "model_package_names",
        "repository_credentials_provider_arns",
        "role_arns",
        "security_group_ids",
        "subnet_ids",
        "tag_keys",
        "tag_values",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'strategies' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
