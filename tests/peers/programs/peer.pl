# One side of a TLS connection by Perl's IO::Socket::SSL, for peers.py: peer.pl server|client PORT OPTION=VALUE...
use strict;
use warnings;
use IO::Socket::SSL;

my ($side, $port, @pairs) = @ARGV;
my %options = map { split /=/, $_, 2 } @pairs;
my %versions = ('1.1' => 'TLSv1_1', '1.2' => 'TLSv1_2', '1.3' => 'TLSv1_3');
my %given = (SSL_version => $versions{$options{version}});
if ($options{cert}) {
    $given{SSL_cert_file} = $options{cert};
    $given{SSL_key_file} = $options{key};
}
$given{SSL_verify_mode} = SSL_VERIFY_NONE;
if ($options{ca}) {
    $given{SSL_ca_file} = $options{ca};
    $given{SSL_verify_mode} = SSL_VERIFY_PEER | ($side eq 'server' ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
}
if ($options{crl}) {
    $given{SSL_check_crl} = 1;
    $given{SSL_crl_file} = $options{crl};
}
$given{SSL_cipher_list} = $options{ciphers} if $options{ciphers};
$given{SSL_alpn_protocols} = [split /,/, $options{alpn}] if $options{alpn};

if ($side eq 'server') {
    my $listener = IO::Socket::IP->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 1, ReuseAddr => 1) or die $!;
    my $plain = $listener->accept or die $!;
    my $socket = IO::Socket::SSL->start_SSL($plain, SSL_server => 1, %given) or die $SSL_ERROR;
    readline $socket;
    print $socket "HTTP/1.0 200 OK\r\n\r\nhello\n";
    close $socket;
} else {
    my $socket = IO::Socket::SSL->new(PeerAddr => '127.0.0.1', PeerPort => $port, SSL_hostname => $options{host},
        SSL_verifycn_name => $options{host}, SSL_verifycn_scheme => 'http', %given) or die $SSL_ERROR;
    print $socket "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";
    print while <$socket>;
    close $socket;
}
