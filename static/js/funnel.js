// How do the tables of the funnel's page look as charts? Each is drawn from its table, number by number, so that both
// say the same; without this script the tables stand alone. Values stand on or beside the bars, in one hue and its
// tint, so that no colour need be told apart.

/* global echarts */

const words = document.documentElement.lang || "en";
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const month = new Intl.DateTimeFormat(words, { month: "short", year: "2-digit", timeZone: "UTC" });
const short = new Intl.NumberFormat(words, { notation: "compact", maximumSignificantDigits: 3 });
const percent = new Intl.NumberFormat(words, { style: "percent", maximumFractionDigits: 0 });
const MOST = 12;

function rows(table) {
  return [...table.tBodies[0].rows]
    .filter((row) => !row.matches(".is-total, .is-apart"))
    .map(({ cells }) => {
      const name = cells[0].dataset.v;
      return {
        name: /^\d{4}-\d\d$/.test(name) ? month.format(new Date(`${name}-01T00:00Z`)) : cells[0].textContent,
        values: [...cells].map((cell) => (cell.dataset.v === "" ? null : Number(cell.dataset.v))),
        texts: [...cells].map((cell) => cell.textContent.trim()),
        headers: [...cells].map((cell) => cell.dataset.label),
      };
    });
}

function look() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    accent: token("accent"), tint: token("accent-line"), track: token("sunken"), on: token("on-accent"),
    text: token("text"), soft: token("text-3"), line: token("border"), dark: token("text-2"),
    font: getComputedStyle(document.body).fontFamily,
  };
}

const narrow = (box) => box.clientWidth < 480;

// Bars from left to right, one for each row: the value on the bar or beside it, a word at its end.
function lying(box, all, at, { behind = null, end, inside, most = null, colours }) {
  const data = all.slice(0, MOST).reverse();
  const limit = most ?? Math.max(1, ...data.flatMap((row) => [row.values[at] ?? 0, behind === null ? 0 : row.values[behind] ?? 0]));
  const bar = (values, color, z, label) => ({
    type: "bar", data: values, barWidth: 18, barGap: "-100%", z, itemStyle: { color, borderRadius: 1 }, label, silent: true,
  });
  box.style.height = `${data.length * 36 + 16}px`;
  return {
    grid: { top: 4, bottom: 4, left: 4, right: narrow(box) ? 64 : 130, containLabel: true },
    xAxis: { type: "value", max: limit, show: false },
    yAxis: {
      type: "category", data: data.map((row) => row.name), axisLine: { show: false }, axisTick: { show: false },
      axisLabel: { color: colours.text, fontSize: 12, width: narrow(box) ? 96 : 150, overflow: "truncate" },
    },
    series: [
      bar(data.map(() => limit), colours.track, 1, { show: true, position: "right", color: colours.soft, fontSize: 12, formatter: ({ dataIndex }) => end(data[dataIndex]) }),
      ...(behind === null ? [] : [bar(data.map((row) => row.values[behind]), colours.tint, 2, { show: false })]),
      bar(data.map((row) => row.values[at]), colours.accent, 3, {
        show: true, fontSize: 12, fontWeight: 600,
        formatter: ({ dataIndex }) => inside(data[dataIndex]),
        position: "insideLeft", color: colours.on,
      }),
    ].map((series) => fitted(series, limit, box, colours)),
  };
}

// A value that its bar is too short for stands behind the bar, in the colour of text.
function fitted(series, limit, box, colours) {
  if (series.z !== 3) return series;
  const room = (box.clientWidth - (narrow(box) ? 150 : 260)) / limit;
  const data = series.data.map((value) => ((value ?? 0) * room < 44
    ? { value, label: { position: "right", color: colours.text } } : value));
  return { ...series, data };
}

// Two heights stacked over each month, or beside each other, each with its value.
function standing(box, all, lower, upper, { text, names, colours, isAhead = false, isBeside = false }) {
  const most = narrow(box) ? 6 : 24;
  const data = isAhead ? all.slice(0, most) : all.slice(-most);
  const tallest = Math.max(1, ...data.map((row) => (row.values[lower] ?? 0) + (row.values[upper] ?? 0)));
  const stack = (at, name, color, ink) => ({
    type: "bar", stack: isBeside ? undefined : "all", name, silent: true, barMaxWidth: 44, barGap: "8%", itemStyle: { color },
    data: data.map((row) => row.values[at] ?? 0),
    label: {
      show: true, position: isBeside ? "top" : "inside", color: isBeside ? colours.text : ink, fontSize: isBeside ? 10 : 11, fontWeight: 600,
      formatter: ({ value }) => (value > tallest * (isBeside ? 0 : 0.07) ? text(value) : ""),
    },
  });
  return {
    legend: { top: 0, right: 8, icon: "rect", itemWidth: 12, itemHeight: 10, textStyle: { color: colours.dark, fontSize: 12 }, selectedMode: false },
    grid: { top: 36, bottom: 4, left: 4, right: 8, containLabel: true },
    xAxis: { type: "category", data: data.map((row) => row.name), axisTick: { show: false }, axisLine: { lineStyle: { color: colours.line } }, axisLabel: { color: colours.soft, fontSize: 11, hideOverlap: true } },
    yAxis: { type: "value", splitNumber: 3, splitLine: { lineStyle: { color: colours.line } }, axisLabel: { color: colours.soft, fontSize: 11, formatter: (value) => short.format(value) } },
    series: isBeside
      ? [stack(lower, names[0], colours.tint), stack(upper, names[1], colours.accent)]
      : [stack(lower, names[0], colours.accent, colours.on), stack(upper, names[1], colours.tint, colours.text)],
  };
}

