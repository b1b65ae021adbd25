"""The storefront in a real browser, against the real suite: lists follow clicks, for that user and nobody else.

    python3 Tests/Storefront/run.py [--short] [--data DATASET] [--out FOLDER]

Needs Chromium. Screenshots of each step stay in the folder, to be looked at.
"""

import argparse
import collections
import json
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from browser import Browser, find_chromium
from suite import Suite

ROOT = pathlib.Path(__file__).resolve().parents[2]
CARDS = "#for-you .card"
CLICKS = 3
# Longer than a training takes.
SETTLED_SECONDS = 20


class Storefront:
    """The page, as a visitor uses it."""

    def __init__(self, browser, suite, out):
        self.browser = browser
        self.suite = suite
        self.out = out

    def open(self, user=None):
        self.browser.open(f"{self.suite.server}/demo" + (f"?user={user}" if user else ""))
        self.browser.wait(f"document.querySelectorAll('{CARDS}').length >= 12", what="the lists are there")
        self.settle()

    def choose(self, user):
        self.browser.run(
            f"(() => {{ const s = document.getElementById('user'); s.value = {json.dumps(user)};"
            "s.dispatchEvent(new Event('change')); })()"
        )
        time.sleep(0.3)
        self.browser.wait(f"document.querySelectorAll('{CARDS}').length >= 12", what="the lists are there")
        self.settle()

    def ids(self, selector=CARDS):
        return self.browser.run(f"[...document.querySelectorAll('{selector}')].map((card) => card.dataset.id)")

    def genres(self, selector=CARDS):
        """How often each genre stands in a list."""
        found = self.browser.run(
            f"[...document.querySelectorAll('{selector}')].map((card) => card.entry.item?.categories ?? [])"
        )
        return collections.Counter(genre for genres in found for genre in genres)

    def notice(self):
        return self.browser.run("({kind: document.getElementById('notice').dataset.kind,"
                                " text: document.getElementById('notice').innerText})")

    def click(self, item, expect="done", seconds=15):
        """Clicks the first card of an item and waits for the page's verdict."""
        self.browser.run(f"document.querySelector('.card[data-id=\"{item}\"] .card-open').click()")
        return self.verdict(expect, seconds)

    def verdict(self, expect, seconds):
        self.browser.wait(
            "document.getElementById('notice').dataset.kind !== 'waiting'", seconds, "an answer to the click"
        )
        notice = self.notice()
        check(notice["kind"] == expect, f"the page says {notice}, expected {expect}")
        self.settle()
        return notice["text"]

    def settle(self):
        """Waits until nothing moves any more."""
        self.browser.wait("document.getAnimations().length === 0", 10, "the cards are at rest")

    def shot(self, name, full=False):
        self.browser.screenshot(os.path.join(self.out, f"{name}.png"), full)


def check(condition, message):
    if not condition:
        raise AssertionError(message)
    return condition


def say(text):
    print(text, flush=True)


def nearness(suite, answer, items):
    """How many of a list's first 30 places are among what goes well with these items."""
    near = {entry["id"] for item in items for entry in suite.get(f"/v1/items/{item}/similar?limit=100")["items"]}
    return sum(entry["id"] in near for entry in answer["items"][:30])


def clickable(store, genre, done):
    """A card of the genre on the page that was not clicked yet; the trending row is asked last."""
    return store.browser.run(
        "(() => { for (const card of document.querySelectorAll('#for-you .card, #because .card, #trending .card'))"
        f" if (card.entry.item?.categories?.includes({json.dumps(genre)}) && !{json.dumps(done)}.includes(card.dataset.id))"
        " return card.dataset.id; return null; })()"
    )


