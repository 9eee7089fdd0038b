"""How the documented proxy speaks TLS, once it has a certificate."""

import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.marketplace.checkouts import wait_until
from tests.marketplace.fetching.test_tls import NEW
from tests.marketplace.test_health import free_port
from tests.marketplace.test_nginx import OUTER, PROXY, connect

pytestmark = [
    pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed"),
    pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed"),
]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The proxy's port; there is nothing behind it."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = f"{NEW} -days 2 -subj /CN=cars.example -keyout {key} -out {certificate}"
    subprocess.run(["openssl", *command.split()], check=True, capture_output=True)
    assert PROXY.count("listen 80;") == 1
    listen = f"listen 127.0.0.1:{port} ssl; ssl_certificate {certificate};"
    proxy = PROXY.replace("listen 80;", f"{listen} ssl_certificate_key {key};")
    (folder / "marketplace.conf").write_text(proxy)
    (folder / "nginx.conf").write_text(OUTER.format(folder=folder))
    folder.chmod(0o755)
    main = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    nginx = subprocess.Popen(main)
    try:
        wait_until(lambda: _listens(port))
        yield port
    finally:
        nginx.send_signal(signal.SIGTERM)
        nginx.wait(timeout=30)


def _listens(port: int) -> bool:
    try:
        connect(port).close()
    except ConnectionRefusedError:
        return False
    return True


def agreed(port: int, *, ciphers: str = "DEFAULT", latest: ssl.TLSVersion) -> tuple[str, str]:
    """Return the version and the cipher that a client and the proxy agree on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = latest
    context.set_ciphers(ciphers)
    plain = socket.create_connection(("127.0.0.1", port), timeout=60)
    with closing(plain), context.wrap_socket(plain) as spoken:
        cipher = spoken.cipher()
        assert cipher is not None
        return cipher[1], cipher[0]


def test_the_newest_version_is_taken_where_there_is_a_choice(port: int) -> None:
    version, cipher = agreed(port, latest=ssl.TLSVersion.TLSv1_3)
    assert (version, cipher[:4]) == ("TLSv1.3", "TLS_")


def test_of_the_older_version_the_proxys_first_cipher_is_taken(port: int) -> None:
    weaker_first = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"
    found = agreed(port, ciphers=weaker_first, latest=ssl.TLSVersion.TLSv1_2)
    assert found == ("TLSv1.2", "ECDHE-ECDSA-AES256-GCM-SHA384")


@pytest.mark.parametrize("cipher", ["ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA"])
def test_a_cipher_without_authentication_of_its_own_is_refused(port: int, cipher: str) -> None:
    with pytest.raises(ssl.SSLError, match="HANDSHAKE_FAILURE"):
        agreed(port, ciphers=cipher, latest=ssl.TLSVersion.TLSv1_2)
