"""Small targets named by their vice: the suite's own test subjects, each wrong in one way."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fakes.conformant import ACCOUNT, Conformant, Refused, invalid

from conformance.wire import Call, Reply, TransportFault


class _SaysOneThing(Conformant):
    """Gives one answer to every request."""

    status = 200
    body: Mapping[str, Any] = {}

    def send(self, call: Call) -> Reply:
        self.calls.append((call.operation, json.loads(call.body)))
        return self.reply(self.status, self.body)


class AcceptsEverything(_SaysOneThing):
    """Says 200 and one ARN to whatever it is asked, DescribeModel included."""

    body = {"ModelArn": f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/model"}  # noqa: RUF012


class KeepsEverything(Conformant):
    """Checks nothing and keeps all of it, under whatever name; refuses duplicates."""

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        return body if isinstance(body, dict) else {}

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        return self.store(members)

    def stored_name(self, name: Any) -> Any:
        return str(name)

    def found(self, members: dict[str, Any]) -> Any:
        return super().found({"ModelName": str(members.get("ModelName"))})


class OverwritesEverything(KeepsEverything):
    """Checks nothing, and a second model of a name takes the place of the first."""

    def store(self, members: dict[str, Any]) -> dict[str, Any]:
        self.models.pop(self.stored_name(members.get("ModelName")), None)
        return super().store(members)


class InventsNames(KeepsEverything):
    """Gives a model without a name a name of its own, and says so in the ARN."""

    def stored_name(self, name: Any) -> Any:
        return str(name) if name else f"model-{len(self.models)}"


class RejectsEverything(_SaysOneThing):
    """Says that every request is invalid."""

    status = 400
    body = {  # noqa: RUF012
        "__type": "ValidationException",
        "message": "1 validation error detected: Value 'x' at 'modelName' failed",
    }


class FailsAlways(_SaysOneThing):
    """Says 500 to everything."""

    status = 500
    body = {"__type": "InternalFailure", "message": "oops"}  # noqa: RUF012


class DeniesAlways(_SaysOneThing):
    """Says AccessDeniedException to everything."""

    status = 400
    body = {"__type": "AccessDeniedException", "message": "User is not authorized"}  # noqa: RUF012


class ThrottlesAlways(_SaysOneThing):
    """Says ThrottlingException to everything."""

    status = 400
    body = {"__type": "ThrottlingException", "message": "Rate exceeded"}  # noqa: RUF012


class KnowsNoOperation(_SaysOneThing):
    """Says 501 to everything."""

    status = 501
    body = {"__type": "InternalFailure", "message": "not implemented"}  # noqa: RUF012


class CannotDescribe(Conformant):
    """Creates, lists and deletes models but has no DescribeModel."""

    def describe(self, members: dict[str, Any]) -> dict[str, Any]:
        raise Refused("NotImplemented", "", 501)


class CannotDelete(KeepsEverything):
    """Keeps everything, refuses duplicates and has no DeleteModel."""

    def delete(self, members: dict[str, Any]) -> dict[str, Any]:
        raise Refused("NotImplemented", "", 501)


class AnswersHtml(Conformant):
    """Answers every request with a web page."""

    status = 200

    def send(self, call: Call) -> Reply:
        return Reply(self.status, (("Content-Type", "text/html"),), b"<html><h1>Hello</h1></html>")


class RejectsButStores(Conformant):
    """Rejects what is illegal, but only after it has stored it; deletes whatever is there."""

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        return body if operation == "DeleteModel" else super().checked(operation, body)

    def answer(self, operation: str, body: Any) -> dict[str, Any]:
        try:
            return super().answer(operation, body)
        except Refused:
            if operation == "CreateModel" and self.is_stored(body):
                self.models[body["ModelName"]] = body
            raise

    def is_stored(self, body: Any) -> bool:
        return isinstance(body, dict) and isinstance(body.get("ModelName"), str)


class StoresStrayRoles(RejectsButStores):
    """Rejects a role with a question mark, but has stored it: no enumerated case has one."""

    def is_stored(self, body: Any) -> bool:
        role = body.get("ExecutionRoleArn") if isinstance(body, dict) else None
        return isinstance(role, str) and "?" in role


class RejectsWithStatus200(Conformant):
    """Sends its errors with status 200."""

    def refusal(self, refused: Refused) -> Reply:
        return self.reply(200, {"__type": refused.code, "message": refused.message})


class TruncatesNames(KeepsEverything):
    """Stores the first 63 characters of a name."""

    def stored_name(self, name: Any) -> Any:
        return str(name)[:63]


class StripsNames(KeepsEverything):
    """Stores a name without the white space around it."""

    def stored_name(self, name: Any) -> Any:
        return str(name).strip()


class ChangesItsMind(Conformant):
    """Takes a role with a question mark, but never the same one twice."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        try:
            return super().checked(operation, body)
        except Refused:
            role = body.get("ExecutionRoleArn") if isinstance(body, dict) else None
            if operation != "CreateModel" or not isinstance(role, str) or "?" not in role:
                raise
            if role in self.seen:
                raise
            self.seen.add(role)
            return body


