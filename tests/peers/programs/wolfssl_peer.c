/* A TLS client by wolfSSL, for peers.py: wolfssl-peer client PORT OPTION=VALUE... */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *option(int count, char **words, const char *name) {
    size_t length = strlen(name);
    for (int at = 3; at < count; at++) {
        if (strncmp(words[at], name, length) == 0 && words[at][length] == '=') {
            return words[at] + length + 1;
        }
    }
    return NULL;
}

int main(int count, char **words) {
    wolfSSL_Init();
    const char *version = option(count, words, "version");
    WOLFSSL_CTX *context = wolfSSL_CTX_new(strcmp(version, "1.3") == 0 ? wolfTLSv1_3_client_method() : wolfTLSv1_2_client_method());
    wolfSSL_CTX_load_verify_locations(context, option(count, words, "ca"), NULL);
    if (option(count, words, "cert") != NULL) {
        wolfSSL_CTX_use_certificate_chain_file(context, option(count, words, "cert"));
        wolfSSL_CTX_use_PrivateKey_file(context, option(count, words, "key"), WOLFSSL_FILETYPE_PEM);
    }
    const char *host = option(count, words, "host");
    WOLFSSL *session = wolfSSL_new(context);
    wolfSSL_UseSNI(session, WOLFSSL_SNI_HOST_NAME, host, (unsigned short)strlen(host));
    wolfSSL_check_domain_name(session, host);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(words[2]))};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    int plain = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(plain, (struct sockaddr *)&address, sizeof address) != 0) {
        return 2;
    }
    wolfSSL_set_fd(session, plain);
    if (wolfSSL_connect(session) != WOLFSSL_SUCCESS) {
        char text[80];
        fprintf(stderr, "%s\n", wolfSSL_ERR_error_string(wolfSSL_get_error(session, 0), text));
        return 1;
    }
    const char *request = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";
    wolfSSL_write(session, request, (int)strlen(request));
    char answer[4096];
    int length = wolfSSL_read(session, answer, sizeof answer);
    if (length > 0) {
        fwrite(answer, 1, (size_t)length, stdout);
    }
    wolfSSL_shutdown(session);
    close(plain);
    return length > 0 ? 0 : 1;
}
