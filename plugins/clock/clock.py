"""The node clock: now() and uptime(), and clock.tick published each second."""

import datetime
import os
import sys
import time

from localcast_node import Node

started = time.monotonic()


def now():
    """The time of this machine, with its offset from UTC."""
    return datetime.datetime.now().astimezone().isoformat(timespec="milliseconds")


def uptime():
    """Seconds since this instance started."""
    return round(time.monotonic() - started, 3)


def publish_tick(node):
    node.publish("clock.tick", {"now": now(), "uptime": uptime()})


if __name__ == "__main__":
    node = Node(
        os.environ.get("LOCALCAST_NODE") or "clock",
        os.environ.get("LOCALCAST_VERSION"),
        {"now": now, "uptime": uptime},
        on_tick=publish_tick,
    )
    sys.exit(node.run())
