"""What a newcomer does: `dev.py run` in a clean clone, sign in, read 84.7 %. Standard library only.

Called by .ci/run as `first_start.py CLONE PYTHON`.
"""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

PASSWORD = "Demo-2019-pass"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(clone: Path, python: str) -> None:
    port = free_port()
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "PORTAL_ENV", "LOCAL_DIR")
    }
    env |= {"PORT": str(port), "DEMO_PASSWORD": PASSWORD}
    started = time.monotonic()
    child = subprocess.Popen(
        [python, "dev.py", "run"],
        cwd=clone,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    output = []
    try:
        for line in child.stdout:
            output.append(line)
            if "Ctrl+C" in line:
                break
        else:
            raise SystemExit("dev.py run ended:\n" + "".join(output))
        print(f"started after {time.monotonic() - started:.0f} s")
        check(f"http://127.0.0.1:{port}", "".join(output), clone, env)
    finally:
        os.killpg(child.pid, signal.SIGINT)
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)


def check(base: str, said: str, clone: Path, env: dict[str, str]) -> None:
    for word in (base, "city", "township-350581001", "secretary", "auditor", PASSWORD):
        assert word in said, (word, said)
    cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(cookies)

    def get(path: str, form: dict[str, str] | None = None, **headers: str) -> str:
        data = urllib.parse.urlencode(form).encode() if form else None
        asked = urllib.request.Request(base + path, data, headers)
        with browser.open(asked, timeout=60) as answer:
            return answer.read().decode()

    page = get("/accounts/sign-in/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token, page
    form = {"csrfmiddlewaretoken": token.group(1), "username": "city", "password": PASSWORD}
    page = get("/accounts/sign-in/", form, Referer=base + "/accounts/sign-in/")
    assert "84.7" in page, page[:3000]
    assert ">885<" in page
    assert ">1,045<" in page
    bearer = subprocess.run(
        [str(clone / ".venv/bin/python"), "manage.py", "issue_token", "city"],
        cwd=clone,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    for day in ("", "?as_of=2019-10-16"):
        text = get(f"/api/v1/coverage/{day}", Authorization=f"Bearer {bearer}")
        answer = json.loads(text)
        assert answer["total"]["covered_count"] == 885, answer
        assert answer["total"]["social_organization_count"] == 1045, answer
        assert answer["total"]["organization_coverage_rate"] == 0.8469, answer
        assert answer["party_organizations"] == {"standing": 133, "joint": 32, "affiliated": 186}
    print("84.7 % and 885 / 1,045 are there, today and on 2019-10-16")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
