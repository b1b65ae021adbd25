// Draws a poster for a title from its genres: no pictures, only shapes and type, the same every time.

const HUES = {
  "Action": [14, 350], "Adventure": [160, 190], "Animation": [280, 320], "Children": [42, 18], "Comedy": [48, 28],
  "Crime": [220, 250], "Documentary": [200, 170], "Drama": [255, 285], "Fantasy": [268, 200], "Film-Noir": [220, 210],
  "Horror": [0, 330], "IMAX": [205, 225], "Musical": [325, 290], "Mystery": [236, 268], "Romance": [342, 12],
  "Sci-Fi": [195, 250], "Thriller": [185, 220], "War": [80, 45], "Western": [28, 10],
};
const FACES = {
  "Animation": "round", "Children": "round", "Comedy": "round", "Musical": "round",
  "Action": "block", "Sci-Fi": "block", "Thriller": "block", "Horror": "block", "War": "block", "Crime": "block",
  "IMAX": "block",
};

/** A small seeded generator: the same title always gives the same poster. */
function generator(text) {
  let state = 2166136261;
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0), 16777619);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4294967296;
  };
}

const motifs = {
  "Sci-Fi": (r) => {
    const x = 40 + r() * 120, y = 70 + r() * 60, rings = [22, 40, 60, 84, 112].map(
      (radius) => `<ellipse cx="${x}" cy="${y}" rx="${radius * 1.25}" ry="${radius * 0.5}" transform="rotate(${-22 + r() * 10} ${x} ${y})" fill="none" stroke="#fff" stroke-opacity=".28"/>`);
    return stars(r, 40) + `<circle cx="${x}" cy="${y}" r="26" fill="#fff" fill-opacity=".85"/>` + rings.join("");
  },
  "Horror": (r) => {
    let path = "M0 300";
    for (let x = 0; x <= 200; x += 16) path += `L${x} ${130 + r() * 60}L${x + 8} ${220 + r() * 30}`;
    return `<circle cx="${60 + r() * 80}" cy="70" r="38" fill="#fff" fill-opacity=".8"/><path d="${path}L200 300Z" fill="#000" fill-opacity=".62"/>`;
  },
  "Romance": (r) => {
    const x = 70 + r() * 20, y = 110 + r() * 20;
    return `<circle cx="${x}" cy="${y}" r="52" fill="#fff" fill-opacity=".34"/><circle cx="${x + 56}" cy="${y + 14}" r="52" fill="#fff" fill-opacity=".34"/>` + dots(r, 14, 0.25);
  },
  "Western": (r) => `<circle cx="${80 + r() * 60}" cy="126" r="50" fill="#fff" fill-opacity=".62"/>` + hills(r, 3, 150),
  "Adventure": (r) => `<circle cx="${50 + r() * 100}" cy="70" r="26" fill="#fff" fill-opacity=".75"/>` + peaks(r),
  "War": (r) => rays(r, 100, 240, 26, 0.16) + hills(r, 2, 210),
  "Action": (r) => rays(r, 30 + r() * 140, 90 + r() * 40, 20, 0.2) + slash(r),
  "Comedy": (r) => dots(r, 22, 0.42),
  "Children": (r) => dots(r, 16, 0.5) + hills(r, 2, 220),
  "Animation": (r) => dots(r, 12, 0.34) + blob(r) + blob(r),
  "Crime": (r) => blinds(r),
  "Film-Noir": (r) => blinds(r),
  "Mystery": (r) => `<circle cx="100" cy="110" r="72" fill="none" stroke="#fff" stroke-opacity=".3" stroke-width="14"/><circle cx="100" cy="110" r="${22 + r() * 14}" fill="#000" fill-opacity=".5"/>` + stars(r, 12),
  "Thriller": (r) => {
    const x = 50 + r() * 100, y = 100 + r() * 30;
    return Array.from({ length: 9 }, (_, i) => `<circle cx="${x}" cy="${y}" r="${10 + i * 17}" fill="none" stroke="#fff" stroke-opacity="${0.42 - i * 0.04}" stroke-width="${7 - i * 0.5}"/>`).join("");
  },
  "Documentary": (r) => {
    let cells = "";
    for (let x = 0; x < 8; x++) for (let y = 0; y < 8; y++) if (r() > 0.45) cells += `<rect x="${x * 25 + 2}" y="${y * 25 + 2}" width="21" height="21" fill="#fff" fill-opacity="${(r() * 0.4).toFixed(2)}"/>`;
    return cells;
  },
  "Drama": (r) => {
    const x = 20 + r() * 100;
    return `<rect x="${x}" y="-10" width="${40 + r() * 40}" height="330" fill="#fff" fill-opacity=".2" transform="rotate(${8 + r() * 14} 100 150)"/><circle cx="${60 + r() * 80}" cy="${90 + r() * 40}" r="${30 + r() * 22}" fill="#fff" fill-opacity=".5"/>`;
  },
  "Fantasy": (r) => stars(r, 30) + `<path d="M0 -58a58 58 0 1 0 58 90a46 46 0 1 1 -58 -90Z" fill="#fff" fill-opacity=".8" transform="translate(${60 + r() * 70} ${80 + r() * 40}) rotate(${r() * 90 - 50}) scale(${0.55 + r() * 0.45})"/>`,
  "Musical": (r) => Array.from({ length: 5 }, (_, i) => `<path d="M-10 ${70 + i * 20}q50 ${-50 + r() * 30} 110 0t110 0" fill="none" stroke="#fff" stroke-opacity=".34" stroke-width="3"/>`).join("") + dots(r, 7, 0.5),
  "IMAX": (r) => `<circle cx="100" cy="${100 + r() * 30}" r="78" fill="#fff" fill-opacity=".22"/><circle cx="100" cy="120" r="44" fill="#fff" fill-opacity=".34"/>`,
};

