"""A TypeScript client generated from the committed document compiles."""

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CACHE = Path(".local/typescript").resolve()
PACKAGES = ("openapi-typescript@7", "openapi-fetch@0.17", "typescript@5")
CLIENT = """
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

const api = createClient<paths>({ baseUrl: "http://127.0.0.1:8000" });

export async function cheapest(): Promise<components["schemas"]["Card"][]> {
  const { data, error, response } = await api.GET("/api/v1/listings/", {
    params: {
      query: { make: ["land-rover"], fuel: ["diesel"], price_max: 40000, ordering: ["price"] },
    },
  });
  if (error) throw new Error(`${response.status} ${error.code}: ${error.detail}`);
  const price: number | null | undefined = data.results[0]?.price;
  const next: string | null = data.next_cursor;
  return price === null || next === null ? [] : data.results;
}

export async function towing(id: number): Promise<boolean> {
  const { data } = await api.GET("/api/v1/listings/{id}/", { params: { path: { id } } });
  return data?.features.includes("Tow bar") ?? false;
}

// @ts-expect-error: there is no such parameter
api.GET("/api/v1/listings/", { params: { query: { pricemax: 1 } } });
// @ts-expect-error: there is no such fuel
api.GET("/api/v1/listings/", { params: { query: { fuel: ["steam"] } } });
"""


@pytest.fixture(scope="module")
def tools() -> Path:
    """Return where the generator and the compiler are, fetched once for the checkout."""
    programs = CACHE / "node_modules" / ".bin"
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    if not (programs / "tsc").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", *PACKAGES]
        fetched = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, check=False)
        if fetched.returncode != 0:
            pytest.skip(f"npm fetched nothing: {fetched.stderr.strip()[-200:]}")
    return programs


def test_a_generated_client_compiles(tools: Path, tmp_path: Path) -> None:
    project = CACHE / tmp_path.name
    project.mkdir()
    try:
        (project / "client.ts").write_text(CLIENT)
        run(tools / "openapi-typescript", "docs/openapi.yaml", "-o", project / "schema.d.ts")
        options = "--strict --noEmit --skipLibCheck --target es2022 --module esnext"
        run(
            tools / "tsc",
            *options.split(),
            "--moduleResolution",
            "bundler",
            project / "client.ts",
        )
    finally:
        shutil.rmtree(project)


def run(*command: str | Path) -> None:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
