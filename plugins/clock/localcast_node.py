"""A LocalCast node in nothing but the standard library: JSON frames over the agent's pipe.

One thread, one loop: Node.run() reads frames, answers them, calls on_tick, and joins again when the agent has gone.
Every buffer has a bound and every wait an end; see docs/protocol.md for what is said.
"""

import inspect
import json
import os
import random
import select
import signal
import socket
import struct
import sys
import time

MAX_FRAME = 1024 * 1024 + 1024  # the agent's own limit, and the sender's name that it adds
SEND_WITHIN = 5.0
HELLO_WITHIN = 10.0
QUIET_FOR = 60.0  # after this the agent is asked whether it lives
ANSWER_WITHIN = 20.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0

# Refusals that another attempt cannot change.
FINAL = {"BadRequest", "VersionMismatch", "Forbidden", "Unauthorized"}


class CallError(Exception):
    """What a caller is told by name."""

    def __init__(self, code, name, message):
        super().__init__(message)
        self.error = {"code": code, "name": name, "message": message}


class Disconnected(Exception):
    """The connection is gone; is_final when joining again is pointless."""

    def __init__(self, reason, is_final=False):
        super().__init__(reason)
        self.is_final = is_final


def log(text):
    print(text, file=sys.stderr, flush=True)


def pipe_path():
    """Where the agent's pipe is: a path as it stands, a name where .NET puts it."""
    name = os.environ.get("LOCALCAST_PIPE") or "localcast"
    if os.path.isabs(name):
        return name
    return os.path.join(os.environ.get("TMPDIR") or "/tmp", "CoreFxPipe_" + name)