function stars(r, count) {
  return Array.from({ length: count }, () => `<circle cx="${(r() * 200).toFixed(1)}" cy="${(r() * 210).toFixed(1)}" r="${(0.5 + r() * 1.4).toFixed(1)}" fill="#fff" fill-opacity="${(0.3 + r() * 0.6).toFixed(2)}"/>`).join("");
}
function dots(r, count, opacity) {
  return Array.from({ length: count }, () => `<circle cx="${(r() * 200).toFixed(0)}" cy="${(r() * 200).toFixed(0)}" r="${(4 + r() * 24).toFixed(0)}" fill="#fff" fill-opacity="${(r() * opacity).toFixed(2)}"/>`).join("");
}
function hills(r, count, top) {
  return Array.from({ length: count }, (_, i) => {
    const y = top + i * 30;
    return `<path d="M-10 ${y}q${40 + r() * 40} ${-40 - r() * 30} 110 0t120 ${-10 + r() * 20}V310H-10Z" fill="#000" fill-opacity=".3"/>`;
  }).join("");
}
function peaks(r) {
  let all = "";
  for (let i = 0; i < 3; i++) {
    let path = `M-10 310L-10 ${190 + i * 25}`;
    for (let x = 0; x <= 220; x += 44) path += `L${x + r() * 20} ${120 + i * 34 + r() * 60}`;
    all += `<path d="${path}L220 310Z" fill="#000" fill-opacity=".28"/>`;
  }
  return all;
}
function rays(r, x, y, count, opacity) {
  return Array.from({ length: count }, (_, i) => {
    const a = (i / count) * Math.PI * 2, b = a + Math.PI / count * (0.6 + r() * 0.5);
    return `<path d="M${x} ${y}L${x + 330 * Math.cos(a)} ${y + 330 * Math.sin(a)}L${x + 330 * Math.cos(b)} ${y + 330 * Math.sin(b)}Z" fill="#fff" fill-opacity="${opacity}"/>`;
  }).join("");
}
function slash(r) {
  return `<path d="M-20 ${170 + r() * 30}L220 ${60 + r() * 40}L220 ${90 + r() * 40}L-20 ${200 + r() * 30}Z" fill="#000" fill-opacity=".36"/>`;
}
function blob(r) {
  const x = r() * 200, y = r() * 180;
  return `<rect x="${x - 50}" y="${y - 30}" width="${80 + r() * 60}" height="${50 + r() * 40}" rx="34" fill="#fff" fill-opacity=".22" transform="rotate(${r() * 60 - 30} ${x} ${y})"/>`;
}
function blinds(r) {
  const tilt = -14 + r() * 10;
  return Array.from({ length: 13 }, (_, i) => `<rect x="-60" y="${i * 24 - 30}" width="340" height="${9 + r() * 5}" fill="#000" fill-opacity=".36" transform="rotate(${tilt} 100 150)"/>`).join("")
    + `<circle cx="${60 + r() * 80}" cy="${80 + r() * 40}" r="34" fill="#fff" fill-opacity=".4"/>`;
}

