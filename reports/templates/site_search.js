// The search by name or code: a combobox with a list of suggestions (ARIA 1.2), moved through by the arrow keys.
const MOST_SUGGESTIONS = 12;
const searchState = { found: [], active: -1 };
const searchInput = document.getElementById("search");
const suggestions = document.getElementById("suggestions");
const searchStatus = document.getElementById("search-status");

/** Every word has to be in the name or one of the names above it, or begin the code. */
function matches(areas, text) {
  const words = text.trim().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const rank = (area) =>
    area.code === words[0] || area.name === words[0] ? 0 : area.name.startsWith(words[0]) ? 1 : 2;
  return [...areas.values()]
    .filter((area) => words.every((word) => area.code.startsWith(word) || area.path.includes(word)))
    .filter((area) => words.some((word) => area.code.startsWith(word) || area.name.includes(word)))
    .map((area) => [rank(area), area])
    .sort(([a, one], [b, other]) => a - b || one.code.length - other.code.length || (one.code < other.code ? -1 : 1))
    .slice(0, MOST_SUGGESTIONS)
    .map(([, area]) => area);
}

let searchAreas = null;

async function loadSearchAreas() {
  if (searchAreas) return searchAreas;
  const areas = new Map((await load("areas")).map(([code, name, parent]) => [code, { code, name, parent }]));
  const path = (area) => (area ? [...path(areas.get(area.parent)), area.name] : []);
  for (const area of areas.values())
    area.path = path(area)
      .slice(area.code === NATION ? 0 : 1)
      .join(" ");
  searchAreas = areas;
  return areas;
}

async function suggest() {
  const found = matches(await loadSearchAreas(), searchInput.value);
  Object.assign(searchState, { found, active: -1 });
  suggestions.replaceChildren(...found.map(suggestion));
  searchStatus.textContent = searchInput.value.trim()
    ? found.length
      ? `有${found.length}条建议`
      : "没有符合的地区"
    : "";
  setOpen(found.length > 0);
}

function suggestion(area, place) {
  const words = [element("span", {}, area.name), element("span", { class: "where" }, `${area.path} ${area.code}`)];
  const keepFocus = (event) => event.preventDefault(); // else the field loses it before the click comes
  return element(
    "li",
    {
      role: "option",
      id: `suggestion${place}`,
      "aria-selected": "false",
      mousedown: keepFocus,
      click: () => choose(place),
    },
    words,
  );
}

function setOpen(isOpen) {
  suggestions.hidden = !isOpen;
  searchInput.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) setActive(-1);
}

function setActive(place) {
  searchState.active = place;
  [...suggestions.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === place)));
  if (place < 0) searchInput.removeAttribute("aria-activedescendant");
  else {
    searchInput.setAttribute("aria-activedescendant", `suggestion${place}`);
    suggestions.children[place].scrollIntoView({ block: "nearest" });
  }
}

function choose(place) {
  const area = searchState.found[Math.max(place, 0)];
  if (!area) return;
  searchInput.value = "";
  searchStatus.textContent = "";
  setOpen(false);
  goTo(area.code);
}

function move(step) {
  const count = searchState.found.length;
  if (!count) return;
  const from = searchState.active < 0 && step < 0 ? count : searchState.active;
  setOpen(true);
  setActive((from + step + count) % count);
}

async function searchKey(event) {
  if (event.isComposing) return; // Enter and arrows belong to the Chinese input method
  const { key } = event;
  if (key === "ArrowDown" || key === "ArrowUp") {
    event.preventDefault();
    move(key === "ArrowDown" ? 1 : -1);
  } else if (key === "Enter") {
    event.preventDefault();
    if (suggestions.hidden) await suggest();
    choose(searchState.active);
  } else if (key === "Escape") {
    event.preventDefault();
    if (suggestions.hidden) searchInput.value = "";
    setOpen(false);
  }
}

function startSearch() {
  const attempt = (work) => (event) => work(event)?.catch?.(showError);
  searchInput.addEventListener("input", attempt(suggest));
  searchInput.addEventListener("keydown", attempt(searchKey));
  searchInput.addEventListener("focus", attempt(loadSearchAreas));
  searchInput.addEventListener("blur", () => setOpen(false));
}
