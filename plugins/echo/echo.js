'use strict';
// The node echo: echo(value) gives the value back; with several arguments, all of them.

const { LocalCastNode } = require('./localcast-node.js');

const node = new LocalCastNode(process.env.LOCALCAST_NODE || 'echo', process.env.LOCALCAST_VERSION, {
  echo: (...values) => (values.length <= 1 ? values[0] : values),
});

node.run().then((exitCode) => process.exit(exitCode));