/** "Matrix, The (1999)" becomes { name: "The Matrix", year: "1999" }. */
export function splitTitle(title) {
  const match = /^(.*?)\s*\((\d{4})\)\s*$/.exec(title);
  let name = (match ? match[1] : title).replace(/\s*\((a\.k\.a\.|aka).*?\)/gi, "");
  const article = /^(.*), (The|A|An|Les?|La|Das|Der|Die|Il|El)( \(.*\))?$/.exec(name);
  if (article) name = `${article[2]} ${article[1]}${article[3] ?? ""}`;
  return { name, year: match ? match[2] : "" };
}

/** The name and the year of a catalog entry; the year may stand in the title or among the properties. */
export function nameOf(item) {
  const { name, year } = splitTitle(item?.title ?? item?.id ?? "");
  return { name, year: year || String(item?.properties?.year ?? "") };
}

/** The poster of an item, as an element that says nothing to screen readers: the card's own name does. */
export function poster(item) {
  const genres = item.categories ?? [];
  const known = genres.filter((genre) => HUES[genre]);
  // The rarer genres say more about a title than Drama or Comedy do.
  const order = ["Horror", "Western", "Sci-Fi", "Film-Noir", "War", "Musical", "Animation", "Fantasy", "Documentary",
    "Mystery", "Romance", "Crime", "Children", "Thriller", "Action", "Adventure", "Comedy", "Drama", "IMAX"];
  known.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const main = known[0] ?? "Drama";
  const { name, year } = nameOf(item);
  const random = generator(name + year);
  const [first, second] = HUES[main];
  const third = known[1] ? HUES[known[1]][0] : second;
  const shift = random() * 56 - 28;
  const grey = main === "Film-Noir";
  const colour = (hue, saturation, light) => `hsl(${Math.round(hue + shift)} ${grey ? 8 : saturation}% ${light}%)`;
  const id = `p${Math.floor(random() * 1e9)}`;

  const element = document.createElement("div");
  element.className = "poster";
  element.setAttribute("aria-hidden", "true");
  element.dataset.face = FACES[main] ?? "serif";
  element.innerHTML = `<svg viewBox="0 0 200 300" preserveAspectRatio="xMidYMid slice">
    <defs>
      <linearGradient id="${id}" x1="0" y1="0" x2="${(0.3 + random() * 0.7).toFixed(2)}" y2="1">
        <stop offset="0" stop-color="${colour(first, 74, 52)}"/>
        <stop offset=".55" stop-color="${colour(second, 66, 36)}"/>
        <stop offset="1" stop-color="${colour(third, 60, 17)}"/>
      </linearGradient>
      <linearGradient id="${id}s" x1="0" y1="0" x2="0" y2="1">
        <stop offset=".42" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity=".78"/>
      </linearGradient>
    </defs>
    <rect width="200" height="300" fill="url(#${id})"/>
    ${(motifs[main] ?? motifs.Drama)(random)}
    <rect width="200" height="300" fill="url(#${id}s)"/>
  </svg>`;
  const text = document.createElement("div");
  text.className = "poster-text";
  const heading = document.createElement("span");
  heading.className = "poster-title";
  // The longest word decides as much as the length does: a word must never break.
  const longest = Math.max(...name.split(/[\s-]+/).map((word) => word.length));
  const sizes = ["l", "m", "s", "xs"];
  const byWord = longest <= 8 ? 0 : longest <= 10 ? 1 : longest <= 13 ? 2 : 3;
  const byLength = name.length > 40 ? 2 : name.length > 18 ? 1 : 0;
  heading.dataset.size = sizes[Math.max(byWord, byLength)];
  heading.textContent = name.length > 62 ? `${name.slice(0, 60)}…` : name;
  const small = document.createElement("span");
  small.className = "poster-year";
  small.textContent = [year, known[0] ?? genres[0]].filter(Boolean).join(" · ");
  text.append(heading, small);
  element.append(text);
  return element;
}
