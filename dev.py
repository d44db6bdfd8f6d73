#!/usr/bin/env python3
"""The one entry for developers and for trying the portal. Standard library only.

python3 dev.py run      environment, database, demo city, server on http://127.0.0.1:8000
python3 dev.py test     every check and every test
python3 dev.py check    the fast part of the tests
python3 dev.py bench    measured ratios against hand-written SQL and bare Django
python3 dev.py manage   manage.py inside the environment, e.g. `dev.py manage import_ledger DIR`
python3 dev.py walk     a long random walk over all routes: `dev.py walk 20000 [seed]`
python3 dev.py pictures take the pictures of README and handbook again
python3 dev.py secrets DIR  make the secrets of production, one file each, never over old ones
python3 dev.py lock     write requirements*.txt again from pyproject.toml
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from secrets import token_bytes, token_urlsafe
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCAL = ROOT / ".local"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def say(text: str) -> None:
    print(text, flush=True)


def fail(text: str) -> None:
    raise SystemExit(text)


# --- the environment --------------------------------------------------------------------------


def make_venv() -> None:
    """Create .venv; where Debian lacks ensurepip, install it as root or say the one command."""
    command = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(command, capture_output=True).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    cure = ["apt-get", "install", "-y", "python3-venv"]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        say("安装 python3-venv ……")
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(cure, check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        if subprocess.run(command).returncode == 0:
            return
        shutil.rmtree(VENV, ignore_errors=True)
    fail("无法创建 .venv:缺少 python3-venv。请先运行:sudo " + " ".join(cure))


def environment(*, dev: bool) -> None:
    """Bring .venv to exactly what the lock says; a second start only compares a digest."""
    lock = ROOT / ("requirements-dev.txt" if dev else "requirements.txt")
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = VENV / "lock.sha256"
    stamped = stamp.read_text().split() if stamp.exists() else []
    if PYTHON.exists() and digest in stamped:
        return
    say("准备运行环境(首次约一分钟)……")
    if not PYTHON.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        make_venv()
    uv = shutil.which("uv")
    if uv:
        command = [uv, "pip", "install", "--python", str(PYTHON), "--require-hashes", "-r", lock]
        if subprocess.run(command).returncode != 0:
            say("uv 安装失败,改用 pip ……")
            uv = None
    if not uv:
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", str(lock)], check=True)
    # the dev lock holds everything the plain lock holds
    plain = hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest()
    stamp.write_text("\n".join({digest, plain}))


def manage(*arguments: str, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        [str(PYTHON), str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
    )
    if done.returncode:
        raise SystemExit(done.returncode)


# --- run --------------------------------------------------------------------------------------


def run() -> None:
    """Embedded SQLite, a child worker with its own timetable, the demo city, one web process."""
    environment(dev=False)
    LOCAL.mkdir(mode=0o700, exist_ok=True)
    port = os.environ.get("PORT", "8000")
    env = {"BROKER_URL": os.environ.get("BROKER_URL", "filesystem://")}
    manage("migrate", "--verbosity", "0", env=env)
    manage("seed_demo", "--if-empty", env=env)
    manage("drain_coverage", "--verbosity", "0", env=env)
    address = f"http://127.0.0.1:{port}"
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", int(port))) == 0:
            fail(f"端口 {port} 已被占用。换一个端口:PORT=8001 python3 dev.py run")
    full = {**os.environ, **env, "LOCAL_PORT": port}
    worker_command = [
        str(PYTHON),
        "-m",
        "celery",
        "-A",
        "shishi_portal",
        "worker",
        "-P",
        "solo",
        "-B",
    ]
    worker_command += ["--schedule", str(LOCAL / "beat-schedule"), "--loglevel", "WARNING"]
    web_command = [str(PYTHON), "-m", "gunicorn", "shishi_portal.wsgi", "--threads", "8"]
    web_command += ["--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    if os.name == "nt":
        web_command = [str(PYTHON), "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
    children = [
        subprocess.Popen(worker_command, cwd=ROOT, env=full),
        subprocess.Popen(web_command, cwd=ROOT, env=full),
    ]
    try:
        wait_until_served(children, int(port))
        say(f"\n  石狮市社会组织党建云平台  {address}\n")
        manage("seed_demo", "--print-accounts", env=env)
        say("\n  按 Ctrl+C 停止")
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        fail("服务意外停止,请查看上面的输出。")
    except KeyboardInterrupt:
        say("正在停止……")
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()


def wait_until_served(children: list[subprocess.Popen], port: int) -> None:
    for _ in range(240):
        if any(child.poll() is not None for child in children):
            fail("服务没有启动,请查看上面的输出。")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.25)
    fail("服务在一分钟内没有启动。")


# --- test -------------------------------------------------------------------------------------


def answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname, parts.port), timeout=2):
            return True
    except OSError:
        return False


def services() -> dict[str, str]:
    """Addresses of the real services; what does not answer is said loudly, or fails."""
    found: dict[str, str] = {}
    missing = []
    database = os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    if database.startswith("postgres") and answers(database):
        found["DATABASE_URL"] = database
    else:
        missing.append("PostgreSQL(DATABASE_URL)")
    redis = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
    if answers(redis):
        found["REDIS_URL"] = redis
    else:
        missing.append("Redis(REDIS_URL)")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium:
        found["CHROMIUM"] = chromium
    else:
        missing.append("Chromium(软件包 chromium)")
    if missing:
        text = "!!! 未找到 " + "、".join(missing) + ":需要它们的测试将不运行 !!!"
        if os.environ.get("REQUIRE_SERVICES") == "1":
            fail(text.replace("将不运行", "无法运行") + " REQUIRE_SERVICES=1")
        say("\n" + "!" * 78 + f"\n{text}\n" + "!" * 78 + "\n")
    return found


def step(title: str, command: list[str], env: dict[str, str] | None = None) -> bool:
    say(f"\n── {title}")
    started = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, **(env or {})}).returncode
    seconds = time.monotonic() - started
    say(f"── {title}:{'通过' if code == 0 else '未通过'}({seconds:.0f} 秒)")
    return code == 0


def static_checks() -> list[tuple[str, list[str], dict[str, str]]]:
    python = str(PYTHON)
    return [
        ("ruff", [python, "-m", "ruff", "check", "."], {}),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."], {}),
        ("import-linter", [str(BIN / "lint-imports"), "--no-cache"], {}),
        ("mypy", [python, "-m", "mypy", *mypy_targets()], TEST_ENV),
        (
            "makemigrations",
            [python, "manage.py", "makemigrations", "--check", "--dry-run"],
            TEST_ENV,
        ),
    ]


def mypy_targets() -> list[str]:
    rooms = ("accounts", "organizations", "members", "activities", "evaluation")
    found: list[Path] = []
    for room in rooms:
        for noun in ("rules", "actions"):
            found += [p for p in (ROOT / room / f"{noun}.py", ROOT / room / noun) if p.exists()]
    return [str(p.relative_to(ROOT)) for p in found]


TEST_ENV = {"PORTAL_ENV": "test"}
QUICK = "not slow and not matrix and not browser"
SPEED = ["-n", os.environ.get("TEST_PROCESSES", "2"), "--dist", "loadgroup"]


def pytest(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "pytest", "-q", *SPEED, *arguments]


def check() -> None:
    """Style, types, order of imports, and the quick tests that need no server, on SQLite."""
    environment(dev=True)
    steps = static_checks()
    steps.append(("测试(SQLite,快速部分)", pytest("-m", QUICK), sqlite_env()))
    finish([step(*one) for one in steps])


def sqlite_env() -> dict[str, str]:
    """Nothing of the developer's own services may leak into the embedded tests."""
    return {**TEST_ENV, "DATABASE_URL": "", "REDIS_URL": "", "CHROMIUM": ""}


