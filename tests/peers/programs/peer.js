// One side of a TLS connection by Node.js, for peers.py: peer.js server|client PORT OPTION=VALUE...
const fs = require('fs');
const tls = require('tls');

const [side, port, ...pairs] = process.argv.slice(2);
const options = Object.fromEntries(pairs.map(pair => pair.split(/=(.*)/s).slice(0, 2)));
const read = name => (options[name] ? fs.readFileSync(options[name]) : undefined);
const common = {
  cert: read('cert'),
  key: read('key'),
  ca: read('ca'),
  crl: read('crl'),
  ciphers: options.ciphers,
  sigalgs: options.sigalgs,
  minVersion: `TLSv${options.version}`,
  maxVersion: `TLSv${options.version}`,
  ALPNProtocols: options.alpn ? options.alpn.split(',') : undefined,
};
const keep = line => options.keylog && fs.appendFileSync(options.keylog, line);

const SNICallback = 'knows' in options
  ? (name, done) => (name === options.knows ? done(null, undefined) : done(new Error('no such name here')))
  : undefined;
const pinned = 'pin' in options ? { checkServerIdentity: () => new Error('this is not the certificate that was pinned') } : {};

if (side === 'server') {
  const server = tls.createServer({ ...common, requestCert: 'ca' in options, rejectUnauthorized: true, SNICallback }, socket => {
    socket.on('error', () => {});
    socket.once('data', () => {
      const answer = 'HTTP/1.0 200 OK\r\n\r\nhello\n';
      if ('slow' in options) {
        socket.write(answer);
        setInterval(() => socket.write('0'.repeat(20000)), 30);
      } else {
        socket.end(answer);
      }
    });
  });
  server.on('keylog', keep);
  server.on('tlsClientError', error => console.error(error.message));
  server.listen(Number(port), '127.0.0.1');
} else {
  const socket = tls.connect({ ...common, ...pinned, host: '127.0.0.1', port: Number(port), servername: options.host }, () => {
    socket.write('GET / HTTP/1.0\r\nHost: localhost\r\n\r\n');
  });
  let answered = false;
  socket.on('keylog', keep);
  socket.on('data', data => { answered = true; process.stdout.write(data); });
  socket.on('error', error => { console.error(error.message); process.exit(1); });
  socket.on('close', () => process.exit(answered ? 0 : 1));
}
