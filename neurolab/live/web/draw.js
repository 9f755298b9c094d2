// Spec and data to pictures: the one drawing of the page, the widget and the static picture.
import {areaY, arrow, dot, line, link, plot, rectY, ruleX, ruleY, text, tickX, vector} from "@observablehq/plot";
import {cloud, heat, spikes} from "./marks.js";

const PLAIN = {areaY, arrow, dot, line, link, rectY, ruleX, ruleY, text, tickX, vector};
const OWN = {cloud, heat, spikes};
const FRAME = {marginLeft: 48, marginRight: 16, marginTop: 22, marginBottom: 38};

const built = ({mark, columns, options, at}, data) => {
  const found = Object.fromEntries(Object.entries(columns).map(([channel, name]) => [channel, data[name]]));
  const rest = {clip: true, ...options};
  if (OWN[mark]) return OWN[mark](found, rest);
  return PLAIN[mark](at ?? Object.values(found)[0], {...found, ...rest});
};

/** The pictures of a spec, one svg for each panel. */
export function draw(spec, data, width, document) {
  return spec.panels.map(({name, marks, ...panel}) => {
    const all = {document, width, style: {fontSize: "12px"}, ...FRAME, ...panel, marks: marks.map(m => built(m, data))};
    const svg = plot(all);
    for (const group of svg.childNodes) group.removeAttribute?.("aria-label"); // a label on a plain g is not allowed
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${name}. ${data.summary}`);
    return svg;
  });
}

/** Samples of the labelled marks, for the key: svg text and label. */
export function key(spec) {
  const seen = new Map();
  for (const {mark, options, label} of spec.panels.flatMap(p => p.marks)) {
    if (!label || seen.has(label)) continue;
    const color = options.fill ?? options.stroke, dash = options.strokeDasharray ?? "";
    const shape = mark === "cloud" ? [4, 12, 20].map((x, i) => `<circle cx="${x}" cy="${[9, 4, 8][i]}" r="1.6" fill="${color}"/>`).join("")
      : mark === "dot" ? `<circle cx="12" cy="6" r="4.5" fill="${color}" stroke="${options.stroke ?? "none"}"/>`
      : mark === "heat" ? `<rect x="${12 - 6 * (options.size ?? 1)}" y="${6 - 6 * (options.size ?? 1)}" width="${12 * (options.size ?? 1)}" height="${12 * (options.size ?? 1)}" fill="${color}"/>`
      : mark === "spikes" ? `<path d="M12 0v12" stroke="${color}" stroke-width="3" stroke-dasharray="${dash && "4 2"}"/>`
      : `<path d="M0 6h24" stroke="${color}" stroke-width="2.5" stroke-dasharray="${dash}"/>${mark === "arrow" ? `<path d="M24 6l-6 -4v8z" fill="${color}"/>` : ""}`;
    seen.set(label, `<svg width="24" height="12" viewBox="0 0 24 12" aria-hidden="true">${shape}</svg>`);
  }
  return [...seen];
}

/** The static pictures as text, for pages without scripts and for print. */
export const svgText = (spec, data, width, document) => draw(spec, data, width, document).map(s => s.outerHTML);
