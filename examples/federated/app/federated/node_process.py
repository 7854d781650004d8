"""A Node process that answers questions over its standard input and output; frames.mjs is the other side."""

import json
import struct
import subprocess
import threading

LARGEST = 256 * 2**20


class NodeError(Exception):
    """The process said no, died, or took too long."""


class NodeProcess:
    def __init__(self, node: str, script: str):
        self._process = subprocess.Popen([node, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """It exits when its input ends; a second later it has no choice."""
        for stream in (self._process.stdin, self._process.stdout):
            try:
                stream.close()
            except OSError:
                pass
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def ask(self, question: dict, files: list[bytes], seconds: float) -> tuple[dict, list[bytes]]:
        """The answer and its files. After `seconds` the process is killed."""
        late = threading.Event()

        def stop():
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            return self._exchange(question, files)
        except (OSError, EOFError, ValueError) as error:
            if late.is_set():
                raise NodeError(f"its Node process took longer than {seconds:g} s") from None
            raise NodeError(f"its Node process ended{self._exit_code()}: {error}") from None
        finally:
            timer.cancel()

    def _exit_code(self) -> str:
        try:
            return f" (exit code {self._process.wait(1)})"
        except subprocess.TimeoutExpired:
            return ""

    def _exchange(self, question, files):
        header = json.dumps(question | {"files": [len(file) for file in files]}).encode()
        self._process.stdin.write(struct.pack("<II", len(header), sum(map(len, files))) + header + b"".join(files))
        self._process.stdin.flush()
        header_length, payload_length = struct.unpack("<II", self._read(8))
        if header_length + payload_length > LARGEST:
            raise ValueError(f"an answer of {header_length + payload_length} bytes")
        answer = json.loads(self._read(header_length))
        if "error" in answer:
            raise NodeError(answer["error"])
        return answer, [self._read(length) for length in answer.pop("files", [])]

    def _read(self, length: int) -> bytes:
        data = self._process.stdout.read(length)
        if len(data) < length:
            raise EOFError("no answer")
        return data
