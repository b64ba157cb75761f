// Draws the report's figures with Vega and lets them answer to the pointer and to arrow keys.
// What is told is the row of the figure's table of values with the number of the mark; it goes
// into the page as text, never as markup. `vegaEmbed` comes from the bundle.

const figures = JSON.parse(document.getElementById("figures").textContent);
const box = document.getElementById("pointed");
const said = document.getElementById("said");
// How near the pointer has to be, px, and by how much a line may be nearer than a dot.
const REACH = 28;
const LINE_PENALTY = 6;
// Times come as days, and Vega counts milliseconds.
const DAY_MS = 86400000;

// A page that has its own files only: nothing is ever fetched.
const loader = {
  load: () => Promise.reject(new Error("nothing is loaded")),
  sanitize: () => Promise.reject(new Error("nothing is loaded")),
  http: () => Promise.reject(new Error("nothing is loaded")),
  file: () => Promise.reject(new Error("nothing is loaded")),
};

function rowsOf(drawn) {
  const names = Object.keys(drawn);
  const length = names.length ? drawn[names[0]].length : 0;
  return Array.from({ length }, (_, n) => {
    const row = { n };
    for (const name of names) row[name] = name === "t" ? drawn.t[n] * DAY_MS : drawn[name][n];
    return row;
  });
}

function datasets(choice) {
  return Object.fromEntries(Object.entries(choice).map(([name, drawn]) => [name, rowsOf(drawn)]));
}

// The marks that have a row of words, with their places in px from the corner of the drawing.
function marksOf(view, words) {
  const found = [];
  const [left, top] = view.origin();
  const walk = (mark, x, y) => {
    for (const item of mark.items) {
      if (mark.marktype === "group") {
        for (const inner of item.items || []) walk(inner, x + (item.x || 0), y + (item.y || 0));
        continue;
      }
      const series = (mark.name || "").split("_")[0];
      const row = item.datum && item.datum.n;
      const told = words(series, mark.name && mark.name.endsWith("_marks") ? item.datum : null);
      if (!told || !item.bounds || item.opacity === 0 || row === undefined) continue;
      const dot = mark.marktype === "symbol";
      const { x1, y1, x2, y2 } = item.bounds;
      found.push({
        told, dot,
        key: `${series} ${row}`,
        x: x + (dot ? item.x : (x1 + x2) / 2), y: y + (dot ? item.y : (y1 + y2) / 2),
        x1: x + x1, y1: y + y1, x2: x + x2, y2: y + y2,
      });
    }
  };
  walk(view.scenegraph().root, left, top);
  return found.sort((a, b) => a.x - b.x || a.y - b.y);
}

function nearest(marks, x, y) {
  let best = null;
  let least = REACH;
  for (const mark of marks) {
    const dx = Math.max(mark.x1 - x, 0, x - mark.x2);
    const dy = Math.max(mark.y1 - y, 0, y - mark.y2);
    const centre = Math.hypot(mark.x - x, mark.y - y);
    const away = mark.dot ? centre : Math.hypot(dx, dy) + LINE_PENALTY + centre / 1000;
    if (away < least) [best, least] = [mark, away];
  }
  return best;
}

function tell(words) {
  const list = document.createElement("dl");
  for (const [heading, cell] of words) {
    const name = document.createElement("dt");
    const value = document.createElement("dd");
    name.textContent = heading;
    value.textContent = cell;
    list.append(name, value);
  }
  box.replaceChildren(list);
}

function hide() {
  box.hidden = true;
  for (const ring of document.querySelectorAll(".ring")) ring.remove();
}

