'use strict';
// A LocalCast node in nothing but Node.js: JSON frames over the agent's pipe. It joins again when the agent has gone.
// Every buffer has a bound and every wait an end; see docs/protocol.md for what is said.

const net = require('node:net');
const path = require('node:path');

const MAX_FRAME = 1024 * 1024 + 1024; // the agent's own limit, and the sender's name that it adds
const MAX_QUEUED = 8 * 1024 * 1024;
const HELLO_WITHIN = 10_000;
const QUIET_FOR = 60_000; // after this the agent is asked whether it lives
const ANSWER_WITHIN = 20_000;
const LAST_WORDS = 1_000;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;

// Refusals that another attempt cannot change.
const FINAL = new Set(['BadRequest', 'VersionMismatch', 'Forbidden', 'Unauthorized']);

/** Where the agent's pipe is: a path as it stands, a name where .NET puts it. */
function pipePath() {
  const name = process.env.LOCALCAST_PIPE || 'localcast';
  if (process.platform === 'win32') {
    return name.startsWith('\\\\') ? name : '\\\\.\\pipe\\' + name;
  }
  return path.isAbsolute(name) ? name : path.join(process.env.TMPDIR || '/tmp', 'CoreFxPipe_' + name);
}

/** An error that a caller is told by name. */
class CallError extends Error {
  constructor(code, name, message) {
    super(message);
    this.wire = { code, name, message };
  }
}

/** Takes whole frames off what comes in. Holds one frame at most, and what came with it. */
class Frames {
  #chunks = [];
  #size = 0;

  /** @returns {object[]} the messages that are complete now */
  add(chunk) {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const messages = [];
    while (this.#size >= 4) {
      const length = this.#peek(4).readInt32BE(0);
      if (length < 0 || length > MAX_FRAME) {
        throw new Error(`the agent sent a frame of ${length} bytes`);
      }
      if (this.#size < 4 + length) {
        break;
      }
      const frame = this.#peek(4 + length);
      this.#chunks = [this.#chunks[0].subarray(4 + length)];
      this.#size -= 4 + length;
      if (length > 0) { // an empty frame says nothing
        messages.push(JSON.parse(frame.toString('utf8', 4, 4 + length)));
      }
    }
    return messages;
  }

  #peek(count) {
    if (this.#chunks[0].length < count) {
      this.#chunks = [Buffer.concat(this.#chunks)];
    }
    return this.#chunks[0];
  }
}

/** A node with methods. Handlers get the arguments of a call and return what can be JSON, or a promise of it. */
class LocalCastNode {
  #socket = null;
  #isJoined = false;
  #isStopping = false;
  #pause = FIRST_PAUSE;
  #heard = 0;
  #hasAsked = false;
  #timer = null;
  #retry = null;
  #running = new Set();
  #ended;

  constructor(name, version, methods) {
    this.name = name;
    this.version = version;
    this.methods = methods;
  }

  /** Serves until it is asked to end. Resolves to the exit code. */
  run() {
    return new Promise((resolve) => {
      this.#ended = resolve;
      process.on('SIGTERM', () => this.#stop());
      process.on('SIGINT', () => this.#stop());
      this.#timer = setInterval(() => this.#watch(), 1_000);
      this.#connect();
    });
  }

  #connect() {
    const socket = net.connect(pipePath());
    const frames = new Frames();
    let reason = 'the agent has gone';
    this.#socket = socket;
    this.#heard = Date.now();
    this.#hasAsked = false;
    socket.on('connect', () => this.#sayHello());
    socket.on('data', (chunk) => {
      this.#heard = Date.now();
      this.#hasAsked = false;
      try {
        for (const message of frames.add(chunk)) {
          this.#handle(message);
        }
      } catch (error) {
        socket.destroy(error);
      }
    });
    socket.on('error', (error) => { reason = error.message; });
    socket.on('close', () => this.#closed(reason));
  }

  #closed(reason) {
    this.#isJoined = false;
    if (this.#isStopping) {
      this.#end(0);
      return;
    }
    console.error(`${this.name}: ${reason}; trying again`);
    this.#retry = setTimeout(() => this.#connect(), this.#pause * (0.8 + 0.2 * Math.random()));
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
  }

  #sayHello() {
    const data = {
      protocol: [1, 1], name: this.name, version: this.version, role: 'node', pid: process.pid, methods: Object.keys(this.methods).sort(),
    };
    if (process.env.LOCALCAST_INSTANCE && process.env.LOCALCAST_NODE === this.name) {
      data.instance = process.env.LOCALCAST_INSTANCE;
    }
    this.#send({ type: 'hello', data });
  }

  #handle(message) {
    switch (message.type) {
      case 'hello_ack':
        this.#isJoined = true;
        this.#pause = FIRST_PAUSE;
        break;
      case 'call':
        this.#answer(message);
        break;
      case 'ping':
        this.#send({ type: 'pong', to: message.from, reply_to: message.id, data: this.#describe() });
        break;
      case 'ping_request':
        this.#send({ type: 'ping_response', reply_to: message.id, data: message.data });
        break;
      case 'shutdown':
        if (message.from === 'localcast') {
          this.#send({ type: 'ack', reply_to: message.id });
          this.#stop();
        }
        break;
      case 'goodbye':
        if (FINAL.has(message.error?.name)) {
          console.error(`${this.name}: ${message.error.message}`);
          this.#end(1);
        } else {
          this.#socket.destroy(new Error(`the agent said goodbye: ${message.error?.message ?? 'no reason'}`));
        }
        break;
      default:
        break; // a type that we do not know is ignored, as the protocol says
    }
  }

