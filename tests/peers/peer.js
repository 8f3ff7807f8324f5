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
  ciphers: options.ciphers,
  minVersion: `TLSv${options.version}`,
  maxVersion: `TLSv${options.version}`,
  ALPNProtocols: options.alpn ? options.alpn.split(',') : undefined,
};
const keep = line => options.keylog && fs.appendFileSync(options.keylog, line);

if (side === 'server') {
  const server = tls.createServer({ ...common, requestCert: 'ca' in options, rejectUnauthorized: true }, socket => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nhello\n'));
  });
  server.on('keylog', keep);
  server.on('tlsClientError', error => console.error(error.message));
  server.listen(Number(port), '127.0.0.1');
} else {
  const socket = tls.connect({ ...common, host: '127.0.0.1', port: Number(port), servername: options.host }, () => {
    socket.write('GET / HTTP/1.0\r\n\r\n');
  });
  let answered = false;
  socket.on('keylog', keep);
  socket.on('data', data => { answered = true; process.stdout.write(data); });
  socket.on('error', error => { console.error(error.message); process.exit(1); });
  socket.on('close', () => process.exit(answered ? 0 : 1));
}
