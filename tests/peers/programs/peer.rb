# One side of a TLS connection by Ruby, for peers.py: peer.rb server|client PORT OPTION=VALUE...
require 'openssl'
require 'socket'

side, port, *pairs = ARGV
options = pairs.to_h { |pair| pair.split('=', 2) }
context = OpenSSL::SSL::SSLContext.new
version = { '1.1' => :TLS1_1, '1.2' => :TLS1_2, '1.3' => :TLS1_3 }[options['version']]
context.min_version = context.max_version = version
if options['cert']
  chain = OpenSSL::X509::Certificate.load_file(options['cert'])
  context.add_certificate(chain.first, OpenSSL::PKey.read(File.read(options['key'])), chain.drop(1))
end
if options['ca']
  context.ca_file = options['ca']
  context.verify_mode = OpenSSL::SSL::VERIFY_PEER | OpenSSL::SSL::VERIFY_FAIL_IF_NO_PEER_CERT
  context.client_ca = OpenSSL::X509::Certificate.load_file(options['ca']) if side == 'server'
end
context.ciphers = options['ciphers'] if options['ciphers']
if options['alpn']
  protocols = options['alpn'].split(',')
  if side == 'server'
    context.alpn_select_cb = ->(offered) { (protocols & offered).first }
  else
    context.alpn_protocols = protocols
  end
end

if side == 'server'
  if options['knows']
    # Nothing is made of nil: the handshake ends with an alert.
    context.servername_cb = ->((_, name)) { name == options['knows'] ? context : raise('no such name here') }
  end
  listener = TCPServer.new('127.0.0.1', port.to_i)
  socket = OpenSSL::SSL::SSLSocket.new(listener.accept, context)
  socket.sync_close = true
  socket.accept
  socket.gets
  socket.write("HTTP/1.0 200 OK\r\n\r\nhello\n")
  socket.close
else
  context.verify_hostname = true
  socket = OpenSSL::SSL::SSLSocket.new(TCPSocket.new('127.0.0.1', port.to_i), context)
  socket.hostname = options['host']
  socket.sync_close = true
  socket.connect
  socket.write("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
  print socket.read
  socket.close
end
