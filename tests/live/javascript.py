"""A JavaScript engine for the tests: one node process that keeps running."""

import json
import math
import selectors
import subprocess

SERVER = """
// One line in, one out: {program, name, rows} -> [{value} or {error}, one for each row].
const say = (key, x) =>
  typeof x !== "number" || (Number.isFinite(x) && !Object.is(x, -0)) ? x
  : {float: Object.is(x, -0) ? "-0.0" : String(x)};
require("readline").createInterface({input: process.stdin}).on("line", line => {
  const {program, name, rows} = JSON.parse(line);
  let run, broken;
  try { run = (0, eval)(program)[name].run; } catch (error) { broken = String(error); }
  const answer = rows.map(row => {
    if (broken) return {error: broken};
    try { return {value: run(...row)}; } catch (error) { return {error: String(error)}; }
  });
  console.log(JSON.stringify(answer, say));
});
"""
PATIENCE = 60  # seconds for one answer


class Stopped(Exception):
    """The program threw."""


class Node:
    def __init__(self, path: str):
        self.process = subprocess.Popen(
            [path, "-e", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.heard = selectors.DefaultSelector()  # select() refuses files above 1023
        self.heard.register(self.process.stdout, selectors.EVENT_READ)

    def close(self) -> None:
        self.heard.close()
        self.process.kill()  # it may be in the middle of an answer that nobody waits for
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def answers(self, program: str, rows: list, name: str = "x") -> list:
        """What ``run(*row)`` of the driver ``name`` answers to each row; Stopped where it threw."""
        request = {"program": program, "name": name, "rows": rows}
        self.process.stdin.write(json.dumps(request, allow_nan=False) + "\n")
        self.process.stdin.flush()
        if not self.heard.select(PATIENCE):
            self.process.kill()
            raise RuntimeError(f"node gave no answer within {PATIENCE} s")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("node died")
        found = json.loads(line, object_hook=_number, parse_int=_whole)
        return [a["value"] if "value" in a else Stopped(a.get("error")) for a in found]

    def answer(self, program: str, *row, name: str = "x"):
        """The one answer.

        Raises:
            Stopped: it threw.
        """
        (found,) = self.answers(program, [row], name)
        if isinstance(found, Stopped):
            raise found
        return found


def _whole(digits: str) -> int | float:
    """JavaScript writes a large float without a point, and not all of its digits."""
    return int(digits) if abs(int(digits)) <= 2**53 else float(digits)


def _number(x: dict):
    names = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf, "-0.0": -0.0}
    return names[x["float"]] if x.keys() == {"float"} else x
