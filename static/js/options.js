// Where do the options of a long list stand that many selects offer? Once on the page: each gets its copy here.

const lists = new Map();

// What stands there as the page came: a select that is searched by typing keeps its options in its own way.
function optionsOf(id) {
  if (!lists.has(id)) {
    const source = document.getElementById(id);
    lists.set(id, [...(source.content ?? source).querySelectorAll("option")].filter((one) => one.value));
  }
  return lists.get(id).map((one) => one.cloneNode(true));
}

// Into the group that it names, else into the select itself; what is chosen stands there already.
function fill(select) {
  const { options: id, group } = select.dataset;
  delete select.dataset.options;
  const place = [...select.querySelectorAll("optgroup")].find((one) => one.label === group) ?? select;
  const chosen = new Map([...place.querySelectorAll("option")].map((one) => [one.value, one]));
  place.append(...optionsOf(id).map((one) => chosen.get(one.value) ?? Object.assign(one, { selected: false })));
  select.dataset.enhance = "1";
}

for (const select of document.querySelectorAll("select[data-options]")) {
  fill(select);
  document.dispatchEvent(new CustomEvent("gonghai:added", { detail: select.parentElement }));
}
// A line that is added comes out of its template as if all had always stood there.
for (const { content } of document.querySelectorAll("[data-form-set] template")) {
  for (const select of content.querySelectorAll("select[data-options]")) fill(select);
}
