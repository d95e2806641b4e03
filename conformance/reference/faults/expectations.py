"""What a judge of the service should say of a fault, where that is not simply "this rule fails".

Some strictness is nobody's to call wrong: it breaks the letter of the service model, but a
faithful AWS would refuse these requests too (no bucket is named "a\\nb"), or nobody has shown
what it does. Such a fault is *tolerated*: a suite that fails it raises a false alarm. Other vices
prove nothing at all about the requests they answer; there a verdict stays *unsettled*.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.reference.faults.fault import Fault

ANY_RULE = "*"

_TOLERATED_ENDS = {
    "image-pattern-tag-required": "E4: AWS was seen to refuse an untagged image",
    "image-pattern-ascii-only": "no registry has such names",
    "image-pattern-unicode-space-refused": "no registry has such names",
    "provider-arn-pattern-arn-only": "the documents call it an ARN",
    "provider-arn-pattern-ascii-only": "no ARN has such characters",
    "hub-content-arn-pattern-arn-only": "the documents call it an ARN",
    "hub-content-arn-pattern-ascii-only": "no ARN has such characters",
    "hub-content-arn-pattern-empty-refused": "the documents call it an ARN",
    "environment-value-length-in-bytes": "the documents count bytes here",
    "container-model-data-url-pattern-archives-only": "the documents demand the suffix",
    "pattern-partition-aws-only": "no role or package of another partition can be used",
    "provider-arn-pattern-lambda-only": "the documents call it the ARN of a function",
    "model-package-name-max-length-175": "no package has such a long ARN",
    "pattern-bucket-names-checked": "no bucket has such a name",
    "pattern-path-required": "nobody has shown a bucket without a key accepted",
    "pattern-one-line-bucket": "no bucket has such a name",
    "tag-key-pattern-no-leading-space": "nobody has shown such keys accepted",
    "ids-item-pattern-prefix-required": "no security group has such an id",
    "subnets-item-pattern-prefix-required": "no subnet has such an id",
    "ids-item-pattern-lower-case-only": "no security group has such an id",
    "subnets-item-pattern-lower-case-only": "no subnet has such an id",
    "seconds-negative-refused": "no endpoint is asked every -1 seconds",
    "containers-empty-refused": "the answer to a pipeline without containers is unknown",
    "containers-item-empty-refused": "the answer to an empty container is unknown",
    "primary-container-empty-refused": "the answer to an empty container is unknown",
    "model-data-source-empty-refused": "the answer to an empty source is unknown",
    "multi-model-config-empty-refused": "the answer to an empty configuration is unknown",
    "metrics-config-empty-refused": "the answer to an empty configuration is unknown",
    "model-data-source-s3-data-source-demanded": "the answer to an empty source is unknown",
    "model-cache-setting-demanded": "the answer to an empty configuration is unknown",
    "execution-role-arn-demanded": "nobody has shown a model without a role",
    "endpoint-config-delete-missing": "what becomes of a configuration is not about models",
    "endpoint-config-delete-keeps": "what becomes of a configuration is not about models",
    "endpoint-config-loses-variants": "what becomes of a configuration is not about models",
    "endpoint-config-loses-arn": "what becomes of a configuration is not about models",
    "endpoint-config-duplicate-overwrites": "what becomes of a configuration is not about models",
    "pages-one-too-short": "short pages with a token are right",
    "token-on-last-page": "an empty page after a token is right",
    "token-on-full-last-page": "an empty page after a token is right",
    "names-sorted-without-case": "how names that differ in case are sorted is unknown",
    "unknown-operation-404": "the status of an unknown operation is unknown",
    "throttles-now-and-then": "who waits and asks again is answered",
    "type-error-as-validation-exception": "how CreateModel answers a wrong type is unknown",
}

#: Vices under which nothing can be judged: never a pass for everything, never a failure.
_UNSETTLED: dict[str, tuple[str, ...]] = {
    "denies-everything": (),
    "denies-everything-403": (),
    "unavailable": (),
    "throttles-everything": (),
    "knows-no-operation": (),
    "not-implemented": (),
    "quota-of-nothing": (),
    "drops-connections": (),
    "fails-now-and-then": (),
    "endpoint-config-not-built": ("downstream/endpoint-config-accepts-existing",),
    "transform-job-not-built": ("downstream/transform-job-accepts-existing",),
}

_WHOLE_REQUEST = ("CreateModel:type",)

_RULES: dict[str, tuple[str, ...]] = {
    "rejects-everything": _WHOLE_REQUEST,
    "rejects-every-operation": _WHOLE_REQUEST,
    "fails-on-everything": _WHOLE_REQUEST,
    "web-server": _WHOLE_REQUEST,
    "array-body-unwrapped": _WHOLE_REQUEST,
    "type-error-status-500": ("errors/status",),
    "container-image-demanded": (
        "CreateModel/PrimaryContainer.ModelPackageName:type",
        "CreateModel/Containers[].ModelPackageName:type",
    ),
    "metrics-endpoint-metric-publish-frequency-in-seconds-demanded": (
        "CreateModel/PrimaryContainer.ContainerMetricsConfig.MetricsEndpoints:max-items",
        "CreateModel/Containers[].ContainerMetricsConfig.MetricsEndpoints:max-items",
    ),
    "error-code-empty": ("errors/body",),
    "model-package-refused": (
        "CreateModel/PrimaryContainer.ModelPackageName:type",
        "CreateModel/Containers[].ModelPackageName:type",
    ),
    "refuses-empty-objects": (
        "CreateModel/PrimaryContainer.Environment:max-items",
        "CreateModel/Containers[].Environment:max-items",
    ),
    "refuses-bodies-over-16-kb": _WHOLE_REQUEST,
    "refuses-nulls": ("wire/null-members",),
    "refuses-fractions": ("wire/integers-as-decimals",),
    "refuses-unknown-members": ("wire/unknown-members",),
    "refuses-bodies-over-64-kb": ("wire/large-body",),
    "json-1-1-refused": _WHOLE_REQUEST,
    "body-cut-at-16-kb": _WHOLE_REQUEST,
    "success-status-302": ("response/status", *_WHOLE_REQUEST),
    "multi-model-refused": (ANY_RULE,),
    "refuses-empty-strings": (ANY_RULE,),
    "refuses-empty-lists": (ANY_RULE,),
    "refuses-non-ascii": (ANY_RULE,),
    "refuses-astral": (ANY_RULE,),
    "refuses-long-strings": (ANY_RULE,),
    "refuses-bodies-over-4-kb": (ANY_RULE,),
    "execution-role-arn-pattern-name-of-64": (
        "CreateModel/ExecutionRoleArn:pattern",
        "CreateModel/ExecutionRoleArn:max-length",
    ),
}


def settled(fault: Fault) -> Fault:
    """The fault with what should be said of it; most stay as they are.

    The rules of a tolerated fault are those that a false alarm would come from.
    """
    for end, reason in _TOLERATED_ENDS.items():
        if fault.name.endswith(end):
            rules = fault.rules or _WHOLE_REQUEST
            return replace(fault, rules=rules, expect="tolerated", reason=reason)
    if fault.name in _UNSETTLED:
        return replace(fault, rules=_UNSETTLED[fault.name], expect="unsettled")
    if fault.name in _RULES:
        return replace(fault, rules=_RULES[fault.name])
    if fault.rules == ("request/members-combine",) or fault.name.endswith("-demanded"):
        return replace(fault, rules=_WHOLE_REQUEST)
    if fault.name.endswith("-empty-refused") and fault.side == "accepts":
        counted = tuple(each.replace(":type", ":max-items") for each in fault.rules)
        return replace(fault, rules=counted)
    if fault.name.endswith(("accept-eula-type-coerced", "network-isolation-type-coerced")):
        return replace(fault, rules=("request/scalar-types",))
    return fault
