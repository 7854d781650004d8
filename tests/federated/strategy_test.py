"""The strategy without a network: what it accepts, whom it leaves out, and that its average is numpy's."""

import os
import sys
import tempfile
import time
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import numpy as np
from flwr.app import Array, ArrayRecord, Message, MessageType, MetricRecord, RecordDict
from flwr.supercore.task_identity import TaskIdentity
from safetensors import safe_open
from safetensors.numpy import load_file

from federated.client_app import fault_of
from federated.envelope import adapter_of, adapter_record, excuse, reply
from federated.node_process import NodeError, NodeProcess
from federated.server_app import Prompt
from federated.strategy import MergeAdapters

EXAMPLE = Path(os.environ["FEDERATED"])
NODE = os.environ["NODE"]
TASK = {"task": "teacher", "seed": 1, "clients": 3}
TaskIdentity.run_id, TaskIdentity.node_id, TaskIdentity.task_id = 1, 1, 1  # Flower sets them in its processes
KEY = "base_model.model.linear.lora_{}.weight"


class Grid:
    def __init__(self, nodes):
        self.nodes = nodes

    def get_node_ids(self):
        return self.nodes


class Clock:
    """Time that passes by sleeping."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Late:
    """A grid on which the client `i` answers at the time `answers[i]`; those that have no time never do."""

    def __init__(self, clock, answers):
        self.clock, self.answers = clock, answers

    def push_messages(self, messages):
        return messages

    def pull_messages(self, waiting):
        due = [i for i in waiting if i < len(self.answers) and self.answers[i] <= self.clock.now]
        return [SimpleNamespace(metadata=SimpleNamespace(reply_to_message_id=i)) for i in due]


def delta(file: bytes) -> np.ndarray:
    """alpha A B, by the reference implementation of the format."""
    with tempfile.NamedTemporaryFile(suffix=".safetensors") as out:
        Path(out.name).write_bytes(file)
        tensors = load_file(out.name)
        with safe_open(out.name, framework="np") as opened:
            alpha = float(opened.metadata()["alpha"])
    a, b = (tensors[KEY.format(factor)].astype(np.float64) for factor in "AB")
    return alpha * a.T @ b.T


class StrategyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.helper = NodeProcess(NODE, str(EXAMPLE / "helper.mjs"))
        cls.addClassCleanup(cls.helper.close)
        _, [cls.first] = cls.helper.ask({"question": "first"} | TASK, [], 30)

    def start(self, nodes=(10, 11, 12), **options):
        self.rows = []
        strategy = MergeAdapters(
            lambda question, files: self.helper.ask(question, files, 30),
            config=TASK,
            options={"least": 2, "serverRate": 1.0} | options.pop("options", {}),
            start_clients=3, patience=1, deadline=5, largest_reply=10_000, report=self.rows.append, **options,
        )
        return strategy, self.round(strategy, 1, nodes)

    def round(self, strategy, number, nodes, file=None):
        return list(strategy.configure_train(number, adapter_record(file or self.first), None, Grid(list(nodes))))

    def learned(self, client, file=None, number=1, frozen=False):
        with NodeProcess(NODE, str(EXAMPLE / "worker.mjs")) as worker:
            question = TASK | {"client": client, "round": number, "frozen": frozen, "fault": ""}
            answer, [learned] = worker.ask(question, [file or self.first], 30)
        return reply(client, learned, answer["examples"])

    def replies(self, messages, contents):
        return [Message(content, reply_to=message) for message, content in zip(messages, contents)]

    def test_the_average_is_numpys_best_rank_two(self):
        strategy, messages = self.start()
        contents = [self.learned(client) for client in range(3)]
        arrays, _ = strategy.aggregate_train(1, self.replies(messages, contents))
        exact = sum(delta(adapter_of(content["adapter"])) for content in contents) / 3
        u, s, vt = np.linalg.svd(exact)
        best = (u[:, :2] * s[:2]) @ vt[:2]
        self.assertLess(np.linalg.norm(delta(adapter_of(arrays)) - best), 1e-6 * np.linalg.norm(best))
        self.assertAlmostEqual(self.rows[0]["dropped"], np.sum(s[2:] ** 2) / np.sum(s**2), places=6)

    def test_with_one_a_the_average_is_exact(self):
        strategy, messages = self.start(freeze_from=1)
        contents = [self.learned(client, frozen=True) for client in range(3)]
        arrays, _ = strategy.aggregate_train(1, self.replies(messages, contents))
        exact = sum(delta(adapter_of(content["adapter"])) for content in contents) / 3
        error = np.linalg.norm(delta(adapter_of(arrays)) - exact) / np.linalg.norm(exact)
        print(f"with one A: {error:.2g} from numpy's average")
        self.assertLess(error, 1e-6)
        self.assertEqual(self.rows[0]["dropped"], 0)

    def test_the_order_of_replies_does_not_matter(self):
        contents = [self.learned(client) for client in range(3)]
        files = []
        for order in ([0, 1, 2], [2, 0, 1]):
            strategy, messages = self.start()
            replies = self.replies(messages, contents)
            files.append(adapter_of(strategy.aggregate_train(1, [replies[i] for i in order])[0]))
        self.assertEqual(*files)

    def test_bad_replies_cost_their_own_part_only(self):
        good = [self.learned(0), self.learned(1)]
        file = adapter_of(good[0]["adapter"])
        numbers = ArrayRecord({"adapter": Array(np.zeros(4, np.float32))})
        metrics = MetricRecord({"client": 2, "num-examples": 5})
        cases = {
            "numbers": RecordDict({"adapter": numbers, "metrics": metrics}),
            "no client": RecordDict({"adapter": adapter_record(file)}),
            "nothing": RecordDict(),
            "bytes, at most": reply(2, file * 4, 5),
            "claims 2.5 examples": RecordDict({"adapter": adapter_record(file), "metrics": MetricRecord({"client": 2, "num-examples": 2.5})}),
            "claims 0 examples": reply(2, file, 0),
            "not one adapter": RecordDict({"more": adapter_record(file), "adapter": adapter_record(file), "metrics": metrics}),
            "out of memory": excuse(2, "out of memory"),
            "header": reply(2, b"x" * 200, 5),
        }
        strategy, messages = self.start(nodes=(10, 11))
        expected = adapter_of(strategy.aggregate_train(1, self.replies(messages, good))[0])
        for reason, bad in cases.items():
            with self.subTest(reason):
                strategy, messages = self.start()
                arrays, _ = strategy.aggregate_train(1, self.replies(messages, [*good, bad]))
                self.assertEqual(adapter_of(arrays), expected)
                [fault] = self.rows[0]["faults"]
                self.assertEqual(fault["node"], "12")
                if reason in ("bytes, at most", "claims 2.5 examples", "claims 0 examples", "not one adapter", "out of memory"):
                    self.assertEqual(fault["client"], 2)
                    self.assertIn(reason, fault["reason"])

    def test_who_does_not_answer_is_named_and_sits_out_a_round(self):
        strategy, messages = self.start()
        good = [self.learned(0), self.learned(1)]
        strategy.aggregate_train(1, self.replies(messages, good))
        self.assertEqual([fault["node"] for fault in self.rows[0]["faults"]], ["12"])
        self.assertRegex(self.rows[0]["faults"][0]["reason"], r"^no answer within \d+ s$")
        asked = [[message.metadata.dst_node_id for message in self.round(strategy, number, (10, 11, 12))] for number in (2, 3)]
        self.assertEqual(asked, [[10, 11], [10, 11, 12]])

    def test_momentum_adds_a_share_of_the_last_change(self):
        options = {"momentum": 0.5}
        strategy, messages = self.start(freeze_from=1, options=options)
        first = adapter_of(strategy.aggregate_train(1, self.replies(messages, [self.learned(client, frozen=True) for client in range(3)]))[0])
        contents = [self.learned(client, first, 2, frozen=True) for client in range(3)]
        messages = self.round(strategy, 2, (10, 11, 12), first)
        arrays, _ = strategy.aggregate_train(2, self.replies(messages, contents))
        average = sum(delta(adapter_of(content["adapter"])) for content in contents) / 3
        exact = average + 0.5 * (delta(first) - delta(self.first))
        self.assertLess(np.linalg.norm(delta(adapter_of(arrays)) - exact), 1e-6 * np.linalg.norm(exact))

    def test_a_round_waits_for_those_left_in_proportion_to_the_others(self):
        for deadline, answers, ends in ((100, (20, 20), 60), (50, (20, 20), 50), (100, (1, 1), 11), (100, (20,), 100), (100, (20, 20, 20, 20), 20)):
            clock = Clock()
            with self.subTest(answers=answers, deadline=deadline), mock.patch("federated.server_app.time", clock):
                replies = Prompt(Late(clock, answers), grace=2).send_and_receive([0, 1, 2, 3], timeout=deadline)
                self.assertEqual(len(replies), len(answers))
                self.assertAlmostEqual(clock.now, ends, delta=0.7)  # found up to 0.2 s late, which grace makes 0.6

    def test_too_few_replies_keep_the_adapter(self):
        strategy, messages = self.start()
        self.assertEqual(strategy.aggregate_train(1, self.replies(messages, [self.learned(0)])), (None, None))
        self.assertEqual(strategy.aggregate_train(1, []), (None, None))
        self.assertEqual([row["changed"] for row in self.rows], [False, False])

    def test_two_answers_of_one_node_and_answers_of_others(self):
        strategy, messages = self.start()
        good = [self.learned(0), self.learned(1)]
        [stranger] = [Message(self.learned(2), reply_to=Message(RecordDict(), 99, MessageType.TRAIN))]
        replies = self.replies(messages, good)
        strategy.aggregate_train(1, [*replies, replies[0], stranger])
        self.assertEqual(sorted(fault["node"] for fault in self.rows[0]["faults"]), ["10", "12", "99"])
        self.assertEqual([used["client"] for used in self.rows[0]["used"]], [0, 1])

    def test_a_slow_worker_and_a_dead_one(self):
        for fault, reason in (("slow", "longer than 2 s"), ("kill", "ended")):
            with self.subTest(fault), NodeProcess(NODE, str(EXAMPLE / "worker.mjs")) as worker:
                began = time.monotonic()
                question = TASK | {"client": 0, "round": 1, "frozen": False, "fault": fault}
                with self.assertRaisesRegex(NodeError, reason):
                    worker.ask(question, [self.first], 2 if fault == "slow" else 30)
                self.assertLess(time.monotonic() - began, 20)

    def test_faults_are_of_one_client_in_one_round(self):
        self.assertEqual([fault_of("1:2:nan,0:3:kill", *when) for when in ((1, 2), (0, 3), (1, 3))], ["nan", "kill", ""])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
