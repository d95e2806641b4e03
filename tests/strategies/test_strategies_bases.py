"""Base requests: a typical value at every path, in requests that a faithful AWS would accept."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.oracle.violations import expectation
from conformance.spec.constraints import broken
from conformance.spec.shapes import by_path
from strategies import create_model_requests
from strategies.bases import ITEMS, base, entries, items, minimal, settled, typical, variants
from strategies.legal import PARTS, clash
from strategies.places import Place
from strategies.resources import Resources

RESOURCES = Resources()
PATHS = list(by_path())
IMAGE = RESOURCES.container_image
PACKAGE = {"ModelPackageName": "package"}


def settled_containers(*containers: dict[str, Any], **members: Any) -> list[dict[str, Any]]:
    """Return the pipeline that these containers become."""
    body = {"ModelName": "m", "ExecutionRoleArn": RESOURCES.role, **members}
    body["Containers"] = [dict(each) for each in containers]
    result: list[dict[str, Any]] = settled(body, RESOURCES)["Containers"]
    return result


@pytest.mark.parametrize("at", range(ITEMS))
@pytest.mark.parametrize("path", PATHS)
def test_a_base_has_a_typical_value_at_its_path_and_is_accepted(path: str, at: int) -> None:
    """For every path and position the member is there, legal, and the oracle accepts the whole."""
    body = base(path, name="model", resources=RESOURCES, at=at)
    value = Place(path, at).get(body)
    assert value is not None
    assert broken(by_path()[path], value) == ()
    assert expectation(body).violations == ()
    if path != "ModelName":
        assert body["ModelName"] == "model"


@pytest.mark.parametrize("path", [path for path, s in by_path().items() if s.kind == "list"])
def test_a_list_of_a_base_has_a_first_a_middle_and_a_last_item(path: str) -> None:
    """Lists have three items, where their limit allows it."""
    body = base(path, name="model", resources=RESOURCES)
    limit = by_path()[path].maximum
    assert limit is not None
    assert len(Place(path).get(body)) == min(3, limit)


def test_a_member_stands_in_the_item_that_was_asked_for() -> None:
    """Only the item at the position has the member."""
    for at in range(3):
        body = base("Containers[].ModelDataUrl", name="m", resources=RESOURCES, at=at)
        assert [("ModelDataUrl" in each) for each in body["Containers"]] == [
            position == at for position in range(3)
        ]


def test_several_paths_go_into_one_base() -> None:
    """Each of the members is there, and the request is accepted."""
    body = base("Tags", "VpcConfig", "Containers[].Mode", name="m", resources=RESOURCES)
    assert {"Tags", "VpcConfig", "Containers"} <= set(body)
    assert "PrimaryContainer" not in body
    assert expectation(body).violations == ()


def test_the_minimal_request_has_three_members() -> None:
    """The plainest valid request is a name, a role and one container with an ECR image."""
    assert minimal("m", RESOURCES) == {
        "ModelName": "m",
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/SageMakerExecutionRole",
        "PrimaryContainer": {"Image": IMAGE},
    }


def test_bases_name_the_users_own_resources() -> None:
    """With resources of the user's no synthetic one occurs in a base."""
    own = Resources(
        role_arn="arn:aws:iam::999999999999:role/own",
        image="999999999999.dkr.ecr.eu-west-1.amazonaws.com/own:1",
        model_data_url="s3://own-bucket/own/model.tar.gz",
        subnets=("subnet-own1", "subnet-own2", "subnet-own3"),
        security_groups=("sg-own1", "sg-own2", "sg-own3"),
    )
    for path in PATHS:
        text = str(base(path, name="m", resources=own))
        for synthetic in ("SageMakerExecutionRole", "inference:1.0", "amzn-s3", "-0000"):
            assert synthetic not in text, path


@pytest.mark.parametrize("path", [p for p in PATHS if p and not p.endswith(("{key}", "{value}"))])
def test_a_typical_value_is_legal_and_the_same_every_time(path: str) -> None:
    """Nothing is random about a typical value, and it breaks nothing at its own shape."""
    shape = by_path()[path]
    assert typical(shape, RESOURCES) == typical(shape, RESOURCES)
    assert broken(shape, typical(shape, RESOURCES)) == ()


@pytest.mark.parametrize("count", [0, 1, 5, 51])
def test_items_and_entries_are_as_many_as_asked_for_and_differ(count: int) -> None:
    """Tags, subnets and entries of an environment have different keys and ids."""
    tags = items(by_path()["Tags"], RESOURCES, count)
    assert len({tag["Key"] for tag in tags}) == len(tags) == count
    assert len(set(items(by_path()["VpcConfig.Subnets"], RESOURCES, count))) == count
    environment = by_path()["PrimaryContainer.Environment"]
    assert len(entries(environment, RESOURCES, count)) == count
    channels = items(by_path()["PrimaryContainer.AdditionalModelDataSources"], RESOURCES, count)
    assert len({each["ChannelName"] for each in channels}) == count


@pytest.mark.parametrize("path", [path for path in PATHS if path])
def test_variants_are_other_legal_values(path: str) -> None:
    """Every variant of a typical value is legal, another value, and makes an accepted request."""
    shape = by_path()[path]
    usual = typical(shape, RESOURCES)
    for value in variants(shape, RESOURCES):
        assert value != usual
        assert broken(shape, value) == ()
        if not path.endswith(("{key}", "ModelName")):
            body = base(path, name="model", resources=RESOURCES)
            planted = settled(Place(path).put(body, value), RESOURCES)
            assert expectation(planted).violations == (), value


