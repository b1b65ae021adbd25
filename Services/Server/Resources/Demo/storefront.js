// The storefront: who is shopping, their lists, and how fast these follow a click.
import * as api from "/demo/api.js";
import { show } from "/demo/lists.js";
import { nameOf, poster, splitTitle } from "/demo/poster.js";

const $ = (id) => document.getElementById(id);
const GRID = 12, STRIP = 14, FETCHED = 60;
const POLL = [20, 30, 40, 60, 80, 100, 150];
const PATIENCE = 6000;

const state = {
  config: null,
  user: null,
  revision: 0, // the newest revision that a list or a profile showed
  list: null, // the last answer of /v1/recommendations
  profile: null,
  waiting: [], // clicks whose list has not come yet: { sentAt, revision, text, acceptedAt }
  polling: false,
  chosen: null,
};
const handlers = { open, dismiss };

// ---- Start -----------------------------------------------------------------------------------------------------

api.onServiceState((service, isUp) => {
  $(`service-${service}`).dataset.state = isUp ? "up" : "down";
});

const theme = localStorage.getItem("theme") ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark");
document.documentElement.dataset.theme = theme;
$("theme").addEventListener("click", () => {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  localStorage.setItem("theme", next);
});

for (let star = 1; star <= 5; star++) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "★";
  button.setAttribute("aria-label", star === 1 ? "1 star" : `${star} stars`);
  button.addEventListener("click", () => rate(star));
  $("stars").append(button);
}
$("like").addEventListener("click", () => react("like", "liked"));
$("dislike").addEventListener("click", () => react("dislike", "not for you"));
$("user").addEventListener("change", () => choose($("user").value));

async function start() {
  try {
    state.config = await api.configuration();
  } catch (error) {
    return fail(error);
  }
  const select = $("user");
  for (const id of state.config.exampleUsers) select.append(new Option(`User ${id}`, id));
  select.append(new Option("A new visitor", "new"));
  const wanted = new URLSearchParams(location.search).get("user");
  if (wanted && ![...select.options].some((option) => option.value === wanted)) select.prepend(new Option(`User ${wanted}`, wanted));
  select.value = wanted ?? select.options[0].value;
  await choose(select.value);
  // What each example user likes, for the picker; their lists do not wait for it.
  for (const option of select.options) {
    if (option.value === "new") continue;
    const profile = await api.profile({ id: option.value, anonymous: false }).catch(() => null);
    const genres = (profile?.affinities.categories ?? []).slice(0, 3).filter((entry) => entry.affinity > 0).map((entry) => entry.name);
    if (genres.length) option.textContent = `User ${option.value} · ${genres.join(", ")}`;
  }
}

async function choose(value) {
  const isNew = value === "new";
  state.user = isNew ? { id: `visitor-${Math.random().toString(36).slice(2, 8)}`, anonymous: true } : { id: value, anonymous: false };
  Object.assign(state, { revision: 0, list: null, profile: null, waiting: [], chosen: null });
  $("chosen").hidden = true;
  $("log").replaceChildren();
  for (const list of [$("for-you"), $("because")]) list.replaceChildren();
  notice("hint", isNew
    ? "Nobody knows this visitor yet. Click a title and watch “For you” become theirs."
    : "Click a title. The lists follow, without a reload.");
  await refresh({ animate: false });
}

// ---- Reading ---------------------------------------------------------------------------------------------------

/** Fetches everything for the user and shows it. */
async function refresh({ animate }) {
  const user = state.user;
  try {
    const [list, trending, profile] = await Promise.all([
      api.recommendations(user, FETCHED), api.trending(STRIP), api.profile(user),
    ]);
    if (user !== state.user) return;
    api.remember(trending.items);
    await take(list, profile, { animate });
    show($("trending"), trending.items, { handlers, animate, empty: "Nothing is trending yet: replay a data set first." });
    markChosen();
  } catch (error) {
    if (user === state.user) fail(error);
  }
}