class Node:
    """A node with methods. Handlers get the arguments of a call and return what can be JSON, at once: the loop waits for them."""

    def __init__(self, name, version, methods, on_tick=None, tick=1.0):
        self.name = name
        self.version = version
        self.methods = methods
        self.on_tick = on_tick
        self.tick = tick
        self.started = time.monotonic()
        self._socket = None
        self._buffer = bytearray()
        self._is_stopping = False
        # A byte in it ends select() at once, wherever the signal came in.
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_write.setblocking(False)

    def run(self):
        """Serves until it is asked to end. Returns the exit code."""
        signal.set_wakeup_fd(self._wake_write.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop())
        pause = FIRST_PAUSE
        while not self._is_stopping:
            try:
                self._join()
                pause = FIRST_PAUSE
                self._serve()
            except Disconnected as e:
                if e.is_final:
                    log(f"{self.name}: {e}")
                    return 1
                if not self._is_stopping:
                    log(f"{self.name}: {e}; trying again")
            finally:
                self._close()
            if not self._is_stopping:
                select.select([self._wake_read], [], [], pause * random.uniform(0.8, 1.0))
                pause = min(pause * 2, LONGEST_PAUSE)
        return 0

    def publish(self, topic, payload):
        self._send({"type": "publish", "topic": topic, "data": {"mode": "all", "payload": payload}})

    def _stop(self):
        self._is_stopping = True

    def _join(self):
        self._buffer.clear()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(SEND_WITHIN)
        try:
            self._socket.connect(pipe_path())
        except OSError as e:
            raise Disconnected(f"no agent at {pipe_path()}: {e}") from e
        self._check_owner()
        hello = {
            "protocol": [1, 1],
            "name": self.name,
            "version": self.version,
            "role": "node",
            "pid": os.getpid(),
            "methods": sorted(self.methods),
        }
        if os.environ.get("LOCALCAST_INSTANCE") and os.environ.get("LOCALCAST_NODE") == self.name:
            hello["instance"] = os.environ["LOCALCAST_INSTANCE"]
        self._send({"type": "hello", "data": hello})
        deadline = time.monotonic() + HELLO_WITHIN
        while not self._is_stopping:
            frame = self._receive(deadline)
            if frame is None and time.monotonic() >= deadline:
                raise Disconnected("the agent did not answer the hello")
            if frame is not None:
                if frame.get("type") == "hello_ack":
                    return
                self._handle(frame)

    def _check_owner(self):
        """Another user may have put a socket where the agent's should be."""
        if not hasattr(socket, "SO_PEERCRED"):
            return
        credentials = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        uid = struct.unpack("3i", credentials)[1]
        if uid != os.getuid():
            raise Disconnected(f"the pipe {pipe_path()} belongs to the user {uid}", is_final=True)

    def _serve(self):
        heard = time.monotonic()
        has_asked = False
        next_tick = heard + self.tick
        while not self._is_stopping:
            frame = self._receive(min(next_tick, heard + QUIET_FOR + ANSWER_WITHIN))
            now = time.monotonic()
            if frame is not None:
                heard, has_asked = now, False
                self._handle(frame)
            elif now - heard > QUIET_FOR + ANSWER_WITHIN:
                raise Disconnected("the agent does not answer")
            elif now - heard > QUIET_FOR and not has_asked:
                has_asked = True
                self._send({"type": "ping_request", "data": {"nonce": str(random.getrandbits(63))}})
            if now >= next_tick:
                next_tick = max(next_tick + self.tick, now)  # what a sleeping machine missed is not made up for
                if self.on_tick:
                    self.on_tick(self)
        self._send({"type": "goodbye"})

    def _handle(self, frame):
        kind, own_id = frame.get("type"), frame.get("id")
        if kind == "call":
            self._answer(frame)
        elif kind == "ping":
            self._send({"type": "pong", "to": frame.get("from"), "reply_to": own_id, "data": self._describe()})
        elif kind == "ping_request":
            self._send({"type": "ping_response", "reply_to": own_id, "data": frame.get("data")})
        elif kind == "shutdown" and frame.get("from") == "localcast":
            self._send({"type": "ack", "reply_to": own_id})
            self._stop()
        elif kind == "goodbye":
            error = frame.get("error") or {}
            raise Disconnected(f"the agent said goodbye: {error.get('message', 'no reason')}", error.get("name") in FINAL)

    def _answer(self, call):
        result = {"type": "result", "reply_to": call.get("id")}
        try:
            result["data"] = {"success": True, "result": self._invoke(call.get("data") or {})}
            if len(json.dumps(result).encode()) > MAX_FRAME - 2048:
                raise CallError(11, "TooLarge", "the result is larger than a message may be")
        except CallError as e:
            result.update(data={"success": False}, error=e.error)
        except Exception as e:  # a handler's own defect is its caller's answer, not our end
            error = {"code": 7, "name": "HandlerFailed", "message": f"{type(e).__name__}: {e}"[:1000]}
            result.update(data={"success": False}, error=error)
        self._send(result)

    def _invoke(self, data):
        method, args = data.get("method"), data.get("args") or []
        if method not in self.methods:
            raise CallError(6, "MethodNotFound", f"'{self.name}' has no method '{method}'")
        handler = self.methods[method]
        try:
            inspect.signature(handler).bind(*args)
        except TypeError as e:
            raise CallError(1, "BadRequest", f"the arguments of '{method}': {e}") from e
        return handler(*args)

    def _describe(self):
        return {
            "name": self.name,
            "version": self.version,
            "role": "node",
            "state": "Ready",
            "pid": os.getpid(),
            "methods": sorted(self.methods),
            "uptime_ms": int((time.monotonic() - self.started) * 1000),
        }

    def _send(self, message):
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            self._socket.sendall(struct.pack(">i", len(body)) + body)
        except OSError as e:
            raise Disconnected(f"the agent does not read: {e}") from e

    def _receive(self, deadline):
        """The next frame; None when the deadline came first, or a signal."""
        while True:
            frame = self._take_frame()
            if frame is not None:
                return frame
            ready, _, _ = select.select([self._socket, self._wake_read], [], [], max(0.0, deadline - time.monotonic()))
            if self._socket not in ready:
                return None
            try:
                data = self._socket.recv(65536)
            except OSError as e:
                raise Disconnected(f"the connection broke: {e}") from e
            if not data:
                raise Disconnected("the agent has gone")
            self._buffer += data

    def _take_frame(self):
        while len(self._buffer) >= 4:
            size = struct.unpack(">i", self._buffer[:4])[0]
            if not 0 <= size <= MAX_FRAME:
                raise Disconnected(f"the agent sent a frame of {size} bytes")
            if len(self._buffer) < 4 + size:
                return None
            body = bytes(self._buffer[4 : 4 + size])
            del self._buffer[: 4 + size]
            if body:  # an empty frame says nothing
                try:
                    return json.loads(body)
                except ValueError as e:
                    raise Disconnected(f"the agent sent what is no JSON: {e}") from e
        return None

    def _close(self):
        if self._socket is not None:
            self._socket.close()
            self._socket = None