def lists_follow_clicks(store, suite, user, others):
    """Three clicks change this user's lists and nobody else's."""
    before_list = suite.recommendations(user)
    before_others = {other: suite.recommendations(other) for other in others}
    store.open(user)
    store.shot("1-before", full=True)
    before, shown = store.ids(), store.genres()
    clicked = []
    counts = collections.Counter()
    for _ in range(CLICKS):
        # The genre of the first click decides: the others stay with it where the page offers it.
        genre = counts.most_common(1)[0][0] if counts else min(
            (genre for genre, count in store.genres(".card").items() if count > CLICKS),
            key=lambda genre: (shown[genre], -store.genres(".card")[genre]),
        )
        item = clickable(store, genre, clicked) or next(i for i in store.ids(".card") if i not in clicked)
        counts[genre] += 1
        clicked.append(item)
        text = store.click(item)
        say(f"  clicked {genre}: {text}")
        store.shot(f"2-after-click-{len(clicked)}", full=True)
    after = store.ids()
    check(after != before, "the list on the page has changed")
    after_list = suite.recommendations(user)
    near = [nearness(suite, answer, clicked) for answer in (before_list, after_list)]
    explained = sum((entry["reason"] or {}).get("itemId") in clicked for entry in after_list["items"][:30])
    say(f"  {len(set(after) - set(before))} of {len(after)} places are new; of the first 30, {near[0]} went well with the"
        f" clicked titles before and {near[1]} do after; {explained} stand there because of them")
    # What goes well with a popular title may have stood there before; that it stands there because of the clicks is new.
    check(explained >= 10, "a third of the list stands there because of what was clicked")
    because = store.browser.run("[...document.querySelectorAll('#because h2')].map((h) => h.innerText)")
    say(f"  rows: {because}")
    check(because, "a row says because of what")
    for other, old in before_others.items():
        new = suite.recommendations(other)
        check(new["items"] == old["items"], f"the list of user {other} has stayed as it was")
        check(new["profileRevision"] == old["profileRevision"], f"the profile of user {other} has stayed as it was")
    return clicked


def reload_keeps_the_lists(store, user):
    """What the page shows is what the server has, not what the page remembers."""
    shown = store.ids()
    store.open(user)
    check(store.ids() == shown, "a reload shows the same list")


def a_rejected_title_loses_its_say(store, suite, user, clicked):
    """An item taken out of the history lowers what it was the reason for."""
    def weight(item):
        return sum(entry["score"] for entry in suite.recommendations(user)["items"]
                   if (entry["reason"] or {}).get("itemId") == item)

    source = max(clicked, key=weight)
    before = weight(source)
    check(before > 0, "one of the clicked titles is a reason")
    revision = suite.recommendations(user)["profileRevision"]
    store.browser.run(
        "(async () => { const api = await import('/demo/api.js'); const config = await api.configuration();"
        f" await api.send(config.collectorUrl, {{ id: '{user}', anonymous: false }},"
        f" {{ type: 'dislike', itemId: '{source}' }}); }})()"
    )
    suite.wait("the list knows of the dislike",
               lambda: suite.recommendations(user)["profileRevision"] > revision, 15)
    after = weight(source)
    say(f"  summed score of what title {source} is the reason for: {before:.3f} before, {after:.3f} after")
    check(after < before, "a disliked title explains less than before")


def without_the_scorer_nothing_moves(store, suite, user):
    """With the scorer stopped a click changes nothing, and the page says so."""
    store.open(user)
    before = store.ids()
    suite.signal("scorer", signal.SIGSTOP)
    try:
        item = before[5]
        text = store.click(item, expect="bad", seconds=20)
        say(f"  {text}")
        check("scorer" in text, "the page names the part that lags")
        check(store.ids() == before, "the lists stay as they were")
        store.shot("3-scorer-stopped", full=True)
    finally:
        suite.signal("scorer", signal.SIGCONT)
    revision = suite.get(f"/v1/users/{user}")["revision"]
    suite.wait("the list catches up once the scorer goes on",
               lambda: suite.recommendations(user)["profileRevision"] >= revision, 30)


def a_new_visitor_gets_a_list(store):
    """Whoever comes without a profile starts with what is trending, and has a list after one click."""
    store.choose("new")
    meta = store.browser.run("document.getElementById('for-you-meta').innerText")
    check("trending" in meta, f"a new visitor sees what is trending: {meta}")
    before = store.ids()
    store.shot("4-visitor-before")
    say(f"  {store.click(before[3])}")
    meta = store.browser.run("document.getElementById('for-you-meta').innerText")
    check("revision 1" in meta, f"the list is the visitor's own: {meta}")
    check(store.ids() != before, "the visitor's list has changed")
    store.shot("4-visitor-after")


def the_keyboard_is_enough(store, user):
    """A card can be reached and opened without a mouse, and has a name."""
    store.open(user)
    names = store.browser.run(
        f"[...document.querySelectorAll('{CARDS} button')].map((button) => button.getAttribute('aria-label'))"
    )
    check(names and all(names), "every button has a name")
    store.browser.run(f"document.querySelector('{CARDS} .card-open').focus()")
    for kind in ("keyDown", "keyUp"):
        store.browser.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", text="\r",
                           windowsVirtualKeyCode=13)
    say(f"  {store.verdict('done', 15)}")
    check(store.browser.run("document.activeElement !== document.body"), "the focus stays on the page's cards")


