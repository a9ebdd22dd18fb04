// The report's own script, put into the page as it is: sorts and filters the table, shows single
// repositories and counts down. It builds elements from text, never from HTML.

/** @typedef {import("../html/page-data.ts").PageData} PageData */
/** @typedef {import("../html/page-data.ts").PageRepository} PageRepository */

/**
 * @template {typeof Element} T
 * @param {string} selector
 * @param {T} type
 * @returns {InstanceType<T>}
 */
function find(selector, type) {
  const found = document.querySelector(selector);
  if (found instanceof type) return /** @type {InstanceType<T>} */ (found);
  throw new Error(`the page has no ${selector}`);
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {(string | Node | undefined)[]} children
 */
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** @type {PageData} */
const data = JSON.parse(find("#data", HTMLScriptElement).textContent);

// The table

const body = find("#fleet tbody", HTMLTableSectionElement);
const lines = data.repositories.map((repository, index) => ({
  repository,
  row: /** @type {HTMLTableRowElement} */ (body.rows[index]),
  text: searchText(repository),
}));

/** @param {PageRepository} repository */
function searchText({ name, stack, url, facts, history, crossings }) {
  const parts = [name, stack, url, facts, history.map((event) => event.slice(2, 4)), crossings];
  return parts.flat(2).join(" ").toLowerCase();
}

const filters = find("#filters", HTMLFormElement);
const shown = find("#shown", HTMLOutputElement);
const noMatch = find("#no-match", HTMLElement);

const table = find("#fleet", HTMLTableElement);
const folded = find("#folded", HTMLElement);
const unfolded = lines.length - body.querySelectorAll(".more").length;

/** Marks the rows after the first ones; the style sheet hides them until all are requested. */
function fold() {
  const fitting = lines.filter(({ row }) => !row.hidden);
  for (const [index, { row }] of fitting.entries()) {
    row.classList.toggle("more", index >= unfolded);
  }
  folded.hidden = table.classList.contains("all") || fitting.length <= unfolded;
  showAll.textContent = `Show all ${fitting.length.toLocaleString()}`;
}

const showAll = find("#folded button", HTMLButtonElement);
showAll.addEventListener("click", () => {
  table.classList.add("all");
  fold();
});

function filter() {
  const chosen = new FormData(filters);
  const [state, check] = [chosen.get("state"), chosen.get("check")];
  const words = String(chosen.get("text")).toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { repository, row, text } of lines) {
    const { tone, crossings } = repository;
    const fits =
      (state === "all" || state === tone || (state === "attention" && tone !== "good")) &&
      (check === "" || crossings.some(([of]) => isAbout(of, String(check)))) &&
      words.every((word) => text.includes(word));
    row.hidden = !fits;
    if (fits) count += 1;
  }
  fold();
  noMatch.hidden = count > 0;
  shown.value =
    count === lines.length
      ? ""
      : `${count.toLocaleString()} of ${lines.length.toLocaleString()} fit`;
}

/**
 * @param {string} of what a crossing is about
 * @param {string} check what is asked for
 */
function isAbout(of, check) {
  const secrets = ["credential", "shadowed", "overwritten", "age"];
  return check === "credential" ? secrets.includes(of) : of === check;
}

filters.hidden = lines.length === 0;
fold();
filters.addEventListener("input", filter);
filters.addEventListener("submit", (event) => event.preventDefault());
find("#no-match button", HTMLButtonElement).addEventListener("click", () => {
  filters.reset();
  filter();
});

const heads = [...document.querySelectorAll("#fleet thead th")];
const compare = new Intl.Collator("en", { numeric: true }).compare;

for (const [column, head] of heads.entries()) {
  const button = head.querySelector("button");
  if (!button) continue;
  button.disabled = false;
  button.addEventListener("click", () => {
    const direction = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction);
    const sign = direction === "ascending" ? 1 : -1;
    lines.sort((a, b) => sign * order(keyOf(a.repository, column), keyOf(b.repository, column)));
    body.append(...lines.map(({ row }) => row));
    fold();
  });
}

/**
 * @param {PageRepository} repository
 * @param {number} column
 */
function keyOf({ sort, stack }, column) {
  return sort[column] ?? stack;
}

/**
 * @param {string | number} a
 * @param {string | number} b
 */
function order(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : compare(String(a), String(b));
}

// One repository

const dialog = find("#repository", HTMLDialogElement);
const tones = { good: "g", warn: "w", bad: "b", quiet: "q", problem: "b", warning: "w" };
const states = { ok: "g", pending: "q", manual: "w", problem: "b" };
const fileTones = { "in-sync": "g", edited: "w", missing: "w", extra: "q" };