def test_settling_gives_a_foreign_image_access_through_the_vpc() -> None:
    """An image outside ECR comes with Vpc mode and a VpcConfig."""
    body = minimal("m", RESOURCES)
    body["PrimaryContainer"]["Image"] = "registry.example.com:5000/inference:1.0"
    done = settled(body, RESOURCES)
    assert done["PrimaryContainer"]["ImageConfig"] == {"RepositoryAccessMode": "Vpc"}
    assert "VpcConfig" in done
    assert expectation(done).violations == ()


def test_settling_leaves_a_settled_request_alone() -> None:
    """A base is already settled, and settling copies: the given request is not changed."""
    for path in PATHS:
        body = base(path, name="m", resources=RESOURCES)
        before = copy.deepcopy(body)
        assert settled(body, RESOURCES) == before == body


def test_settling_gives_every_container_an_image_or_a_package() -> None:
    """A bare container gets an image; one with a package loses what does not go with it."""
    assert settled_containers({}, {"Mode": "SingleModel"}) == [
        {"Image": IMAGE},
        {"Mode": "SingleModel", "Image": IMAGE},
    ]
    both = {
        **PACKAGE,
        "Image": IMAGE,
        "ImageConfig": {"RepositoryAccessMode": "Platform"},
        "ModelDataUrl": "s3://b/k",
    }
    assert settled_containers(both) == [PACKAGE]
    assert "ModelPackageName" in settled_containers({"InferenceSpecificationName": "s"})[0]


def test_settling_keeps_one_multi_model_container() -> None:
    """The first MultiModel container stays and gets a prefix; the others lose the mode."""
    multi = {"Image": IMAGE, "Mode": "MultiModel"}
    first, second = settled_containers(multi, {**multi, "MultiModelConfig": {}})
    assert first == {**multi, "ModelDataUrl": RESOURCES.model_prefix}
    assert second == {"Image": IMAGE}


def test_settling_gives_hostnames_to_all_or_none() -> None:
    """In a pipeline with one hostname every container gets one, and all differ."""
    names = [
        each["ContainerHostname"]
        for each in settled_containers(
            {"ContainerHostname": "a"}, {}, {"ContainerHostname": "a"}, {"ContainerHostname": "b"}
        )
    ]
    assert (names[0], names[3]) == ("a", "b")
    assert len(set(names)) == 4
    assert all("ContainerHostname" not in each for each in settled_containers({}, {}))


def test_settling_survives_hostnames_that_look_like_its_own() -> None:
    """A hostname that the suite would have given is avoided."""
    names = [
        each["ContainerHostname"]
        for each in settled_containers({"ContainerHostname": "container-1"}, {}, {})
    ]
    assert len(set(names)) == 3


def test_settling_direct_mode_gives_two_named_containers() -> None:
    """With an InferenceExecutionConfig there are two containers, in Direct mode with hostnames."""
    body = {**minimal("m", RESOURCES), "InferenceExecutionConfig": {"Mode": "Direct"}}
    done = settled(body, RESOURCES)
    assert len(done["Containers"]) == 2
    assert "PrimaryContainer" not in done
    assert expectation(done).violations == ()


def test_settling_a_private_registry_adds_a_vpc() -> None:
    """Credentials for a registry need Vpc mode, and that a VpcConfig."""
    arn = {"RepositoryCredentialsProviderArn": "arn"}
    body = minimal("m", RESOURCES)
    body["PrimaryContainer"]["ImageConfig"] = {
        "RepositoryAccessMode": "Platform",
        "RepositoryAuthConfig": arn,
    }
    done = settled(body, RESOURCES)
    assert done["PrimaryContainer"]["ImageConfig"]["RepositoryAccessMode"] == "Vpc"
    assert {"Subnets", "SecurityGroupIds"} == set(done["VpcConfig"])


@pytest.mark.parametrize("length", [6, 1023, 1024])
def test_settling_a_prefix_ends_it_with_a_slash_within_the_limit(length: int) -> None:
    """An S3Prefix of any legal length gets its slash and stays within 1,024 characters."""
    uri = ("s3://b" + "k" * length)[:length]
    source = {"S3Uri": uri, "S3DataType": "S3Prefix", "CompressionType": "None"}
    (container,) = settled_containers({"ModelDataSource": {"S3DataSource": source}})
    done = container["ModelDataSource"]["S3DataSource"]["S3Uri"]
    assert done.endswith("/")
    assert len(done) == min(length + 1, 1024)


def test_settling_keeps_the_last_of_duplicate_tags() -> None:
    """No two tags have one key afterwards."""
    body = minimal("m", RESOURCES)
    body["Tags"] = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    assert settled(body, RESOURCES)["Tags"] == [{"Key": "a", "Value": "2"}]


@settings(deadline=None, database=None)
@given(st.lists(st.sampled_from(PARTS), unique=True), st.integers(0, 2))
def test_any_parts_that_do_not_clash_make_a_legal_request(parts: list[str], at: int) -> None:
    """Whatever optional parts are combined, the oracle accepts the base and finds them all."""
    chosen: list[str] = []
    for part in parts:
        if not clash((*chosen, part)):
            chosen.append(part)
    body = base(*chosen, name="model", resources=RESOURCES, at=at)
    assert expectation(body).violations == ()
    for part in chosen:
        assert Place(part).get(body) is not None


@settings(deadline=None, database=None)
@given(create_model_requests())
def test_settling_twice_is_settling_once(body: dict[str, Any]) -> None:
    """A drawn request, which is settled, is not changed by settling it again."""
    assert settled(body, RESOURCES) == body
