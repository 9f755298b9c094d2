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