async function take(list, profile, { animate }) {
  const user = state.user;
  state.list = list;
  state.profile = profile;
  state.revision = Math.max(state.revision, list.profileRevision ?? 0, profile?.revision ?? 0);
  api.remember(list.items);
  const rejected = new Set((profile?.items ?? []).filter((entry) => entry.rejected).map((entry) => entry.id));
  const shown = list.items.filter((entry) => !rejected.has(entry.id)).slice(0, GRID);
  show($("for-you"), shown, {
    handlers, animate, reasonText,
    empty: "No list and nothing trending yet. Replay a data set, or wait for the first model.",
  });
  const model = list.modelVersion == null ? "no model" : `model ${list.modelVersion}`;
  const kind = list.fallback ? `${list.fallback}, not personal yet` : `revision ${list.profileRevision}`;
  $("for-you-meta").textContent = `${model} · ${kind} · answered in ${Number(list.tookMs).toFixed(1)} ms`;
  await showProfile(profile);
  if (user === state.user) await showBecause(list, profile, rejected, animate);
  markChosen();
}

function reasonText(entry) {
  const reason = entry.reason;
  if (reason?.itemId) return `Because you ${verb(reason.type)} ${splitTitle(reason.title ?? reason.itemId).name}`;
  return { popularity: "Popular", trending: "Trending now" }[entry.source] ?? "";
}

const VERBS = { viewed: "viewed", clicked: "clicked", rated: "rated", liked: "liked", played: "watched", purchased: "bought", consumed: "watched" };
const verb = (type) => VERBS[String(type).replace(/^because_you_/, "")] ?? "liked";
const SIGNALS = { view: "viewed", click: "clicked", rating: "rated", like: "liked", dislike: "not for me", dismiss: "dismissed", play: "watched", favorite: "favourite" };

/** Up to two rows: the latest titles that the user showed interest in, else those that explain most of the list. */
async function showBecause(list, profile, rejected, animate) {
  const user = state.user;
  const seen = new Set((profile?.items ?? []).filter((entry) => entry.consumed || entry.rejected).map((entry) => entry.id));
  const rows = await Promise.all(sourcesOfRows(list, profile).map(async (source) => {
    const [title, similar] = await Promise.all([api.item(source.id), api.similar(source.id, STRIP * 2).catch(() => ({ items: [] }))]);
    api.remember(similar.items);
    const own = list.items.filter((entry) => entry.reason?.itemId === source.id);
    const entries = [];
    for (const entry of [...own, ...similar.items]) {
      if (entry.id !== source.id && !seen.has(entry.id) && !entries.some((other) => other.id === entry.id)) entries.push(entry);
    }
    return { source, title, entries: entries.slice(0, STRIP) };
  }));
  if (user !== state.user) return;
  const kept = new Map([...$("because").children].map((row) => [row.dataset.id, row]));
  const sections = rows.filter((row) => row.entries.length > 3).slice(0, 2).map((row) => {
    const section = kept.get(row.source.id) ?? becauseRow(row.source.id);
    const verbText = SIGNALS[row.source.signal] ?? "viewed";
    const heading = section.querySelector("h2");
    const name = document.createElement("em");
    name.textContent = splitTitle(row.title.title ?? row.source.id).name;
    heading.replaceChildren(`Because you ${verbText} `, name);
    return [section, row.entries];
  });
  $("because").replaceChildren(...sections.map(([section]) => section));
  for (const [section, entries] of sections) {
    const isNew = !kept.has(section.dataset.id);
    show(section.querySelector("ol"), entries, { handlers, animate: animate && !isNew });
    if (isNew && animate) section.animate([{ opacity: 0, transform: "translateY(-14px)" }, { opacity: 1, transform: "none" }], { duration: 450, easing: "ease-out" });
  }
}

function sourcesOfRows(list, profile) {
  const liked = new Map((profile?.items ?? []).filter((entry) => entry.strength > 0 && !entry.rejected).map((entry) => [entry.id, entry]));
  const explained = new Map();
  for (const { reason } of list.items) if (liked.has(reason?.itemId)) explained.set(reason.itemId, (explained.get(reason.itemId) ?? 0) + 1);
  const strongest = [...explained].sort((a, b) => b[1] - a[1]).map(([id]) => id);
  return [...new Set([...[...liked.keys()].slice(0, 2), ...strongest])].slice(0, 5).map((id) => liked.get(id));
}

function becauseRow(id) {
  const section = document.createElement("section");
  section.className = "row";
  section.dataset.id = id;
  const head = document.createElement("div");
  head.className = "row-head";
  head.append(document.createElement("h2"));
  const list = document.createElement("ol");
  list.className = "strip";
  section.append(head, list);
  return section;
}