def test(*arguments: str) -> None:
    environment(dev=True)
    found = services()
    results = [step(*one) for one in static_checks()]
    # what is slow, and the large matrix of access, runs once: on PostgreSQL where there is one
    embedded = QUICK if "DATABASE_URL" in found else "not browser"
    results.append(step("测试(SQLite)", pytest("-m", embedded, *arguments), sqlite_env()))
    if "DATABASE_URL" in found:
        real = {**TEST_ENV, **found}
        results.append(step("测试(PostgreSQL、Redis、Chromium)", pytest(*arguments), real))
    elif "CHROMIUM" in found:
        real = {**TEST_ENV, **found}
        results.append(step("测试(Chromium)", pytest("-m", "browser", *arguments), real))
    finish(results)


def finish(results: list[bool]) -> None:
    if not all(results):
        fail("\n有未通过的检查,见上。")
    say("\n全部通过。")


def bench(*arguments: str) -> None:
    environment(dev=True)
    found = services()
    if "DATABASE_URL" not in found:
        fail("bench 需要 PostgreSQL:请设置 DATABASE_URL。")
    command = [str(PYTHON), "-m", "tests.bench", *arguments]
    raise SystemExit(subprocess.run(command, cwd=ROOT, env={**os.environ, **found}).returncode)


