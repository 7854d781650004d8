"""The server: starts the helper, runs the rounds, and writes what came of each."""

import json
import math
import secrets
import time
from pathlib import Path

from flwr.app import ArrayRecord, Context, MetricRecord
from flwr.serverapp import Grid, ServerApp

from federated.envelope import adapter_of, adapter_record
from federated.node_process import NodeProcess
from federated.strategy import MergeAdapters

app = ServerApp()


class Prompt:
    """
    A grid that looks for replies five times a second; Flower's own looks every three seconds. Once half of the clients have answered, the others
    have `grace` times as long as that took, and ten seconds at least: who never answers does not hold up a round until its deadline, and a slow
    machine gets more time.
    """

    def __init__(self, grid: Grid, grace: float):
        self._grid, self._grace = grid, grace

    def __getattr__(self, name):
        return getattr(self._grid, name)

    def send_and_receive(self, messages, *, timeout=None):
        began = time.monotonic()
        waiting = set(self._grid.push_messages(messages))
        half = (len(waiting) + 1) // 2
        end = math.inf if timeout is None else began + timeout
        replies = []
        while waiting and time.monotonic() < end:
            new = list(self._grid.pull_messages(waiting))
            if len(replies) < half <= len(replies) + len(new):
                now = time.monotonic()
                end = min(end, now + max(10, self._grace * (now - began)))
            replies += new
            waiting -= {message.metadata.reply_to_message_id for message in new}
            if waiting:
                time.sleep(0.2)
        return replies


@app.main()
def main(grid: Grid, context: Context) -> None:
    run = context.run_config
    results = Path(str(run["results"]))
    config = {key: run[key] for key in ("task", "seed", "clients")}
    with NodeProcess(str(run["node"]), str(run["helper"])) as helper, open(results / "rounds.jsonl", "w", buffering=1) as lines:
        answer, [first] = helper.ask({"question": "first"} | config, [], seconds=60)
        rows = {}
        strategy = MergeAdapters(
            lambda question, files: helper.ask(question, files, seconds=300),
            config=config,
            options={
                "clip": float(run["clip"]),
                "weightCap": float(run["weight-cap"]),
                "serverRate": float(run["server-rate"]) or answer["serverRate"],
                "momentum": answer["momentum"],
                "least": int(run["least-replies"]),
                "noise": float(run["noise"]),
                # Noise that can be computed again can be taken off again.
                "seed": secrets.randbelow(2**31) if float(run["noise"]) > 0 else 0,
            },
            start_clients=int(run["start-clients"]),
            patience=float(run["patience"]),
            deadline=float(run["deadline"]),
            largest_reply=int(run["largest-reply"]),
            freeze_from=int(run["freeze-from"]),
            report=lambda row: rows.update({row["round"]: row}),
        )

        def evaluate(server_round: int, arrays: ArrayRecord) -> MetricRecord:
            loss = helper.ask({"question": "loss"}, [adapter_of(arrays)], seconds=60)[0]["loss"]
            row = rows.get(server_round, {"round": server_round, "faults": [], "used": [], "dropped": 0.0})
            lines.write(json.dumps(row | {"loss": loss}) + "\n")
            return MetricRecord({"loss": loss})

        strategy.start(
            grid=Prompt(grid, float(run["grace"])),
            initial_arrays=adapter_record(first),
            num_rounds=int(run["rounds"]),
            timeout=float(run["deadline"]),
            evaluate_fn=evaluate,
        )
        (results / "adapter.safetensors").write_bytes(strategy.current)
