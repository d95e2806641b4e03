"""The input of CreateModel: every limit, grouped by shape.

Sources: the API reference page of CreateModel for the members of the request itself; the service
model of botocore 1.44.5 for the shapes below them. A minimum length of 0 promises nothing and is
left out.
"""

from __future__ import annotations

from conformance.reference import patterns
from conformance.reference.shapes import (
    Boolean,
    Enumeration,
    Integer,
    List,
    Map,
    String,
    Structure,
    optional,
    required,
)

# --- strings ---

MODEL_NAME = String("ModelName", max_length=63, pattern=patterns.MODEL_NAME)
ROLE_ARN = String("RoleArn", min_length=20, max_length=2048, pattern=patterns.ROLE_ARN)
CONTAINER_HOSTNAME = String("ContainerHostname", max_length=63, pattern=patterns.SHORT_NAME)
CONTAINER_IMAGE = String("ContainerImage", max_length=255, pattern=patterns.IMAGE)
URL = String("Url", max_length=1024, pattern=patterns.URL)
S3_MODEL_URI = String("S3ModelUri", max_length=1024, pattern=patterns.URL)
CREDENTIALS_PROVIDER_ARN = String(
    "RepositoryCredentialsProviderArn", min_length=1, max_length=2048, pattern=patterns.ONE_LINE
)
HUB_CONTENT_ARN = String("HubContentArn", max_length=255, pattern=patterns.ONE_LINE)
CHANNEL_NAME = String(
    "AdditionalModelChannelName", min_length=1, max_length=64, pattern=patterns.CHANNEL
)
ENVIRONMENT_KEY = String("EnvironmentKey", max_length=1024, pattern=patterns.ENVIRONMENT_KEY)
ENVIRONMENT_VALUE = String("EnvironmentValue", max_length=1024, pattern=patterns.ENVIRONMENT_VALUE)
MODEL_PACKAGE_NAME = String(
    "VersionedArnOrName", min_length=1, max_length=176, pattern=patterns.MODEL_PACKAGE
)
INFERENCE_SPECIFICATION_NAME = String(
    "InferenceSpecificationName", min_length=1, max_length=63, pattern=patterns.SHORT_NAME
)
METRICS_ENDPOINT_PATH = String("MetricsEndpointPath", max_length=256, pattern=patterns.METRICS_PATH)
SECURITY_GROUP_ID = String("SecurityGroupId", max_length=32, pattern=patterns.NETWORK_ID)
SUBNET_ID = String("SubnetId", max_length=32, pattern=patterns.NETWORK_ID)
TAG_KEY = String("TagKey", min_length=1, max_length=128, pattern=patterns.TAG_TEXT)
TAG_VALUE = String("TagValue", max_length=256, pattern=patterns.TAG_TEXT)
PLAIN = String("String")  # ETag and ManifestEtag have no limits

# --- sets of values ---

REPOSITORY_ACCESS_MODE = String("RepositoryAccessMode", enum=Enumeration.of("Platform", "Vpc"))
CONTAINER_MODE = String("ContainerMode", enum=Enumeration.of("SingleModel", "MultiModel"))
S3_MODEL_DATA_TYPE = String("S3ModelDataType", enum=Enumeration.of("S3Prefix", "S3Object"))
MODEL_COMPRESSION_TYPE = String("ModelCompressionType", enum=Enumeration.of("None", "Gzip"))
MODEL_CACHE_SETTING = String("ModelCacheSetting", enum=Enumeration.of("Enabled", "Disabled"))
INFERENCE_EXECUTION_MODE = String("InferenceExecutionMode", enum=Enumeration.of("Serial", "Direct"))

# --- structures, lists and maps ---

