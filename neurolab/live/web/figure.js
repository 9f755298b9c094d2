// A live figure: sliders and handles around pictures. npm run build bundles this file as live.js,
// which pages, widgets and the book build share.
import {draw, key} from "./draw.js";
import {handles} from "./handles.js";
export {svgText, key} from "./draw.js";

export const element = (tag, properties = {}, ...children) => {
  const e = Object.assign(document.createElement(tag), properties);
  for (const [k, v] of Object.entries(properties)) if (k.includes("-") || k === "role") e.setAttribute(k, v);
  e.append(...children);
  return e;
};
let count = 0;

function sliders(spec, values, moved) {
  const rows = new Map();
  const form = element("form", {className: "nl-controls", onsubmit: e => e.preventDefault(), "aria-label": `${spec.title}: settings`});
  form.style.setProperty("--nl-units", `${Math.max(...spec.inputs.map(i => i.unit.length))}ch`);
  form.style.setProperty("--nl-digits", `${Math.max(...spec.inputs.flatMap(i => [i.min, i.max].map(x => x.toFixed(i.decimals).length)))}ch`);
  for (const {name, label, unit, min, max, step, decimals} of spec.inputs) {
    const id = `nl-${++count}`;
    const input = element("input", {type: "range", id, name, min, max, step});
    const number = element("span", {className: "nl-number"}), unitText = element("span", {className: "nl-unit", textContent: unit});
    const row = element("div", {className: "nl-slider"}, element("label", {htmlFor: id, textContent: label}),
      element("output", {htmlFor: id}, number, unitText), input);
    const set = x => {
      input.value = x; // the browser rounds to the step and keeps within the ends
      values[name] = +input.value;
      number.textContent = values[name].toFixed(decimals).replace("-", "−");
      input.setAttribute("aria-valuetext", `${values[name].toFixed(decimals)} ${unit}`.trim());
      input.style.setProperty("--nl-filled", `${(100 * (values[name] - min)) / (max - min)}%`);
    };
    input.addEventListener("input", () => { set(input.value); moved(); });
    rows.set(name, {set, min, max, step, unit, decimals, label});
    form.append(row);
  }
  return {form, rows};
}

function dataTable(spec, data) {
  const rows = Math.min(500, Math.max(...spec.table.map(([column]) => data[column].length)));
  const text = x => (x === undefined ? "" : String(+x.toPrecision(6)));
  const head = element("tr", {}, ...spec.table.map(([, label]) => element("th", {scope: "col", textContent: label})));
  const body = Array.from({length: rows}, (_, k) => element("tr", {}, ...spec.table.map(([column]) => element("td", {textContent: text(data[column][k])}))));
  return element("div", {className: "nl-table", tabIndex: 0, role: "region", "aria-label": `${spec.title}: data`},
    element("table", {}, element("thead", {}, head), element("tbody", {}, ...body)));
}

/** The steps the figure runs: a link to each in this page, or else in the repository, and the source. */
function code(spec) {
  const parts = (spec.steps ?? []).flatMap(({name, path, url, source}) => {
    const here = document.getElementById(`code-${name.replaceAll("_", "-")}`);
    const link = element("a", {href: here ? `#${here.id}` : url, textContent: here ? `${name}, in this page` : `${name}, in ${path}`});
    return [element("p", {}, here || url ? link : `${name}, in ${path}`),
      element("pre", {tabIndex: 0, role: "region", "aria-label": `source of ${name}`}, element("code", {textContent: source}))];
  });
  return element("details", {className: "nl-code"}, element("summary", {textContent: "Code"}), ...parts);
}