const DRAWN = {
  funnel: (box, all, colours) => lying(box, all, 1, {
    colours, most: Math.max(1, all[0].values[1] ?? 0), inside: (row) => row.texts[1],
    end: (row) => (row.values[2] === null ? row.texts[3] : row.texts[2]),
  }),
  time: (box, all, colours) => lying(box, all, 2, {
    colours, behind: 3, inside: (row) => (row.values[2] === null ? "" : row.texts[2]), end: (row) => (row.values[3] === null ? "—" : narrow(box) ? `≤ ${row.texts[3]}` : `${row.headers[3]} ${row.texts[3]}`),
  }),
  rates: (box, all, colours) => lying(box, all, 3, {
    colours, most: 1, inside: (row) => percent.format(row.values[3]), end: (row) => `${row.texts[1]} : ${row.texts[2]}`,
  }),
  reasons: (box, all, colours) => lying(box, all, 1, { colours, inside: (row) => row.texts[1], end: (row) => row.texts[3] }),
  accuracy: (box, all, colours) => standing(box, [...all].reverse(), 2, 4, {
    colours, text: (value) => short.format(value), names: [all[0].headers[2], all[0].headers[4]], isBeside: true,
  }),
  forecast: (box, all, colours) => standing(box, all, 6, 4, {
    colours, text: (value) => short.format(value), names: [all[0].headers[6], all[0].headers[4]], isAhead: true,
  }),
  // A number, with that of the period before as its tint.
  counts: (box, all, colours) => lying(box, all, 1, { colours, behind: 2, inside: (row) => row.texts[1], end: (row) => `${row.headers[2]}: ${row.texts[2]}` }),
  // A share of all; the others beside it.
  targets: (box, all, colours) => lying(box, all, 3, {
    colours, most: 1, behind: 5, inside: (row) => row.texts[3], end: (row) => (row.values[5] === null ? "—" : `${row.headers[5]} ${row.texts[5]}`),
  }),
  steps: (box, all, colours) => lying(box, all, 6, { colours, most: 1, inside: (row) => row.texts[6], end: (row) => row.texts[1] }),
  times: (box, all, colours) => lying(box, all.filter((row) => row.values[2] !== null), 2, { colours, inside: (row) => row.texts[2], end: (row) => row.texts[1] }),
  late: (box, all, colours) => lying(box, all, 1, { colours, inside: (row) => row.texts[1], end: (row) => row.texts[2] }),
  hands: (box, all, colours) => lying(box, all, 2, { colours, inside: (row) => row.texts[2], end: (row) => row.texts[3] }),
  sources: (box, all, colours) => lying(box, all, 4, { colours, behind: 5, inside: (row) => short.format(row.values[4] ?? 0), end: (row) => row.texts[3] }),
  months: (box, all, colours) => standing(box, all, 1, 2, {
    colours, text: (value) => short.format(value), names: [all[0].headers[1], all[0].headers[2]],
  }),
};

const charts = [];

function draw(box) {
  const all = rows(document.getElementById(box.dataset.sheet));
  if (!all.length || typeof echarts === "undefined") return;
  box.style.display = "block"; // an empty one takes no room and could not be measured
  const colours = look();
  const option = DRAWN[box.dataset.chart](box, all, colours);
  let chart = echarts.getInstanceByDom(box);
  if (!chart) {
    if (!box.style.height) box.style.height = "280px";
    chart = echarts.init(box, null, { renderer: "svg" });
    charts.push(box);
  }
  chart.resize();
  chart.setOption({ animation: !still, animationDuration: 200, textStyle: { fontFamily: colours.font }, aria: { enabled: false }, ...option }, true);
}

// On a phone the chart speaks first; its table is one tap away.
const tables = [...document.querySelectorAll(".sheet-rows")];
if (matchMedia("(max-width: 767.98px)").matches) for (const table of tables) table.open = location.hash === `#${table.querySelector("table").id}`;

const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);
drawAll();

let waiting = 0;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(drawAll, 150);
});
addEventListener("beforeprint", () => {
  for (const table of tables) table.open = true;
  charts.forEach((box) => echarts.getInstanceByDom(box)?.resize({ width: 640 }));
});
addEventListener("afterprint", drawAll);
new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });

document.addEventListener("change", (event) => event.target.closest("select[data-submit]")?.form.requestSubmit());
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
