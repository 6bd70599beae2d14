// Loaded into the registry before itself. It
//  - tells the address that the registry got, as the first line of its own: "listening http://...";
//  - ends the registry, and removes its folder, when the test that started it is gone: standard
//    input closes then, however the test ended;
//  - drops two faults of this version that would end the process: a header set after a tarball's
//    first bytes have left, and a web login for a session that is not known.
const fs = require('node:fs');
const net = require('node:net');
const { ServerResponse } = require('node:http');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  this.once('listening', () => {
    const { address, port } = this.address();
    process.stdout.write(`listening http://${address}:${port}\n`);
  });
  return listen.apply(this, args);
};

process.stdin.resume().once('end', () => {
  fs.rmSync(process.env.SANDGLASS_REGISTRY_DIR, { recursive: true, force: true });
  process.exit(0);
});

const setHeader = ServerResponse.prototype.setHeader;
ServerResponse.prototype.setHeader = function (name, value) {
  return this.headersSent ? this : setHeader.call(this, name, value);
};

process.on('unhandledRejection', (err) => console.error(`guard: ${err?.message}`));
