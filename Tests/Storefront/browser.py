"""Drives a headless Chromium over its debugging pipe: nothing to install but the browser itself."""

import base64
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time


def find_chromium():
    """The browser's path, or None."""
    named = os.environ.get("CHROMIUM")
    return named or next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


class BrowserError(Exception):
    """The browser refused a command, or a script in the page failed."""


class Browser:
    """One page in one browser process; use it in a `with` block."""

    def __init__(self, width=1440, height=1000, scale=1, dark=True):
        self.size = (width, height, scale)
        self.dark = dark

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="storefront-")
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()

        def pipes():
            # The browser reads commands from descriptor 3 and answers on 4; move ours there without a clash.
            reader, writer = os.dup(to_browser), os.dup(from_browser)
            high = [os.dup(reader) for _ in range(8)][-1], os.dup(writer)
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [
                find_chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--remote-debugging-pipe", f"--user-data-dir={self.folder}", "--no-first-run",
                "--disable-dev-shm-usage", "--mute-audio", "about:blank",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            close_fds=False, preexec_fn=pipes,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.answers = {}
        self.events = queue.Queue()
        self.arrived = threading.Condition()
        self.last_id = 0
        self.problems = []
        threading.Thread(target=self._listen, daemon=True).start()
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        width, height, scale = self.size
        self.resize(width, height, scale)
        scheme = "dark" if self.dark else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.write_end)
        shutil.rmtree(self.folder, ignore_errors=True)

    def resize(self, width, height, scale=1, mobile=False):
        """Sets the size of the page."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=mobile
        )

    def open(self, url):
        """Goes to `url`; does not wait for the page's scripts."""
        self.call("Page.navigate", url=url)

    def run(self, expression):
        """The value of a JavaScript expression in the page; promises are awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(json.dumps(answer["exceptionDetails"])[:800])
        return answer["result"].get("value")

    def wait(self, expression, seconds=15, what=None):
        """Waits until the expression is true, and returns its value."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if value := self.run(expression):
                    return value
            except BrowserError:
                pass  # the page may be between two documents
            time.sleep(0.05)
        raise BrowserError(f"not within {seconds} s: {what or expression}\n{self.problems}")

    def screenshot(self, path, full=False):
        """Writes a PNG of what is visible, or of the whole page."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=full)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def call(self, method, **parameters):
        """A command to the page."""
        return self._call(method, session=self.session, **parameters)

    def _call(self, method, session=None, **parameters):
        self.last_id += 1
        number = self.last_id
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        with self.arrived:
            if not self.arrived.wait_for(lambda: number in self.answers, timeout=30):
                raise BrowserError(f"{method}: no answer")
            answer = self.answers.pop(number)
        if "error" in answer:
            raise BrowserError(f"{method}: {answer['error']}")
        return answer["result"]

    def _listen(self):
        rest = b""
        while chunk := os.read(self.read_end, 1 << 20):
            *messages, rest = (rest + chunk).split(b"\0")
            for text in messages:
                message = json.loads(text)
                if "id" in message:
                    with self.arrived:
                        self.answers[message["id"]] = message
                        self.arrived.notify_all()
                elif message["method"] in ("Runtime.exceptionThrown", "Log.entryAdded"):
                    self.problems.append(json.dumps(message["params"])[:600])
