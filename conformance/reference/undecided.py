"""What nobody has shown of AWS, and what this service does about it: the one place where that is
written down.

A conformance suite must not judge by any of these; the service is lenient unless it says so.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Undecided:
    """A question without a public answer, and what was chosen."""

    question: str
    choice: str


UNDECIDED: tuple[Undecided, ...] = (
    Undecided("both or neither of PrimaryContainer and Containers", "accepted"),
    Undecided("an empty container, or one with neither Image nor ModelPackageName", "accepted"),
    Undecided("model data or Environment beside ModelPackageName, without Image", "accepted"),
    Undecided("ImageConfig without Image, credentials without Vpc", "accepted"),
    Undecided("InferenceSpecificationName without ModelPackageName", "accepted"),
    Undecided("AdditionalModelDataSources without ModelDataSource", "accepted"),
    Undecided("a ModelDataUrl that is no .tar.gz, or of several models no prefix", "accepted"),
    Undecided("Gzip with S3Prefix, a ManifestEtag without ManifestS3Uri", "accepted"),
    Undecided("metrics every 61 seconds", "accepted"),
    Undecided("ModelDataUrl beside ModelDataSource", "accepted"),
    Undecided("ModelDataSource in a MultiModel container", "accepted"),
    Undecided("MultiModelConfig in a SingleModel container", "accepted"),
    Undecided("two or more MultiModel containers of which one is PrimaryContainer", "accepted"),
    Undecided("duplicate or partial hostnames, Direct mode without hostnames", "accepted"),
    Undecided("InferenceExecutionConfig with one container or none", "accepted"),
    Undecided("a missing ExecutionRoleArn", "accepted, and absent from DescribeModel"),
    Undecided("an S3Prefix URI that does not end with a slash", "accepted"),
    Undecided("more than 32 KB of environment over all containers", "accepted"),
    Undecided("an image outside ECR without ImageConfig Vpc (E6)", "accepted"),
    Undecided("unknown subnets and security groups", "accepted"),
    Undecided("duplicate tag keys in one request", "the last one stays"),
    Undecided("`aws:` tag keys on CreateModel", "accepted; AddTags and DeleteTags refuse them"),
    Undecided("`AWS:` in capitals as a tag's prefix", "accepted"),
    Undecided("more than 50 tags of a resource in all", "ValidationException, text invented"),
    Undecided("which of several broken limits is reported", "all, in the order of the model"),
    Undecided("whether an empty Containers or Tags list counts as absent", "it is echoed"),
    Undecided("names that differ only in case", "different models"),
    Undecided("length in characters or UTF-16 units, of Environment in bytes", "characters"),
    Undecided("a string where a Boolean belongs, a number where a Boolean belongs", "refused"),
    Undecided("true where an integer belongs", "refused"),
    Undecided("integers beyond 32 bits", "accepted"),
    Undecided("null entries of a map", "dropped"),
    Undecided("duplicate keys in the JSON text", "the last one stays"),
    Undecided("a byte order mark before the JSON text", "SerializationException"),
    Undecided("lone surrogates in strings", "kept, unless a pattern excludes them"),
    Undecided("Content-Type missing or another", "ignored"),
    Undecided("a compressed body", "SerializationException, it is not JSON"),
    Undecided("another path than /", "ignored"),
    Undecided("GET and other methods", "UnknownOperationException 400"),
    Undecided("a NextToken that is not ours", "ValidationException, text invented"),
    Undecided("an empty NextToken", "as if absent"),
    Undecided("a NextToken with another sort order than it was given out for", "continues there"),
    Undecided("points in time as strings", "SerializationException"),
    Undecided("an ARN of another region or account in tag operations", "does not exist (H2)"),
    Undecided("whether DeleteModel minds endpoint configurations", "it does not"),
    Undecided("the endpoint configuration and transform job members beside names", "not checked"),
    Undecided("text of a missing endpoint configuration, code of a taken job name", "invented"),
    Undecided("the sentence of the limit on the number of models", "after E19"),
)