/** Make the figure live inside el. driver is {parameters, run}; changed is told the values. */
export function mount(el, spec, driver, changed = () => {}, given = {}) {
  const values = Object.fromEntries(spec.inputs.map(i => [i.name, i.value]));
  const frames = spec.panels.map(() => element("div", {className: "nl-frame"}, element("svg")));
  const status = element("p", {className: "nl-status", role: "status"});
  const table = element("details", {className: "nl-data"}, element("summary", {textContent: "Data"}));
  const pictures = element("div", {className: "nl-pictures"},
    ...frames.map((box, k) => element("div", {className: "nl-panel"}, element("p", {className: "nl-panel-name", textContent: spec.panels[k].name, "aria-hidden": "true"}), box)));
  let data, said, frame, width;

  const show = () => {
    width = Math.max(260, Math.min(720, Math.floor(pictures.clientWidth) || 460));
    draw(spec, data, width, document).forEach((svg, k) => {
      for (const clip of svg.querySelectorAll("clipPath")) { // Plot counts them from 1 in every copy of this script
        const old = clip.id;
        clip.id = `nl-clip-${++count}`;
        svg.querySelectorAll(`[clip-path="url(#${old})"]`).forEach(e => e.setAttribute("clip-path", `url(#${clip.id})`));
      }
      frames[k].firstChild.replaceWith(svg);
      frames[k].scales = {x: svg.scale("x"), y: svg.scale("y")};
    });
    drags.place(data, values);
  };
  const tell = () => { status.textContent = data.summary; if (table.open) tabulate(); };
  const update = () => {
    cancelAnimationFrame(frame);
    frame = undefined;
    const start = performance.now();
    data = driver.run(...driver.parameters.map(name => values[name]));
    const computed = performance.now();
    show();
    el.dataset.compute = (computed - start).toFixed(2);
    el.dataset.draw = (performance.now() - computed).toFixed(2);
    el.dataset.moves = +(el.dataset.moves ?? -1) + 1;
    clearTimeout(said); // a drag is not read out at every step
    if (status.textContent) said = setTimeout(tell, 250); else tell();
  };
  const tabulate = () => table.replaceChildren(table.firstChild, dataTable(spec, data));
  table.addEventListener("toggle", () => table.open && tabulate());

  const soon = () => { frame ??= requestAnimationFrame(update); }; // many moves in one frame are drawn once
  const moved = () => { soon(); changed({...values}); };
  const {form, rows} = sliders(spec, values, moved);
  const drags = handles(spec, frames, rows, values, moved);
  const write = given => { for (const name in given) rows.get(name)?.set(given[name]); };
  const reset = () => { write(Object.fromEntries(spec.inputs.map(i => [i.name, i.value]))); moved(); };
  form.append(element("button", {type: "button", textContent: "Reset", onclick: reset}));

  const title = element("p", {className: "nl-title", textContent: spec.title, id: `nl-${++count}`});
  const samples = element("ul", {className: "nl-key"}, ...key(spec).map(([label, svg]) => {
    const item = element("li", {innerHTML: svg});
    item.append(label);
    return item;
  }));
  const hint = spec.handles.length ? element("p", {className: "nl-hint", textContent: `Or drag the ring in the picture, or click where it is to go: ${spec.handles.map(h => h.label.toLowerCase()).join(", ")}.`}) : "";
  el.classList.add("nl");
  el.setAttribute("aria-labelledby", title.id);
  el.replaceChildren(title, element("div", {className: "nl-body"}, element("div", {className: "nl-left"}, pictures, samples), element("div", {className: "nl-side"}, form, hint)),
    status, element("figcaption", {className: "nl-caption", textContent: spec.caption}), element("div", {className: "nl-more"}, table, code(spec)));
  write({...values, ...given});
  update();
  new ResizeObserver(() => { if (pictures.clientWidth && Math.abs(Math.min(720, pictures.clientWidth) - width) > 1) show(); }).observe(pictures);
  el.dataset.ready = "1";
  return {set: given => { write(given); soon(); }};
}

/** A static page: every <figure class="nl" data-spec> comes alive. drivers is what figures.js holds. */
export function start(drivers) {
  for (const el of document.querySelectorAll("figure.nl[data-spec]")) {
    const {params = {}, ...spec} = JSON.parse(el.dataset.spec);
    spec.inputs = spec.inputs.map(i => ({...i, value: params[i.name] ?? i.value})); // where the page begins, Reset leads
    mount(el, spec, drivers[spec.name], undefined, params);
  }
}
