"""How an adapter travels in Flower's records: as the bytes of its file, which no stock strategy takes for numbers to average."""

from flwr.app import Array, ArrayRecord, ConfigRecord, MetricRecord, RecordDict

STYPE = "safetensors.adapter"


def adapter_record(file: bytes) -> ArrayRecord:
    return ArrayRecord({"adapter": Array(dtype="uint8", shape=(len(file),), stype=STYPE, data=file)})


def adapter_of(record: ArrayRecord) -> bytes:
    array = record["adapter"]
    if array.stype != STYPE:
        raise ValueError(f"an array of type {array.stype}, not {STYPE}")
    return array.data


def instruction(file: bytes, config: dict) -> RecordDict:
    return RecordDict({"adapter": adapter_record(file), "config": ConfigRecord(config)})


def reply(client: int, file: bytes, examples: int) -> RecordDict:
    return RecordDict({
        "adapter": adapter_record(file),
        "metrics": MetricRecord({"client": client, "num-examples": examples}),
    })


def excuse(client: int, reason: str) -> RecordDict:
    """What a client returns that could not do its work."""
    return RecordDict({"metrics": MetricRecord({"client": client}), "excuse": ConfigRecord({"reason": reason})})


def opened(content: RecordDict, largest: int) -> dict:
    """{ client, file, examples } of a reply; raises ValueError for what is not a reply."""
    metrics = content.metric_records.get("metrics", {})
    client = metrics.get("client")
    if not isinstance(client, int):
        raise ValueError("no client is named")
    if "excuse" in content.config_records:
        raise Excuse(client, str(content.config_records["excuse"].get("reason"))[:500])
    if list(content.array_records) != ["adapter"] or list(content.array_records["adapter"]) != ["adapter"]:
        raise Excuse(client, "there is not one adapter")
    file = adapter_of(content.array_records["adapter"])
    if len(file) > largest:
        raise Excuse(client, f"{len(file)} bytes, at most {largest} are taken")
    examples = metrics.get("num-examples")
    if not isinstance(examples, int):
        raise Excuse(client, f"claims {examples} examples")
    return {"client": client, "file": file, "examples": examples}


class Excuse(ValueError):
    """The reply of this client has no adapter to use."""

    def __init__(self, client: int, reason: str):
        super().__init__(reason)
        self.client = client