def without_the_collector_the_page_is_honest(store, suite, user):
    """A click that nobody took is not shown as one."""
    store.open(user)
    before = store.ids()
    suite.signal("collector", signal.SIGSTOP)
    try:
        text = store.click(before[2], expect="bad", seconds=20)
        say(f"  {text}")
        check(store.ids() == before, "the lists stay as they were")
        store.shot("5-collector-away")
    finally:
        suite.signal("collector", signal.SIGCONT)


def find_freshet(folder):
    """The tool; the services lie beside it."""
    folders = [folder] if folder else [ROOT / ".build" / kind for kind in ("release", "debug")]
    tools = [os.path.join(os.path.abspath(folder), "freshet") for folder in folders]
    built = [tool for tool in tools if os.access(tool, os.X_OK)]
    if built:
        return max(built, key=os.path.getmtime)
    raise RuntimeError("the suite is not built: swift build -c release")


def run(options):
    os.makedirs(options.out, exist_ok=True)
    with Suite(find_freshet(options.binaries), options.out) as suite:
        started = time.monotonic()
        suite.replay(options.data)
        say(f"replayed in {time.monotonic() - started:.1f} s")
        user, others = options.user, options.others.split(",")

        def has_caught_up():
            answers = [suite.recommendations(one) for one in [user] + others]
            profiles = [suite.get(f"/v1/users/{one}") for one in [user] + others]
            return len({answer["modelVersion"] for answer in answers}) == 1 and all(
                answer["fallback"] is None and answer["modelVersion"] and profile
                and answer["profileRevision"] == profile["revision"]
                for answer, profile in zip(answers, profiles)
            )

        # During the replay models follow each other; the lists must come from the last one before anything is compared.
        settled = {"models": None, "since": 0.0}

        def has_settled():
            if not has_caught_up():
                return False
            now = models()
            if now != settled["models"]:
                settled.update(models=now, since=time.monotonic())
            return time.monotonic() - settled["since"] > SETTLED_SECONDS

        models = lambda: [suite.recommendations(one)["modelVersion"] for one in [user] + others]
        suite.wait("a settled model and lists for these users", has_settled, 240)
        say(f"lists are there after {time.monotonic() - started:.1f} s, models {models()}")
        with Browser(width=1440, height=1100) as browser:
            store = Storefront(browser, suite, options.out)
            say("lists follow clicks")
            clicked = lists_follow_clicks(store, suite, user, others)
            say("without the scorer nothing moves")
            without_the_scorer_nothing_moves(store, suite, user)
            if options.short:
                return
            store.open(user)
            say("a reload keeps the lists")
            reload_keeps_the_lists(store, user)
            say("a rejected title loses its say")
            a_rejected_title_loses_its_say(store, suite, user, clicked)
            say("the keyboard is enough")
            the_keyboard_is_enough(store, user)
            say("a new visitor gets a list")
            a_new_visitor_gets_a_list(store)
            say("without the collector the page is honest")
            without_the_collector_the_page_is_honest(store, suite, user)
            browser.resize(390, 844, 2, mobile=True)
            store.open(user)
            store.shot("6-phone")
            check(browser.run("document.documentElement.scrollWidth <= innerWidth"), "nothing overflows on a phone")
            browser.resize(1440, 1100)
            browser.run("document.documentElement.dataset.theme = 'light'")
            store.shot("7-light")
            unexpected = [text for text in browser.problems if "Failed to load resource" not in text]
            check(not unexpected, f"the browser reports {unexpected}")
    say("all well; look at the screenshots in " + options.out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", help="folder of the built suite; what was built last unless given")
    parser.add_argument("--data", default=str(ROOT / "deploy" / "demo" / "movielens-latest-small.tar.gz"), help="what freshet replay takes")
    parser.add_argument("--out", default=str(ROOT / ".build" / "storefront"), help="folder for screenshots and the suite's log")
    parser.add_argument("--user", default="15", help="who clicks")
    parser.add_argument("--short", action="store_true", help="only the clicks and the stopped scorer, for CI")
    parser.add_argument("--others", default="1,318,599", help="whose lists must not change")
    options = parser.parse_args()
    if not find_chromium():
        print("Chromium is not installed (Debian: apt-get install chromium)", file=sys.stderr)
        sys.exit(1 if os.environ.get("CI") else 0)
    try:
        run(options)
    except (AssertionError, RuntimeError, TimeoutError, StopIteration) as error:
        print(f"failed: {error!r}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
