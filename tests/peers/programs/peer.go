// One side of a TLS connection by Go, for peers.py: go-peer server|client PORT OPTION=VALUE...
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

var suites = map[string]uint16{
	"ECDHE-ECDSA-AES256-GCM-SHA384": tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	"ECDHE-ECDSA-CHACHA20-POLY1305": tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	"ECDHE-RSA-AES256-GCM-SHA384":   tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
}
var groups = map[string]tls.CurveID{"P-256": tls.CurveP256, "P-384": tls.CurveP384, "P-521": tls.CurveP521}
var versions = map[string]uint16{"1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func refuse(tls.ConnectionState) error { return errors.New("this is not the certificate that was pinned") }

func config(options map[string]string, server bool) *tls.Config {
	made := &tls.Config{MinVersion: versions[options["version"]], MaxVersion: versions[options["version"]], ServerName: options["host"]}
	log, err := os.OpenFile(options["keylog"], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	must(err)
	made.KeyLogWriter = log
	if name, given := options["cert"]; given {
		pair, err := tls.LoadX509KeyPair(name, options["key"])
		must(err)
		made.Certificates = []tls.Certificate{pair}
		if !server {
			// Shown whatever authorities the server names.
			made.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
		}
	}
	if name, given := options["ca"]; given {
		text, err := os.ReadFile(name)
		must(err)
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(text)
		made.RootCAs, made.ClientCAs = pool, pool
		if server {
			made.ClientAuth = tls.RequireAndVerifyClientCert
		}
	}
	if name, given := options["ciphers"]; given {
		made.CipherSuites = []uint16{suites[name]}
	}
	if name, given := options["groups"]; given {
		made.CurvePreferences = []tls.CurveID{groups[name]}
	}
	if names, given := options["alpn"]; given {
		made.NextProtos = strings.Split(names, ",")
	}
	if _, given := options["pin"]; given {
		made.VerifyConnection = refuse
	}
	if day, given := options["clock"]; given {
		now, err := time.Parse("2006-01-02", day)
		must(err)
		made.Time = func() time.Time { return now }
	}
	if wanted, given := options["wants"]; given {
		made.VerifyConnection = func(state tls.ConnectionState) error {
			if state.PeerCertificates[0].Subject.CommonName != wanted {
				return errors.New("not one of ours")
			}
			return nil
		}
	}
	if known, given := options["knows"]; given {
		made.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if hello.ServerName != known {
				return nil, errors.New("no such name here")
			}
			return nil, nil
		}
	}
	return made
}

func serve(connection net.Conn, options map[string]string) {
	defer connection.Close()
	if seconds, given := options["idle"]; given {
		wait, _ := strconv.Atoi(seconds)
		connection.SetReadDeadline(time.Now().Add(time.Duration(wait) * time.Second))
	}
	if _, err := connection.Read(make([]byte, 4096)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	connection.Write([]byte("HTTP/1.0 200 OK\r\n\r\nhello\n"))
	if _, given := options["slow"]; given {
		for range [100]int{} {
			connection.Write(make([]byte, 20000))
			time.Sleep(30 * time.Millisecond)
		}
	}
}

func main() {
	options := map[string]string{}
	for _, pair := range os.Args[3:] {
		name, value, _ := strings.Cut(pair, "=")
		options[name] = value
	}
	address := "127.0.0.1:" + os.Args[2]
	if os.Args[1] == "server" {
		listener, err := tls.Listen("tcp", address, config(options, true))
		must(err)
		connection, err := listener.Accept()
		must(err)
		serve(connection, options)
		return
	}
	connection, err := tls.Dial("tcp", address, config(options, false))
	must(err)
	connection.Write([]byte("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n"))
	answer := make([]byte, 4096)
	for {
		length, err := connection.Read(answer)
		os.Stdout.Write(answer[:length])
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			break
		}
	}
	connection.Close()
}
