// Marks of our own, beside Observable Plot's: each draws many things as one element.
import {line} from "@observablehq/plot";

const path = (d, {document}, style) => {
  const e = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [k, v] of Object.entries({d, fill: "none", ...style})) e.setAttribute(k, v);
  return e;
};

// A cloud of points as one path of round dots: thousands of circles would take half a second.
export const cloud = ({x, y}, {stroke, strokeWidth = 2}) => (index, scales, channels, dimensions, context) => {
  const [x0, x1] = scales.x.domain().map(scales.x), [y0, y1] = scales.y.domain().map(scales.y);
  let d = "";
  for (let k = 0; k < x.length; k++) {
    const a = scales.x(x[k]), b = scales.y(y[k]);
    if (a >= x0 && a <= x1 && b <= y0 && b >= y1) d += `M${a.toFixed(1)} ${b.toFixed(1)}h0`;
  }
  return path(d, context, {stroke, "stroke-width": strokeWidth, "stroke-linecap": "round", "stroke-opacity": 0.55});
};

// Spikes of many neurons as one path: a small stroke for each (time, unit).
export const spikes = ({x, y}, options) => {
  const xs = x.flatMap(t => [t, t, NaN]);
  return line(xs, {x: xs, y: y.flatMap(i => [i - 0.4, i + 0.4, NaN]), ...options});
};

// Squares whose strength is a value from 0 to 1, in eight levels: one path a level, and no canvas.
export const heat = ({x, y, value}, {fill, size = 1}) => (index, scales, channels, dimensions, context) => {
  const LEVELS = 8, w = Math.abs(scales.x(1) - scales.x(0)) * size, h = Math.abs(scales.y(1) - scales.y(0)) * size;
  const d = Array.from({length: LEVELS + 1}, () => "");
  for (let k = 0; k < x.length; k++) {
    const level = Math.round(LEVELS * Math.max(0, Math.min(1, value[k])));
    d[level] += `M${(scales.x(x[k]) - w / 2).toFixed(1)} ${(scales.y(y[k]) - h / 2).toFixed(1)}h${w.toFixed(1)}v${h.toFixed(1)}h${-w.toFixed(1)}z`;
  }
  const group = context.document.createElementNS("http://www.w3.org/2000/svg", "g");
  for (let k = 1; k <= LEVELS; k++) if (d[k]) group.append(path(d[k], context, {fill, "fill-opacity": k / LEVELS}));
  return group;
};