  #answer(call) {
    const answering = this.#invoke(call.data ?? {})
      .then(
        (result) => ({ data: { success: true, result: result ?? null } }),
        (error) => ({ data: { success: false }, error: error.wire ?? { code: 7, name: 'HandlerFailed', message: String(error.message ?? error).slice(0, 1000) } }),
      )
      .then((answer) => this.#send({ type: 'result', reply_to: call.id, ...answer }))
      .finally(() => this.#running.delete(answering));
    this.#running.add(answering);
  }

  async #invoke({ method, args }) {
    if (!Object.hasOwn(this.methods, method)) {
      throw new CallError(6, 'MethodNotFound', `'${this.name}' has no method '${method}'`);
    }
    return this.methods[method](...(args ?? []));
  }

  #describe() {
    return {
      name: this.name,
      version: this.version,
      role: 'node',
      state: 'Ready',
      pid: process.pid,
      methods: Object.keys(this.methods).sort(),
      uptime_ms: Math.round(process.uptime() * 1000),
    };
  }

  #send(message) {
    const body = Buffer.from(JSON.stringify(message), 'utf8');
    if (body.length > MAX_FRAME - 1024 && message.type === 'result') {
      this.#send({ type: 'result', reply_to: message.reply_to, data: { success: false }, error: { code: 11, name: 'TooLarge', message: 'the result is larger than a message may be' } });
      return;
    }
    const frame = Buffer.allocUnsafe(4 + body.length);
    frame.writeInt32BE(body.length, 0);
    body.copy(frame, 4);
    if (this.#socket.destroyed) {
      return; // whoever waits for it has been told by the agent
    }
    if (this.#socket.writableLength > MAX_QUEUED) {
      this.#socket.destroy(new Error('the agent does not read'));
      return;
    }
    this.#socket.write(frame);
  }

  /** Each second: does the agent still live? */
  #watch() {
    const quiet = Date.now() - this.#heard;
    if (this.#socket.destroyed) {
      return;
    }
    if (!this.#isJoined) {
      if (quiet > HELLO_WITHIN) {
        this.#socket.destroy(new Error('the agent did not answer the hello'));
      }
    } else if (quiet > QUIET_FOR + ANSWER_WITHIN) {
      this.#socket.destroy(new Error('the agent does not answer'));
    } else if (quiet > QUIET_FOR && !this.#hasAsked) {
      this.#hasAsked = true;
      this.#send({ type: 'ping_request', data: { nonce: String(Math.floor(Math.random() * 2 ** 52)) } });
    }
  }

  /** Lets running calls end, for a moment, says goodbye and closes. */
  async #stop() {
    if (this.#isStopping) {
      return;
    }
    this.#isStopping = true;
    clearTimeout(this.#retry);
    if (this.#socket.destroyed || !this.#isJoined) {
      this.#end(0);
      return;
    }
    setTimeout(() => this.#end(0), 2 * LAST_WORDS).unref();
    const moment = new Promise((resolve) => { setTimeout(resolve, LAST_WORDS).unref(); });
    await Promise.race([Promise.allSettled(this.#running), moment]);
    this.#send({ type: 'goodbye' });
    this.#socket.end();
  }

  #end(exitCode) {
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    this.#isStopping = true;
    this.#socket.destroy();
    this.#ended(exitCode);
  }
}

module.exports = { LocalCastNode, CallError };