class RejectsAfter(Conformant):
    """Is conformant for so many requests; then every CreateModel is invalid."""

    def __init__(self, requests: int) -> None:
        super().__init__()
        self.left = requests

    def answer(self, operation: str, body: Any) -> dict[str, Any]:
        self.left -= 1
        if self.left < 0 and operation == "CreateModel":
            raise invalid("1 validation error detected: Value at 'modelName' failed")
        return super().answer(operation, body)


class DiesAfter(Conformant):
    """Answers so many requests; then nobody listens."""

    def __init__(self, requests: int, kind: str = "connect") -> None:
        super().__init__()
        self.left, self.kind = requests, kind

    def send(self, call: Call) -> Reply:
        self.left -= 1
        if self.left < 0:
            raise TransportFault(self.kind, "connection refused")
        return super().send(call)


class LosesOneAnswer(Conformant):
    """The answer to the CreateModel of this number (the first is 1) is lost on its way."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def send(self, call: Call) -> Reply:
        reply = super().send(call)
        creates = sum(operation == "CreateModel" for operation, _ in self.calls)
        if self.calls[-1][0] == "CreateModel" and creates == self.number:
            raise TransportFault("broken", "cut off")
        return reply


class Raises(Conformant):
    """A target with a mistake in it: every third request raises something of its own."""

    def send(self, call: Call) -> Reply:
        reply = super().send(call)
        if len(self.calls) % 3 == 0:
            raise RuntimeError("a mistake in the target's own code")
        return reply


class AnswersArn(Conformant):
    """Puts one part of the ARN wrong: ``part`` counts between colons, 5 is the name."""

    def __init__(self, part: int, value: str) -> None:
        super().__init__()
        self.part, self.value = part, value

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        parts = super().create(members)["ModelArn"].split(":", 5)
        parts[self.part] = self.value
        return {"ModelArn": ":".join(parts)}


class ShowsLate(Conformant):
    """Describes and lists a model only after three more requests."""

    def found(self, members: dict[str, Any]) -> Any:
        name = super().found(members)
        if self.calls[-1][0] == "DescribeModel":
            born = max(
                n
                for n, (op, b) in enumerate(self.calls)
                if b.get("ModelName") == name and op == "CreateModel"
            )
            if len(self.calls) - born <= 3:
                raise invalid(f'Could not find model "{self.arn(name)}".')
        return name


class FearsJ(Conformant):
    """Refuses roles with a j behind ``:role``, which are legal; no enumerated role has one."""

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        members = super().checked(operation, body)
        if "j" in members.get("ExecutionRoleArn", "").rpartition(":role")[2]:
            raise invalid("1 validation error detected: Value at 'executionRoleArn' failed")
        return members


class TakesVeryLongHostnames(Conformant):
    """Refuses hostnames of 64 to 130 characters, as it should, but takes longer ones."""

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        container = body.get("PrimaryContainer") if isinstance(body, dict) else None
        hostname = container.get("ContainerHostname") if isinstance(container, dict) else None
        if isinstance(hostname, str) and len(hostname) > 130:
            container["ContainerHostname"] = "c"
        return super().checked(operation, body)


class TakesOneStrangeName(KeepsEverything):
    """Conformant but for this: a name with a tilde is taken; it can be described and deleted."""

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        name = body.get("ModelName") if isinstance(body, dict) else None
        if isinstance(name, str) and "~" in name:
            return body
        return Conformant.checked(self, operation, body)

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        return Conformant.create(self, members)


class FullAfterTwo(Conformant):
    """Has room for two models and says ResourceLimitExceeded then."""

    def store(self, members: dict[str, Any]) -> dict[str, Any]:
        if len(self.models) >= 2:
            raise Refused("ResourceLimitExceeded", "The account-level service limit is 2 models.")
        return super().store(members)
