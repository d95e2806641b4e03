"""How a service behaves, as one value: its tables, its operations and everything that looks at a
message on its way.

A fault or a strict mode is a function from one behaviour to another; see
`conformance.reference.faults`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from conformance.reference.errors import Refusal, Refused
from conformance.reference.json_body import decode_body
from conformance.reference.messages import Reply, Request
from conformance.reference.places import Place
from conformance.reference.shapes import Structure
from conformance.reference.state import Custom, RegionState
from conformance.reference.violations import Violation, refuse

Output = dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was understood: the operation, its members as the tables read them, and where
    it belongs.
    """

    operation: str
    parameters: Mapping[str, object]
    place: Place

    def text(self, name: str, default: str = "") -> str:
        """A string member, or the default where it is absent."""
        value = self.parameters.get(name)
        return default if value is None else str(value)

    def number(self, name: str, default: float) -> float:
        """A number member, or the default where it is absent."""
        value = self.parameters.get(name)
        return value if isinstance(value, int | float) else default

    def structures(self, name: str) -> list[dict[str, object]]:
        """The structures in a list member; an absent list is empty."""
        value = self.parameters.get(name)
        return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []

    def strings(self, name: str) -> list[str]:
        """The strings in a list member; an absent list is empty."""
        value = self.parameters.get(name)
        return [str(each) for each in value] if isinstance(value, list) else []

    def having(self, **changes: object) -> Call:
        """The same call with other members; a member of None is taken out."""
        merged = {**self.parameters, **changes}
        return replace(
            self, parameters={name: each for name, each in merged.items() if each is not None}
        )


Handler = Callable[[RegionState, Call], Output]
Gate = Callable[[Request], Reply | None]
BodyCheck = Callable[[str, dict[str, object]], None]
CrossCheck = Callable[[Call], None]
OutputFilter = Callable[[Call, Output], Output]
RefusalFilter = Callable[[Request, Refusal], Refusal]
ReplyFilter = Callable[[Request, Reply], Reply]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Everything a service decides by.

    inputs           the table of each operation's input
    handlers         what each operation does once its input is valid
    cross_checks     what CreateModel demands of members together, and of the world outside
    gates            look at the raw request first; may refuse it or answer it themselves
    decode           body to members
    body_checks      look at the members before the tables do
    refuse           list of violations to the error that reports them
    output_filters   the members of a successful answer, on their way out
    refusal_filters  an error on its way out
    reply_filters    the finished reply
    custom           how models are kept
    """

    inputs: Mapping[str, Structure]
    handlers: Mapping[str, Handler]
    cross_checks: tuple[CrossCheck, ...] = ()
    gates: tuple[Gate, ...] = ()
    decode: Callable[[bytes], dict[str, object]] = decode_body
    body_checks: tuple[BodyCheck, ...] = ()
    refuse: Callable[[Sequence[Violation]], Refused] = refuse
    output_filters: tuple[OutputFilter, ...] = ()
    refusal_filters: tuple[RefusalFilter, ...] = ()
    reply_filters: tuple[ReplyFilter, ...] = ()
    custom: Custom = field(default_factory=Custom)


Change = Callable[[Behaviour], Behaviour]
