// What translated drivers call. Each function answers what the Python one of the same name does.
const $sigmoid = x => 1 / (1 + Math.exp(-x));
const $where = (condition, yes, no) => (condition ? yes : no);
const $maximum = (a, b) => (a >= b || a !== a ? a : b);
const $minimum = (a, b) => (a <= b || a !== a ? a : b);
const $spike = u => (u > 0 ? 1 : 0);
const $constant = x => x;
const $mod = (a, b) => {
  const r = a % b;
  return r === 0 ? (b < 0 ? -0 : 0) : r < 0 !== b < 0 ? r + b : r;
};
const $floordiv = (a, b) => {
  const r = a % b, q = (a - r) / b - (r !== 0 && r < 0 !== b < 0 ? 1 : 0), low = Math.floor(q);
  return q === 0 ? 0 * (a / b) : q - low > 0.5 ? low + 1 : low;
};
const $int = x => Math.trunc(x) + 0; // never -0
// f"{x:.nf}": toFixed rounds a tie up and gives up at 1e21, Python rounds it to even and does not.
// A tie at n decimals is an odd number of halves of the last one: an odd multiple of 2 ** -(n + 1).
const $fixed = (x, n, signs = "") => {
  if (x !== x) return signs.includes("+") ? "+nan" : "nan";
  const a = Math.abs(x), tie = (a * 2 ** (n + 1)) % 2 === 1;
  let digits;
  if (a === Infinity) digits = "inf";
  else if (a >= 1e21) digits = BigInt(a) + (n ? "." + "0".repeat(n) : "");
  else {
    digits = tie ? a.toFixed(n + 1).slice(0, n ? -1 : -2) : a.toFixed(n);
    if (tie && "13579".includes(digits.at(-1))) digits = a.toFixed(n);
  }
  const minus = (x < 0 || Object.is(x, -0)) && !(signs.includes("z") && /^[0.]+$/.test(digits));
  return (minus ? "-" : signs.includes("+") ? "+" : "") + digits;
};
const $build = (low, high, step, f) => {
  const list = [];
  for (let k = low; step > 0 ? k < high : k > high; k += step) list.push(f(k));
  return list;
};
const $range = (low, high, step) => $build(low, high, step, k => k);
const $differ = () => { throw RangeError("zip: the lists differ in length"); };
const $same = (a, b) => a.length === b.length || $differ();
const $more = (k, a, b) => (k < a.length === k < b.length ? k < a.length : $differ());
const $map = (f, a, b, ...more) => {
  $same(a, b);
  if (!more.length) return a.map((x, k) => f(x, b[k], k));
  for (const list of more) $same(a, list);
  return a.map((x, k) => f(x, b[k], ...more.map(list => list[k]), k));
};
const $zip = (a, ...more) => {
  for (const list of more) $same(a, list);
  return a.map((x, k) => [x, ...more.map(list => list[k])]);
};
const $enumerate = list => list.map((x, k) => [k, x]);
const $skip = Symbol("an element that the condition of a comprehension leaves out");
const $kept = list => list.filter(x => x !== $skip);