async function showProfile(profile) {
  $("profile-title").textContent = state.user.anonymous ? "New visitor" : `User ${state.user.id}`;
  $("revision").textContent = profile ? `revision ${profile.revision}` : "";
  if (!profile) {
    $("profile-facts").textContent = "No profile yet: it begins with the first click.";
    $("bars").replaceChildren();
    $("recent").replaceChildren();
    $("recent-title").hidden = true;
    return;
  }
  const total = Object.values(profile.counters).reduce((sum, count) => sum + count, 0);
  $("profile-facts").textContent = `${plural(total, "event")} in ${plural(profile.sessions, "session")}`;
  showBars(profile.affinities.categories);
  $("recent-title").hidden = false;
  const recent = await Promise.all(profile.items.slice(0, 6).map(async (entry) => {
    const title = splitTitle((await api.item(entry.id)).title ?? entry.id);
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = title.name;
    const signal = document.createElement("span");
    signal.className = "signal";
    signal.dataset.negative = String(entry.strength < 0);
    signal.textContent = entry.signal === "rating" ? `rated ${stars(entry.strength)}` : SIGNALS[entry.signal] ?? entry.signal;
    line.append(name, signal);
    return line;
  }));
  $("recent").replaceChildren(...recent);
}

/** A rating's strength is 5 · (value − 2.5) / 2.5 with the weights as shipped. */
const stars = (strength) => `${((strength / 5) * 2.5 + 2.5).toFixed(1).replace(".0", "")} ★`;

/** The strongest leanings, for and against. */
function showBars(categories) {
  const strongest = [...categories].sort((a, b) => Math.abs(b.affinity) - Math.abs(a.affinity)).slice(0, 7).sort((a, b) => b.affinity - a.affinity);
  const most = Math.max(...strongest.map((entry) => Math.abs(entry.affinity)), 1e-9);
  const known = new Map([...$("bars").children].map((bar) => [bar.dataset.name, bar]));
  $("bars").replaceChildren(...strongest.map((entry) => {
    const bar = known.get(entry.name) ?? newBar(entry.name);
    bar.className = entry.affinity < 0 ? "negative" : "";
    bar.querySelector(".number").textContent = entry.affinity.toFixed(1);
    const scale = `scaleX(${Math.max(Math.abs(entry.affinity) / most, 0.01)})`;
    requestAnimationFrame(() => { bar.querySelector(".fill").style.transform = scale; });
    return bar;
  }));
}

function newBar(name) {
  const bar = document.createElement("li");
  bar.dataset.name = name;
  for (const [className, text] of [["name", name], ["track", ""], ["number", ""]]) {
    const part = document.createElement("span");
    part.className = className;
    part.textContent = text;
    bar.append(part);
  }
  const fill = document.createElement("div");
  fill.className = "fill";
  fill.style.transform = "scaleX(0)";
  bar.querySelector(".track").append(fill);
  return bar;
}

// ---- Acting ----------------------------------------------------------------------------------------------------

async function open(entry) {
  showChosen(entry);
  const position = state.list?.items.findIndex((other) => other.id === entry.id) ?? -1;
  const recommendation = position >= 0
    ? { requestId: state.list.requestId, position, policy: state.list.policy ?? undefined } : undefined;
  await act({ type: "click", itemId: entry.id, recommendation }, `You clicked ${titleOf(entry)}`);
}

function dismiss(entry) {
  return act({ type: "dislike", itemId: entry.id }, `${titleOf(entry)} is not for you`);
}

async function rate(value) {
  if (!state.chosen) return;
  paintStars(value);
  await act({ type: "rating", itemId: state.chosen.id, value }, `You rated ${titleOf(state.chosen)} ${value} ★`);
}

async function react(type, phrase) {
  if (!state.chosen) return;
  for (const id of ["like", "dislike"]) $(id).dataset.on = String(id === type);
  await act({ type, itemId: state.chosen.id }, `${titleOf(state.chosen)}: ${phrase}`);
}

/** Sends an event, then watches until the list that knows of it is there. */
async function act(event, text) {
  const user = state.user;
  const expected = Math.max(state.revision, ...state.waiting.map((click) => click.revision)) + 1;
  const click = { sentAt: performance.now(), revision: expected, text, acceptedAt: 0 };
  state.waiting.push(click);
  notice("waiting", `${text} …`);
  try {
    await api.send(state.config.collectorUrl, user, event);
    click.acceptedAt = performance.now();
  } catch (error) {
    state.waiting = state.waiting.filter((other) => other !== click);
    if (user === state.user) {
      fail(error);
      log(text, error.status === 0 ? "not sent: the collector is away" : error.message, true);
    }
    return;
  }
  if (user === state.user) watch(user);
}

