"""A server that speaks S3's protocol, as a process of its own: moto's."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import httpx

from tests.marketplace.checkouts import ROOT, wait_until
from tests.marketplace.test_health import free_port

KEYS = {"AWS_ACCESS_KEY_ID": "marketplace", "AWS_SECRET_ACCESS_KEY": "of-no-use"}
REGION = "eu-west-2"


@dataclass(frozen=True)
class ObjectServer:
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> Any:
        keys = {name.lower(): value for name, value in KEYS.items()}
        return boto3.client("s3", endpoint_url=self.url, region_name=REGION, **keys)

    @property
    def variables(self) -> Mapping[str, str]:
        """What the processes of a marketplace are told, of two buckets that are there."""
        return {
            **KEYS,
            "S3_ENDPOINT": self.url,
            "S3_REGION": REGION,
            "MEDIA_S3_BUCKET": "photos",
            "FEED_S3_BUCKET": "feeds",
            "MEDIA_URL": "https://photos.example.com/",
        }

    def make_bucket(self, name: str) -> None:
        place = {"LocationConstraint": REGION}
        self.client.create_bucket(Bucket=name, CreateBucketConfiguration=place)

    def forget_all(self) -> None:
        """Leave no bucket, as moto offers its users."""
        httpx.post(f"{self.url}/moto-api/reset").raise_for_status()

    def names_in(self, bucket: str) -> set[str]:
        listed = self.client.list_objects_v2(Bucket=bucket)
        return {each["Key"] for each in listed.get("Contents", ())}


@contextmanager
def running() -> Iterator[ObjectServer]:
    server = ObjectServer(free_port())
    command = ("-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p")
    with subprocess.Popen(
        [sys.executable, *command, str(server.port)],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until(lambda: _answers(server))
            yield server
        finally:
            process.kill()


def _answers(server: ObjectServer) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", server.port)) == 0
