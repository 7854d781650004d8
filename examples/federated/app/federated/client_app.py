"""The client: hands the shared adapter to its own Node process, which learns from its own data, and returns what that gives."""

import os
import signal

from flwr.app import Context, Message
from flwr.clientapp import ClientApp

from federated.envelope import adapter_of, excuse, reply
from federated.node_process import NodeError, NodeProcess

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    node, run = context.node_config, context.run_config
    client = int(node["partition-id"])
    config = dict(message.content["config"])
    fault = fault_of(str(run["faults"]), client, config["round"])
    if fault == "exit":
        os.kill(os.getpid(), signal.SIGKILL)
    question = {"client": client, "fault": fault} | config
    file = adapter_of(message.content["adapter"])
    # In a deployment a client says itself which program it runs; only simulated clients take it from the run.
    program = str(node.get("node", run["node"])), str(node.get("worker", run["worker"]))
    try:
        with NodeProcess(*program) as worker:
            answer, [learned] = worker.ask(question, [file], seconds=float(run["work"]))
        content = reply(client, learned, answer["examples"])
    except NodeError as error:
        content = excuse(client, str(error))
    return Message(content=content, reply_to=message)


def fault_of(faults: str, client: int, server_round: int) -> str:
    """The fault of this client in this round, "" if there is none."""
    for entry in filter(None, faults.split(",")):
        who, when, what = entry.split(":")
        if (int(who), int(when)) == (client, server_round):
            return what
    return ""
