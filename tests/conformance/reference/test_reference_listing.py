"""The conformant service: lists, tags, and clients that race."""

from __future__ import annotations

import threading
from typing import Any

import pytest

ARN = "arn:aws:sagemaker:us-east-1:123456789012:model/"


def names(answer: tuple[int, Any]) -> list[str]:
    """The names on a page."""
    return [each["ModelName"] for each in answer[1]["Models"]]


def walked(client: Any, **members: Any) -> list[str]:
    """The names on all pages, in their order."""
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        answer = client("ListModels", **members, **token)
        found += names(answer)
        if "NextToken" not in answer[1]:
            return found
        token = {"NextToken": answer[1]["NextToken"]}


class TestLists:
    def test_default_order_and_size(self, client: Any) -> None:
        """Without parameters ListModels shows the ten newest models, newest first."""
        for n in range(12):
            client.create(f"m{n}")
        answer = client("ListModels")
        assert names(answer) == [f"m{n}" for n in range(11, 1, -1)]
        rest = client("ListModels", NextToken=answer[1]["NextToken"])
        assert names(rest) == ["m1", "m0"]
        assert "NextToken" not in rest[1]

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
    @pytest.mark.parametrize("by", ["Name", "CreationTime"])
    @pytest.mark.parametrize("order", ["Ascending", "Descending"])
    def test_walk_shows_every_model_once(self, client: Any, size: int, by: str, order: str) -> None:
        """Pages of any size and order make up the whole list, each model once, ties or not."""
        made = [f"m{n * 7 % 23:02}" for n in range(23)]
        for each in made:
            client.create(each)
        expected = sorted(made) if by == "Name" else made
        if order == "Descending":
            expected = expected[::-1]
        assert walked(client, MaxResults=size, SortBy=by, SortOrder=order) == expected

    def test_walk_stands_additions_and_deletions(self, client: Any) -> None:
        """Models that were there all the while are shown once though others come and go."""
        for n in range(10):
            client.create(f"m{n}")
        seen: list[str] = []
        token: dict[str, str] = {}
        for step in range(30):
            answer = client("ListModels", MaxResults=2, **token)
            seen += names(answer)
            if "NextToken" not in answer[1]:
                break
            token = {"NextToken": answer[1]["NextToken"]}
            client.create(f"new{step}")
            client("DeleteModel", ModelName=f"new{step - 1}")
            client("DeleteModel", ModelName=seen[-1])
        assert seen == [f"m{n}" for n in range(9, -1, -1)]

    def test_name_contains_sifts_pages(self, client: Any) -> None:
        """NameContains is applied to a page that was taken, so pages may be empty with a token."""
        for each in ("needle", "a", "b", "c"):
            client.create(each)
        first = client("ListModels", NameContains="needle", MaxResults=2)
        assert names(first) == []
        assert walked(client, NameContains="needle", MaxResults=2) == ["needle"]

    def test_creation_time_bounds(self, client: Any) -> None:
        """CreationTimeAfter lets the very moment in, CreationTimeBefore leaves it out."""
        for n in range(9):
            client.create(f"m{n}")
        times = {
            each["ModelName"]: each["CreationTime"] for each in client("ListModels")[1]["Models"]
        }
        moment = times["m4"]
        after = names(client("ListModels", CreationTimeAfter=moment))
        before = names(client("ListModels", CreationTimeBefore=moment))
        assert set(after) == {name for name, each in times.items() if each >= moment}
        assert set(before) == {name for name, each in times.items() if each < moment}

    @pytest.mark.parametrize(
        "members",
        [
            {"MaxResults": 0},
            {"MaxResults": 101},
            {"NextToken": "foreign"},
            {"SortBy": "name"},
            {"SortOrder": "ascending"},
            {"NameContains": "a_b"},
        ],
    )
    def test_bad_parameters(self, client: Any, members: dict[str, Any]) -> None:
        """Parameters beyond their limits, and tokens of others, are a ValidationException."""
        status, body = client("ListModels", **members)
        assert (status, body["__type"]) == (400, "ValidationException")

    def test_token_of_another_service_is_foreign(self, make_client: Any) -> None:
        """A token is good for the service that gave it out only."""
        first, second = make_client(), make_client()
        for client in (first, second):
            client.create("a")
            client.create("b")
        token = first("ListModels", MaxResults=1)[1]["NextToken"]
        assert second("ListModels", NextToken=token)[0] == 400


