// Things in the picture to drag: each sets sliders, by pointer or with the arrow keys.

const KEYS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1]};

/** Which slider the two arrow axes move: a single one answers to both. */
const axes = ({x, y, angle, length}) => [x ?? angle ?? y ?? length, y ?? length ?? x ?? angle];

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
      const {x, y} = frames[panel].scales, box = frames[panel].getBoundingClientRect();
      const at = {x: x.invert(event.clientX - box.left), y: y.invert(event.clientY - box.top)};
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
    return {...handle, knob, names};
  });

  const coordinate = (at, data) => (typeof at === "number" ? at : data[at][0]);
  const place = (data, values) => {
    for (const {knob, x, y, panel, names} of made) {
      const {scales} = frames[panel];
      knob.style.transform = `translate(${scales.x.apply(coordinate(x, data))}px, ${scales.y.apply(coordinate(y, data))}px)`;
      knob.setAttribute("aria-valuenow", values[names[0]]);
      knob.setAttribute("aria-valuetext", names.map(n => `${rows.get(n).label} ${values[n].toFixed(rows.get(n).decimals)} ${rows.get(n).unit}`.trim()).join(", "));
    }
  };
  return {place};
}
