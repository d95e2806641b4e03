"""The inputs of the operations beside CreateModel. Source: the service model of botocore 1.44.5.

What endpoint configurations and transform jobs hold beyond the model's name is carried as
documents or looked at lightly: only the link to the model is of interest here.
"""

from __future__ import annotations

from types import MappingProxyType

from conformance.reference import patterns
from conformance.reference.create_model_shapes import CREATE_MODEL, MODEL_NAME, TAG_KEY, TAGS, URL
from conformance.reference.shapes import (
    Boolean,
    Document,
    Enumeration,
    Integer,
    List,
    Member,
    Number,
    Shape,
    String,
    Structure,
    optional,
    required,
)

RESOURCE_ARN = String("ResourceArn", max_length=256, pattern=patterns.SAGEMAKER_ARN)
NEXT_TOKEN = String("NextToken", max_length=8192, pattern=patterns.ONE_LINE)
NAME_CONTAINS = String("ModelNameContains", max_length=63, pattern=patterns.NAME_PART)
ENDPOINT_CONFIG_NAME = String("EndpointConfigName", max_length=63, pattern=patterns.SHORT_NAME)
VARIANT_NAME = String("VariantName", max_length=63, pattern=patterns.SHORT_NAME)
TRANSFORM_JOB_NAME = String(
    "TransformJobName", min_length=1, max_length=63, pattern=patterns.SHORT_NAME
)
PLAIN = String("String")


def _documents(*names: str) -> tuple[Member, ...]:
    return tuple(optional(each, Document(each)) for each in names)


PRODUCTION_VARIANT = Structure(
    "ProductionVariant",
    (
        required("VariantName", VARIANT_NAME),
        optional("ModelName", MODEL_NAME),
        optional("InitialInstanceCount", Integer("InitialTaskCount", minimum=1)),
        optional("InstanceType", PLAIN),  # more than a hundred values, and more each month
        optional("InitialVariantWeight", Number("VariantWeight", minimum=0)),
        *_documents(
            "InstancePools",
            "VariantInstanceProvisionTimeoutInSeconds",
            "AcceleratorType",
            "CoreDumpConfig",
            "ServerlessConfig",
            "VolumeSizeInGB",
            "ModelDataDownloadTimeoutInSeconds",
            "ContainerStartupHealthCheckTimeoutInSeconds",
            "EnableSSMAccess",
            "ManagedInstanceScaling",
            "RoutingConfig",
            "InferenceAmiVersion",
            "CapacityReservationConfig",
            "AcceleratorPartitionLayouts",
        ),
    ),
)
PRODUCTION_VARIANTS: Shape = List("ProductionVariantList", PRODUCTION_VARIANT, 1, 10)

CREATE_ENDPOINT_CONFIG = Structure(
    "CreateEndpointConfigInput",
    (
        required("EndpointConfigName", ENDPOINT_CONFIG_NAME),
        required("ProductionVariants", PRODUCTION_VARIANTS),
        optional("Tags", TAGS),
        optional("ShadowProductionVariants", PRODUCTION_VARIANTS),
        optional("EnableNetworkIsolation", Boolean("Boolean")),
        *_documents(
            "DataCaptureConfig",
            "KmsKeyId",
            "AsyncInferenceConfig",
            "ExplainerConfig",
            "ExecutionRoleArn",
            "VpcConfig",
            "MetricsConfig",
            "CrossRegionTrafficConfig",
        ),
    ),
)

_TRANSFORM_S3_SOURCE = Structure(
    "TransformS3DataSource", (required("S3DataType", PLAIN), required("S3Uri", URL))
)
_TRANSFORM_INPUT = Structure(
    "TransformInput",
    (
        required(
            "DataSource",
            Structure("TransformDataSource", (required("S3DataSource", _TRANSFORM_S3_SOURCE),)),
        ),
    ),
)
_TRANSFORM_RESOURCES = Structure(
    "TransformResources",
    (
        required("InstanceType", PLAIN),
        required("InstanceCount", Integer("TransformInstanceCount", minimum=1)),
    ),
)

CREATE_TRANSFORM_JOB = Structure(
    "CreateTransformJobRequest",
    (
        required("TransformJobName", TRANSFORM_JOB_NAME),
        required("ModelName", MODEL_NAME),
        required("TransformInput", _TRANSFORM_INPUT),
        required("TransformOutput", Structure("TransformOutput", (required("S3OutputPath", URL),))),
        required("TransformResources", _TRANSFORM_RESOURCES),
        optional("Tags", TAGS),
    ),
)


def _list_of(name: str, sort_key: str, contains: Shape) -> Structure:
    return Structure(
        name,
        (
            optional("SortBy", String(sort_key, enum=Enumeration.of("Name", "CreationTime"))),
            optional(
                "SortOrder", String("OrderKey", enum=Enumeration.of("Ascending", "Descending"))
            ),
            optional("NextToken", NEXT_TOKEN),
            optional("MaxResults", Integer("MaxResults", minimum=1, maximum=100)),
            optional("NameContains", contains),
            optional("CreationTimeBefore", Number("Timestamp")),
            optional("CreationTimeAfter", Number("Timestamp")),
        ),
    )


LIST_MODELS = _list_of("ListModelsInput", "ModelSortKey", NAME_CONTAINS)
LIST_ENDPOINT_CONFIGS = _list_of(
    "ListEndpointConfigsInput",
    "EndpointConfigSortKey",
    String("EndpointConfigNameContains", max_length=63, pattern=patterns.NAME_PART),
)

_MODEL_BY_NAME = (required("ModelName", MODEL_NAME),)
_ENDPOINT_CONFIG_BY_NAME = (required("EndpointConfigName", ENDPOINT_CONFIG_NAME),)
_RESOURCE = required("ResourceArn", RESOURCE_ARN)

INPUTS = MappingProxyType(
    {
        "CreateModel": CREATE_MODEL,
        "DescribeModel": Structure("DescribeModelInput", _MODEL_BY_NAME),
        "DeleteModel": Structure("DeleteModelInput", _MODEL_BY_NAME),
        "ListModels": LIST_MODELS,
        "AddTags": Structure("AddTagsInput", (_RESOURCE, required("Tags", TAGS))),
        "ListTags": Structure(
            "ListTagsInput",
            (
                _RESOURCE,
                optional("NextToken", NEXT_TOKEN),
                optional("MaxResults", Integer("ListTagsMaxResults", minimum=50)),
            ),
        ),
        "DeleteTags": Structure(
            "DeleteTagsInput",
            (_RESOURCE, required("TagKeys", List("TagKeyList", TAG_KEY, 1, 50))),
        ),
        "CreateEndpointConfig": CREATE_ENDPOINT_CONFIG,
        "DescribeEndpointConfig": Structure(
            "DescribeEndpointConfigInput", _ENDPOINT_CONFIG_BY_NAME
        ),
        "DeleteEndpointConfig": Structure("DeleteEndpointConfigInput", _ENDPOINT_CONFIG_BY_NAME),
        "ListEndpointConfigs": LIST_ENDPOINT_CONFIGS,
        "CreateTransformJob": CREATE_TRANSFORM_JOB,
    }
)
