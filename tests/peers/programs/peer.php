<?php
// One side of a TLS connection by PHP's streams, for peers.py: peer.php server|client PORT OPTION=VALUE...
[$_, $side, $port] = $argv;
$options = [];
foreach (array_slice($argv, 3) as $pair) {
    [$name, $value] = explode('=', $pair, 2);
    $options[$name] = $value;
}
$version = [
    'server' => ['1.2' => STREAM_CRYPTO_METHOD_TLSv1_2_SERVER, '1.3' => STREAM_CRYPTO_METHOD_TLSv1_3_SERVER],
    'client' => ['1.2' => STREAM_CRYPTO_METHOD_TLSv1_2_CLIENT, '1.3' => STREAM_CRYPTO_METHOD_TLSv1_3_CLIENT],
][$side][$options['version']];
$ssl = ['crypto_method' => $version, 'verify_peer' => isset($options['ca']), 'verify_peer_name' => $side === 'client'];
if (isset($options['cert'])) {
    $ssl += ['local_cert' => $options['cert'], 'local_pk' => $options['key']];
}
if (isset($options['ca'])) {
    $ssl['cafile'] = $options['ca'];
}
if (isset($options['ciphers'])) {
    $ssl['ciphers'] = $options['ciphers'];
}
if ($side === 'client') {
    $ssl += ['peer_name' => $options['host'], 'SNI_enabled' => true];
}
$context = stream_context_create(['ssl' => $ssl]);
if ($side === 'server') {
    $listener = stream_socket_server("tcp://127.0.0.1:$port", $code, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $context);
    $socket = stream_socket_accept($listener, 20);
    if (stream_socket_enable_crypto($socket, true, $version)) {
        fgets($socket);
        fwrite($socket, "HTTP/1.0 200 OK\r\n\r\nhello\n");
    }
} else {
    $socket = stream_socket_client("ssl://127.0.0.1:$port", $code, $text, 5, STREAM_CLIENT_CONNECT, $context) or exit(1);
    fwrite($socket, "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n");
    echo stream_get_contents($socket);
}
fclose($socket);
