"""A strategy whose average is merge_safetensors, in a Node process: Flower moves the files, the package checks and merges them."""

import time
from collections.abc import Callable, Iterable
from logging import INFO, WARNING

from flwr.app import ArrayRecord, ConfigRecord, Message, MessageType, MetricRecord
from flwr.common.logger import log
from flwr.serverapp import Grid
from flwr.serverapp.strategy import Strategy

from federated.envelope import Excuse, adapter_of, adapter_record, instruction, opened

# ask(question, files) -> (answer, files), of helper.mjs
Ask = Callable[[dict, list[bytes]], tuple[dict, list[bytes]]]


class MergeAdapters(Strategy):
    """
    `config` goes to every client. `options` are those of aggregate.mjs. From round `freeze_from` on (0: never) only B is trained. `report` is
    called with what there is to say of each round.
    """

    def __init__(
        self,
        ask: Ask,
        *,
        config: dict,
        options: dict,
        start_clients: int,
        patience: float,
        deadline: float,
        largest_reply: int,
        freeze_from: int = 0,
        report: Callable[[dict], None] = lambda _: None,
    ):
        self.ask, self.config, self.options = ask, config, options
        self.start_clients, self.patience, self.deadline = start_clients, patience, deadline
        self.largest_reply, self.freeze_from, self.report = largest_reply, freeze_from, report
        self.current = b""
        self.before = b""  # what the current one came from, for momentum
        self.names: dict[int, int] = {}  # node -> client, as it has called itself
        self.asked: set[int] = set()
        self.absent: set[int] = set()

    def summary(self) -> None:
        log(INFO, "\t├── Average: merge_safetensors, %s", self.options)

    def frozen(self, server_round: int) -> bool:
        return 0 < self.freeze_from <= server_round

    def configure_train(
        self, server_round: int, arrays: ArrayRecord, config: ConfigRecord, grid: Grid
    ) -> Iterable[Message]:
        self.current = adapter_of(arrays)
        nodes = self.wait_for_nodes(server_round, grid)
        # Who has not answered sits out a round, if there are others: Flower lists a dead client for a minute.
        present = [node for node in nodes if node not in self.absent]
        self.asked = set(present if len(present) >= self.options["least"] else nodes)
        self.absent = set()
        self.began = time.monotonic()
        content = instruction(self.current, self.config | {"round": server_round, "frozen": self.frozen(server_round)})
        ttl = self.deadline + 5
        return [Message(content, node, MessageType.TRAIN, ttl=ttl, group_id=str(server_round)) for node in sorted(self.asked)]

    def wait_for_nodes(self, server_round: int, grid: Grid) -> list[int]:
        """The first round waits for all who are to start, the others for as many as are needed."""
        wanted = self.start_clients if server_round == 1 else self.options["least"]
        end = time.monotonic() + self.patience
        while True:
            nodes = list(grid.get_node_ids())
            if len(nodes) >= wanted or time.monotonic() > end:
                return nodes
            time.sleep(0.2)

    def aggregate_train(
        self, server_round: int, replies: Iterable[Message]
    ) -> tuple[ArrayRecord | None, MetricRecord | None]:
        good, faults, seen = [], [], set()

        def refuse(node: int, reason: str, client: int | None = None):
            client = self.names.get(node) if client is None else client
            faults.append({"client": client, "node": str(node), "reason": reason})

        for message in replies:
            node = message.metadata.src_node_id
            if node not in self.asked or node in seen:
                refuse(node, "it was not asked, or answers twice")
                continue
            seen.add(node)
            if message.has_error():
                refuse(node, f"Flower reports error {message.error.code}: {message.error.reason}"[:500])
                continue
            try:
                opened_reply = opened(message.content, self.largest_reply)
                self.names[node] = opened_reply["client"]
                good.append(opened_reply | {"node": node})
            except Excuse as excuse:
                self.names[node] = excuse.client
                refuse(node, str(excuse), excuse.client)
            except Exception as error:  # whatever a client has sent: it costs its own part of the round
                refuse(node, f"{type(error).__name__}: {error}"[:500])
        self.absent = self.asked - seen
        for node in sorted(self.absent):
            refuse(node, f"no answer within {time.monotonic() - self.began:.0f} s")

        # In an order that does not depend on who was first: the last bits of a sum do.
        good.sort(key=lambda each: (each["client"], each["node"]))
        merged, answer = self.merge(server_round, good)
        for each, verdict in zip(good, answer["verdicts"], strict=True):
            if "reason" in verdict:
                refuse(each["node"], verdict["reason"], each["client"])
        used = [verdict for verdict in answer["verdicts"] if "reason" not in verdict]
        for fault in faults:
            log(WARNING, "round %d: client %s (node %s) is left out: %s", server_round, fault["client"], fault["node"], fault["reason"])
        for verdict in used:
            if verdict["clip"] < 1:
                log(WARNING, "round %d: client %s is clipped: its update has norm %.4g, %.4g are taken",
                    server_round, verdict["client"], verdict["norm"], verdict["norm"] * verdict["clip"])
        self.report({
            "round": server_round,
            "seconds": time.monotonic() - self.began,
            "merge_milliseconds": answer.get("milliseconds", 0.0),
            "bytes": {"sent": len(self.current), "returned": [len(each["file"]) for each in good]},
            "dropped": answer["dropped"],
            "used": used,
            "faults": faults,
            "changed": merged is not None,
        })
        if merged is None:
            log(WARNING, "round %d changes nothing: %d good replies, %d are needed", server_round, len(used), self.options["least"])
            return None, None
        self.before, self.current = self.current, merged
        return adapter_record(merged), MetricRecord({"good": len(used), "dropped": answer["dropped"]})

    def merge(self, server_round: int, good: list[dict]) -> tuple[bytes | None, dict]:
        nothing = {"verdicts": [{"client": each["client"], "reason": "too few replies"} for each in good], "dropped": 0.0}
        if len(good) < self.options["least"]:
            return None, nothing
        seed = self.options.get("seed", 0) + server_round
        options = self.options | {"frozen": self.frozen(server_round), "seed": seed}
        replies = [{"client": each["client"], "examples": each["examples"]} for each in good]
        answer, files = self.ask(
            {"question": "aggregate", "replies": replies, "options": options},
            [self.current, self.before, *(each["file"] for each in good)],
        )
        return (files[0] if files else None), answer

    def configure_evaluate(self, server_round, arrays, config, grid) -> Iterable[Message]:
        return []  # the helper has held-out examples; asking the clients would be a second exchange a round

    def aggregate_evaluate(self, server_round, replies) -> MetricRecord | None:
        return None
