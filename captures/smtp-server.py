"""An SMTP server that knows EHLO, STARTTLS and QUIT, for one client: make.sh records it.

usage: smtp-server.py CERTIFICATE KEY
"""

import socket
import ssl
import sys

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 4433))
connection, _ = listener.accept()
connection.sendall(b"220 mail.shop.example ESMTP ready\r\n")
encrypted = False
while line := connection.recv(1000):
    word = line.split()[0].upper() if line.split() else b""
    if word == b"EHLO" and not encrypted:
        connection.sendall(b"250-mail.shop.example\r\n250-SIZE 1000000\r\n250 STARTTLS\r\n")
    elif word == b"EHLO":
        connection.sendall(b"250-mail.shop.example\r\n250 SIZE 1000000\r\n")
    elif word == b"STARTTLS":
        connection.sendall(b"220 go ahead\r\n")
        connection = context.wrap_socket(connection, server_side=True)
        encrypted = True
    elif word == b"QUIT":
        connection.sendall(b"221 bye\r\n")
        connection.unwrap()
        break
    else:
        connection.sendall(b"502 not known here\r\n")
