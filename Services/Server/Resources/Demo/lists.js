// Lists of cards that move when their order changes (FLIP: first, last, invert, play).
import { nameOf, poster } from "/demo/poster.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");

function card(entry, handlers) {
  const { name, year } = nameOf({ id: entry.id, ...entry.item });
  const element = document.createElement("li");
  element.className = "card";
  element.dataset.id = entry.id;

  const open = document.createElement("button");
  open.type = "button";
  open.className = "card-open";
  open.setAttribute("aria-label", [name, year, (entry.item?.categories ?? []).join(", ")].filter(Boolean).join(", "));
  open.append(poster({ id: entry.id, ...entry.item }));
  open.addEventListener("click", () => handlers.open(element.entry));

  const dismiss = document.createElement("button");
  dismiss.type = "button";
  dismiss.className = "dismiss";
  dismiss.title = "Not for me";
  dismiss.setAttribute("aria-label", `Not for me: ${name}`);
  dismiss.textContent = "✕";
  dismiss.addEventListener("click", () => handlers.dismiss(element.entry));

  const reason = document.createElement("p");
  reason.className = "reason";
  element.append(open, dismiss, reason);
  return element;
}

/** Shows `entries` in `list`, reusing the cards that stay; cards that moved glide to their new place. */
export function show(list, entries, { handlers, reasonText = () => "", animate = true, empty = "Nothing here yet." }) {
  const before = new Map();
  const known = new Map();
  for (const element of list.querySelectorAll(":scope > .card")) {
    known.set(element.dataset.id, element);
    before.set(element, element.getBoundingClientRect());
  }
  const isFirst = known.size === 0;
  const next = entries.map((entry) => {
    const element = known.get(entry.id) ?? card(entry, handlers);
    element.entry = entry;
    element.querySelector(".reason").textContent = reasonText(entry);
    element.dataset.new = String(!isFirst && animate && !known.has(entry.id));
    return element;
  });
  if (next.length === 0) {
    const message = document.createElement("li");
    message.className = "empty";
    message.textContent = empty;
    list.replaceChildren(message);
    return;
  }
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const place = [...list.children].findIndex((element) => element.contains(focused));
  list.replaceChildren(...next);
  // A card that went away leaves the focus to the one that took its place.
  if (focused) (list.contains(focused) ? focused : next[Math.min(place, next.length - 1)].querySelector(".card-open")).focus({ preventScroll: true });
  if (!animate || isFirst || still.matches) return;
  for (const element of next) {
    const first = before.get(element);
    if (!first) {
      element.animate([{ opacity: 0, transform: "scale(.82)" }, { opacity: 1, transform: "none" }], { duration: 480, easing: "cubic-bezier(.2,.9,.3,1.2)" });
      continue;
    }
    const last = element.getBoundingClientRect();
    const x = first.left - last.left, y = first.top - last.top;
    if (Math.abs(x) + Math.abs(y) < 1) continue;
    element.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: 620, easing: "cubic-bezier(.2,.8,.2,1)" });
  }
}
