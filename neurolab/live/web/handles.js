// Things in the picture to drag: each sets sliders, by pointer, by a click or with the arrow keys.

const KEYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};

/** Which slider the two arrow axes move: a single one answers to both. */
const axes = ({x, y, angle, length}) => [x ?? angle ?? y ?? length, y ?? length ?? x ?? angle];

/** Where in the frame a pointer is, in its pixels. */
const inside = (frame, event) => {
  const box = frame.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};
const between = (x, ends) => x >= Math.min(...ends) && x <= Math.max(...ends);
const nearest = (list, far) => list.reduce((a, b) => (far(b) < far(a) ? b : a));

/** How far a click is from where a handle can go: a line for one axis, else from the handle itself. */
const away = ({at, sets}, [x, y]) => {
  const dx = Math.abs(x - at[0]), dy = Math.abs(y - at[1]), knob = Math.hypot(dx, dy);
  if (sets.angle || sets.length || (sets.x && sets.y)) return knob;
  return (sets.x ? dy : dx) + knob / 1000;
};

/** Points of a picture that stand for values of a handle's slider. */
const spotsOf = ({spots}, scales, data) => {
  if (!spots) return [];
  const [xs, ys, values] = spots.map(column => data[column]);
  return values.map((value, k) => ({value, at: [scales.x.apply(xs[k]), scales.y.apply(ys[k])]}));
};

export function handles(spec, frames, rows, values, moved) {
  const made = spec.handles.map(handle => {
    const {label, sets, panel} = handle, names = Object.values(sets);
    const knob = document.createElement("div");
    const main = rows.get(names[0]);
    knob.className = `nl-handle nl-drags-${Object.keys(sets).join("-")}`;
    knob.tabIndex = 0;
    knob.setAttribute("role", "slider");
    knob.setAttribute("aria-label", label);
    knob.setAttribute("aria-valuemin", main.min);
    knob.setAttribute("aria-valuemax", main.max);
    frames[panel].append(knob);

    const to = event => {
      const {x, y} = frames[panel].scales, [left, top] = inside(frames[panel], event);
      const at = {x: x.invert(left), y: y.invert(top)};
      const {min, max} = rows.get(sets.angle) ?? {}, turn = (Math.atan2(at.y, at.x) * 180) / Math.PI;
      const period = max - min; // 360, or 180 for an axis without a head
      const angle = min + ((((turn - min) % period) + period) % period);
      const found = {...at, angle, length: Math.hypot(at.x, at.y)};
      for (const [way, name] of Object.entries(sets)) rows.get(name).set(found[way]);
      moved();
    };
    knob.addEventListener("pointerdown", event => {
      knob.setPointerCapture(event.pointerId);
      knob.focus();
      event.preventDefault();
    });
    knob.addEventListener("pointermove", event => { if (knob.hasPointerCapture(event.pointerId)) to(event); });
    knob.addEventListener("keydown", event => {
      const way = KEYS[event.key];
      if (!way) return;
      event.preventDefault();
      const [across, up] = axes(sets), name = way[0] ? across : up, row = rows.get(name);
      row.set(+(values[name] + (way[0] + way[1]) * row.step).toFixed(row.decimals));
      moved();
    });
    return {...handle, knob, names, to};
  });

  let shown;
  const clicked = (frame, mine, event) => {
    if (event.target.closest(".nl-handle")) return; // a drag ends in a click
    const at = inside(frame, event), {x, y} = frame.scales;
    const one = nearest(mine, handle => away(handle, at)), spots = spotsOf(one, frame.scales, shown);
    if (!spots.length && !(between(at[0], x.range) && between(at[1], y.range))) return; // on an axis
    one.knob.focus({preventScroll: true});
    if (!spots.length) return one.to(event);
    rows.get(one.names[0]).set(nearest(spots, spot => Math.hypot(at[0] - spot.at[0], at[1] - spot.at[1])).value);
    moved();
  };
  frames.forEach((frame, k) => {
    const mine = made.filter(({panel}) => panel === k);
    if (mine.length) frame.addEventListener("click", event => clicked(frame, mine, event));
  });

  const coordinate = (at, data) => (typeof at === "number" ? at : data[at][0]);
  const place = (data, values) => {
    shown = data;
    for (const one of made) {
      const {knob, x, y, panel, names} = one, {scales} = frames[panel];
      one.at = [scales.x.apply(coordinate(x, data)), scales.y.apply(coordinate(y, data))];
      knob.style.transform = `translate(${one.at[0]}px, ${one.at[1]}px)`;
      knob.setAttribute("aria-valuenow", values[names[0]]);
      knob.setAttribute("aria-valuetext", names.map(n => `${rows.get(n).label} ${values[n].toFixed(rows.get(n).decimals)} ${rows.get(n).unit}`.trim()).join(", "));
    }
  };
  return {place};
}