def walk(steps: str = "20000", seed: str = "") -> None:
    """Every account, odd addresses, odd parameters: no fault, no row from outside the scope."""
    environment(dev=True)
    seed = seed or str(int(time.time()))
    say(f"随机游走 {steps} 步,种子 {seed}(同一种子走同一条路)")
    env = {**TEST_ENV, **services(), "WALK_STEPS": steps, "WALK_SEED": seed}
    command = [str(PYTHON), "-m", "pytest", "-q", "tests/portal/test_walk.py", "-k", "short"]
    finish([step("随机游走", command, env)])


def pictures() -> None:
    """Take the pictures of README and handbook again, from the demo city in Chromium."""
    environment(dev=True)
    raise SystemExit(subprocess.run([str(PYTHON), "-m", "tests.pictures"], cwd=ROOT).returncode)


# --- lock -------------------------------------------------------------------------------------


def lock() -> None:
    """Resolve pyproject.toml into two lock files with hashes that name no registry."""
    uv = shutil.which("uv") or fail("lock 需要 uv:pip install uv")
    base = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    base += ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header"]
    base += ["--no-annotate"]
    base += sys.argv[2:]
    for extra, name in (([], "requirements.txt"), (["--extra", "dev"], "requirements-dev.txt")):
        subprocess.run([*base, *extra, "pyproject.toml", "-o", name], cwd=ROOT, check=True)
        if re.search(r"https?://", (ROOT / name).read_text()):
            fail(f"{name} 中出现了网址,不能提交。")


# --- secrets ----------------------------------------------------------------------------------


def secrets(folder: str = "secrets") -> None:
    """Random secrets, readable by their owner; what is there already stays."""
    place = Path(folder)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = ("secret_key", "audit_key", "token_pepper", "index_key", "database_password")
    made = {name: token_urlsafe(48) for name in names}
    made["field_keys"] = "k1:" + base64.b64encode(token_bytes(32)).decode()
    for name, value in made.items():
        path = place / name
        if path.exists():
            say(f"  {path} 已存在,保留")
            continue
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(value + "\n")
        say(f"  {path} 已生成")


def main() -> None:
    if sys.version_info < (3, 11):
        found = ".".join(map(str, sys.version_info[:3]))
        fail(
            f"需要 Python 3.11 或更新版本,当前是 {found}({sys.executable})。请用 python3.11 dev.py 重试。"
        )
    commands = {"run": run, "test": test, "check": check, "bench": bench, "lock": lock}
    commands |= {"pictures": pictures, "walk": walk, "secrets": secrets}
    name, *arguments = sys.argv[1:] or ["help"]
    if name == "manage":
        environment(dev=False)
        manage(*arguments)
    elif name in commands:
        commands[name](*arguments) if name in ("test", "bench", "walk", "secrets") else commands[
            name
        ]()
    else:
        fail(__doc__ or "")


if __name__ == "__main__":
    main()