/** @param {PageRepository} repository */
function draw(repository) {
  const { name, stack, url, facts, crossings, files, pulls, history } = repository;
  /** @param {string} text @param {string} page */
  const link = (text, page) => {
    if (page === "") return text;
    return element("a", { href: page.startsWith("/") ? url + page : page }, text);
  };
  const close = element("button", { type: "button" }, "Close");
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(
    element(
      "div",
      { class: "bar-top" },
      element("h2", { id: "repository-title", tabindex: "-1" }, name),
      element("span", { class: "soft" }, `Stack ${stack}`),
      element("a", { href: url }, "On GitHub"),
      close,
    ),
    element("dl", {}, ...facts.map(([term, value]) => fact(term, value))),
    ...part("Needs attention", "checklist", crossings, ([, severity, text, page]) =>
      item(pick(tones, severity), text, page && " ", page && link("Open", page)),
    ),
    ...part("Workflow files", "checklist", files, ([path, state, page]) =>
      item(
        pick(fileTones, state),
        link(path, state === "missing" ? "" : page),
        ` ${fileWord(state)}`,
      ),
    ),
    ...part("Pull requests", "checklist", pulls, ([number, title, page]) =>
      item("q", link(`#${number} ${title}`, page)),
    ),
    ...part("Package checklist", "checklist", repository.package, ([state, text, page]) =>
      item(pick(states, state), text, page && " ", page && link("Open settings", page)),
    ),
    ...part("Images and changes", "checklist events", history, ([kind, at, text, detail, page]) =>
      item(
        kind === "run" ? "b" : kind === "image" ? "g" : "q",
        moment(at),
        element("span", { class: "kind" }, kind),
        element("div", {}, link(text, page), element("span", { class: "soft" }, ` ${detail}`)),
      ),
    ),
  );
}

/**
 * @param {Record<string, string>} words
 * @param {string} name
 */
function pick(words, name) {
  return words[name] ?? "q";
}

/** A path breaks behind its slashes. @param {string} term @param {string} value */
function fact(term, value) {
  const parts = value.split(/(?<=\/)/);
  const broken = parts.flatMap((part, at) => (at === 0 ? [part] : [element("wbr", {}), part]));
  return element("div", {}, element("dt", {}, term), element("dd", {}, ...broken));
}

/** @param {string} tone @param {(string | Node)[]} children */
function item(tone, ...children) {
  return element("li", { class: tone }, ...children);
}

/** @param {string} state */
function fileWord(state) {
  return state === "in-sync" ? "in sync" : state === "extra" ? "not of the fleet" : state;
}

/** @param {number} at seconds since 1970 */
function moment(at) {
  const iso = new Date(at * 1000).toISOString();
  return element("time", { datetime: iso }, iso.slice(0, 16).replace("T", " "));
}

/**
 * A list with its title; nothing where there is nothing to list.
 *
 * @template T
 * @param {string} title
 * @param {string} style
 * @param {readonly T[]} items
 * @param {(item: T) => HTMLElement} toItem
 */
function part(title, style, items, toItem) {
  if (items.length === 0) return [];
  return [element("h3", {}, title), element("ul", { class: style }, ...items.map(toItem))];
}

const byAnchor = new Map(data.repositories.map((repository) => [`#${repository.id}`, repository]));

/** Shows the repository that the address names, if any. */
function follow() {
  const repository = byAnchor.get(location.hash);
  if (!repository) {
    dialog.close();
    return;
  }
  draw(repository);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  find("#repository-title", HTMLElement).focus();
}

dialog.addEventListener("close", () => {
  if (byAnchor.has(location.hash)) history.pushState(null, "", location.pathname + location.search);
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
window.addEventListener("hashchange", follow);
follow();

// The countdown

function countDown() {
  for (const place of document.querySelectorAll("[data-countdown]")) {
    const left = Date.parse(place.getAttribute("data-countdown") ?? "") - Date.now();
    const [days, hours] = [Math.floor(left / 86_400_000), Math.floor(left / 3_600_000) % 24];
    place.textContent =
      left <= 0
        ? "expired"
        : days > 0
          ? `${days} d ${hours} h`
          : `${hours} h ${Math.floor(left / 60_000) % 60} min`;
    const words = place.parentElement?.querySelector("small span");
    if (words) words.textContent = left <= 0 ? "on" : "left, until";
    const few = days < Number(place.getAttribute("data-min"));
    place.parentElement?.setAttribute("class", `figure ${left <= 0 ? "b" : few ? "w" : "g"}`);
  }
}
countDown();
setInterval(countDown, 60_000);

// The theme

const theme = find("#theme", HTMLButtonElement);
const themes = ["system", "light", "dark"];
theme.hidden = false;
theme.addEventListener("click", () => {
  const now = document.documentElement.dataset["theme"] ?? "system";
  const next = themes[(themes.indexOf(now) + 1) % themes.length] ?? "system";
  document.documentElement.dataset["theme"] = next;
  theme.textContent = `Theme: ${next}`;
});