S3_MODEL_DATA_SOURCE = Structure(
    "S3ModelDataSource",
    (
        required("S3Uri", S3_MODEL_URI),
        required("S3DataType", S3_MODEL_DATA_TYPE),
        required("CompressionType", MODEL_COMPRESSION_TYPE),
        optional(
            "ModelAccessConfig",
            Structure("ModelAccessConfig", (required("AcceptEula", Boolean("AcceptEula")),)),
        ),
        optional(
            "HubAccessConfig",
            Structure("InferenceHubAccessConfig", (required("HubContentArn", HUB_CONTENT_ARN),)),
        ),
        optional("ManifestS3Uri", S3_MODEL_URI),
        optional("ETag", PLAIN),
        optional("ManifestEtag", PLAIN),
    ),
)

IMAGE_CONFIG = Structure(
    "ImageConfig",
    (
        required("RepositoryAccessMode", REPOSITORY_ACCESS_MODE),
        optional(
            "RepositoryAuthConfig",
            Structure(
                "RepositoryAuthConfig",
                (required("RepositoryCredentialsProviderArn", CREDENTIALS_PROVIDER_ARN),),
            ),
        ),
    ),
)

ADDITIONAL_MODEL_DATA_SOURCE = Structure(
    "AdditionalModelDataSource",
    (required("ChannelName", CHANNEL_NAME), required("S3DataSource", S3_MODEL_DATA_SOURCE)),
)

METRICS_ENDPOINT = Structure(
    "MetricsEndpoint",
    (
        required("MetricsEndpointPath", METRICS_ENDPOINT_PATH),
        optional("MetricPublishFrequencyInSeconds", Integer("MetricPublishFrequencyInSeconds")),
    ),
)

CONTAINER_DEFINITION = Structure(
    "ContainerDefinition",
    (
        optional("ContainerHostname", CONTAINER_HOSTNAME),
        optional("Image", CONTAINER_IMAGE),
        optional("ImageConfig", IMAGE_CONFIG),
        optional("Mode", CONTAINER_MODE),
        optional("ModelDataUrl", URL),
        optional(
            "ModelDataSource",
            Structure("ModelDataSource", (optional("S3DataSource", S3_MODEL_DATA_SOURCE),)),
        ),
        optional(
            "AdditionalModelDataSources",
            List("AdditionalModelDataSources", ADDITIONAL_MODEL_DATA_SOURCE, max_items=5),
        ),
        optional(
            "Environment",
            Map("EnvironmentMap", ENVIRONMENT_KEY, ENVIRONMENT_VALUE, max_items=100),
        ),
        optional("ModelPackageName", MODEL_PACKAGE_NAME),
        optional("InferenceSpecificationName", INFERENCE_SPECIFICATION_NAME),
        optional(
            "MultiModelConfig",
            Structure("MultiModelConfig", (optional("ModelCacheSetting", MODEL_CACHE_SETTING),)),
        ),
        optional(
            "ContainerMetricsConfig",
            Structure(
                "ContainerMetricsConfig",
                (
                    optional(
                        "MetricsEndpoints",
                        List("MetricsEndpointList", METRICS_ENDPOINT, max_items=1),
                    ),
                ),
            ),
        ),
    ),
)

TAG = Structure("Tag", (required("Key", TAG_KEY), required("Value", TAG_VALUE)))
TAGS = List("TagList", TAG, max_items=50)

VPC_CONFIG = Structure(
    "VpcConfig",
    (
        required(
            "SecurityGroupIds",
            List("VpcSecurityGroupIds", SECURITY_GROUP_ID, min_items=1, max_items=5),
        ),
        required("Subnets", List("Subnets", SUBNET_ID, min_items=1, max_items=16)),
    ),
)

CREATE_MODEL = Structure(
    "CreateModelInput",
    (
        required("ModelName", MODEL_NAME),
        optional("PrimaryContainer", CONTAINER_DEFINITION),
        optional("Containers", List("ContainerDefinitionList", CONTAINER_DEFINITION, max_items=15)),
        optional(
            "InferenceExecutionConfig",
            Structure("InferenceExecutionConfig", (required("Mode", INFERENCE_EXECUTION_MODE),)),
        ),
        optional("ExecutionRoleArn", ROLE_ARN),
        optional("Tags", TAGS),
        optional("VpcConfig", VPC_CONFIG),
        optional("EnableNetworkIsolation", Boolean("Boolean")),
    ),
)
