"""Behaviour rules: one small object each, with id, level, provenance, source, statement, check.

A rule looks at a fixed sample of exchanges of its own: at rejections (``errors/``), one per kind
of constraint, or at accepted requests (``response/``). So one fault of a target is one finding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.spec.rules import Rule
from conformance.wire import Reading, Reply

#: Rules whose first violating case is a sample rejection, one per kind of constraint.
SAMPLE_REJECTIONS = (
    "CreateModel/ModelName:max-length",
    "CreateModel/ExecutionRoleArn:pattern",
    "CreateModel/ModelName:required",
    "CreateModel/PrimaryContainer.Environment{value}:max-length",
    "CreateModel/PrimaryContainer.Mode:enum",
    "CreateModel/Tags[].Key:min-length",
    "CreateModel/VpcConfig.Subnets:max-items",
    "CreateModel/VpcConfig.SecurityGroupIds:min-items",
    "CreateModel/ExecutionRoleArn:type",
    "CreateModel/Containers[].Image:max-length",
    "CreateModel/PrimaryContainer.ModelDataSource.S3DataSource.S3DataType:enum",
    "CreateModel/PrimaryContainer.ModelDataSource.S3DataSource.S3Uri:required",
    "CreateModel/PrimaryContainer.AdditionalModelDataSources[].ChannelName:pattern",
    "CreateModel/PrimaryContainer.ImageConfig.RepositoryAccessMode:enum",
    "CreateModel/ModelName:pattern",
    "CreateModel/Containers:max-items",
    "CreateModel/Containers[].Environment{key}:pattern",
    "CreateModel/InferenceExecutionConfig.Mode:enum",
    "CreateModel/Tags[].Value:max-length",
    "CreateModel/Tags:type",
    "CreateModel/VpcConfig.Subnets[]:pattern",
)

#: Requests that should be accepted, for the ``response/`` family.
SAMPLE_REQUESTS = (
    "plain",
    "long-name",
    "capitals",
    "pipeline",
    "tags",
    "vpc",
    "isolation",
    "data",
    "environment",
)


class NothingToJudge(Exception):
    """Another rule's fault leaves this one without anything to look at."""


@dataclass(frozen=True)
class Seen:
    """One exchange as a behaviour rule sees it.

    ``sample`` is the rule whose violation was sent (an id of ``SAMPLE_REJECTIONS``) or a word of
    ``SAMPLE_REQUESTS``; ``account`` is ``None`` while nobody knows the target's.
    """

    sample: str
    request: Any
    reply: Reply
    reading: Reading
    region: str
    account: str | None


@dataclass(frozen=True)
class Behaviour:
    """A behaviour rule. ``check`` returns what is wrong in one sentence, or ``None``.

    ``samples`` are the exchanges it looks at; ``rejections`` tells of which sort they are.
    ``any_kind`` lets it look at answers that are neither an acceptance nor a plain rejection.
    """

    rule: Rule
    samples: tuple[str, ...]
    rejections: bool
    check: Callable[[Seen], str | None]
    any_kind: bool = False


def behaviour_rule(
    id: str, *, level: str, provenance: str, source: str, statement: str, member: str = ""
) -> Rule:
    """Return the rule of a behaviour: it has one side, ``holds``.

    A rule about one member has it in its id behind a colon, as constraint rules have.
    """
    return Rule(
        id=id,
        member=member,
        constraint=id.partition("/")[2].partition(":")[0],
        level=level,
        provenance=(provenance,),
        sources=(source,),
        statement=statement,
        sides=("holds",),
    )
