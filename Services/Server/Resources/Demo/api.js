// The two services that the page talks to: the server (lists, catalog, profiles) and the collector (events).

/** A request that failed: `service` is the part to blame, `status` is 0 when nobody answered. */
export class ServiceError extends Error {
  constructor(service, status, detail) {
    super(detail || `${service} answered ${status}`);
    this.service = service;
    this.status = status;
  }
}

async function request(service, url, options = {}) {
  let response;
  try {
    response = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(8000), ...options });
  } catch {
    report(service, false);
    throw new ServiceError(service, 0, `The ${service} does not answer.`);
  }
  const isProblem = response.headers.get("content-type")?.startsWith("application/problem+json");
  report(service, response.status < 500);
  if (response.ok) return response.json();
  const problem = isProblem ? await response.json().catch(() => ({})) : {};
  throw new ServiceError(service, response.status, problem.detail ?? problem.title);
}

let report = () => {};

/** Calls `listener(service, isUp)` after every request. */
export function onServiceState(listener) {
  report = listener;
}

const identity = (user) => (user.anonymous ? `anonymous=${encodeURIComponent(user.id)}` : `user=${encodeURIComponent(user.id)}`);
const profileKey = (user) => encodeURIComponent(user.anonymous ? `~${user.id}` : user.id);

export const configuration = () => request("server", "/demo/config.json");
export const recommendations = (user, limit) =>
  request("server", `/v1/recommendations?${identity(user)}&placement=storefront&limit=${limit}`);
export const trending = (limit) => request("server", `/v1/trending?limit=${limit}`);
export const similar = (itemId, limit) => request("server", `/v1/items/${encodeURIComponent(itemId)}/similar?limit=${limit}`);

/** The user's profile, or null when there is none yet. */
export async function profile(user) {
  try {
    return await request("server", `/v1/users/${profileKey(user)}`);
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}

const items = new Map();

/** Remembers the catalog entries that came with lists. */
export function remember(entries) {
  for (const entry of entries) if (entry.item) items.set(entry.id, { id: entry.id, ...entry.item });
}

/** A catalog entry; a bare id when the catalog does not know it. */
export async function item(id) {
  if (!items.has(id)) {
    try {
      items.set(id, { id, ...(await request("server", `/v1/items/${encodeURIComponent(id)}`)) });
    } catch (error) {
      if (error.status !== 404) throw error;
      items.set(id, { id, title: id });
    }
  }
  return items.get(id);
}

/** Sends one event; resolves when Kafka has it. */
export async function send(collectorUrl, user, event) {
  const body = {
    eventId: crypto.randomUUID?.() ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`,
    timestamp: new Date().toISOString(),
    ...(user.anonymous ? { anonymousId: user.id } : { userId: user.id }),
    context: { page: "/demo", placement: "storefront" },
    ...event,
  };
  const answer = await request("collector", `${collectorUrl}/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const rejected = answer.rejected?.[0];
  if (rejected) throw new ServiceError("collector", 202, `The collector rejected the event: ${rejected.reason}`);
}