function point(plot, mark, aloud) {
  hide();
  if (!mark) return;
  const ring = document.createElement("div");
  ring.className = "ring";
  ring.style.left = `${mark.x}px`;
  ring.style.top = `${mark.y}px`;
  plot.append(ring);
  tell(mark.told);
  box.hidden = false;
  const place = plot.getBoundingClientRect();
  const [width, height] = [box.offsetWidth, box.offsetHeight];
  const screen = document.documentElement.clientWidth;
  const x = place.left + mark.x;
  const left = x + 14 + width < screen ? x + 14 : x - 14 - width;
  const [above, below] = [place.top + mark.y - height - 12, place.top + mark.y + 14];
  // Not over the controls above the figure, where there is room below the mark.
  const room = below + height < document.documentElement.clientHeight;
  const top = above > (room ? Math.max(4, place.top) : 4) ? above : below;
  box.style.left = `${Math.max(4, Math.min(left, screen - width - 4)) + window.scrollX}px`;
  box.style.top = `${top + window.scrollY}px`;
  if (aloud) said.textContent = mark.told.map(([name, cell]) => `${name} ${cell}`).join(", ");
}

function draw(number) {
  const { specification, choices } = figures[number];
  const chart = document.getElementById(`chart-${number}`);
  const plot = chart.querySelector(".plot");
  const versions = [...chart.querySelectorAll(":scope > .choice")];
  let chosen = 0;
  let marks = null;
  let at = -1;

  const words = (series, datum) => {
    if (!datum) return null;
    const table = versions[chosen].querySelector(`table[data-series="${series}"]`);
    const row = datum.row === undefined ? datum.n : datum.row;
    const cells = table && row !== null && table.tBodies[0].rows[row];
    if (!cells) return null;
    const headings = table.tHead.rows[0].cells;
    return [...cells.cells].map((cell, n) => [headings[n].textContent, cell.textContent.trim()]);
  };

  const options = {
    mode: "vega-lite", renderer: "svg", actions: false, tooltip: false, defaultStyle: false,
    ast: true, loader, logLevel: 1,
  };
  const own = { ...specification.datasets, ...datasets(choices[0]) };
  const whole = { ...specification, datasets: own };
  const drawn = vegaEmbed(plot, whole, options);
  return drawn.then(({ view }) => {
    const forget = () => { marks = null; at = -1; };
    const known = () => (marks ||= marksOf(view, words));
    view.addResizeListener(forget);
    plot.setAttribute("role", "application");
    plot.setAttribute("aria-roledescription", "figure; arrow keys read its values");
    plot.tabIndex = 0;
    plot.querySelector("svg").setAttribute("aria-hidden", "true");

    const follow = (event) => {
      const place = plot.getBoundingClientRect();
      const mark = nearest(known(), event.clientX - place.left, event.clientY - place.top);
      point(plot, mark, false);
      at = mark ? known().indexOf(mark) : -1;
    };
    plot.addEventListener("pointermove", follow);
    plot.addEventListener("pointerdown", follow);
    plot.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse" && document.activeElement !== plot) hide();
    });
    plot.addEventListener("blur", hide);
    plot.addEventListener("keydown", (event) => {
      const last = known().length - 1;
      const to = {
        ArrowRight: Math.min(at + 1, last), ArrowLeft: Math.max(at - 1, 0), Home: 0, End: last,
      }[event.key];
      if (to === undefined || last < 0) return;
      event.preventDefault();
      at = to;
      point(plot, known()[at], true);
    });

    for (const control of chart.querySelectorAll(":scope > .control")) control.hidden = false;
    const devices = [...chart.querySelectorAll(".devices input")];
    const hideDevices = () =>
      view
        .signal("hidden", devices.filter((each) => !each.checked).map((each) => +each.value))
        .runAsync()
        .then(forget);
    for (const device of devices) device.addEventListener("change", hideDevices);
    for (const pace of chart.querySelectorAll(".paces input")) {
      pace.addEventListener("change", () => {
        chosen = +pace.value;
        versions.forEach((version, number) => { version.hidden = number !== chosen; });
        for (const [name, rows] of Object.entries(datasets(choices[chosen]))) view.data(name, rows);
        view.runAsync().then(forget);
      });
    }
    chart.dataset.drawn = "yes";
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});
document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest(".plot")) hide();
});
figures.reduce((before, _, number) => before.then(() => draw(number)), Promise.resolve());
