"""Take the pictures of README and handbook from the demo city: `python3 dev.py pictures`."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request

from playwright.sync_api import sync_playwright

from tests.chromium import FLAGS, chromium
from tests.processes import ROOT, free_port

PASSWORD = "Pictures-2019"
FOLDER = ROOT / "docs" / "manual" / "pictures"
# file name, account, address, width, height (0: the whole page)
SHOTS = [
    ("coverage", "city", "/coverage/?as_of=2019-10-16", 1440, 0),
    ("coverage-phone", "city", "/coverage/?as_of=2019-10-16", 390, 1400),
    ("uncovered", "city", "/registry/social-organizations/?covered=no", 1440, 760),
    ("organization", "city", "/registry/social-organizations/15/", 1440, 760),
    ("edit", "city", "/registry/social-organizations/15/edit/", 1440, 900),
    ("runs", "city", "/coverage/runs/", 1440, 760),
]


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        env |= {"PORTAL_ENV": "local", "LOCAL_DIR": folder, "DEMO_PASSWORD": PASSWORD}
        for command in (["migrate", "-v0"], ["seed_demo"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
        web = [sys.executable, "-m", "gunicorn", "shishi_portal.wsgi", "--threads", "4"]
        child = subprocess.Popen([*web, "--bind", f"127.0.0.1:{port}"], cwd=ROOT, env=env)
        try:
            _wait(f"http://127.0.0.1:{port}/healthz")
            take(f"http://127.0.0.1:{port}")
        finally:
            child.terminate()
            child.wait(20)


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit("the portal did not start")


def take(base: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, account, path, width, height in SHOTS:
            context = browser.new_context(
                viewport={"width": width, "height": height or 900},
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
            page = context.new_page()
            page.goto(f"{base}/accounts/sign-in/")
            page.get_by_label("账号").fill(account)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.goto(base + path)
            page.screenshot(path=FOLDER / f"{name}.png", full_page=height == 0)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