class TestTags:
    def test_tags_are_added_overwritten_and_deleted(self, client: Any) -> None:
        """AddTags answers what was submitted; ListTags shows what is there."""
        client.create("m", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}])
        new = [{"Key": "b", "Value": "2"}, {"Key": "c", "Value": "3"}]
        assert client("AddTags", ResourceArn=ARN + "m", Tags=new) == (200, {"Tags": new})
        tags = {"a": "1", "b": "2", "c": "3"}
        shown = client("ListTags", ResourceArn=ARN + "m")[1]["Tags"]
        assert {each["Key"]: each["Value"] for each in shown} == tags
        assert client("DeleteTags", ResourceArn=ARN + "m", TagKeys=["a", "x"]) == (200, {})
        shown = client("ListTags", ResourceArn=ARN + "m")[1]["Tags"]
        assert [each["Key"] for each in shown] == ["b", "c"]

    def test_fifty_tags_in_all(self, client: Any) -> None:
        """A resource holds fifty tags; one more is refused and changes nothing."""
        client.create("m", Tags=[{"Key": f"k{n}", "Value": ""} for n in range(49)])
        last = [{"Key": "last", "Value": ""}]
        more = [{"Key": "more", "Value": ""}]
        assert client("AddTags", ResourceArn=ARN + "m", Tags=last)[0] == 200
        assert client("AddTags", ResourceArn=ARN + "m", Tags=more)[0] == 400
        assert client("AddTags", ResourceArn=ARN + "m", Tags=last)[0] == 200
        assert len(client("ListTags", ResourceArn=ARN + "m")[1]["Tags"]) == 50

    def test_reserved_prefix(self, client: Any) -> None:
        """Keys that begin with aws: are refused by AddTags and DeleteTags as in capture H1."""
        client.create("m")
        message = "System prefix 'aws:' reserved for AWS usage in tag key: aws:x"
        add = client("AddTags", ResourceArn=ARN + "m", Tags=[{"Key": "aws:x", "Value": ""}])
        delete = client("DeleteTags", ResourceArn=ARN + "m", TagKeys=["aws:x"])
        assert add == delete == (400, {"__type": "ValidationException", "message": message})

    def test_max_results_of_list_tags(self, client: Any) -> None:
        """ListTags refuses pages of fewer than fifty tags."""
        client.create("m")
        assert client("ListTags", ResourceArn=ARN + "m", MaxResults=49)[0] == 400
        assert client("ListTags", ResourceArn=ARN + "m", MaxResults=50)[0] == 200


class TestThreads:
    def test_races_on_one_name_have_one_winner(self, client: Any) -> None:
        """Of 32 threads that create the same name one succeeds, over and over."""
        for turn in range(25):
            assert _race(client, [f"m{turn}"] * 32).count(200) == 1

    def test_races_on_many_names_all_win(self, client: Any) -> None:
        """32 threads that create different names all succeed, and all models are listed."""
        assert _race(client, [f"m{n}" for n in range(32)]) == [200] * 32
        assert sorted(walked(client)) == sorted(f"m{n}" for n in range(32))


def _race(client: Any, race_names: list[str]) -> list[int]:
    statuses: list[int] = []
    barrier = threading.Barrier(len(race_names))

    def run(name: str) -> None:
        barrier.wait()
        statuses.append(client.create(name)[0])

    threads = [threading.Thread(target=run, args=(each,)) for each in race_names]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return statuses
