// One side of a TLS connection by Java, for peers.py: Peer server|client PORT OPTION=VALUE...
import java.io.ByteArrayInputStream;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.*;

public class Peer {
    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int at = 2; at < arguments.length; at++) {
            String[] pair = arguments[at].split("=", 2);
            options.put(pair[0], pair[1]);
        }
        int port = Integer.parseInt(arguments[1]);
        if (arguments[0].equals("server")) {
            server(port, options);
        } else {
            client(port, options);
        }
    }

    static SSLContext context(Map<String, String> options) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        KeyManager[] keys = null;
        if (options.containsKey("cert")) {
            String text = Files.readString(Path.of(options.get("key")));
            byte[] der = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
            PrivateKey key = KeyFactory.getInstance(options.get("cert").matches("(rsa|short|sha1).*") ? "RSA" : "EC").generatePrivate(new PKCS8EncodedKeySpec(der));
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            Certificate[] chain;
            try (InputStream file = new FileInputStream(options.get("cert"))) {
                chain = factory.generateCertificates(file).toArray(new Certificate[0]);
            }
            store.setKeyEntry("own", key, new char[0], chain);
            KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
            managers.init(store, new char[0]);
            keys = managers.getKeyManagers();
        }
        TrustManager[] trust = null;
        if (options.containsKey("ca")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            try (InputStream file = new FileInputStream(options.get("ca"))) {
                store.setCertificateEntry("ca", factory.generateCertificate(file));
            }
            TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
            managers.init(store);
            trust = managers.getTrustManagers();
            if (options.containsKey("pin")) {
                trust = new TrustManager[] {new Pinned()};
            }
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust, null);
        return context;
    }

    // Takes no certificate: none is the one that was pinned.
    static class Pinned implements X509TrustManager {
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        public void checkServerTrusted(X509Certificate[] chain, String kind) throws CertificateException {
            throw new CertificateException("this is not the certificate that was pinned");
        }

        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    static void server(int port, Map<String, String> options) throws Exception {
        SSLServerSocket listener = (SSLServerSocket) context(options).getServerSocketFactory()
            .createServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
        listener.setEnabledProtocols(new String[] {"TLSv" + options.get("version")});
        listener.setNeedClientAuth(options.containsKey("ca"));
        SSLSocket socket = (SSLSocket) listener.accept();
        socket.getInputStream().read(new byte[4096]);
        socket.getOutputStream().write("HTTP/1.0 200 OK\r\n\r\nhello\n".getBytes(StandardCharsets.US_ASCII));
        socket.close();
    }

    static void client(int port, Map<String, String> options) throws Exception {
        SSLSocket socket = (SSLSocket) context(options).getSocketFactory().createSocket("127.0.0.1", port);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setProtocols(new String[] {"TLSv" + options.get("version")});
        parameters.setServerNames(java.util.List.of(new SNIHostName(options.get("host"))));
        if (options.containsKey("alpn")) {
            parameters.setApplicationProtocols(options.get("alpn").split(","));
        }
        socket.setSSLParameters(parameters);
        socket.getOutputStream().write("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] answer = new byte[4096];
        int length = socket.getInputStream().read(answer);
        if (length <= 0) {
            System.exit(1);
        }
        System.out.write(answer, 0, length);
        System.out.flush();
    }
}
