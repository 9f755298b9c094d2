// Guards of the checked program: it stops, and says where, wherever Python would mean something
// else than the plain program. Whole numbers are BigInts here, floats are numbers.
let $here = "";
const $no = what => { throw TypeError(`${$here}: ${what}`); };
const $back = (x, where) => { $here = where; return x; }; // from a call
const $name = x => (Array.isArray(x) ? "a list" : x === null ? "None" : typeof x === "bigint" ? `${x}`
  : typeof x === "object" ? "a record or dict" : x === undefined ? "a variable without a value" : JSON.stringify(x));
const $set = x => (x === undefined ? $no("a variable without a value") : x);
const $bool = x => (typeof x === "boolean" ? x : $no(`a comparison was expected, got ${$name(x)}`));
const $number = x => (typeof x === "number" || typeof x === "bigint" ? x
  : typeof x === "boolean" ? BigInt(x) : $no(`a number was expected, got ${$name(x)}`));
const $float = x => Number($number(x));
const $whole = x => (typeof $number(x) === "bigint" ? x
  : typeof x === "boolean" ? BigInt(x) : $no(`a whole number was expected, got ${x}`));
const $list = x => (Array.isArray(x) ? x : $no(`a list was expected, got ${$name(x)}`));
const $text = x => (typeof x === "string" || typeof x === "bigint" ? `${x}`
  : $no(`a text was expected, got ${$name(x)}; a number in an f-string says its decimals: {x:.2f}`));
const $tuple = x => Object.freeze(x);
const $constant_of = x => (Array.isArray(x) ? Object.freeze(x.map($constant_of)) : x);
const $count = k => BigInt(k);

const $LARGEST = 2n ** 53n;
const $exact = x => (-$LARGEST <= x && x <= $LARGEST ? x : $no("a whole number above 2**53; make it a float"));
const $operate = (a, b, whole, real) => {
  const x = $number(a), y = $number(b);
  return typeof x === "bigint" && typeof y === "bigint" ? $exact(whole(x, y)) : real(Number(x), Number(y));
};
const $divisor = x => ($float(x) === 0 ? $no("division by zero") : x);
const $remain = (a, b) => ((a % b) + b) % b;
const $add = (a, b) => $operate(a, b, (x, y) => x + y, (x, y) => x + y);
const $subtract = (a, b) => $operate(a, b, (x, y) => x - y, (x, y) => x - y);
const $multiply = (a, b) => $operate(a, b, (x, y) => x * y, (x, y) => x * y);
const $divide = (a, b) => $float(a) / $float($divisor(b));
const $remainder = (a, b) => $operate(a, $divisor(b), $remain, $mod);
const $quotient = (a, b) => $operate(a, $divisor(b), (x, y) => (x - $remain(x, y)) / y, $floordiv);
const $negative = x => -$number(x);
const $power = (a, n) => {
  const x = $number(a);
  if (typeof x === "bigint") return $exact(x ** BigInt(n));
  const y = Math.pow(x, n);
  return Number.isFinite(x) && !Number.isFinite(y) ? $no("a power too large for a float") : y;
};
const $kind = x => {
  if (typeof x === "object" && x !== null) $no("== of lists or records");
  return typeof x === "bigint" ? "number" : x === null ? "None" : typeof x;
};
const $equal = (a, b) => {
  const kinds = [$kind($set(a)), $kind($set(b))];
  if (kinds.includes("number") && kinds.includes("boolean")) $no("== of a number and a comparison");
  return kinds[0] === kinds[1] && a == b; // == because 2n === 2 is false
};

const $record = x => typeof x === "object" && x !== null && !Array.isArray(x) && Object.getPrototypeOf(x) !== Object.prototype;
const $field = (x, name) => ($record(x) && Object.hasOwn(x, name) ? x[name] : $no(`${$name(x)} has no field ${name}`));
const $size = x => (Array.isArray(x) ? x.length : ($record(x) && x.$size) || 0); // of a tuple record
const $fits = (x, i) => (typeof i === "bigint" ? 0n <= i && i < BigInt($size(x))
  : typeof i === "string" && !$record(x) && !Array.isArray(x) && typeof x === "object" && x !== null && Object.hasOwn(x, i));
const $item = (x, i) => ($fits(x, i) ? x[i] : $no(`${$name(x)} has no item ${$name(i)}`));
const $place = (x, i) => (!$record(x) && (typeof i === "string" || $fits(x, i)) ? i : $no(`${$name(x)} has no place ${$name(i)}`));
const $unpack = (x, n) => ((Array.isArray(x) || $record(x)) && $size(x) === n ? x : $no(`unpacking ${$name(x)} into ${n}`));
const $len_of = x => BigInt($list(x).length);
const $float_of = x => $float(x);
const $int_of = x => {
  const y = $number(x);
  if (typeof y === "number" && !Number.isFinite(y)) $no(`int of ${y}`);
  return typeof y === "bigint" ? y : $exact(BigInt(Math.trunc(y)));
};

// From the sliders into the program, and out of it to JSON. What is annotated as float stays one;
// without an annotation a whole number is taken for one.
const $in = (x, kind) => (typeof x === "number" && Number.isSafeInteger(x) && kind !== "float" ? BigInt(x) : x);
const $out = x => {
  if (typeof x === "bigint") return Number(x);
  if (Array.isArray(x)) return x.map($out);
  if (typeof x === "object" && x !== null) return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, $out(v)]));
  return x;
};
const $entry = (run, kinds) => (...values) => $out(run(...values.map((x, k) => $in(x, kinds[k]))));
