"""A node for tests: joins by its name and does what its switches say.

Waiting is for files that a test makes, so that the test decides when something happens.
"""

import argparse
import os
import sys
import time

import localcast_node

TICK = 0.02


class TestNode(localcast_node.Node):
    def __init__(self, switches, methods):
        super().__init__(os.environ["LOCALCAST_NODE"], switches.version or os.environ.get("LOCALCAST_VERSION"), methods, TestNode.look, TICK)
        self.switches = switches
        self.is_ready = switches.ready_when is None
        self.is_asked = False

    def look(self):
        """What the files say now."""
        if not self.is_ready and os.path.exists(self.switches.ready_when):
            self.is_ready = True
            super()._send({"type": "ready"})
        if self.is_asked and os.path.exists(self.switches.stop_when):
            self._is_stopping = True
        if self.switches.exit_when and os.path.exists(self.switches.exit_when):
            print("exiting as told", file=sys.stderr, flush=True)
            os._exit(self.switches.exit_code)

    def _send(self, message):
        if message["type"] == "hello" and not self.is_ready:
            message["data"]["ready"] = False
        super()._send(message)

    def _stop(self):
        if not self.switches.deaf:
            super()._stop()

    def _handle(self, frame):
        if frame.get("type") == "shutdown":
            print("asked to end:", (frame.get("data") or {}).get("reason"), flush=True)
            if self.switches.deaf:
                return
            if self.switches.stop_when:
                self.is_asked = True
                super()._send({"type": "extend", "reply_to": frame["id"], "deadline_ms": self.switches.extend})
                return
        super()._handle(frame)


def record(text):
    """Notes a call for good, where every instance of the node does."""
    with open(os.path.join(os.environ["LOCALCAST_DATA"], "calls.txt"), "a") as file:
        file.write(text + "\n")
    return text


def say(text, stream="stdout"):
    print(text, file=getattr(sys, stream), flush=True)
    return True


def pause(seconds):
    time.sleep(seconds)
    return seconds


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--version")
    parser.add_argument("--join-when", help="joins once this file is there")
    parser.add_argument("--ready-when", help="joins without being ready, and says that it is once this file is there")
    parser.add_argument("--exit-when", help="ends with the exit code once this file is there")
    parser.add_argument("--exit-code", type=int, default=3)
    parser.add_argument("--stop-when", help="asked to end it asks for more time, and ends once this file is there")
    parser.add_argument("--extend", type=int, default=30000)
    parser.add_argument("--deaf", action="store_true", help="ends for nobody")
    switches = parser.parse_args()
    while switches.join_when and not os.path.exists(switches.join_when):
        time.sleep(TICK)
    print("version", switches.version, "starts", flush=True)
    methods = {
        "echo": lambda value: value,
        "pid": os.getpid,
        "version": lambda: switches.version,
        "environment": lambda name: os.environ.get(name),
        "record": record,
        "say": say,
        "pause": pause,
        "die": lambda code: os._exit(code),
    }
    sys.exit(TestNode(switches, methods).run())