async function watch(user) {
  if (state.polling) return;
  state.polling = true;
  try {
    for (let attempt = 0; user === state.user && state.waiting.length > 0; attempt++) {
      await new Promise((resume) => setTimeout(resume, POLL[Math.min(attempt, POLL.length - 1)]));
      if (user !== state.user) break;
      const list = await api.recommendations(user, FETCHED);
      const arrivedAt = performance.now();
      if (user !== state.user) break;
      const reached = list.fallback ? 0 : list.profileRevision ?? 0;
      const done = state.waiting.filter((click) => click.revision <= reached);
      state.waiting = state.waiting.filter((click) => click.revision > reached);
      if (done.length > 0) {
        attempt = 0;
        const last = done[done.length - 1];
        const took = Math.round(arrivedAt - last.sentAt);
        noticeDone(last.text, took);
        for (const click of done) log(click.text, `lists updated ${Math.round(arrivedAt - click.sentAt)} ms after your click`);
        const profile = await api.profile(user);
        if (user !== state.user) break;
        await take(list, profile, { animate: true });
      }
      const late = state.waiting.filter((click) => click.acceptedAt && arrivedAt - click.acceptedAt > PATIENCE);
      if (late.length > 0) await giveUp(user, late);
    }
  } catch (error) {
    if (user === state.user) {
      state.waiting = [];
      fail(error);
    }
  } finally {
    state.polling = false;
  }
}

/** The event is safe in Kafka, but no new list came: say so, and say which part lags. */
async function giveUp(user, late) {
  state.waiting = state.waiting.filter((click) => !late.includes(click));
  const profile = await api.profile(user);
  if (user !== state.user) return;
  const moved = (profile?.revision ?? 0) >= late[late.length - 1].revision;
  notice("bad", moved
    ? "Your profile has the click, but no new list came: is the scorer running? The lists stay as they were."
    : "The click is safe in Kafka, but your profile has not moved: is the stream processor running?");
  for (const click of late) log(click.text, "no new list within 6 s", true);
  state.profile = profile;
  state.revision = Math.max(state.revision, profile?.revision ?? 0);
  await showProfile(profile);
}

// ---- Showing ---------------------------------------------------------------------------------------------------

const titleOf = (entry) => splitTitle(entry.item?.title ?? entry.title ?? entry.id).name;
const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

function showChosen(entry) {
  state.chosen = entry;
  const item = { id: entry.id, ...entry.item };
  const { name, year } = nameOf(item);
  $("chosen").hidden = false;
  $("chosen-art").replaceChildren(poster(item));
  $("chosen-title").textContent = name;
  $("chosen-facts").textContent = [year, (item.categories ?? []).join(", ")].filter(Boolean).join(" · ");
  $("chosen-reason").textContent = reasonText(entry);
  for (const id of ["like", "dislike"]) $(id).dataset.on = "false";
  paintStars(0);
  markChosen();
}

function paintStars(value) {
  [...$("stars").children].forEach((button, index) => { button.dataset.on = String(index < value); });
}

function markChosen() {
  for (const element of document.querySelectorAll(".card")) element.dataset.chosen = String(element.dataset.id === state.chosen?.id);
}

function notice(kind, text) {
  $("notice").dataset.kind = kind;
  $("notice-text").textContent = text;
}

function noticeDone(text, milliseconds) {
  const time = document.createElement("strong");
  time.textContent = `${milliseconds} ms`;
  $("notice").dataset.kind = "done";
  $("notice-text").replaceChildren(`${text}. Lists updated `, time, " after your click.");
}

function log(text, result, isBad = false) {
  const line = document.createElement("li");
  const what = document.createElement("strong");
  what.textContent = text;
  const time = document.createElement("span");
  time.className = "time";
  time.dataset.bad = String(isBad);
  time.textContent = result;
  line.append(what, document.createElement("br"), time);
  $("log").prepend(line);
  while ($("log").children.length > 20) $("log").lastElementChild.remove();
}

function fail(error) {
  console.warn(error);
  if (error.service === "collector" && error.status === 0) {
    notice("bad", "The collector does not answer: the click was not counted, the lists stay as they are.");
  } else if (error.service === "server" && error.status === 0) {
    notice("bad", "The server does not answer. What you see is the last it said.");
  } else if (error.status === 401) {
    notice("bad", "The server wants an API key for profiles; this page works on an open local server.");
  } else {
    notice("bad", error.message);
  }
}

start();
